/** Every hand-written gradient against the slope of the textbook formula, measured in double precision. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { composedGelu, gelu, linear, lookUp, maskedAttention, normalize, softmaxCrossEntropy } from "../src/fused";
import { type Tensor, tf } from "../src/tf";
import { compare, type Numbers, operand } from "./slopes";

const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

test("GELU and its gradient are those of 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), to 1e-4", () => {
  const textbook = (x: Numbers) =>
    Array.from(x, (v) => 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3))));
  for (const form of [gelu, composedGelu]) compare([operand([4, 5], 1, 3)], form, textbook);
});

test("far out, and for any number of values, GELU is x or 0 and its gradient 1 or 0; between, both hold to 2e-6", () => {
  const a = 2 * Math.sqrt(2 / Math.PI);
  // 1003 values: no multiple of what a processor takes at a time.
  const points = [...range(1001).map((i) => (i - 500) / 50), -1e4, 1e4];
  const sigmoid = points.map((x) => 1 / (1 + Math.exp(-x * a * (1 + 0.044715 * x * x))));
  const values = points.map((x, i) => x * sigmoid[i]!);
  const slopes = points.map(
    (x, i) => sigmoid[i]! + x * sigmoid[i]! * (1 - sigmoid[i]!) * a * (1 + 3 * 0.044715 * x * x),
  );
  for (const form of [gelu, composedGelu]) {
    const x = tf.tensor1d(points, "float32");
    const near = (found: Tensor, expected: number[]) =>
      found.dataSync().forEach((v, i) => {
        const allowed = 2e-6 * Math.max(1, Math.abs(expected[i]!));
        assert.ok(Math.abs(v - expected[i]!) <= allowed, `at ${points[i]}: ${v}, expected ${expected[i]}`);
      });
    near(form(x), values);
    near(tf.grad(form)(x), slopes);
    // The kernel may write over what it was given when nobody needs that any more: here somebody does.
    near(x, points);
    assert.ok(Number.isNaN(form(tf.scalar(NaN)).dataSync()[0]), "what is not a number stays none");
  }
});

test("normalizing and its gradient are those of (x - mean) / sqrt(var + 1e-5), row by row, to 1e-4", () => {
  const textbook = (x: Numbers) =>
    range(4).flatMap((row) => {
      const values = Array.from(x).slice(row * 6, row * 6 + 6);
      const mean = sum(values) / 6;
      const variance = sum(values.map((v) => (v - mean) ** 2)) / 6;
      return values.map((v) => (v - mean) / Math.sqrt(variance + 1e-5));
    });
  compare([operand([2, 2, 6], 2)], (x) => normalize(x), textbook);
});

test("linear and its gradients are those of the sum over k of x[n, k] w[k, m], to 1e-4", () => {
  const textbook = (x: Numbers, w: Numbers) =>
    range(6).flatMap((n) => range(5).map((m) => sum(range(4).map((k) => x[n * 4 + k]! * w[k * 5 + m]!))));
  compare([operand([2, 3, 4], 3), operand([4, 5], 4)], (x, w) => linear(x, w), textbook);
});

test("linear with a bias, and its gradients, are those of the sum over k of x[n, k] w[k, m] + b[m], to 1e-4", () => {
  const textbook = (x: Numbers, w: Numbers, b: Numbers) =>
    range(6).flatMap((n) => range(5).map((m) => sum(range(4).map((k) => x[n * 4 + k]! * w[k * 5 + m]!)) + b[m]!));
  const fused = (x: Tensor, w: Tensor, bias: Tensor) => linear(x, w, { bias });
  compare([operand([2, 3, 4], 3), operand([4, 5], 4), operand([5], 10)], fused, textbook);
});

test("linear with a transposed weight, and its gradients, are those of the sum over k of x[n, k] w[m, k], to 1e-4", () => {
  const textbook = (x: Numbers, w: Numbers) =>
    range(6).flatMap((n) => range(5).map((m) => sum(range(4).map((k) => x[n * 4 + k]! * w[m * 4 + k]!))));
  compare([operand([2, 3, 4], 3), operand([5, 4], 4)], (x, w) => linear(x, w, { transposed: true }), textbook);
});

test("attention and its gradients are those of softmax(q k / sqrt(D)) v over the past, to 1e-4", () => {
  const [B, H, T, D] = [2, 2, 4, 3];
  const mask = tf.tensor2d(range(T).map((i) => range(T).map((j) => (j <= i ? 0 : -1e9))));
  const textbook = (q: Numbers, k: Numbers, v: Numbers) =>
    range(B * H).flatMap((head) => {
      const at = (x: Numbers, t: number, d: number): number => x[(head * T + t) * D + d]!;
      return range(T).flatMap((i) => {
        const past = range(i + 1);
        const scores = past.map((j) => sum(range(D).map((d) => at(q, i, d) * at(k, j, d))) / Math.sqrt(D));
        const total = sum(scores.map(Math.exp));
        return range(D).map((d) => sum(past.map((j) => (Math.exp(scores[j]!) / total) * at(v, j, d))));
      });
    });
  const shape = [B, H, T, D];
  compare(
    [operand(shape, 5), operand(shape, 6), operand(shape, 7)],
    (q, k, v) => maskedAttention(q, k, v, mask),
    textbook,
  );
});

test("looking up rows of a table passes their gradients back to those rows, added where a row was used twice, to 1e-4", () => {
  const ids = [3, 0, 3, 1];
  const textbook = (table: Numbers) => ids.flatMap((id) => Array.from(table).slice(id * 3, id * 3 + 3));
  compare([operand([5, 3], 8)], (table) => lookUp(table, tf.tensor2d(ids, [2, 2], "int32")), textbook);
});

test("cross-entropy and its gradient are those of -log(exp(z[y]) / sum exp(z)), to 1e-4", () => {
  const targets = [4, 0, 2];
  const textbook = (z: Numbers) =>
    targets.map((y, row) => {
      const logits = Array.from(z).slice(row * 5, row * 5 + 5);
      return -Math.log(Math.exp(logits[y]!) / sum(logits.map(Math.exp)));
    });
  compare([operand([3, 5], 9, 2)], (z) => softmaxCrossEntropy(z, tf.tensor1d(targets, "int32")), textbook);
});
