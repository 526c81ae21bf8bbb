/** @file Exercise 6.7: a linear layer with a thin pair of matrices beside it. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

type Matrix = number[][];

/** x M for a row x. */
const through = (x: readonly number[], m: Matrix): number[] =>
  m[0]!.map((_, j) => x.reduce((sum, xi, i) => sum + xi * m[i]![j]!, 0));
const plus = (a: number[], b: number[], scale = 1): number[] => a.map((ai, i) => ai + scale * b[i]!);
const pairOf = (x: number[], A: Matrix, B: Matrix): number[] => through(through(x, A), B);

export const loraForward: CodeExercise = {
  id: "6.7",
  title: "LoRA, forward",
  points: 3,
  minutes: 12,
  answers: ["loraForward(x: number[], W: number[][], A: number[][], B: number[][], alpha: number): number[]"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    {
      args: [
        [1, 1],
        [
          [1, 0],
          [0, 1],
        ],
        [[1], [0]],
        [[0, 2]],
        1,
      ],
      expected: [1, 3],
      note: "rank 1: x W is (1, 1), the pair adds (0, 2)",
    },
    {
      args: [
        [2, 1],
        [
          [1, 0, 3],
          [2, 1, 0],
        ],
        [
          [1, 0],
          [0, 1],
        ],
        [
          [1, 1, 1],
          [0, 2, 4],
        ],
        8,
      ],
      expected: [12, 17, 30],
      note: "rank 2, alpha 8: the pair counts 4 times",
    },
    {
      args: [
        [3, -1],
        [
          [2, 0],
          [0, 2],
        ],
        [[5], [7]],
        [[0, 0]],
        16,
      ],
      expected: [6, -2],
      note: "B is zero, as at the beginning: nothing is changed",
    },
    {
      args: [[2], [[3]], [[1, 1, 1, 1]], [[1], [2], [3], [4]], 2],
      expected: [16],
      note: "rank 4, alpha 2: the pair counts half",
    },
  ],
  mistakes: [
    {
      id: "no-scale",
      says: "The pair is not scaled. It counts alpha / r times, where r is the rank: the number of columns of A.",
      like: (x: number[], W: Matrix, A: Matrix, B: Matrix) => plus(through(x, W), pairOf(x, A, B)),
    },
    {
      id: "alpha-only",
      says: "The pair was multiplied by alpha. Divide by the rank r, the number of columns of A.",
      like: (x: number[], W: Matrix, A: Matrix, B: Matrix, alpha: number) =>
        plus(through(x, W), pairOf(x, A, B), alpha),
    },
    {
      id: "upside-down",
      says: "The scale is upside down: it is alpha / r, not r / alpha.",
      like: (x: number[], W: Matrix, A: Matrix, B: Matrix, alpha: number) =>
        plus(through(x, W), pairOf(x, A, B), A[0]!.length / alpha),
    },
    {
      id: "wrong-rank",
      says: "The scale was divided by the number of inputs. The rank is the number of columns of A: `A[0].length`.",
      like: (x: number[], W: Matrix, A: Matrix, B: Matrix, alpha: number) =>
        plus(through(x, W), pairOf(x, A, B), alpha / A.length),
    },
    {
      id: "only-pair",
      says: "Only the pair is there. The frozen matrix still does its work: add x W.",
      like: (x: number[], _W: Matrix, A: Matrix, B: Matrix, alpha: number) =>
        pairOf(x, A, B).map((value) => (value * alpha) / A[0]!.length),
    },
    {
      id: "only-frozen",
      says: "The pair is missing: this is x W alone.",
      like: (x: number[], W: Matrix) => through(x, W),
    },
    {
      id: "scaled-twice",
      says: "x W was scaled too. Only the pair counts alpha / r times.",
      like: (x: number[], W: Matrix, A: Matrix, B: Matrix, alpha: number) =>
        plus(through(x, W), pairOf(x, A, B)).map((value) => (value * alpha) / A[0]!.length),
    },
  ],
  hints: [
    "There are two ways from x to y: through W, and through the thin pair. Compute both and add them.",
    "Write a helper `times(x, M)` for a row times a matrix. Then y = times(x, W) plus alpha / r of times(times(x, A), B), where r is the number of columns of A.",
    [
      "const times = (row: number[], m: number[][]) =>",
      "  m[0].map((_, j) => row.reduce((sum, value, i) => sum + value * m[i][j], 0));",
      "const scale = alpha / /* ... */;",
      "const thin = times(times(x, A), B);",
      "return times(x, W).map((value, j) => value + /* ... */);",
    ].join("\n"),
  ],
};
