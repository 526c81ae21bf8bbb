/** @file Compares a hand-written gradient with the slope of the textbook formula, measured in double precision. */

import type { Shape } from "../src/shape";
import { type Tensor, tf } from "../src/tf";
import { assertClose, numbers } from "./golden";

/** Plain numbers, row after row. */
export type Numbers = ArrayLike<number>;

/** An input: its shape and its values. */
export interface Operand {
  shape: Shape;
  values: Float32Array;
}

/** Made-up values of a shape. */
export const operand = (shape: Shape, salt: number, scale = 1): Operand => ({
  shape,
  values: numbers(shape, salt, scale),
});
const toTensor = ({ shape, values }: Operand): Tensor => tf.tensor(values, shape as number[]);

/**
 * Compares value and gradients of `fused` with those of `textbook`, which computes with plain numbers. The gradient is
 * that of the results, each times some fixed number.
 */
export function compare(
  operands: Operand[],
  fused: (...x: Tensor[]) => Tensor,
  textbook: (...x: Numbers[]) => number[],
): void {
  const inputs = operands.map(({ values }) => Array.from(values));
  const expected = textbook(...inputs);
  assertClose(fused(...operands.map(toTensor)), expected, 1e-5, "value");

  const shares = Array.from(numbers([expected.length], 99, 1));
  const total = (x: Numbers[]): number => textbook(...x).reduce((sum, y, i) => sum + y * shares[i]!, 0);
  const grads = tf.grads((...x: Tensor[]) => {
    const y = fused(...x);
    return y.mul(tf.tensor(shares, y.shape)).sum();
  })(operands.map(toTensor));

  const h = 1e-5;
  inputs.forEach((values, n) => {
    const slopes = values.map((value, i) => {
      const nudged = (by: number): Numbers[] => inputs.map((v, m) => (m === n ? replaced(v, i, value + by) : v));
      return (total(nudged(h)) - total(nudged(-h))) / (2 * h);
    });
    assertClose(grads[n]!, slopes, 1e-4, `gradient by input ${n}`);
  });
}

const replaced = (values: number[], at: number, value: number): number[] =>
  values.map((v, i) => (i === at ? value : v));
