/** @file Exercise 4.5, held back: the gradient of a matrix product. Expected values come from `reference/04.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/04.json";

type Matrix = number[][];
type Both = { a: Matrix; b: Matrix };

const zeros = (m: Matrix): Matrix => m.map((row) => row.map(() => 0));
const turned = (m: Matrix): Matrix => m[0]!.map((_, j) => m.map((row) => row[j]!));
const product = (m: Matrix, n: Matrix): Matrix =>
  m.map((row) => n[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * n[k]![j]!, 0)));

/** Delivers each part to where it belongs, in three loops. */
function inLoops(a: Matrix, b: Matrix, dOut: Matrix): Both {
  const [da, db] = [zeros(a), zeros(b)];
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < b[0]!.length; j++) {
      for (let k = 0; k < b.length; k++) {
        da[i]![k]! += b[k]![j]! * dOut[i]![j]!;
        db[k]![j]! += a[i]![k]! * dOut[i]![j]!;
      }
    }
  }
  return { a: da, b: db };
}

export const matmulGradient: HeldBack = {
  cases: reference["4.5"],
  right: [
    { how: "three loops that deliver", answers: { matmulGradient: inLoops } },
    {
      how: "(b dOut^T)^T and (dOut^T a)^T",
      answers: {
        matmulGradient: (a: Matrix, b: Matrix, d: Matrix): Both => ({
          a: turned(product(b, turned(d))),
          b: turned(product(turned(d), a)),
        }),
      },
    },
  ],
  wrong: [
    {
      how: "names swapped",
      told: "swapped",
      answers: {
        matmulGradient(a: Matrix, b: Matrix, d: Matrix): Both {
          const { a: da, b: db } = inLoops(a, b, d);
          return { a: db, b: da };
        },
      },
    },
    {
      how: "every slope 1",
      told: "no-dout",
      answers: {
        matmulGradient: (a: Matrix, b: Matrix): Both =>
          inLoops(
            a,
            b,
            a.map(() => b[0]!.map(() => 1)),
          ),
      },
    },
    {
      how: "b dOut^T, not turned back",
      told: "turned",
      answers: {
        matmulGradient: (a: Matrix, b: Matrix, d: Matrix): Both => ({
          a: product(b, turned(d)),
          b: product(turned(d), a),
        }),
      },
    },
    {
      how: "no transpose where the shapes allow it",
      told: "not-transposed",
      answers: {
        matmulGradient(a: Matrix, b: Matrix, d: Matrix): Both {
          const square = a.length === b.length && b.length === b[0]!.length && a.length > 1;
          return square ? { a: product(d, b), b: product(a, d) } : inLoops(a, b, d);
        },
      },
    },
  ],
};
