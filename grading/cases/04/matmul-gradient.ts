/** @file Exercise 4.5: the gradient of a product of two matrices. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

type Matrix = number[][];
type Both = { a: Matrix; b: Matrix };

const turn = (m: Matrix): Matrix => m[0]!.map((_, j) => m.map((row) => row[j]!));
const times = (m: Matrix, n: Matrix): Matrix =>
  m.map((row) => n[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * n[k]![j]!, 0)));
const right = (a: Matrix, b: Matrix, dOut: Matrix): Both => ({ a: times(dOut, turn(b)), b: times(turn(a), dOut) });

export const matmulGradient: CodeExercise = {
  id: "4.5",
  title: "The gradient of a matrix product",
  points: 3,
  minutes: 12,
  answers: ["matmulGradient(a: number[][], b: number[][], dOut: number[][]): { a: number[][]; b: number[][] }"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    { args: [[[3]], [[5]], [[1]]], expected: { a: [[5]], b: [[3]] }, note: "one number times one number" },
    {
      args: [[[3]], [[5]], [[2]]],
      expected: { a: [[10]], b: [[6]] },
      note: "the loss grows twice as fast as the product",
    },
    { args: [[[1, 2]], [[3], [4]], [[1]]], expected: { a: [[3, 4]], b: [[1], [2]] }, note: "a row times a column" },
    {
      args: [
        [[1], [2]],
        [[3, 4, 5]],
        [
          [1, 0, 0],
          [0, 0, 10],
        ],
      ],
      expected: { a: [[3], [50]], b: [[1, 0, 20]] },
      note: "a column times a row",
    },
    {
      args: [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
        [
          [1, 2],
          [0, 1],
        ],
      ],
      expected: {
        a: [
          [17, 23],
          [6, 8],
        ],
        b: [
          [1, 5],
          [2, 8],
        ],
      },
      note: "square matrices: here shapes do not tell you what is wrong",
    },
    {
      args: [
        [
          [1, 0, 2],
          [0, 1, 0],
        ],
        [
          [1, 1],
          [2, 0],
          [0, 3],
        ],
        [
          [1, 1],
          [1, 0],
        ],
      ],
      expected: {
        a: [
          [2, 2, 3],
          [1, 2, 0],
        ],
        b: [
          [1, 1],
          [1, 0],
          [2, 2],
        ],
      },
      note: "(2, 3) times (3, 2)",
    },
  ],
  mistakes: [
    {
      id: "swapped",
      says: "The two gradients are swapped: the gradient by `a` has the shape of `a`.",
      like: (a: Matrix, b: Matrix, d: Matrix) => ({ a: right(a, b, d).b, b: right(a, b, d).a }),
    },
    {
      id: "turned",
      says: "The values are right, but rows and columns are swapped: the gradient by `a` has the shape of `a`, and the one by `b` that of `b`.",
      like: (a: Matrix, b: Matrix, d: Matrix) => ({ a: turn(right(a, b, d).a), b: turn(right(a, b, d).b) }),
    },
    {
      id: "no-dout",
      says: "`dOut` was not used: this is the gradient of the plain sum of the product. Each number of the product has a slope of its own.",
      like: (a: Matrix, b: Matrix, d: Matrix) =>
        right(
          a,
          b,
          d.map((row) => row.map(() => 1)),
        ),
    },
    {
      id: "not-transposed",
      says: "One matrix was not turned (transposed). In numbers: da[i][k] is the sum over j of dOut[i][j] b[k][j]; db[k][j] is the sum over i of a[i][k] dOut[i][j].",
      when: ({ received, args }) => {
        const [a, b, d] = args as unknown as [Matrix, Matrix, Matrix];
        const { a: da, b: db } = (received ?? {}) as unknown as Both;
        const same = (m: Matrix | undefined, n: () => Matrix): boolean => {
          try {
            return JSON.stringify(m) === JSON.stringify(n());
          } catch {
            return false;
          }
        };
        const plain = same(da, () => times(d, b)) || same(db, () => times(a, d));
        const behind = same(da, () => times(turn(b), d)) || same(db, () => times(d, turn(a)));
        return plain || behind;
      },
    },
    {
      id: "product",
      says: "This is the product itself. Asked for is the slope of the loss by every number of `a` and of `b`.",
      like: (a: Matrix, b: Matrix) => ({ a: times(a, b), b: times(a, b) }),
    },
  ],
  hints: [
    "Look at one number: out[i][j] = sum over k of a[i][k] b[k][j]. By which numbers of the result is a[i][k] used, and what is it multiplied with in each?",
    "a[i][k] is used in the whole row i of the result, times b[k][j] each: da[i][k] = sum over j of dOut[i][j] b[k][j]. That is dOut times b transposed. In the same way db is a transposed times dOut. Check the shapes.",
    [
      "const da = a.map((row, i) => row.map((_, k) => {",
      "  let sum = 0;",
      "  for (let j = 0; j < b[0].length; j++) sum += dOut[i][j] * b[k][j];",
      "  return sum;",
      "}));",
      "const db = b.map((row, k) => row.map((_, j) => /* the sum over i of a[i][k] * dOut[i][j] */));",
      "return { a: da, b: db };",
    ].join("\n"),
  ],
};
