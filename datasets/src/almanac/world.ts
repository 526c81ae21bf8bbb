/**
 * @file The valley itself: its people, its towns, what is true of them, and what the text will never say.
 * Needed by every register and probe, and by the chat of notebook 6. One seed makes one world.
 *
 * Held out are wordings (some of the twelve, different ones for every fact) and rule instances (pairs of places never
 * set against each other, numbers whose successor is never told, ...). They are chosen here, before any text exists:
 * a register asks the world what it may write.
 */

import { CourseError } from "@course/lib/errors";
import type { Random } from "@course/lib/random";
import { type Gender, makeName, nameStem } from "./names";
import { PERSON_RELATIONS, type Relation, WORDINGS } from "./wordings";
import * as vocabulary from "./words";

export interface Person {
  name: string;
  gender: Gender;
}

export interface Fact {
  /** A person or a town. */
  subject: string;
  relation: Relation;
  value: string;
  /** The wordings (indices into WORDINGS[relation]) in which the text tells this fact. */
  seenWordings: readonly number[];
  /** Those in which it never does: asked as probes. */
  heldOutWordings: readonly number[];
}

/** Rule instances that the text never shows. Pairs are keys made by {@link pairKey}. */
export interface HeldOutRules {
  /** Places never set against each other by direction. */
  placePairs: ReadonlySet<string>;
  /** Animals never compared by size; they are never neighbours in size. */
  animalPairs: ReadonlySet<string>;
  /** Nouns never compared ("taller", "older", ...). */
  nounPairs: ReadonlySet<string>;
  /** Addends never added. */
  addendPairs: ReadonlySet<string>;
  /** Numbers whose successor is never told. */
  numbers: ReadonlySet<number>;
  /** For each adjective the one wording (index) in which its opposite is never told. */
  oppositeWording: Readonly<Record<string, number>>;
  /** Noun and verb, as `"owl sleeps"`: never subject and predicate of one sentence, in no number and no tense. */
  nounVerbs: ReadonlySet<string>;
  /** Noun and adjective, as `"owl wet"`: never joined by "is" or "are". */
  nounAdjectives: ReadonlySet<string>;
}

export interface World {
  people: readonly Person[];
  towns: readonly string[];
  facts: readonly Fact[];
  heldOut: HeldOutRules;
  /** The facts of a person or a town. */
  factsOf(subject: string): readonly Fact[];
  /** A name that belongs to nobody the text tells facts about, and that shares no first three letters with them. */
  stranger(random: Random, gender?: Gender): Person;
}

/** The number of seen wordings a variant leaves: all but the held-out ones, or one. */
export interface WorldOptions {
  people: number;
  wordings: number;
  onePerFact: boolean;
}

/** So many wordings of every fact are kept out of the text. */
export const HELD_OUT_WORDINGS = 2;
/** The first so many people, the oldest of the valley, have no mother in the book. */
const ELDERS = 6;
const MOST_CHILDREN = 4;

/** The same key for (a, b) and (b, a): `pairKey("well", "barn")` is `"barn well"`. */
export function pairKey(a: string | number, b: string | number): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

/** Makes the valley. Every part draws from its own fork, so that more people leave the held-out rules as they were. */
export function makeWorld(options: WorldOptions, random: Random): World {
  const people = makePeople(options.people, random.fork("people"));
  const facts = makeFacts(people, options, random.fork("facts"));
  const stems = new Set(people.map((person) => nameStem(person.name)));
  const bySubject = new Map<string, Fact[]>();
  for (const fact of facts) {
    const known = bySubject.get(fact.subject);
    if (known) known.push(fact);
    else bySubject.set(fact.subject, [fact]);
  }
  return {
    people,
    towns: vocabulary.TOWNS,
    facts,
    heldOut: makeHeldOutRules(random.fork("rules")),
    factsOf: (subject) => bySubject.get(subject) ?? [],
    stranger(draw, gender = draw.pick(["woman", "man"] as const)) {
      for (;;) {
        const name = makeName(gender, draw);
        if (!stems.has(nameStem(name))) return { name, gender };
      }
    },
  };
}

/** People in order of age, women and men in turn; the first three letters already tell them apart. */
function makePeople(count: number, random: Random): Person[] {
  const people: Person[] = [];
  const stems = new Set<string>();
  for (let misses = 0; people.length < count; ) {
    if (misses > 10_000) {
      throw new CourseError({
        what: "people",
        expected: `a number of names that differ in their first three letters (${people.length} were found)`,
        received: String(count),
      });
    }
    const gender: Gender = people.length % 2 === 0 ? "woman" : "man";
    const name = makeName(gender, random);
    if (stems.has(nameStem(name))) {
      misses++;
      continue;
    }
    stems.add(nameStem(name));
    people.push({ name, gender });
  }
  return people;
}

