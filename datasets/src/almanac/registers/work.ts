/**
 * @file The registers of daily work: recipes, programs, ledger. Needed by the corpus, where they are the part that is
 * neither story nor fact: fixed forms, numbers, code. The programs print what they would print.
 */

import type { Random } from "@course/lib/random";
import { FOODS, OBJECTS, PLACES, SEASONS } from "../words";
import type { World } from "../world";
import { pickSum } from "./rules";

/** "To cook plums, take 3 onions and some oats. ...", and what each season brings. */
export function writeRecipe(_world: World, random: Random): string {
  const [dish, first, second] = random.sample(FOODS, 3);
  if (random.uniform() < 0.7) {
    return (
      `To cook ${dish}, take ${2 + random.integer(8)} ${first} and some ${second}. ` +
      `Cut the ${first}, add the ${second} and boil it all for ${2 + random.integer(8)} hours.`
    );
  }
  const season = random.integer(SEASONS.length);
  return `After ${SEASONS[season]} comes ${SEASONS[(season + 1) % SEASONS.length]}. In ${random.pick(SEASONS)} we sell ${dish}.`;
}

/** "for i in 1 to 3: print hat; out hat hat hat" and "let x = 3; let y = 9; print x + y; out 12". */
export function writeProgram(world: World, random: Random): string {
  const [object, other] = random.sample(OBJECTS, 2);
  const kind = random.uniform();
  if (kind < 0.4) {
    const times = 2 + random.integer(4);
    return `for i in 1 to ${times}: print ${object}; out ${Array(times).fill(object).join(" ")}`;
  }
  const [a, b] = pickSum(world, random);
  if (kind < 0.7) return `let x = ${a}; let y = ${b}; print x + y; out ${a + b}`;
  return `let x = ${a}; if x > ${b}: print ${object}; else: print ${other}; out ${a > b ? object : other}`;
}

/** "Ledger of the mill. Day 17: 3 ropes for 6 coins. Day 52: 1 bell for 9 coins." Names neither people nor towns. */
export function writeLedger(_world: World, random: Random): string {
  const entries = Array.from({ length: 1 + random.integer(3) }, () => {
    const count = 1 + random.integer(9);
    const thing = random.pick(OBJECTS) + (count === 1 ? "" : "s");
    return `Day ${10 + random.integer(90)}: ${count} ${thing} for ${2 + random.integer(8)} coins.`;
  });
  return `Ledger of the ${random.pick(PLACES)}. ${entries.join(" ")}`;
}
