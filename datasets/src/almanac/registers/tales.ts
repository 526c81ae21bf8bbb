/**
 * @file The register tales: short stories about strangers, whose names nobody met before. Needed by the corpus.
 * A tale makes the model carry something along: a name, whether it is "he" or "she", what was lost, how many things
 * were counted.
 */

import type { Random } from "@course/lib/random";
import type { Gender } from "../names";
import {
  ADJECTIVES,
  COLOURS,
  FOODS,
  NOUNS,
  OBJECTS,
  OPPOSITES,
  PETS,
  PLACES,
  TOWNS,
  TRADES,
  withArticle,
} from "../words";
import type { World } from "../world";

type Tale = (world: World, random: Random) => string;

const TALES: readonly (readonly [weight: number, tale: Tale])[] = [
  [6, lostThing],
  [4, meeting],
  [4, counting],
  [3, market],
  [3, journey],
];
const WEIGHTS = TALES.map(([weight]) => weight);

/** Those who may be the hero of "Once there was ...". */
export const HEROES: readonly string[] = NOUNS.slice(0, 8);

export function writeTale(world: World, random: Random): string {
  return TALES[random.categorical(WEIGHTS)]![1](world, random);
}

const THEY: Record<Gender, string> = { woman: "She", man: "He" };
const THEIR: Record<Gender, string> = { woman: "her", man: "his" };

function lostThing(world: World, random: Random): string {
  const [hero, friend] = [world.stranger(random), world.stranger(random)];
  const their = THEIR[hero.gender];
  const object = random.pick(OBJECTS);
  const thing = `${random.pick(COLOURS)} ${object}`;
  return (
    `Once there was ${withArticle(random.pick(ADJECTIVES))} ${random.pick(HEROES)} named ${hero.name}. ` +
    `${hero.name} lived by the ${random.pick(PLACES)}. One day ${hero.name} lost ${their} ${thing}. ` +
    `${THEY[hero.gender]} asked ${friend.name}, and ${friend.name} found the ${thing} behind the ${random.pick(PLACES)}. ` +
    `So ${hero.name} had ${their} ${object} again, and ${hero.name} and ${friend.name} were friends.`
  );
}

function meeting(world: World, random: Random): string {
  const [hero, friend] = [world.stranger(random), world.stranger(random)];
  const trade = random.pick(TRADES);
  const town = random.pick(TOWNS);
  return (
    `In a tale ${hero.name} was ${withArticle(trade)} of ${town}. ${hero.name} met ${friend.name}. ` +
    `${friend.name} asked: where do you live? ${hero.name} said: in ${town}. ` +
    `${friend.name} asked: what is your work? ${hero.name} said: I am ${withArticle(trade)}. ` +
    `Then ${hero.name} the ${trade} went back to ${town}.`
  );
}

function counting(world: World, random: Random): string {
  const [hero, friend] = [world.stranger(random), world.stranger(random)];
  const things = random.sample([...OBJECTS, ...PETS], 2 + random.integer(4));
  const counted = things.map((thing, i) => `${i + 1} ${thing}`).join(" ");
  return `${hero.name} has ${things.join(", ")}. ${friend.name} counts: ${counted}. That makes ${things.length} things.`;
}

function market(world: World, random: Random): string {
  const [hero, friend] = [world.stranger(random), world.stranger(random)];
  const they = THEY[hero.gender];
  const their = THEIR[hero.gender];
  const [meal, gift] = random.sample(FOODS, 2);
  const pet = random.pick(PETS);
  return (
    `One morning ${hero.name} went to the market with ${their} ${pet}. ${they} bought ${meal} and ${gift} from ${friend.name}. ` +
    `At home ${hero.name} cooked the ${meal} and gave the ${gift} to ${their} ${pet}.`
  );
}

function journey(world: World, random: Random): string {
  const [hero, friend] = [world.stranger(random), world.stranger(random)];
  const [from, to] = random.sample(PLACES, 2);
  const [first, second] = random.sample(OBJECTS, 2);
  const [was, is] = random.pick(OPPOSITES);
  return (
    `Long ago ${hero.name} and ${friend.name} went from the ${from} to the ${to}. ` +
    `${hero.name} had the ${first} and ${friend.name} had the ${second}. The night was ${random.pick([was, is])}. ` +
    `At the ${to} ${hero.name} put down the ${first} and ${friend.name} put down the ${second}.`
  );
}
