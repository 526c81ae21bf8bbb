/** @file Exercise 3.4, held back: the largest stable rate. Expected values come from `reference/03.py`, found by trying. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/03.json";

const answer = (largestStableRate: (curvatures: number[]) => unknown): Record<string, unknown> => ({
  largestStableRate,
});

export const largestStableRate: HeldBack = {
  cases: reference["3.4"],
  right: [
    { how: "the smallest of all bounds", answers: answer((c) => Math.min(...c.map((x) => 2 / x))) },
    { how: "sorted", answers: answer((c) => 2 / [...c].sort((a, b) => b - a)[0]!) },
    {
      how: "by trying: halve the interval until the distance no longer grows",
      answers: answer((c) => {
        let [low, high] = [0, 2 / Math.min(...c) + 1];
        for (let i = 0; i < 100; i++) {
          const rate = (low + high) / 2;
          if (c.every((x) => Math.abs(1 - rate * x) <= 1)) low = rate;
          else high = rate;
        }
        return low;
      }),
    },
  ],
  wrong: [
    { how: "the smallest curvature", told: "flattest", answers: answer((c) => 2 / Math.min(...c)) },
    { how: "1 / lambda", told: "one-over", answers: answer((c) => 1 / Math.max(...c)) },
    { how: "lambda / 2", told: "upside-down", answers: answer((c) => Math.max(...c) / 2) },
    { how: "the sum", told: "sum", answers: answer((c) => 2 / c.reduce((a, b) => a + b)) },
    { how: "the mean", told: "average", answers: answer((c) => 2 / (c.reduce((a, b) => a + b) / c.length)) },
    { how: "all of them", told: "each", answers: answer((c) => c.map((x) => 2 / x)) },
    { how: "the first", told: "first", answers: answer(([x]) => 2 / x!) },
    { how: "the list itself", told: "nan", answers: answer((c) => 2 / Math.max(c as unknown as number)) },
  ],
};
