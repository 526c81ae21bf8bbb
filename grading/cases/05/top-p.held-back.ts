/** @file Exercise 5.4, held back: top-p. Expected values come from `reference/05.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/05.json";

/** A right answer that asks of each token how much comes before it, in which one thing is changed. */
function spoiled({
  isIn = (before: number, _own: number, limit: number): boolean => before < limit,
  before = (probs: number[], i: number): number =>
    probs.reduce((sum, q, j) => (q > probs[i]! || (q === probs[i] && j < i) ? sum + q : sum), 0),
  whole = (sum: number): number => sum,
  out = (kept: number[]): number[] => kept,
}): Record<string, unknown> {
  return {
    topP(probs: number[], p: number): number[] {
      const kept = probs.map((q, i) => (isIn(before(probs, i), q, p) ? q : 0));
      const sum = whole(kept.reduce((a, b) => a + b, 0));
      return out(kept.map((q) => (sum === 0 ? 0 : q / sum)));
    },
  };
}

export const topP: HeldBack = {
  cases: reference["5.4"],
  right: [
    { how: "how much comes before each", answers: spoiled({}) },
    {
      how: "the largest taken until it is enough",
      answers: {
        topP(probs: number[], p: number): number[] {
          const rest = [...probs];
          const kept = probs.map(() => 0);
          let sum = 0;
          while (sum < p && rest.some((q) => q >= 0)) {
            const i = rest.indexOf(Math.max(...rest));
            sum += probs[i]!;
            kept[i] = probs[i]!;
            rest[i] = -1;
          }
          return kept.map((q) => q / sum);
        },
      },
    },
  ],
  wrong: [
    {
      how: "only below p",
      told: "stops-before",
      answers: spoiled({ isIn: (before, own, limit) => before === 0 || before + own < limit }),
    },
    {
      how: "only up to p",
      told: "stays-below",
      answers: spoiled({ isIn: (before, own, limit) => before === 0 || before + own <= limit }),
    },
    { how: "p and one more", told: "one-too-many", answers: spoiled({ isIn: (before, _, limit) => before <= limit }) },
    { how: "not made whole", told: "not-rescaled", answers: spoiled({ whole: () => 1 }) },
    {
      how: "from left to right",
      told: "not-sorted",
      answers: spoiled({ before: (probs, i) => probs.slice(0, i).reduce((a, b) => a + b, 0) }),
    },
    { how: "in order of size", told: "sorted", answers: spoiled({ out: (kept) => kept.sort((a, b) => b - a) }) },
    { how: "single probabilities", told: "as-threshold", answers: spoiled({ isIn: (_, own, limit) => own >= limit }) },
  ],
};
