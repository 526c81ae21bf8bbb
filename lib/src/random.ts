/**
 * @file Seeded random numbers, so that every run of the course can be repeated bit by bit.
 * Used by every notebook. Not for cryptography. The generator is sfc32 (Doty-Humphrey, PractRand 2010), whose
 * integer arithmetic gives the same sequence on every machine.
 */

import { CourseError } from "./errors";

/** The whole state of a generator: four 32-bit words. Saved in checkpoints, so that a run continues exactly. */
export type RandomState = readonly [number, number, number, number];

/** A source of random numbers. Every draw changes its state. */
export interface Random {
  /** A number from 0 (inclusive) to 1 (exclusive), in steps of 2^-32. */
  uniform(): number;
  /** A whole number from 0 (inclusive) to `n` (exclusive). */
  integer(n: number): number;
  /** A draw from the normal distribution with mean 0 and standard deviation 1 (Box and Muller 1958). */
  normal(): number;
  /** One of the items, each with the same probability. */
  pick<T>(items: readonly T[]): T;
  /** `k` different items, in random order. */
  sample<T>(items: readonly T[], k: number): T[];
  /** All items in random order, as a new array (Fisher and Yates 1938). */
  shuffle<T>(items: readonly T[]): T[];
  /** An index, with probability proportional to its weight. */
  categorical(weights: ArrayLike<number>): number;
  /** A new generator that depends on this one's state and the label; this one's state does not change. */
  fork(label: string | number): Random;
  /** The state, to be handed to {@link createRandom} later. */
  getState(): RandomState;
}

/**
 * A generator from a seed (a number or a text) or from a saved state.
 *
 * `createRandom(42).uniform()` is the same number on every machine and every day.
 */
export function createRandom(seed: number | string | RandomState): Random {
  let [a, b, c, counter] = typeof seed === "object" ? seed : expandSeed(String(seed));

  const next = (): number => {
    const out = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    return out >>> 0;
  };
  const uniform = (): number => next() / 2 ** 32;
  const integer = (n: number): number => {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
      throw new CourseError({ what: "integer(n)", expected: "a whole number from 1 to 2^32", received: String(n) });
    }
    return Math.floor(uniform() * n);
  };
  const sample = <T>(items: readonly T[], k: number): T[] => {
    if (!Number.isInteger(k) || k < 0 || k > items.length) {
      throw new CourseError({ what: "sample(items, k)", expected: `k from 0 to ${items.length}`, received: String(k) });
    }
    const pool = [...items];
    for (let i = 0; i < k; i++) {
      const j = i + integer(pool.length - i);
      [pool[i], pool[j]] = [pool[j] as T, pool[i] as T];
    }
    return pool.slice(0, k);
  };

  return {
    uniform,
    integer,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    pick: <T>(items: readonly T[]): T => items[integer(items.length)] as T,
    sample,
    shuffle: (items) => sample(items, items.length),
    categorical(weights) {
      let total = 0;
      for (let i = 0; i < weights.length; i++) {
        if (!(weights[i]! >= 0)) {
          throw new CourseError({
            what: `weights[${i}]`,
            expected: "a number of at least 0",
            received: `${weights[i]}`,
          });
        }
        total += weights[i]!;
      }
      if (!(total > 0 && total < Infinity)) {
        throw new CourseError({ what: "weights", expected: "a finite sum above 0", received: `a sum of ${total}` });
      }
      let left = uniform() * total;
      let last = 0;
      for (let i = 0; i < weights.length; i++) {
        if (weights[i] === 0) continue;
        last = i;
        left -= weights[i]!;
        if (left < 0) return i;
      }
      return last; // rounding left a little over
    },
    fork: (label) => createRandom(`${a} ${b} ${c} ${counter} ${label}`),
    getState: () => [a, b, c, counter],
  };
}

/** Four well-mixed words from any text: FNV-1a, then the finaliser of murmur3 on a Weyl sequence. */
function expandSeed(text: string): RandomState {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  const word = (): number => {
    hash = (hash + 0x9e3779b9) | 0;
    let z = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
  return [word(), word(), word(), 1];
}
