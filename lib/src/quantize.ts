/**
 * @file Weights with fewer digits: each number becomes a whole number from -127 to 127 and shares a scale with its row or
 * column. Notebook 2. Symmetric rounding to the nearest, of weights only.
 * Leaves out quantised arithmetic (the numbers are restored before use), and methods that look at data (GPTQ, AWQ).
 */

import { assertCount, CourseError } from "./errors";
import type { Weights } from "./gpt";

/** How weights are quantised. */
export interface QuantizeOptions {
  /** How many bits a number gets, 2 to 8. Default 8. Stored one to a byte; `quantizedBytes` counts the bits. */
  bits?: number;
  /** "channel": one scale for each output of a matrix. "tensor": one for the whole matrix. Default "channel". */
  per?: "channel" | "tensor";
}

/** A matrix as whole numbers and scales: `value[i][j] = codes[i][j] * scale of its channel`. */
export interface QuantizedMatrix {
  shape: number[];
  /** Row by row, each from -(2^(bits-1) - 1) to 2^(bits-1) - 1. */
  codes: Int8Array;
  /** One for each row, each column, or one for all. */
  scales: Float32Array;
  along: "row" | "column" | "all";
  bits: number;
}

/** Quantised matrices, and the vectors (biases, gains) as they were: they are few, and they matter. */
export interface QuantizedWeights {
  matrices: Record<string, QuantizedMatrix>;
  vectors: Weights;
}

/**
 * Quantises all matrices of a model.
 *
 *     s = max |w| / (2^(bits-1) - 1) over the channel,   q = round(w / s)
 *
 * A channel is what computes one output: a column of the linear layers, which are (in, out), and a row of the token
 * embedding, which as the last layer computes the logit of its token. After Jacob et al. 2018 (arXiv:1712.05877), section 2.1.
 */
export function quantizeWeights(weights: Weights, options: QuantizeOptions = {}): QuantizedWeights {
  const { bits = 8, per = "channel" } = options;
  assertCount("bits", bits, 2);
  if (bits > 8) throw new CourseError({ what: "bits", expected: "at most 8", received: String(bits) });
  const quantized: QuantizedWeights = { matrices: {}, vectors: {} };
  for (const [name, { shape, data }] of Object.entries(weights)) {
    if (shape.length !== 2) {
      quantized.vectors[name] = { shape: [...shape], data: data.slice() };
      continue;
    }
    const along = per === "tensor" ? "all" : /^w[tp]e\./.test(name) ? "row" : "column";
    quantized.matrices[name] = quantizeMatrix(data, shape, { along, bits });
  }
  return quantized;
}

/**
 * Quantises one matrix.
 *
 * The row (0.5, -1, 0.25) with 8 bits: the scale is 1 / 127, the codes are 64, -127, 32, and restored they are
 * 0.504, -1, 0.252.
 */
export function quantizeMatrix(
  data: Float32Array,
  shape: readonly number[],
  { along = "row", bits = 8 }: { along?: QuantizedMatrix["along"]; bits?: number } = {},
): QuantizedMatrix {
  const [rows, columns] = shape as [number, number];
  const largestCode = 2 ** (bits - 1) - 1;
  const scales = new Float32Array(along === "all" ? 1 : along === "row" ? rows : columns);
  data.forEach((w, i) => {
    const channel = channelOf(along, i, columns);
    scales[channel] = Math.max(scales[channel]!, Math.abs(w));
  });
  scales.forEach((largest, channel) => {
    scales[channel] = largest / largestCode;
  });
  const codes = Int8Array.from(data, (w, i) => {
    const scale = scales[channelOf(along, i, columns)]!;
    return scale === 0 ? 0 : Math.max(-largestCode, Math.min(largestCode, Math.round(w / scale)));
  });
  return { shape: [...shape], codes, scales, along, bits };
}

/** The numbers that a matrix stands for: codes times scales. */
export function restoreMatrix({ shape, codes, scales, along }: QuantizedMatrix): Weights[string] {
  const columns = shape[1] as number;
  const data = Float32Array.from(codes, (code, i) => code * scales[channelOf(along, i, columns)]!);
  return { shape: [...shape], data };
}

/** Weights as a model uses them, in the order of the quantised ones. */
export function restoreWeights({ matrices, vectors }: QuantizedWeights): Weights {
  const restored = Object.entries(matrices).map(([name, matrix]) => [name, restoreMatrix(matrix)] as const);
  return { ...Object.fromEntries(restored), ...vectors };
}

/** How many bytes quantised weights need: the codes at their number of bits, four for each scale and each vector's number. */
export function quantizedBytes({ matrices, vectors }: QuantizedWeights): number {
  const ofMatrices = Object.values(matrices).map(
    ({ codes, scales, bits }) => Math.ceil((codes.length * bits) / 8) + 4 * scales.length,
  );
  return [...ofMatrices, weightBytes(vectors)].reduce((a, b) => a + b, 0);
}

/** How many bytes weights need as 32-bit floats. */
export function weightBytes(weights: Weights): number {
  return Object.values(weights).reduce((sum, { data }) => sum + 4 * data.length, 0);
}

function channelOf(along: QuantizedMatrix["along"], i: number, columns: number): number {
  if (along === "all") return 0;
  return along === "row" ? Math.floor(i / columns) : i % columns;
}
