/** @file Exercise 2.6: silence one head by setting its rows of the output matrix to zero. */

import type { CodeExercise } from "../../src/table";

type Rows = number[][];

/** The matrix with all numbers at zero for which `off` says so. D is the number of rows of one head. */
function zeroWhere(off: (row: number, column: number, head: number, D: number, nHead: number) => boolean) {
  return (weight: Rows, head: number, nHead: number): Rows =>
    weight.map((row, i) => row.map((x, j) => (off(i, j, head, weight.length / nHead, nHead) ? 0 : x)));
}

const FOUR = [
  [1, 2, 3, 4],
  [5, 6, 7, 8],
  [9, 10, 11, 12],
  [13, 14, 15, 16],
];

export const withoutHead: CodeExercise = {
  id: "2.6",
  title: "Silence a head",
  points: 2,
  minutes: 8,
  answers: ["withoutHead(weight: number[][], head: number, nHead: number): number[][]"],
  cases: [
    {
      args: [FOUR, 0, 2],
      expected: [[0, 0, 0, 0], [0, 0, 0, 0], FOUR[2]!, FOUR[3]!],
      note: "two heads of two rows each, the first one",
    },
    { args: [FOUR, 1, 2], expected: [FOUR[0]!, FOUR[1]!, [0, 0, 0, 0], [0, 0, 0, 0]], note: "the second one" },
    { args: [FOUR, 2, 4], expected: [FOUR[0]!, FOUR[1]!, [0, 0, 0, 0], FOUR[3]!], note: "four heads of one row each" },
    {
      args: [
        [
          [1, 2],
          [3, 4],
        ],
        0,
        1,
      ],
      expected: [
        [0, 0],
        [0, 0],
      ],
      note: "a single head",
    },
    {
      args: [
        [
          [1, 1, 1],
          [2, 2, 2],
          [3, 3, 3],
          [4, 4, 4],
        ],
        1,
        2,
      ],
      expected: [
        [1, 1, 1],
        [2, 2, 2],
        [0, 0, 0],
        [0, 0, 0],
      ],
      note: "not square",
    },
  ],
  mistakes: [
    {
      id: "columns",
      says: "Columns were set to zero. The head's numbers come *in* by the rows: row i says what input i adds to each output.",
      like: zeroWhere((_, j, head, D) => Math.floor(j / D) === head),
    },
    {
      id: "only-head",
      says: "The head was kept and all others were silenced. It is the other way round.",
      like: zeroWhere((i, _, head, D) => Math.floor(i / D) !== head),
    },
    {
      id: "interleaved",
      says: "Every `nHead`-th row was set to zero. A head's D rows stand together: head h has the rows h D to h D + D - 1.",
      like: zeroWhere((i, _, head, __, nHead) => i % nHead === head),
    },
    {
      id: "one-row",
      says: "Only one row was set to zero. A head is D numbers wide, D = rows / nHead, and has as many rows.",
      like: zeroWhere((i, _, head) => i === head),
    },
    {
      id: "first-row",
      says: "Only the head's first row was set to zero. It has D = rows / nHead of them.",
      like: zeroWhere((i, _, head, D) => i === head * D),
    },
    {
      id: "rows-of-nhead",
      says: "The head was taken to be `nHead` rows wide. Its width is D = rows / nHead.",
      like: zeroWhere((i, _, head, __, nHead) => Math.floor(i / nHead) === head),
    },
    {
      id: "counts-from-one",
      says: "Heads are counted from 0: head 1 is the second one.",
      like: zeroWhere((i, _, head, D) => Math.floor(i / D) === head - 1),
    },
    {
      id: "up-to-head",
      says: "Too many rows: everything up to the head's end was set to zero. Begin at h D.",
      like: zeroWhere((i, _, head, D) => i < (head + 1) * D),
    },
  ],
  hints: [
    "The heads' outputs lie side by side before `c_proj`: the first D numbers are head 0's, the next D are head 1's. Which rows of the matrix do they meet?",
    "With D = weight.length / nHead, the rows h D up to (but not including) h D + D belong to head h. Give these rows zeros, and copy the others.",
    [
      "const D = weight.length / nHead;",
      "return weight.map((row, i) => {",
      "  const isHead = i >= /* its first row */ && i < /* one after its last */;",
      "  return isHead ? row.map(() => 0) : [...row];",
      "});",
    ].join("\n"),
  ],
};
