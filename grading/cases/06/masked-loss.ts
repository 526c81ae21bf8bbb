/** @file Exercise 6.3: the mean loss of the tokens that are learned. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";
import { mean } from "../foreseen";

type Rows = number[][];

const flat = (rows: Rows): number[] => rows.flat();
const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
const products = (losses: Rows, mask: Rows): number[] => flat(losses).map((loss, i) => loss * flat(mask)[i]!);

export const maskedLoss: CodeExercise = {
  id: "6.3",
  title: "The masked loss",
  points: 2,
  minutes: 8,
  answers: ["maskedLoss(losses: number[][], mask: number[][]): number"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    { args: [[[5, 1, 3]], [[0, 1, 1]]], expected: 2, note: "one row: (1 + 3) / 2" },
    {
      args: [
        [
          [9, 2, 4, 6],
          [9, 9, 9, 8],
        ],
        [
          [0, 1, 1, 1],
          [0, 0, 0, 1],
        ],
      ],
      expected: 5,
      note: "a long and a short answer: (2 + 4 + 6 + 8) / 4",
    },
    {
      args: [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [0, 0],
          [0, 1],
        ],
      ],
      expected: 4,
      note: "a row in which nothing is learned",
    },
    { args: [[[0.5, 0.25]], [[1, 1]]], expected: 0.375, note: "everything is learned" },
  ],
  mistakes: [
    {
      id: "all-places",
      says: "The sum was divided by the number of all places. Those that are not learned must not count below the line either, or a long question makes the loss look small.",
      like: (losses: Rows, mask: Rows) => mean(products(losses, mask)),
    },
    {
      id: "ignores-mask",
      says: "The question counts too: this is the mean of all losses. Multiply each by its mask.",
      like: (losses: Rows) => mean(flat(losses)),
    },
    {
      id: "mean-of-means",
      says: "This is the mean of each row, and then the mean of those. A token of a short answer then counts for more than one of a long answer. Add up over all rows, then divide once.",
      like: (losses: Rows, mask: Rows) =>
        mean(losses.map((row, b) => sum(row.map((loss, t) => loss * mask[b]![t]!)) / Math.max(1, sum(mask[b]!)))),
    },
    {
      id: "mean-of-full-rows",
      says: "This is the mean of each row, and then the mean of those. A token of a short answer then counts for more than one of a long answer. Add up over all rows, then divide once.",
      when: ({ received, args }) => {
        const [losses, mask] = args as unknown as [Rows, Rows];
        const means = losses.map((row, b) => sum(row.map((loss, t) => loss * mask[b]![t]!)) / sum(mask[b]!));
        const given = typeof received === "number" ? received : Number.NaN;
        return means.some(Number.isNaN) ? Number.isNaN(given) : Math.abs(mean(means) - given) < 1e-9;
      },
    },
    {
      id: "sum",
      says: "This is the sum. Divide it by the number of tokens that are learned, or long answers make large steps.",
      like: (losses: Rows, mask: Rows) => sum(products(losses, mask)),
    },
    {
      id: "by-rows",
      says: "The sum was divided by the number of rows. Divide by the number of tokens that are learned.",
      like: (losses: Rows, mask: Rows) => sum(products(losses, mask)) / losses.length,
    },
    {
      id: "inverted",
      says: "The mask was used the wrong way round: 1 marks what is learned.",
      like: (losses: Rows, mask: Rows) => {
        const other = mask.map((row) => row.map((bit) => 1 - bit));
        return sum(products(losses, other)) / sum(flat(other));
      },
    },
  ],
  hints: [
    "It is a mean like any other, but only of some of the numbers. How many are there to divide by?",
    "Walk through all rows and places. Add up loss times mask, and beside it add up the mask. Divide the one by the other at the very end.",
    [
      "let total = 0;",
      "let count = 0;",
      "for (let b = 0; b < losses.length; b++) {",
      "  for (let t = 0; t < losses[b].length; t++) {",
      "    total += /* ... */;",
      "    count += mask[b][t];",
      "  }",
      "}",
      "return total / count;",
    ].join("\n"),
  ],
};
