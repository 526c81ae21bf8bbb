/** Every hand-written gradient against the slope of the textbook formula, measured in double precision. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "../src/compile";
import {
  composedAttention,
  composedGelu,
  composedLayerNorm,
  gelu,
  layerNorm,
  linear,
  lookUp,
  maskedAttention,
  maskedSoftmax,
  softmaxCrossEntropy,
} from "../src/fused";
import { type Tensor, tf } from "../src/tf";
import { numbers } from "./golden";
import { compare, type Numbers, operand } from "./slopes";

const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
const zeros = (n: number): number[] => new Array<number>(n).fill(0);
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Each value within `tolerance` of what is expected, times its size where that is more than 1. */
function near(found: Tensor, expected: number[], tolerance: number): void {
  const values = found.dataSync();
  assert.equal(values.length, expected.length);
  values.forEach((v, i) => {
    const allowed = tolerance * Math.max(1, Math.abs(expected[i]!));
    assert.ok(Math.abs(v - Math.fround(expected[i]!)) <= allowed, `at ${i}: ${v}, expected ${expected[i]}`);
  });
}

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
    near(form(x), values, 2e-6);
    near(tf.grad(form)(x), slopes, 2e-6);
    // The kernel may write over what it was given when nobody needs that any more: here somebody does.
    near(x, points, 0);
    assert.ok(Number.isNaN(form(tf.scalar(NaN)).dataSync()[0]), "what is not a number stays none");
  }
});

/** Layer norm of rows of C numbers by its formula, and what a loss changes with when it changes by dy with y. */
function layerNormByFormula(x: Numbers, gain: Numbers, bias: Numbers, dy: Numbers) {
  const C = gain.length;
  const [y, dx, dgain, dbias] = [zeros(x.length), zeros(x.length), zeros(C), zeros(C)];
  const steepness: number[] = []; // by how much more than x the result changes, for each row
  for (let at = 0; at < x.length; at += C) {
    const row = range(C).map((i) => x[at + i]!);
    const mean = sum(row) / C;
    const r = 1 / Math.sqrt(sum(row.map((v) => (v - mean) ** 2)) / C + 1e-5);
    const n = row.map((v) => (v - mean) * r);
    steepness.push(r);
    const dn = n.map((_, i) => dy[at + i]! * gain[i]!);
    const along = sum(dn.map((d, i) => d * n[i]!)) / C;
    for (let i = 0; i < C; i++) {
      y[at + i] = n[i]! * gain[i]! + bias[i]!;
      dx[at + i] = (dn[i]! - sum(dn) / C - n[i]! * along) * r;
      dgain[i]! += dy[at + i]! * n[i]!;
      dbias[i]! += dy[at + i]!;
    }
  }
  return { y, dx, dgain, dbias, steepness };
}

test("layer norm and its gradients are those of (x - mean) / sqrt(var + 1e-5) g + b, row by row, to 1e-4", () => {
  const textbook = (x: Numbers, gain: Numbers, bias: Numbers) => layerNormByFormula(x, gain, bias, zeros(24)).y;
  const operands = [operand([2, 2, 6], 2), operand([6], 11, 2), operand([6], 12)];
  for (const form of [layerNorm, composedLayerNorm]) {
    compare(operands, form, textbook);
    compare(
      operands.slice(0, 2),
      (x, gain) => form(x, gain),
      (x, gain) => textbook(x, gain, zeros(6)),
    );
  }
});

