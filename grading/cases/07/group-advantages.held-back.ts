/** @file Exercise 7.5, held back: advantages in groups. Expected values come from `reference/07.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/07.json";

/** A right answer, group by group, in which one part is changed. */
function groupwise({
  pick = (rewards: number[], g: number, size: number): number[] => rewards.slice(g * size, g * size + size),
  center = (group: number[], _all: number[]): number => group.reduce((a, b) => a + b, 0) / group.length,
  divisor = (variance: number): number => Math.sqrt(variance) + 1e-8,
  sign = 1,
  divideBy = (n: number): number => n,
}): Record<string, unknown> {
  return {
    groupAdvantages(rewards: number[], groupSize: number): number[] {
      const advantages: number[] = [];
      for (let g = 0; g < rewards.length / groupSize; g++) {
        const group = pick(rewards, g, groupSize);
        const middle = center(group, rewards);
        const variance = group.reduce((sum, r) => sum + (r - middle) ** 2, 0) / divideBy(group.length);
        for (const reward of group) advantages.push((sign * (reward - middle)) / divisor(variance));
      }
      return advantages;
    },
  };
}

export const groupAdvantages: HeldBack = {
  cases: reference["7.5"],
  right: [
    { how: "group by group, divided by n", answers: groupwise({}) },
    { how: "with n - 1, as PyTorch's std", answers: groupwise({ divideBy: (n) => n - 1 }) },
    {
      how: "one reward after the other, deviation from the mean of squares",
      answers: {
        groupAdvantages(rewards: number[], groupSize: number): number[] {
          return rewards.map((reward, i) => {
            const first = i - (i % groupSize);
            let sum = 0;
            let squares = 0;
            for (let j = first; j < first + groupSize; j++) {
              sum += rewards[j]!;
              squares += rewards[j]! ** 2;
            }
            const middle = sum / groupSize;
            const variance = Math.max(0, squares / groupSize - middle ** 2);
            return variance < 1e-12 ? 0 : (reward - middle) / Math.sqrt(variance);
          });
        },
      },
    },
  ],
  wrong: [
    {
      how: "against the others",
      told: "others-mean",
      answers: {
        groupAdvantages(rewards: number[], size: number): number[] {
          return rewards.map((reward, i) => {
            const group = rewards.slice(i - (i % size), i - (i % size) + size);
            const total = group.reduce((a, b) => a + b, 0);
            const deviation = Math.sqrt(group.reduce((sum, r) => sum + (r - total / size) ** 2, 0) / size);
            return deviation === 0 ? 0 : (reward - (total - reward) / (size - 1)) / deviation;
          });
        },
      },
    },
    {
      how: "a list for each group",
      told: "list-of-groups",
      answers: {
        groupAdvantages(rewards: number[], size: number): number[][] {
          return rewards.flatMap((_, i) => (i % size === 0 ? [rewards.slice(i, i + size).map(() => 0)] : []));
        },
      },
    },
    ...(
      [
        ["from the worst to the best", "range", (group) => Math.max(...group) - Math.min(...group)],
        [
          "the mean distance",
          "absolute-deviation",
          (group) => {
            const middle = group.reduce((a, b) => a + b, 0) / group.length;
            return group.reduce((sum, r) => sum + Math.abs(r - middle), 0) / group.length;
          },
        ],
      ] as [string, string, (group: number[]) => number][]
    ).map(([how, told, spread]) => ({
      how,
      told,
      answers: {
        groupAdvantages(rewards: number[], size: number): number[] {
          return rewards.map((reward, i) => {
            const group = rewards.slice(i - (i % size), i - (i % size) + size);
            const middle = group.reduce((a, b) => a + b, 0) / size;
            return spread(group) === 0 ? 0 : (reward - middle) / spread(group);
          });
        },
      },
    })),
    {
      how: "all rewards as one group",
      told: "whole-batch",
      answers: {
        groupAdvantages(rewards: number[]): number[] {
          const middle = rewards.reduce((a, b) => a + b, 0) / rewards.length;
          const variance = rewards.reduce((sum, r) => sum + (r - middle) ** 2, 0) / rewards.length;
          return rewards.map((r) => (r - middle) / (Math.sqrt(variance) + 1e-9));
        },
      },
    },
    { how: "not divided", told: "not-divided", answers: groupwise({ divisor: () => 1 }) },
    { how: "by the variance", told: "variance", answers: groupwise({ divisor: (variance) => variance + 1e-9 }) },
    { how: "no constant", told: "nan", answers: groupwise({ divisor: (variance) => Math.sqrt(variance) }) },
    { how: "worst first", told: "worst-first", answers: groupwise({ sign: -1 }) },
  ],
};
