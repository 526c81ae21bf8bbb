/** @file Exercise 6.7, held back: LoRA, forward. Expected values come from `reference/06.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/06.json";

type Matrix = number[][];
type Forward = (x: number[], W: Matrix, A: Matrix, B: Matrix, alpha: number) => unknown;

const answer = (loraForward: Forward): Record<string, unknown> => ({ loraForward });
const product = (x: number[], m: Matrix): number[] => {
  const y = new Array<number>(m[0]!.length).fill(0);
  for (let i = 0; i < m.length; i++) for (let j = 0; j < y.length; j++) y[j]! += x[i]! * m[i]![j]!;
  return y;
};
const both = (scaleOf: (A: Matrix, alpha: number) => number): Record<string, unknown> =>
  answer((x, W, A, B, alpha) => {
    const thin = product(product(x, A), B);
    return product(x, W).map((value, j) => value + scaleOf(A, alpha) * thin[j]!);
  });

export const loraForward: HeldBack = {
  cases: reference["6.7"],
  right: [
    { how: "two paths", answers: both((A, alpha) => alpha / A[0]!.length) },
    {
      how: "the matrices joined first",
      answers: answer((x, W, A, B, alpha) => {
        const joined = W.map((row, i) =>
          row.map((w, j) => w + (alpha / B.length) * A[i]!.reduce((sum, a, k) => sum + a * B[k]![j]!, 0)),
        );
        return product(x, joined);
      }),
    },
  ],
  wrong: [
    { how: "no scale", told: "no-scale", answers: both(() => 1) },
    { how: "times alpha", told: "alpha-only", answers: both((_, alpha) => alpha) },
    { how: "r / alpha", told: "upside-down", answers: both((A, alpha) => A[0]!.length / alpha) },
    { how: "alpha / inputs", told: "wrong-rank", answers: both((A, alpha) => alpha / A.length) },
    {
      how: "the pair alone",
      told: "only-pair",
      answers: answer((x, _W, A, B, alpha) => product(product(x, A), B).map((v) => (v * alpha) / B.length)),
    },
  ],
};
