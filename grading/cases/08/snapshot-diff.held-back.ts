/** @file Exercise 8.3, held back: the difference of two snapshots. Expected values come from `reference/08.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/08.json";

type Tensors = Record<string, number[]>;

/** An answer that makes one number of each tensor's numbers before and after. */
const each = (change: (before: number[], after: number[]) => number): Record<string, unknown> => ({
  snapshotDiff(before: Tensors, after: Tensors): Record<string, number> {
    const result: Record<string, number> = {};
    for (const name of Object.keys(before)) result[name] = change(before[name]!, after[name]!);
    return result;
  },
});
const differences = (before: number[], after: number[]): number[] => after.map((x, i) => x - before[i]!);
const ratio = (a: number, b: number): number => (a === 0 ? 0 : a / b);

export const snapshotDiff: HeldBack = {
  cases: reference["8.3"],
  right: [
    { how: "hypot", answers: each((a, b) => ratio(Math.hypot(...differences(a, b)), Math.hypot(...a))) },
    {
      how: "one loop, the root of the quotient",
      answers: each((a, b) => {
        let [change, size] = [0, 0];
        for (let i = 0; i < a.length; i++) {
          change += (a[i]! - b[i]!) ** 2;
          size += a[i]! ** 2;
        }
        return change > 0 ? Math.sqrt(change / size) : 0;
      }),
    },
  ],
  wrong: [
    {
      how: "divided by how many",
      told: "per-number",
      answers: each((a, b) => Math.hypot(...differences(a, b)) / a.length),
    },
    { how: "0 / 0", told: "zeros", answers: each((a, b) => Math.hypot(...differences(a, b)) / Math.hypot(...a)) },
    { how: "not divided", told: "absolute", answers: each((a, b) => Math.hypot(...differences(a, b))) },
    {
      how: "no root",
      told: "no-root",
      answers: each((a, b) => ratio(Math.hypot(...differences(a, b)), Math.hypot(...a)) ** 2),
    },
    {
      how: "against after",
      told: "after",
      answers: each((a, b) => ratio(Math.hypot(...differences(a, b)), Math.hypot(...b))),
    },
    {
      how: "lengths compared",
      told: "lengths",
      answers: each((a, b) => ratio(Math.abs(Math.hypot(...b) - Math.hypot(...a)), Math.hypot(...a))),
    },
    {
      how: "sums of absolute values",
      told: "city-block",
      answers: each((a, b) => {
        const total = (values: number[]): number => values.reduce((sum, x) => sum + Math.abs(x), 0);
        return ratio(total(differences(a, b)), total(a));
      }),
    },
    {
      how: "the largest",
      told: "largest",
      answers: each((a, b) => {
        const most = (values: number[]): number => Math.max(...values, ...values.map((x) => -x));
        return ratio(most(differences(a, b)), most(a));
      }),
    },
    {
      how: "the first tensor's for all",
      told: "together",
      answers: {
        snapshotDiff(before: Tensors, after: Tensors): Record<string, number> {
          const first = Object.keys(before)[0]!;
          const value = ratio(Math.hypot(...differences(before[first]!, after[first]!)), Math.hypot(...before[first]!));
          return Object.fromEntries(Object.keys(before).map((name) => [name, value]));
        },
      },
    },
  ],
};
