/** @file Exercise 6.8, held back: LoRA, merged. Expected values come from `reference/06.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/06.json";

type Matrix = number[][];
type Merge = (W: Matrix, A: Matrix, B: Matrix, alpha: number) => unknown;

const answer = (mergeLora: Merge): Record<string, unknown> => ({ mergeLora });
const added = (scaleOf: (A: Matrix, alpha: number) => number, keep = 1): Record<string, unknown> =>
  answer((W, A, B, alpha) => {
    const merged = W.map((row) => row.map((w) => keep * w));
    for (let i = 0; i < A.length; i++) {
      for (let k = 0; k < B.length; k++) {
        for (let j = 0; j < B[0]!.length; j++) merged[i]![j]! += scaleOf(A, alpha) * A[i]![k]! * B[k]![j]!;
      }
    }
    return merged;
  });

export const mergeLora: HeldBack = {
  cases: reference["6.8"],
  right: [
    { how: "three loops", answers: added((A, alpha) => alpha / A[0]!.length) },
    {
      how: "map and reduce",
      answers: answer((W, A, B, alpha) =>
        W.map((row, i) =>
          row.map((w, j) => w + (alpha / B.length) * B.reduce((sum, b, k) => sum + A[i]![k]! * b[j]!, 0)),
        ),
      ),
    },
  ],
  wrong: [
    { how: "no scale", told: "no-scale", answers: added(() => 1) },
    { how: "times alpha", told: "alpha-only", answers: added((_, alpha) => alpha) },
    { how: "the change alone", told: "only-delta", answers: added((A, alpha) => alpha / A[0]!.length, 0) },
    { how: "r / alpha", told: "upside-down", answers: added((A, alpha) => A[0]!.length / alpha) },
    { how: "W as it was", told: "unchanged", answers: answer((W) => W.map((row) => [...row])) },
  ],
};
