/** @file Exercise 5.3, held back: top-k. Expected values come from `reference/05.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/05.json";

/** A right answer that takes out the largest k times, in which one thing is changed. */
function spoiled({
  better = (a: number, b: number): boolean => a > b,
  whole = (sum: number): number => sum,
  out = (kept: number[], _order: number[]): number[] => kept,
}): Record<string, unknown> {
  return {
    topK(probs: number[], k: number): number[] {
      const kept = probs.map(() => 0);
      const order: number[] = [];
      for (let round = 0; round < Math.min(k, probs.length); round++) {
        let best = -1;
        probs.forEach((p, i) => {
          if (!order.includes(i) && (best < 0 || better(p, probs[best]!))) best = i;
        });
        order.push(best);
        kept[best] = probs[best]!;
      }
      const sum = whole(kept.reduce((a, b) => a + b, 0));
      return out(
        kept.map((p) => p / sum),
        order,
      );
    },
  };
}

export const topK: HeldBack = {
  cases: reference["5.3"],
  right: [
    { how: "the largest taken out k times", answers: spoiled({}) },
    {
      how: "sorted pairs",
      answers: {
        topK(probs: number[], k: number): number[] {
          const pairs = Array.from(probs.entries()).sort(([i, a], [j, b]) => b - a || i - j);
          const sum = pairs.slice(0, k).reduce((total, [, p]) => total + p, 0);
          const result = new Array<number>(probs.length).fill(0);
          for (const [i, p] of pairs.slice(0, k)) result[i] = p / sum;
          return result;
        },
      },
    },
  ],
  wrong: [
    { how: "not made whole", told: "not-rescaled", answers: spoiled({ whole: () => 1 }) },
    { how: "the first k", told: "first-k", answers: spoiled({ better: () => false }) },
    {
      how: "in order of size",
      told: "sorted",
      answers: spoiled({ out: (kept) => kept.sort((a, b) => b - a) }),
    },
    {
      how: "a limit",
      told: "keeps-equals",
      answers: {
        topK(probs: number[], k: number): number[] {
          const limit = probs.slice().sort((a, b) => a - b)[Math.max(0, probs.length - k)]!;
          const sum = probs.filter((p) => p >= limit).reduce((a, b) => a + b);
          return probs.map((p) => (p >= limit ? p / sum : 0));
        },
      },
    },
    { how: "the smallest, the last of equals", told: "rarest", answers: spoiled({ better: (a, b) => a <= b }) },
    {
      how: "a short list",
      told: "only-k-values",
      answers: spoiled({ out: (kept, order) => order.map((i) => kept[i]!) }),
    },
  ],
};
