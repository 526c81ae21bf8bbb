/** @file Exercise 2.8: eight bits for each weight, one scale for each row, and back again. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

type Rows = number[][];
interface Quantized {
  scales: number[];
  codes: Rows;
}

/** Quantising with another rule for scale or rounding. */
function quantizeWith({
  largest = (row: number[]): number => Math.max(...row.map(Math.abs)),
  divisor = 127,
  round = Math.round,
}: {
  largest?: (row: number[], matrix: Rows) => number;
  divisor?: number;
  round?: (x: number) => number;
}) {
  return (matrix: Rows): Quantized => {
    const scales = matrix.map((row) => largest(row, matrix) / divisor);
    const codes = matrix.map((row, i) => row.map((w) => (scales[i] === 0 ? 0 : round(w / scales[i]!))));
    return { scales, codes };
  };
}

export const quantize: CodeExercise = {
  id: "2.8",
  title: "Eight bits a weight",
  points: 3,
  minutes: 12,
  answers: [
    "quantize(matrix: number[][]): { scales: number[]; codes: number[][] }",
    "restore(quantized: { scales: number[]; codes: number[][] }): number[][]",
  ],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    {
      of: "quantize",
      args: [[[127, -50, 3]]],
      expected: { scales: [1], codes: [[127, -50, 3]] },
      note: "the largest is 127: whole numbers stay as they are",
    },
    {
      of: "quantize",
      args: [[[12.7, 0.26, -0.31]]],
      expected: { scales: [0.1], codes: [[127, 3, -3]] },
      note: "steps of 0.1, rounded to the nearest",
    },
    {
      of: "quantize",
      args: [
        [
          [1.27, 0.5],
          [-254, 100.8],
        ],
      ],
      expected: {
        scales: [0.01, 2],
        codes: [
          [127, 50],
          [-127, 50],
        ],
      },
      note: "each row has its own scale; the largest number may be negative",
    },
    {
      of: "quantize",
      args: [
        [
          [0, 0],
          [127, 1],
        ],
      ],
      expected: {
        scales: [0, 1],
        codes: [
          [0, 0],
          [127, 1],
        ],
      },
      note: "a row of zeros",
    },
    { of: "restore", args: [{ scales: [0.5], codes: [[4, -127, 0]] }], expected: [[2, -63.5, 0]], note: "one row" },
    {
      of: "restore",
      args: [
        {
          scales: [2, 0.25],
          codes: [
            [1, 2],
            [3, 4],
          ],
        },
      ],
      expected: [
        [2, 4],
        [0.75, 1],
      ],
      note: "each row with its own scale",
    },
  ],
  mistakes: [
    {
      id: "one-scale",
      of: "quantize",
      says: "All rows got the same scale, so that a row of small numbers loses most of its digits. Each row has its own.",
      like: quantizeWith({ largest: (_, matrix) => Math.max(...matrix.flat().map(Math.abs)) }),
    },
    {
      id: "no-absolute",
      of: "quantize",
      says: "The largest number was taken with its sign. A row whose largest is negative needs the absolute value, or its codes run past -127.",
      like: quantizeWith({ largest: (row) => Math.max(...row) }),
    },
    {
      id: "128",
      of: "quantize",
      says: "The largest number became 128, which does not fit into 8 bits with a sign. The codes run from -127 to 127.",
      like: quantizeWith({ divisor: 128 }),
    },
    {
      id: "255",
      of: "quantize",
      says: "8 bits have 256 values, but they are shared between both signs: the largest code is 127.",
      like: quantizeWith({ divisor: 255 }),
    },
    {
      id: "truncated",
      of: "quantize",
      says: "The numbers were cut towards zero. Rounding to the nearest halves the largest error.",
      like: quantizeWith({ round: Math.trunc }),
    },
    {
      id: "floored",
      of: "quantize",
      says: "The numbers were rounded down. Rounding to the nearest halves the largest error, and does not shift all weights one way.",
      like: quantizeWith({ round: Math.floor }),
    },
    {
      id: "not-rounded",
      of: "quantize",
      says: "The codes are not whole numbers. Only whole numbers from -127 to 127 fit into a byte.",
      like: quantizeWith({ round: (x) => x }),
    },
    {
      id: "zero-row",
      of: "quantize",
      says: "A row of zeros has the scale 0, and 0 / 0 is not a number. Its codes are 0.",
      like: (matrix: Rows) => {
        const scales = matrix.map((row) => Math.max(...row.map(Math.abs)) / 127);
        return { scales, codes: matrix.map((row, i) => row.map((w) => Math.round(w / scales[i]!))) };
      },
    },
    {
      id: "zero-scale",
      of: "quantize",
      says: "The codes are right, but a row of zeros was given a scale of its own choice. Here its scale is 0.",
      like: (matrix: Rows) => {
        const scales = matrix.map((row) => Math.max(...row.map(Math.abs)) / 127 || 1);
        return { scales, codes: matrix.map((row, i) => row.map((w) => Math.round(w / scales[i]!))) };
      },
    },
    {
      id: "divided",
      of: "restore",
      says: "The codes were divided by the scale. The scale is the size of one step: multiply.",
      like: ({ scales, codes }: Quantized) => codes.map((row, i) => row.map((code) => code / scales[i]!)),
    },
    {
      id: "first-scale",
      of: "restore",
      says: "Every row was restored with the first scale. Row i has `scales[i]`.",
      like: ({ scales, codes }: Quantized) => codes.map((row) => row.map((code) => code * scales[0]!)),
    },
    {
      id: "columns",
      of: "restore",
      says: "The scales were used by column. There is one for each row.",
      like: ({ scales, codes }: Quantized) => codes.map((row) => row.map((code, j) => code * scales[j]!)),
    },
  ],
  hints: [
    "One row at a time: find its largest number, without its sign. That one shall become 127 or -127. How large is one step then?",
    "scale = largest |w| / 127 and code = Math.round(w / scale). If the scale is 0, the codes are 0. To restore, multiply each code by the scale of its row.",
    [
      "const scales = matrix.map((row) => Math.max(...row.map(Math.abs)) / 127);",
      "const codes = matrix.map((row, i) => row.map((w) => (scales[i] === 0 ? 0 : /* rounded */)));",
      "return { scales, codes };",
      "",
      "// and restore:",
      "return quantized.codes.map((row, i) => row.map((code) => /* code and the scale of row i */));",
    ].join("\n"),
  ],
};
