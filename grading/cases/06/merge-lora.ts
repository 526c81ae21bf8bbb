/** @file Exercise 6.8: the pair added into the matrix, so that nothing has to be computed beside it any more. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

type Matrix = number[][];

const product = (A: Matrix, B: Matrix): Matrix =>
  A.map((row) => B[0]!.map((_, j) => row.reduce((sum, a, k) => sum + a * B[k]![j]!, 0)));
const plus = (W: Matrix, D: Matrix, scale: number): Matrix =>
  W.map((row, i) => row.map((w, j) => w + scale * D[i]![j]!));

export const mergeLora: CodeExercise = {
  id: "6.8",
  title: "LoRA, merged",
  points: 2,
  minutes: 8,
  answers: ["mergeLora(W: number[][], A: number[][], B: number[][], alpha: number): number[][]"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    {
      args: [
        [
          [1, 0],
          [0, 1],
        ],
        [[1], [0]],
        [[0, 2]],
        1,
      ],
      expected: [
        [1, 2],
        [0, 1],
      ],
      note: "rank 1: A B has a single number, 2",
    },
    {
      args: [
        [[1, 1, 1]],
        [[1, 2]],
        [
          [1, 0, 1],
          [0, 1, 1],
        ],
        4,
      ],
      expected: [[3, 5, 7]],
      note: "rank 2, alpha 4: A B is (1, 2, 3) and counts twice",
    },
    {
      args: [
        [
          [2, 3],
          [4, 5],
        ],
        [[7], [8]],
        [[0, 0]],
        16,
      ],
      expected: [
        [2, 3],
        [4, 5],
      ],
      note: "B is zero: nothing is changed",
    },
    {
      args: [
        [[0], [0], [0]],
        [
          [1, 0],
          [0, 1],
          [1, 1],
        ],
        [[10], [20]],
        1,
      ],
      expected: [[5], [10], [15]],
      note: "three inputs, one output, alpha below the rank",
    },
  ],
  mistakes: [
    {
      id: "no-scale",
      says: "The pair is not scaled: add alpha / r times A B. r is the number of columns of A.",
      like: (W: Matrix, A: Matrix, B: Matrix) => plus(W, product(A, B), 1),
    },
    {
      id: "alpha-only",
      says: "A B was multiplied by alpha. Divide by the rank r, the number of columns of A.",
      like: (W: Matrix, A: Matrix, B: Matrix, alpha: number) => plus(W, product(A, B), alpha),
    },
    {
      id: "upside-down",
      says: "The scale is upside down: it is alpha / r, not r / alpha.",
      like: (W: Matrix, A: Matrix, B: Matrix, alpha: number) => plus(W, product(A, B), A[0]!.length / alpha),
    },
    {
      id: "wrong-rank",
      says: "The scale was divided by the number of inputs. The rank is the number of columns of A: `A[0].length`.",
      like: (W: Matrix, A: Matrix, B: Matrix, alpha: number) => plus(W, product(A, B), alpha / A.length),
    },
    {
      id: "only-delta",
      says: "This is the change alone. Add it to W.",
      like: (_W: Matrix, A: Matrix, B: Matrix, alpha: number) =>
        product(A, B).map((row) => row.map((value) => (value * alpha) / A[0]!.length)),
    },
    {
      id: "subtracted",
      says: "The change was taken away. Add it.",
      like: (W: Matrix, A: Matrix, B: Matrix, alpha: number) => plus(W, product(A, B), -alpha / A[0]!.length),
    },
    {
      id: "unchanged",
      says: "This is W unchanged. Add alpha / r times A B.",
      like: (W: Matrix) => W,
    },
  ],
  hints: [
    "(x A) B is the same as x (A B). What single matrix does the work of both paths?",
    "The merged matrix is W plus alpha / r times A B. Its number in row i and column j is W[i][j] plus the scaled sum of A[i][k] B[k][j] over all k.",
    [
      "const scale = alpha / A[0].length;",
      "return W.map((row, i) =>",
      "  row.map((w, j) => w + scale * /* the sum over k of A[i][k] * B[k][j] */),",
      ");",
    ].join("\n"),
  ],
};
