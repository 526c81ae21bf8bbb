/** @file Exercise 5.2, held back: temperature. Expected values come from `reference/05.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/05.json";

/** A right answer with logarithms of probabilities, in which one thing is changed. */
function spoiled({
  scale = (z: number, t: number): number => z / t,
  after = (p: number, _t: number): number => p,
  atZero = (isTop: boolean, _count: number): number => (isTop ? 1 : 0),
  zero = (t: number): number | "greedy" => (t === 0 ? "greedy" : t),
  whole = (sum: number): number => sum,
}): Record<string, unknown> {
  return {
    withTemperature(logits: number[], temperature: number): number[] {
      let top = 0;
      logits.forEach((z, i) => {
        if (z > logits[top]!) top = i;
      });
      const t = zero(temperature);
      if (t === "greedy") return logits.map((_, i) => atZero(i === top, logits.length));
      const scaled = logits.map((z) => scale(z - logits[top]!, t));
      const sum = scaled.reduce((total, z) => total + Math.exp(z), 0);
      return scaled.map((z) => after(Math.exp(z) / whole(sum), t));
    },
  };
}

export const withTemperature: HeldBack = {
  cases: reference["5.2"],
  right: [
    { how: "the largest taken off first", answers: spoiled({}) },
    {
      how: "powers of the probabilities",
      answers: {
        withTemperature(logits: number[], temperature: number): number[] {
          const top = Math.max(...logits);
          if (temperature === 0) {
            const out = new Array<number>(logits.length).fill(0);
            out[logits.indexOf(top)] = 1;
            return out;
          }
          const odds = logits.map((z) => Math.exp(z - top) ** (1 / temperature));
          return odds.map((o) => o / odds.reduce((a, b) => a + b));
        },
      },
    },
  ],
  wrong: [
    { how: "z * t", told: "multiplied", answers: spoiled({ scale: (z, t) => z * t }) },
    { how: "p / t", told: "divided-after", answers: spoiled({ scale: (z) => z, after: (p, t) => p / t }) },
    { how: "no temperature", told: "ignored", answers: spoiled({ scale: (z) => z }) },
    { how: "0 taken for 1", told: "zero-is-one", answers: spoiled({ zero: (t) => t || 1 }) },
    { how: "all alike at 0", told: "zero-is-even", answers: spoiled({ atZero: (_, count) => 1 / count }) },
    { how: "no division by the sum", told: "not-normalised", answers: spoiled({ whole: () => 1 }) },
  ],
};