test("layer norm holds to 5e-5 for rows of any length, far from 0, large, small and all equal", () => {
  for (const C of [1, 2, 7, 16, 33, 128, 1003]) {
    const rows = [
      numbers([C], 1, 1),
      numbers([C], 2, 1, 50),
      numbers([C], 3, 1e5),
      numbers([C], 4, 1e-3),
      numbers([C], 5, 0, 3),
    ];
    const x = rows.flatMap((row) => [...row]);
    const [gain, bias, dy] = [numbers([C], 6, 2), numbers([C], 7, 1), numbers([x.length], 8, 1)];
    const expected = layerNormByFormula(x, gain, bias, dy);
    for (const form of [layerNorm, composedLayerNorm]) {
      const operands = [tf.tensor2d(x, [rows.length, C]), tf.tensor1d(gain), tf.tensor1d(bias)];
      const grads = tf.grads((...all: Tensor[]) =>
        form(all[0]!, all[1]!, all[2])
          .mul(tf.tensor2d(dy, [rows.length, C]))
          .sum(),
      );
      const [dx, dgain, dbias] = grads(operands) as [Tensor, Tensor, Tensor];
      near(form(operands[0]!, operands[1]!, operands[2]), expected.y, 5e-5);
      expected.steepness.forEach((r, row) => {
        const own = expected.dx.slice(row * C, row * C + C).map((v) => v / r);
        near(dx.slice([row, 0], [1, C]).div(r), own, 5e-5);
      });
      near(dgain, expected.dgain, 5e-5);
      near(dbias, expected.dbias, 5e-5);
      near(operands[0]!, x, 0); // nothing was written over what it was given
    }
  }
});

test("a row with something that is no number has no number after layer norm, and the rows beside it do not notice", () => {
  const x = tf.tensor2d([1, 2, NaN, 4, 1, 2, 3, 4], [2, 4]);
  const expected = layerNormByFormula([1, 2, 3, 4], [1, 1, 1, 1], zeros(4), zeros(4)).y;
  for (const form of [layerNorm, composedLayerNorm]) {
    const y = [...form(x, tf.ones([4])).dataSync()];
    assert.ok(y.slice(0, 4).every(Number.isNaN), String(y));
    near(tf.tensor1d(y.slice(4)), expected, 1e-5);
  }
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
  for (const form of [maskedAttention, composedAttention]) {
    compare([operand(shape, 5), operand(shape, 6), operand(shape, 7)], (q, k, v) => form(q, k, v, mask), textbook);
  }
});

/** Rows of softmax(z), and what a loss changes with when it changes by dy with them: by the formula, in double precision. */
function softmaxByFormula(z: Numbers, dy: Numbers, P: number) {
  const [a, dz] = [new Array<number>(z.length), new Array<number>(z.length)];
  for (let at = 0; at < z.length; at += P) {
    const largest = Math.max(...range(P).map((i) => z[at + i]!));
    const powers = range(P).map((i) => Math.exp(z[at + i]! - largest));
    for (let i = 0; i < P; i++) a[at + i] = powers[i]! / sum(powers);
    const along = sum(range(P).map((i) => a[at + i]! * dy[at + i]!));
    for (let i = 0; i < P; i++) dz[at + i] = a[at + i]! * (dy[at + i]! - along);
  }
  return { a, dz };
}

test("attention weights hold to 1e-5 of their size for rows of any length, and are 0 exactly where the mask hides", () => {
  const [B, H, S] = [2, 3, 5];
  for (const P of [1, 2, 7, 16, 33, 65, 129]) {
    const size = B * H * S * P;
    // Some rows small, some with scores of which the least is e^200 times less likely than the largest.
    const scores = numbers([size], 1, 1).map((v, i) => v * [1, 10, 100, 1e-6, 0][Math.floor(i / P) % 5]!);
    for (const shape of [
      [S, P],
      [B, 1, S, P],
      [1, H, 1, P],
      [B, H, S, P],
    ]) {
      const full = [...new Array<number>(4 - shape.length).fill(1), ...shape];
      const mask = tf.tensor(
        numbers(shape, 3, 1).map((v, i) => (v > 0.3 && i % P > 0 ? -1e9 : 0)),
        shape,
      );
      const spread = mask
        .reshape(full)
        .add(tf.zeros([B, H, S, P]))
        .dataSync();
      const z = Array.from(scores, (v, i) => v + spread[i]!);
      const { a } = softmaxByFormula(z, zeros(size), P);
      const given = tf.tensor(scores, [B, H, S, P]);
      const found = maskedSoftmax(given, mask, 1).dataSync();
      found.forEach((v, i) => {
        if (spread[i] === -1e9) assert.equal(v, 0);
        assert.ok(Math.abs(v - a[i]!) <= 1e-5 * a[i]! + 1e-37, `${P} places, at ${i}: ${v}, expected ${a[i]}`);
      });
      near(given, Array.from(scores), 0); // nothing was written over what it was given
    }
  }
});

