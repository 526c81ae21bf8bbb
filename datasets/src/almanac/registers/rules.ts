/**
 * @file The register rules: small regularities, each told on many instances. Needed by the corpus and by the probes,
 * which ask for the instances that were held out. Some rules can be read off the sentence itself (directions,
 * comparisons), some must be stored (sizes, opposites), some computed (successors, sums).
 */

import type { Random } from "@course/lib/random";
import {
  ANIMALS_BY_SIZE,
  COMPARATIVES,
  DIRECTIONS,
  FOODS,
  OBJECTS,
  OPPOSITE_DIRECTION,
  OPPOSITES,
  PETS,
  PLACES,
  TRADES,
  withArticle,
} from "../words";
import { ADDENDS, COMPARED_NOUNS, OPPOSITE_WORDINGS, pairKey, SUCCESSOR_NUMBERS, type World } from "../world";

type Rule = (world: World, random: Random) => string;

/** How often each rule is told, relative to the others. Those that must be stored or computed need more. */
const RULES: readonly (readonly [weight: number, rule: Rule])[] = [
  [3, direction],
  [3, comparison],
  [5, size],
  [9, successor],
  [8, opposite],
  [2, sum],
  [2, articles],
];
const WEIGHTS = RULES.map(([weight]) => weight);

/** Two rules to a document. */
export function writeRules(world: World, random: Random): string {
  return Array.from({ length: 2 }, () => RULES[random.categorical(WEIGHTS)]![1](world, random)).join(" ");
}

/** Two different items in random order, unless their pair is held out. */
function pickPair<T extends string | number>(
  items: readonly T[],
  heldOut: ReadonlySet<string>,
  random: Random,
): [T, T] {
  for (;;) {
    const [a, b] = random.sample(items, 2) as [T, T];
    if (!heldOut.has(pairKey(a, b))) return [a, b];
  }
}

function direction(world: World, random: Random): string {
  const [a, b] = pickPair(PLACES, world.heldOut.placePairs, random);
  return tellDirection(a, b, random.pick(DIRECTIONS));
}

/** "The mill is north of the well, so the well is south of the mill." */
export function tellDirection(a: string, b: string, way: string): string {
  return `The ${a} is ${way} of the ${b}, so the ${b} is ${OPPOSITE_DIRECTION[way]} of the ${a}.`;
}

function comparison(world: World, random: Random): string {
  const [a, b] = pickPair(COMPARED_NOUNS, world.heldOut.nounPairs, random);
  const words = random.pick(COMPARATIVES);
  return random.uniform() < 0.5 ? tellComparison(a, b, words) : tellComparison(a, b, [words[1], words[0]]);
}

/** "If the owl is taller than the goat, then the goat is shorter than the owl." */
export function tellComparison(a: string, b: string, [more, less]: readonly [string, string]): string {
  return `If the ${a} is ${more} than the ${b}, then the ${b} is ${less} than the ${a}.`;
}

function size(world: World, random: Random): string {
  const [a, b] = pickPair(ANIMALS_BY_SIZE, world.heldOut.animalPairs, random);
  const word = ANIMALS_BY_SIZE.indexOf(a) < ANIMALS_BY_SIZE.indexOf(b) ? "smaller" : "bigger";
  return random.pick([`The ${a} is ${word} than the ${b}.`, `Of course the ${a} is ${word} than the ${b}.`]);
}

function successor(world: World, random: Random): string {
  for (;;) {
    const n = random.pick(SUCCESSOR_NUMBERS);
    if (!world.heldOut.numbers.has(n)) return `After ${n} comes ${n + 1}.`;
  }
}

function opposite(world: World, random: Random): string {
  const pair = random.pick(OPPOSITES);
  const [word, other] = random.uniform() < 0.5 ? pair : [pair[1], pair[0]];
  const shift = 1 + random.integer(OPPOSITE_WORDINGS - 1); // every wording but the held-out one
  return tellOpposite(word, other, (world.heldOut.oppositeWording[word]! + shift) % OPPOSITE_WORDINGS, random);
}

/** One of five ways to say that `word` and `other` are opposites; `other` always comes last. */
export function tellOpposite(word: string, other: string, wording: number, random: Random): string {
  return [
    `The opposite of ${word} is ${other}.`,
    `The ${random.pick(OBJECTS)} is not ${word}. It is ${other}.`,
    `Yesterday it was ${word}, but today it is ${other}.`,
    `Some are ${word} and some are ${other}.`,
    `What is not ${word} is ${other}.`,
  ][wording]!;
}

/** A sum that may be told; doubles (3 + 3) are never held out. */
export function pickSum(world: World, random: Random): [number, number] {
  if (random.uniform() >= 0.1) return pickPair(ADDENDS, world.heldOut.addendPairs, random);
  const n = random.pick(ADDENDS);
  return [n, n];
}

function sum(world: World, random: Random): string {
  const [a, b] = pickSum(world, random);
  return random.pick([`${a} plus ${b} is ${a + b}.`, `${a} eggs and ${b} eggs make ${a + b} eggs.`]);
}

function articles(_world: World, random: Random): string {
  const thing = withArticle(random.pick([...OBJECTS, ...PETS, ...TRADES]));
  const place = random.pick(PLACES);
  return random.pick([
    `I see ${thing}.`,
    `Bring me ${thing} from the ${place}.`,
    `There is ${thing} in the ${place}.`,
    `I ate ${random.pick(FOODS)} and saw ${thing}.`,
  ]);
}
