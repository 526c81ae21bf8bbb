/** The operations of a Llama against textbook formulas, their gradients against slopes in double precision. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { frozenProduct, rmsNorm, rotate, rotationAt, swiGlu } from "../src/llama-ops";
import { tf } from "../src/tf";
import { numbers } from "./golden";
import { compare, type Numbers, operand } from "./slopes";

const rows = (x: Numbers, width: number): number[][] =>
  Array.from({ length: x.length / width }, (_, i) => Array.from({ length: width }, (_, j) => x[i * width + j]!));

test("the norm divides each row by its root mean square; value and gradient to 1e-4", () => {
  const gain = tf.tensor1d(numbers([5], 7, 0.5, 1));
  const g = Array.from(gain.dataSync());
  const textbook = (x: Numbers): number[] =>
    rows(x, 5).flatMap((row) => {
      const size = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0) / 5 + 1e-5);
      return row.map((v, j) => (v / size) * g[j]!);
    });
  compare([operand([3, 5], 1)], (x) => rmsNorm(x, gain, 1e-5), textbook);
});

test("the product with a frozen matrix is x W^T, and dx is dy W, to 1e-4", () => {
  const W = rows(numbers([4, 3], 3, 1), 3);
  const textbook = (x: Numbers): number[] =>
    rows(x, 3).flatMap((row) => W.map((w) => w.reduce((sum, v, j) => sum + v * row[j]!, 0)));
  compare([operand([2, 3], 2)], (x) => frozenProduct(x, tf.tensor2d(W)), textbook);
});

test("numbers i and i + D/2 of a head turn by position times base^(-2i/D); value and gradient to 1e-4", () => {
  const positions = [0, 3, 11];
  const rotation = rotationAt(tf.tensor2d([positions], [1, 3], "int32"), 4, 100);
  const textbook = (x: Numbers): number[] =>
    rows(x, 4).flatMap((row, r) => {
      const position = positions[Math.floor(r / 2)]!; // two heads at each position
      const [c0, s0] = [Math.cos(position), Math.sin(position)];
      const [c1, s1] = [Math.cos(position / 10), Math.sin(position / 10)];
      const [a, b, c, d] = row as [number, number, number, number];
      return [a * c0 - c * s0, b * c1 - d * s1, c * c0 + a * s0, d * c1 + b * s1];
    });
  compare([operand([1, 3, 2, 4], 4)], (x) => rotate(x, rotation), textbook);
});

test("what two tokens say to each other depends on how far apart they are, not on where they stand", () => {
  const at = (position: number): number[] => {
    const rotation = rotationAt(tf.tensor2d([[position]], [1, 1], "int32"), 8, 10000);
    return Array.from(rotate(tf.tensor(numbers([8], 1, 1), [1, 1, 1, 8]), rotation).dataSync());
  };
  const product = (p: number, q: number): number => at(p).reduce((sum, v, i) => sum + v * at(q)[i]!, 0);
  assert.ok(Math.abs(product(3, 8) - product(103, 108)) < 1e-4);
  assert.ok(Math.abs(product(3, 8) - product(3, 9)) > 1e-2);
});

test("the gate lets u pass as much as g sigmoid(g) says; value and gradient to 1e-4", () => {
  const textbook = (x: Numbers): number[] =>
    rows(x, 6).flatMap((row) => [0, 1, 2].map((j) => (row[j]! / (1 + Math.exp(-row[j]!))) * row[j + 3]!));
  compare([operand([2, 6], 5, 3)], swiGlu, textbook);
});