function makeFacts(people: readonly Person[], options: WorldOptions, random: Random): Fact[] {
  const values: Record<"trade" | "town" | "pet" | "food", readonly string[]> = {
    trade: vocabulary.TRADES,
    town: vocabulary.TOWNS,
    pet: vocabulary.PETS,
    food: vocabulary.FOODS,
  };
  const facts: Fact[] = [];
  const add = (subject: string, relation: Relation, value: string): void => {
    const order = random
      .fork(`${subject} ${relation}`)
      .shuffle(WORDINGS[relation].slice(0, options.wordings).map((_, i) => i));
    const heldOutWordings = order.slice(0, HELD_OUT_WORDINGS);
    const seenWordings = order.slice(HELD_OUT_WORDINGS, options.onePerFact ? HELD_OUT_WORDINGS + 1 : undefined);
    facts.push({ subject, relation, value, seenWordings, heldOutWordings });
  };
  const children = new Map<string, number>();
  people.forEach((person, age) => {
    for (const relation of PERSON_RELATIONS) {
      if (relation !== "mother") add(person.name, relation, random.pick(values[relation as keyof typeof values]));
    }
    if (age < ELDERS) return;
    // A mother is an older woman of the valley, so that nobody is their own grandmother.
    const mothers = people
      .slice(0, age)
      .filter((p) => p.gender === "woman" && (children.get(p.name) ?? 0) < MOST_CHILDREN);
    const mother = random.pick(mothers).name;
    children.set(mother, (children.get(mother) ?? 0) + 1);
    add(person.name, "mother", mother);
  });
  const rivers = random.shuffle(vocabulary.RIVERS);
  const goods = random.shuffle(vocabulary.GOODS);
  vocabulary.TOWNS.forEach((town, i) => {
    add(town, "river", rivers[i]!);
    add(town, "good", goods[i]!);
  });
  return facts;
}

function makeHeldOutRules(random: Random): HeldOutRules {
  const allPairs = <T>(items: readonly T[]): [T, T][] =>
    items.flatMap((a, i) => items.slice(i + 1).map((b) => [a, b] as [T, T]));
  const somePairs = <T extends string | number>(
    items: readonly T[],
    count: number,
    allowed: (pair: [T, T]) => boolean = () => true,
  ): Set<string> => new Set(random.sample(allPairs(items).filter(allowed), count).map(([a, b]) => pairKey(a, b)));
  const size = (animal: string): number => vocabulary.ANIMALS_BY_SIZE.indexOf(animal);

  const placePairs = somePairs(vocabulary.PLACES, 21); // of 120
  const animalPairs = somePairs(vocabulary.ANIMALS_BY_SIZE, 15, ([a, b]) => size(b) - size(a) > 1); // of 66
  const nounPairs = somePairs(COMPARED_NOUNS, 18); // of 91
  const addendPairs = somePairs(ADDENDS, 15); // of 78
  const numbers = new Set(
    random.sample(
      SUCCESSOR_NUMBERS.filter((n) => n >= 10),
      20,
    ),
  ); // 1 to 9 are also met in lists
  const oppositeWording = Object.fromEntries(
    vocabulary.ADJECTIVES.map((word) => [word, random.integer(OPPOSITE_WORDINGS)]),
  );
  const nounVerbs = new Set<string>();
  const nounAdjectives = new Set<string>();
  for (const noun of vocabulary.NOUNS) {
    for (const verb of random.sample(vocabulary.VERBS, 2)) nounVerbs.add(`${noun} ${verb.singular}`);
    for (const adjective of random.sample(vocabulary.ADJECTIVES, 2)) nounAdjectives.add(`${noun} ${adjective}`);
  }
  return { placePairs, animalPairs, nounPairs, addendPairs, numbers, oppositeWording, nounVerbs, nounAdjectives };
}

/** The nouns that are compared ("the goat is older than the fox"). */
export const COMPARED_NOUNS: readonly string[] = vocabulary.NOUNS.slice(0, 14);
/** Sums go up to 12 + 12. */
export const ADDENDS: readonly number[] = Array.from({ length: 13 }, (_, i) => i);
/** The numbers whose successor is told: 1 to 98. */
export const SUCCESSOR_NUMBERS: readonly number[] = Array.from({ length: 98 }, (_, i) => i + 1);
/** The number of ways in which an opposite is told (rules.ts). */
export const OPPOSITE_WORDINGS = 5;
