/**
 * @file Exercise 7.5: what a response was better than the others to the same prompt. Two standard deviations are accepted,
 * divided by n and by n - 1, and a small constant beside it.
 */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";
import { mean } from "../foreseen";

const deviation = (values: number[]): number => Math.sqrt(mean(values.map((x) => (x - mean(values)) ** 2)));

/** Advantages of groups that lie one after the other; what is not given is right. */
const inGroups =
  (parts: {
    group?: (rewards: number[], i: number, size: number) => number[];
    center?: (values: number[]) => number;
    spread?: (group: number[], all: number[]) => number;
  }) =>
  (rewards: number[], size: number): number[] => {
    const { group = (all, i, n): number[] => all.slice(n * Math.floor(i / n), n * Math.floor(i / n) + n) } = parts;
    const { center = mean, spread = deviation } = parts;
    return rewards.map((reward, i) => {
      const own = group(rewards, i, size);
      const by = spread(own, rewards);
      return by === 0 ? 0 : (reward - center(own)) / by;
    });
  };

const R = Math.SQRT1_2;

export const groupAdvantages: CodeExercise = {
  id: "7.5",
  title: "Better than its group",
  points: 2,
  minutes: 10,
  answers: ["groupAdvantages(rewards: number[], groupSize: number): number[]"],
  compare: close({ relative: 1e-3, absolute: 1e-6 }),
  cases: [
    { args: [[1, 3], 2], expected: [-1, 1], alsoRight: [[-R, R]], note: "mean 2, one below and one above" },
    {
      args: [[1, 3, 10, 14], 2],
      expected: [-1, 1, -1, 1],
      alsoRight: [[-R, R, -R, R]],
      note: "two groups: each with its own mean and its own deviation",
    },
    {
      args: [[0, 0, 0, 4], 4],
      expected: [-1, -1, -1, 3].map((x) => x / Math.sqrt(3)),
      alsoRight: [[-0.5, -0.5, -0.5, 1.5]],
      note: "one good response in four",
    },
    { args: [[5, 5, 5], 3], expected: [0, 0, 0], note: "all alike: nothing was better (and nothing is divided by 0)" },
  ],
  mistakes: [
    {
      id: "others-mean",
      says: "Each reward was compared with the mean of the *others*. That is a method too (RLOO); here the mean of the whole group is asked for.",
      like: (rewards: number[], size: number) => inGroups({})(rewards, size).map((x) => (x * size) / (size - 1)),
    },
    {
      id: "range",
      says: "This divides by the distance from the worst to the best. The standard deviation is the root of the mean squared distance from the mean.",
      like: inGroups({ spread: (group) => Math.max(...group) - Math.min(...group) }),
    },
    {
      id: "absolute-deviation",
      says: "This divides by the mean distance from the mean. The standard deviation squares the distances, takes their mean, then the root.",
      like: inGroups({ spread: (group) => mean(group.map((x) => Math.abs(x - mean(group)))) }),
    },
    {
      id: "list-of-groups",
      says: "A list of groups came. Give back one list, an advantage for each reward, in the order of the rewards.",
      when: ({ received }) => Array.isArray(received) && received.length > 0 && received.every(Array.isArray),
    },
    {
      id: "whole-batch",
      says: "The mean of all rewards was taken. A response is compared with the others to *the same prompt*: each group has a mean of its own.",
      like: inGroups({ group: (all) => all }),
    },
    {
      id: "every-other",
      says: "The groups lie one after the other: the first `groupSize` rewards are one group, then come the next.",
      like: inGroups({ group: (all, i, n) => all.filter((_, j) => j % n === i % n) }),
    },
    {
      id: "not-divided",
      says: "The mean is taken away, but nothing is divided by the group's standard deviation.",
      like: inGroups({ spread: () => 1 }),
    },
    {
      id: "variance",
      says: "This divides by the variance. The standard deviation is its square root.",
      like: inGroups({ spread: (group) => deviation(group) ** 2 }),
    },
    {
      id: "no-mean",
      says: "The mean is not taken away, so that every response to an easy prompt looks good.",
      like: inGroups({ center: () => 0 }),
    },
    {
      id: "nan",
      says: "A group in which all rewards are equal has a deviation of 0, and 0 / 0 is NaN. Its advantages are 0: return that, or add something like 1e-6 to the deviation.",
      when: ({ received, expected }) =>
        Array.isArray(received) && received.some(Number.isNaN) && (expected as number[]).every((x) => x === 0),
    },
    {
      id: "worst-first",
      says: "The sign is wrong: what is better than its group gets an advantage above 0.",
      like: (rewards: number[], size: number) => inGroups({})(rewards, size).map((x) => -x),
    },
  ],
  hints: [
    "Cut the rewards into groups first. Then each group is a small exercise of its own.",
    "For each group: its mean, its standard deviation (root of the mean squared distance from the mean), then (reward - mean) / deviation. When the deviation is 0, all advantages are 0.",
    [
      "const advantages: number[] = [];",
      "for (let first = 0; first < rewards.length; first += groupSize) {",
      "  const group = rewards.slice(first, first + groupSize);",
      "  const mean = /* ... */;",
      "  const deviation = Math.sqrt(/* the mean of (reward - mean) squared */);",
      "  for (const reward of group) advantages.push((reward - mean) / (deviation + 1e-6));",
      "}",
      "return advantages;",
    ].join("\n"),
  ],
};
