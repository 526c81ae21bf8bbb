/** @file Exercise 7.4: what the best of n is worth on average, from all groups of n among N responses. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";
import { mean } from "../foreseen";

/** The values in the order of their rewards, the lowest first. */
const inOrder = (rewards: number[], values: number[]): number[] =>
  [...rewards.keys()].sort((i, j) => rewards[i]! - rewards[j]!).map((i) => values[i]!);

export const choose = (n: number, k: number): number => {
  let result = 1;
  for (let i = 0; i < k; i++) result = (result * (n - i)) / (i + 1);
  return k > n ? 0 : result;
};

const weighted = (sorted: number[], weight: (i: number, N: number) => number): number =>
  sorted.reduce((sum, value, i) => sum + weight(i, sorted.length) * value, 0);

export const expectedBest: CodeExercise = {
  id: "7.4",
  title: "Best of n, without luck",
  points: 3,
  minutes: 12,
  answers: ["expectedBest(rewards: number[], values: number[], n: number): number"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    { args: [[1, 2, 3], [10, 20, 60], 2], expected: 140 / 3, note: "three groups, whose best are worth 20, 60, 60" },
    { args: [[1, 2, 3], [10, 20, 60], 1], expected: 30, note: "groups of one: the mean" },
    { args: [[1, 2, 3], [10, 20, 60], 3], expected: 60, note: "one group" },
    { args: [[3, 1, 2], [0, 9, 6], 2], expected: 2, note: "chosen by reward, counted by value: 0, 0 and 6" },
  ],
  mistakes: [
    {
      id: "unsorted",
      says: "The responses were taken in the order in which they were given. Place i is the place after sorting by reward.",
      like: (_: number[], values: number[], n: number) => weighted(values, (i, N) => choose(i, n - 1) / choose(N, n)),
    },
    {
      id: "best-first",
      says: "The responses were sorted with the highest reward first, so this is the *worst* of each group. Place 0 is the lowest.",
      like: (rewards: number[], values: number[], n: number) =>
        weighted(inOrder(rewards, values).reverse(), (i, N) => choose(i, n - 1) / choose(N, n)),
    },
    {
      id: "no-guard",
      says: "Responses with fewer than n - 1 others below them were counted. They are never the best of a group: of i things, no groups of more than i can be made.",
      like: (rewards: number[], values: number[], n: number) => {
        const factorial = (m: number): number => (m <= 0 ? 1 : m * factorial(m - 1));
        const groups = (m: number, k: number): number => factorial(m) / factorial(k) / factorial(m - k);
        return weighted(inOrder(rewards, values), (i, N) => groups(i, n - 1) / groups(N, n));
      },
    },
    {
      id: "by-value",
      says: "The best of a group was chosen by its value. It is chosen by its *reward*; the value is what one then gets.",
      like: (_: number[], values: number[], n: number) => {
        const sorted = [...values].sort((a, b) => a - b);
        return weighted(sorted, (i, N) => choose(i, n - 1) / choose(N, n));
      },
    },
    {
      id: "rewards-counted",
      says: "This is the mean of the best *rewards*. The reward only chooses; count the value of what was chosen.",
      like: (rewards: number[], _: number[], n: number) => {
        const sorted = [...rewards].sort((a, b) => a - b);
        return weighted(sorted, (i, N) => choose(i, n - 1) / choose(N, n));
      },
    },
    {
      id: "first-group",
      says: "Only the first n responses were looked at. That is one group of many, and luck decides which.",
      like: (rewards: number[], values: number[], n: number) =>
        values[rewards.indexOf(Math.max(...rewards.slice(0, n)))],
    },
    {
      id: "top-n",
      says: "This is the mean of the n best of all. A group of n gives *one* response: its best.",
      like: (rewards: number[], values: number[], n: number) => mean(inOrder(rewards, values).slice(-n)),
    },
    {
      id: "put-back",
      says: "Here a response may be in a group several times: (place / N)^n. Groups of n *different* responses are counted with C(place, n - 1) / C(N, n).",
      like: (rewards: number[], values: number[], n: number) =>
        weighted(inOrder(rewards, values), (i, N) => ((i + 1) / N) ** n - (i / N) ** n),
    },
    {
      id: "best-of-all",
      says: "This is the best of all responses. n of them are drawn, and the best of all is not always among them.",
      like: (rewards: number[], values: number[]) => inOrder(rewards, values).at(-1),
    },
    {
      id: "one-off",
      says: "The places are off by one: with the lowest reward at place 0, a response at place i has i others below it.",
      like: (rewards: number[], values: number[], n: number) =>
        weighted(inOrder(rewards, values), (i, N) => choose(i + 1, n - 1) / choose(N, n)),
    },
    {
      id: "not-divided",
      says: "This is a sum over all groups. Divide by their number, C(N, n).",
      like: (rewards: number[], values: number[], n: number) =>
        weighted(inOrder(rewards, values), (i) => choose(i, n - 1)),
    },
  ],
  hints: [
    "Sort the responses by reward. In which groups of n is the one at place i the best? In those whose other n - 1 members all stand below it.",
    "With the lowest at place 0 there are i responses below place i, so it is the best in C(i, n - 1) of C(N, n) groups. Add up these shares times the values.",
    [
      "const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);",
      "const order = rewards.map((_, i) => i).sort((a, b) => rewards[a] - rewards[b]);",
      "let sum = 0;",
      "order.forEach((response, place) => {",
      "  sum += (/* groups in which it is the best */ / choose(rewards.length, n)) * values[response];",
      "});",
      "return sum;",
    ].join("\n"),
  ],
};
