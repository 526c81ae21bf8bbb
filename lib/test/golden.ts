/** @file What the tests of the model, the loss and the optimizers share: PyTorch's values, and the weights they belong to. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { type GPTConfig, parameterShapes, type Weights } from "../src/gpt";
import { type Shape, sizeOf } from "../src/shape";
import type { Tensor } from "../src/tf";

interface Golden {
  gpt: {
    config: GPTConfig;
    inputs: number[][];
    targets: number[][];
    logits: number[];
    lossNats: number;
    hidden: number[][];
    grads: Record<string, number[]>;
  }[];
  adamw: {
    config: GPTConfig;
    options: { beta1: number; beta2: number; weightDecay: number; clipNorm: number; learningRate: number };
    losses: number[];
    norms: number[];
    weights: Record<string, number[]>;
  };
  sgd: { learningRate: number; momentum: number; path: number[][] };
}

/** Values computed with PyTorch by reference/make_gpt.py. */
export const golden: Golden = JSON.parse(readFileSync(path.join(__dirname, "reference", "gpt.json"), "utf8"));

/** Values from offset - scale to offset + scale, by the formula of make_gpt.py. */
export function numbers(shape: Shape, salt: number, scale: number, offset = 0): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
    const golden = (i + 1) * 0.6180339887498949 + salt * 0.4142135623730951;
    return offset + scale * (2 * (golden % 1) - 1);
  });
}

/** The weights that make_gpt.py gives a model of this size. */
export function goldenWeights(config: GPTConfig): Weights {
  const weights: Weights = {};
  Object.entries(parameterShapes(config)).forEach(([name, shape], i) => {
    const isGain = /(^|\.)ln_.*weight$/.test(name);
    weights[name] = { shape: [...shape], data: numbers(shape, i + 1, 0.3, isGain ? 1 : 0) };
  });
  return weights;
}

/**
 * The weights, of c_attn.bias only the queries' third. Attention does not depend on the biases of the keys: they add the same
 * number to all scores of a row. Their gradient is 0 but for rounding, which Adam makes steps of: two right programs differ.
 */
export function withoutKeyBiases(weights: Weights): Weights {
  const kept = Object.entries(weights).map(([name, { shape, data }]) => {
    const isBias = name.endsWith("c_attn.bias");
    return [name, { shape, data: isBias ? data.slice(0, data.length / 3) : data }] as const;
  });
  return Object.fromEntries(kept);
}

/** Asserts that all values are within `tolerance` of the expected ones. */
export function assertClose(
  received: ArrayLike<number> | Tensor,
  expected: ArrayLike<number>,
  tolerance: number,
  what = "values",
): void {
  const values = "dataSync" in received ? received.dataSync() : received;
  assert.equal(values.length, expected.length, `${what}: as many as expected`);
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs(values[i]! - expected[i]!);
    assert.ok(distance <= tolerance, `${what}[${i}]: ${values[i]} is ${distance} away from ${expected[i]}`);
  }
}
