/** @file Exercise 7.6, held back: estimates of a divergence. Expected values come from `reference/07.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/07.json";

/** A right answer in one loop, in which a part is changed. */
function loop({
  distance = (p: number, q: number): number => q - p,
  k2 = (d: number): number => 0.5 * d ** 2,
  k3 = (d: number): number => Math.expm1(d) - d,
  divide = (sum: number, n: number): number => sum / n,
  weight = (_p: number): number => 1,
  sign = -1,
}): Record<string, unknown> {
  return {
    klEstimates(logP: number[], logQ: number[]) {
      const sums = { k1: 0, k2: 0, k3: 0 };
      for (let i = 0; i < logP.length; i++) {
        const d = distance(logP[i]!, logQ[i]!);
        sums.k1 += sign * weight(logP[i]!) * d;
        sums.k2 += weight(logP[i]!) * k2(d);
        sums.k3 += weight(logP[i]!) * k3(d);
      }
      const n = logP.length;
      return { k1: divide(sums.k1, n), k2: divide(sums.k2, n), k3: divide(sums.k3, n) };
    },
  };
}

export const klEstimates: HeldBack = {
  cases: reference["7.6"],
  right: [
    { how: "one loop", answers: loop({}) },
    {
      how: "with the ratio q / p",
      answers: {
        klEstimates(logP: number[], logQ: number[]) {
          const ratios = logP.map((p, i) => Math.exp(logQ[i]! - p));
          const mean = (f: (r: number) => number): number => ratios.map(f).reduce((a, b) => a + b, 0) / ratios.length;
          return {
            k1: mean((r) => -Math.log(r)),
            k2: mean((r) => Math.log(r) ** 2 / 2),
            k3: mean((r) => r - 1 - Math.log(r)),
          };
        },
      },
    },
  ],
  wrong: [
    { how: "k1 the other way round", told: "k1-sign", answers: loop({ sign: 1 }) },
    { how: "weighted once more", told: "weighted", answers: loop({ weight: Math.exp, divide: (sum) => sum }) },
    { how: "swapped", told: "swapped", answers: loop({ distance: (p, q) => p - q }) },
    { how: "sums", told: "sum", answers: loop({ divide: (sum) => sum }) },
    { how: "no half", told: "no-half", answers: loop({ k2: (d) => d * d }) },
    { how: "plus d", told: "k3-sign", answers: loop({ k3: (d) => Math.exp(d) - 1 + d }) },
    { how: "without d", told: "k3-without-d", answers: loop({ k3: (d) => Math.expm1(d) }) },
    {
      how: "differences of probabilities",
      told: "probabilities",
      answers: loop({ distance: (p, q) => Math.exp(q) - Math.exp(p) }),
    },
  ],
};
