/** @file Exercise 7.4, held back: best of n. Expected values come from `reference/07.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/07.json";

type Choose = (rewards: number[], values: number[], n: number) => unknown;
const answer = (expectedBest: Choose): Record<string, unknown> => ({ expectedBest });

/** All groups of n among the indices from `from` on. */
function groups(count: number, n: number, from = 0): number[][] {
  if (n === 0) return [[]];
  const found: number[][] = [];
  for (let i = from; i < count; i++) for (const rest of groups(count, n - 1, i + 1)) found.push([i, ...rest]);
  return found;
}
const average = (values: number[]): number => values.reduce((a, b) => a + b) / values.length;
const bestBy = (group: number[], by: number[]): number => group.reduce((best, i) => (by[i]! > by[best]! ? i : best));

/** The values in the order of the rewards, the lowest first. */
const sortedBy = (rewards: number[], values: number[]): number[] =>
  values
    .map((value, i) => ({ value, reward: rewards[i]! }))
    .sort((a, b) => a.reward - b.reward)
    .map(({ value }) => value);
/** The formula for values that stand in some order. */
const byPlace = (values: number[], n: number): number =>
  values.reduce((sum, value, i) => sum + groups(i, n - 1).length * value, 0) / groups(values.length, n).length;

/** Counting from the top: the best of all is in n / N groups, and so on down. */
const fromTheTop: Choose = (rewards, values, n) => {
  const order = rewards.map((_, i) => i).sort((a, b) => rewards[b]! - rewards[a]!);
  let left = 1;
  let sum = 0;
  order.forEach((response, k) => {
    const chance = Math.min(1, n / (order.length - k)); // that it is in the group, if none of those above is
    sum += left * chance * values[response]!;
    left *= 1 - chance;
  });
  return sum;
};

export const expectedBest: HeldBack = {
  cases: reference["7.4"],
  right: [
    {
      how: "all groups, one after the other",
      answers: answer((rewards, values, n) =>
        average(groups(rewards.length, n).map((group) => values[bestBy(group, rewards)]!)),
      ),
    },
    { how: "from the top down", answers: answer(fromTheTop) },
  ],
  wrong: [
    { how: "not sorted", told: "unsorted", answers: answer((_, values, n) => byPlace(values, n)) },
    {
      how: "the best first",
      told: "best-first",
      answers: answer((rewards, values, n) => byPlace(sortedBy(rewards, values).reverse(), n)),
    },
    {
      how: "factorials of what is below 0",
      told: "no-guard",
      answers: answer((rewards, values, n) => {
        const product = (m: number): number => (m > 1 ? m * product(m - 1) : 1);
        const choices = (m: number, k: number): number => product(m) / (product(k) * product(m - k));
        const sorted = sortedBy(rewards, values);
        return sorted.reduce((sum, value, i) => sum + (choices(i, n - 1) / choices(sorted.length, n)) * value, 0);
      }),
    },
    {
      how: "chosen by value",
      told: "by-value",
      answers: answer((rewards, values, n) =>
        average(groups(rewards.length, n).map((group) => values[bestBy(group, values)]!)),
      ),
    },
    {
      how: "rewards counted",
      told: "rewards-counted",
      answers: answer((rewards, _, n) =>
        average(groups(rewards.length, n).map((group) => rewards[bestBy(group, rewards)]!)),
      ),
    },
    {
      how: "the first n",
      told: "first-group",
      answers: answer((rewards, values, n) => values[bestBy([...rewards.keys()].slice(0, n), rewards)]),
    },
    {
      how: "the n best",
      told: "top-n",
      answers: answer((rewards, values, n) => {
        const order = [...rewards.keys()].sort((a, b) => rewards[b]! - rewards[a]!);
        return average(order.slice(0, n).map((i) => values[i]!));
      }),
    },
    {
      how: "with putting back",
      told: "put-back",
      answers: answer((rewards, values, n) => {
        const order = [...rewards.keys()].sort((a, b) => rewards[a]! - rewards[b]!);
        const below = (k: number): number => (k / order.length) ** n;
        return order.reduce((sum, i, k) => sum + (below(k + 1) - below(k)) * values[i]!, 0);
      }),
    },
    {
      how: "the best of all",
      told: "best-of-all",
      answers: answer((rewards, values) => values[bestBy([...rewards.keys()], rewards)]),
    },
    {
      how: "the sum over all groups",
      told: "not-divided",
      answers: answer((rewards, values, n) =>
        groups(rewards.length, n)
          .map((group) => values[bestBy(group, rewards)]!)
          .reduce((a, b) => a + b),
      ),
    },
  ],
};
