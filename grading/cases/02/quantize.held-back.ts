/** @file Exercise 2.8, held back: eight bits a weight. Expected values come from `reference/02.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/02.json";

type Rows = number[][];
interface Quantized {
  scales: number[];
  codes: Rows;
}

/** Right answers in which one thing is changed. */
function spoiled({
  size = Math.abs,
  largestCode = 127,
  round = (x: number): number => Math.round(x),
  zero = true,
  together = false,
  restored = (code: number, scales: number[], i: number, _j: number): number => code * scales[i]!,
}): Record<string, unknown> {
  const largestOf = (row: number[]): number => {
    let largest = -Infinity;
    for (const w of row) if (size(w) > largest) largest = size(w);
    return largest;
  };
  return {
    quantize(matrix: Rows): Quantized {
      const result: Quantized = { scales: [], codes: [] };
      const all = largestOf(matrix.flat());
      for (const row of matrix) {
        const scale = (together ? all : largestOf(row)) / largestCode;
        result.scales.push(scale);
        result.codes.push(row.map((w) => (scale === 0 && zero ? 0 : round(w / scale))));
      }
      return result;
    },
    restore({ scales, codes }: Quantized): Rows {
      return codes.map((row, i) => row.map((code, j) => restored(code, scales, i, j)));
    },
  };
}

export const quantize: HeldBack = {
  cases: reference["2.8"] as HeldBack["cases"],
  right: [
    { how: "loops", answers: spoiled({}) },
    {
      how: "sorted for the largest, times the inverse step",
      answers: {
        quantize(matrix: Rows): Quantized {
          const largest = matrix.map((row) => row.map(Math.abs).sort((a, b) => b - a)[0]!);
          const steps = largest.map((size) => (size > 0 ? 127 / size : 0));
          return {
            scales: largest.map((size) => size / 127),
            codes: matrix.map((row, i) => row.map((w) => Math.floor(w * steps[i]! + 0.5))),
          };
        },
        restore: (q: Quantized): Rows => q.scales.map((scale, i) => q.codes[i]!.map((code) => scale * code)),
      },
    },
  ],
  wrong: [
    { how: "one scale for the matrix", told: "one-scale", answers: spoiled({ together: true }) },
    { how: "the largest with its sign", told: "no-absolute", answers: spoiled({ size: (w) => w }) },
    { how: "128", told: "128", answers: spoiled({ largestCode: 128 }) },
    { how: "255", told: "255", answers: spoiled({ largestCode: 255 }) },
    { how: "cut", told: "truncated", answers: spoiled({ round: (x) => x - (x % 1) }) },
    { how: "rounded down", told: "floored", answers: spoiled({ round: (x) => Math.floor(x) }) },
    { how: "not rounded", told: "not-rounded", answers: spoiled({ round: (x) => x }) },
    { how: "no guard for zeros", told: "zero-row", answers: spoiled({ zero: false }) },
    { how: "divided", told: "divided", answers: spoiled({ restored: (code, scales, i) => code / scales[i]! }) },
    { how: "the first scale for all", told: "first-scale", answers: spoiled({ restored: (code, s) => code * s[0]! }) },
    { how: "scales by column", told: "columns", answers: spoiled({ restored: (code, s, _, j) => code * s[j]! }) },
  ],
};
