/**
 * @file What the tables use to recognise wrong numbers: a wrong factor, a wrong unit, a wrong sign, and what several of
 * them compute.
 */

import { firstDifference, numbersAgree } from "../src/compare";
import { clonePlain, type Plain, toPlain } from "../src/plain";
import type { Seen } from "../src/table";

/** True for a number within a millionth of `value`. */
export function isAbout(received: Plain, value: number): boolean {
  return typeof received === "number" && numbersAgree(received, value, { relative: 1e-6, absolute: 1e-12 });
}

/** Recognises a number that is a fixed multiple of what was expected: `times(-1)` is a wrong sign. */
export function times(factor: number | ((args: readonly Plain[]) => number)): (seen: Seen) => boolean {
  return ({ received, expected, args }) =>
    typeof expected === "number" && isAbout(received, expected * (typeof factor === "number" ? factor : factor(args)));
}

/**
 * Recognises what a mistake makes of a case, for exercises whose answers are called in a way of their own (`call`): the
 * function takes the case's arguments and returns the whole outcome.
 */
export function outcomeOf(mistake: (...args: never[]) => unknown): (seen: Seen) => boolean {
  const outcome = mistake as (...args: readonly Plain[]) => unknown;
  return ({ received, args }) =>
    !firstDifference(received, toPlain(outcome(...clonePlain(args))).value, { relative: 1e-6, absolute: 1e-9 });
}

/** The probabilities of logits, without overflow: `softmax([0, 0])` is `[0.5, 0.5]`. */
export function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** The sum of products: `dot([1, 2], [3, 4])` is 11. */
export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}

/** The mean of a list: `mean([1, 2, 6])` is 3. */
export function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
