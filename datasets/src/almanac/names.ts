/**
 * @file Names made of syllables, so that nobody in the valley is anybody. Needed by the world and by the tales.
 * The ending shows the gender: -a, -ia, -ina, -eta for women, -ik, -ok, -o, -ek, -un for men.
 */

import type { Random } from "@course/lib/random";
import { capital } from "./words";

export type Gender = "woman" | "man";

const ONSETS = "b br d dr f g gr h j k l m n p r s t th tr v w z".split(" ");
const VOWELS = "a e i o u".split(" ");
const MIDDLES = "l m n r s v d b nd rr ll".split(" ");
const ENDINGS: Record<Gender, readonly string[]> = {
  woman: ["a", "ia", "ina", "eta"],
  man: ["ik", "ok", "o", "ek", "un"],
};

/** One name, e.g. `"Trenia"` for a woman, `"Bollik"` for a man. */
export function makeName(gender: Gender, random: Random): string {
  const syllables = [random.pick(ONSETS), random.pick(VOWELS), random.pick(MIDDLES), random.pick(ENDINGS[gender])];
  return capital(syllables.join(""));
}

/** The part by which two people of the valley always differ: the first three letters. */
export function nameStem(name: string): string {
  return name.slice(0, 3);
}