test("attention holds to 1e-5, and its gradients, for any number of places, with scores from -80 to 80", () => {
  for (const P of [1, 2, 7, 16, 33, 129]) {
    const mask = tf.tensor2d(
      range(P * P).map((i) => (i % P <= Math.floor(i / P) ? 0 : -1e9)),
      [P, P],
    );
    const scores = numbers([P * P], 1, 1).map((v, i) => v * [1, 10, 80][Math.floor(i / P) % 3]!);
    const hidden = mask.dataSync();
    const dy = numbers([P * P], 2, 1);
    const { a, dz } = softmaxByFormula(
      Array.from(scores, (v, i) => v + hidden[i]!),
      dy,
      P,
    );
    // With keys and values that pick one place each, the result is the attention weights, and the scores are q / sqrt(D).
    const one = tf.eye(P).reshape([1, 1, P, P]);
    const q = tf.tensor(
      scores.map((v) => v * Math.sqrt(P)),
      [1, 1, P, P],
    );
    for (const form of [maskedAttention, composedAttention]) {
      near(form(q, one, one, mask), a, 1e-5);
      const grad = tf.grad((q: Tensor) =>
        form(q, one, one, mask)
          .mul(tf.tensor(dy, [1, 1, P, P]))
          .sum(),
      );
      near(grad(q).mul(Math.sqrt(P)), dz, 1e-5);
    }
  }
});

test("a row that the mask hides altogether looks everywhere alike, and one with a score that is no number has no weights", () => {
  const scores = tf.tensor([1, 2, 3, NaN, 2, 3, 1, 2, 3], [1, 1, 3, 3]);
  const mask = tf.tensor2d([-1e9, -1e9, -1e9, 0, 0, 0, 0, 0, -1e9], [3, 3]);
  const a = [...maskedSoftmax(scores, mask, 1).dataSync()];
  near(tf.tensor1d(a.slice(0, 3)), [1 / 3, 1 / 3, 1 / 3], 1e-6);
  assert.ok(a.slice(3, 6).every(Number.isNaN), String(a));
  near(tf.tensor1d(a.slice(6)), [1 / (1 + Math.E), Math.E / (1 + Math.E), 0], 1e-6);
});

test("a mask that does not fit is refused", () => {
  const scores = tf.zeros([2, 2, 3, 4]);
  for (const shape of [
    [3, 3],
    [4, 4],
    [3, 1, 3, 4],
  ])
    assert.throws(() => maskedSoftmax(scores, tf.zeros(shape), 1));
});

test("in a graph nothing is written over values that another operation still needs", () => {
  const mask = tf.zeros([4, 4]);
  const both = compile((x: Tensor) => {
    const y = x.mul(2);
    return [gelu(y), layerNorm(y, tf.ones([4])), maskedSoftmax(y, mask, 1), y.add(0.5)];
  });
  const x = tf.tensor(numbers([1, 1, 4, 4], 1, 1), [1, 1, 4, 4]);
  const y = x.mul(2);
  const expected = [gelu(y), layerNorm(y, tf.ones([4])), maskedSoftmax(y, mask, 1), y.add(0.5)];
  for (let round = 0; round < 5; round++) {
    both(x).forEach((found, i) => {
      near(found, [...expected[i]!.dataSync()], 1e-6);
    });
  }
  both.dispose();
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
