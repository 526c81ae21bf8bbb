/**
 * @file The simplest use of a reward model: draw several responses, give the best one. Used by notebook 7. Changes no weight, and
 * costs n times as much at every question; how far it moves away from the model is known in closed form.
 */

import { assertCount, CourseError } from "./errors";

/** The index of the best of some rewards; of several the first. `bestOf([0.1, 0.7, 0.3])` is 1. */
export function bestOf(rewards: ArrayLike<number>): number {
  assertCount("rewards", rewards.length);
  let best = 0;
  for (let i = 1; i < rewards.length; i++) if (rewards[i]! > rewards[best]!) best = i;
  return best;
}

/**
 * What the best of n responses is worth on average, by another measure than the one it is chosen by: from N responses of
 * which both are known. Not from one lucky choice: every group of n among the N counts.
 *
 *     sum over i of C(i, n - 1) / C(N, n) value_(i)      value_(i): that of the response with i others of lower reward
 *
 * Rewards `[1, 2, 3]` with values `[10, 20, 60]` and n = 2: the groups' best are 20, 60, 60, on average 46.7.
 * Responses of equal reward share the places that they take together. With n = 1 it is the mean of all values.
 * The same counting as pass@k (Chen et al. 2021, arXiv:2107.03374).
 */
export function expectedBestOf(rewards: readonly number[], values: readonly number[], n: number): number {
  const N = rewards.length;
  assertCount("n", n);
  if (n > N) throw new CourseError({ what: "n", expected: `at most ${N}, the number of responses`, received: `${n}` });
  if (values.length !== N) {
    throw new CourseError({ what: "values", expected: `${N}, one a reward`, received: `${values.length}` });
  }
  const order = [...rewards.keys()].sort((i, j) => rewards[i]! - rewards[j]!);
  // The chance that the response at place i is the best of the group, from the top down: C(i, n - 1) / C(N, n).
  const chances = new Array<number>(N).fill(0);
  let chance = n / N; // C(N - 1, n - 1) / C(N, n)
  for (let i = N - 1; i >= n - 1; i--) {
    chances[i] = chance;
    if (i > 0) chance *= (i - n + 1) / i;
  }
  let sum = 0;
  for (let first = 0; first < N; ) {
    let end = first + 1;
    while (end < N && rewards[order[end]!] === rewards[order[first]!]) end++;
    const tied = order.slice(first, end);
    const share = chances.slice(first, end).reduce((total, value) => total + value, 0) / tied.length;
    for (const i of tied) sum += share * values[i]!;
    first = end;
  }
  return sum;
}

/**
 * How far best-of-n moves away from the model whose responses it chooses from, in nats per response.
 *
 *     KL = ln n - (n - 1) / n
 *
 * Best of 4: 1.386 - 0.75 = 0.636. An upper bound, and exact when no two responses are alike (Beirami et al. 2024,
 * arXiv:2401.01879); a model with few different responses moves less.
 */
export function bestOfKL(n: number): number {
  assertCount("n", n);
  return Math.log(n) - (n - 1) / n;
}
