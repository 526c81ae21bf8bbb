/** @file Exercise 1.2: cut rows of tokens, and the same rows one place further as what has to be predicted. */

import { exact } from "../../src/compare";
import type { Plain } from "../../src/plain";
import type { CodeExercise } from "../../src/table";

const window = (tokens: number[], start: number, length: number): number[] => tokens.slice(start, start + length);

export const nextTokenBatch: CodeExercise = {
  id: "1.2",
  title: "Next-token batches",
  points: 2,
  minutes: 10,
  answers: [
    "nextTokenBatch(tokens: number[], starts: number[], contextLength: number): { inputs: number[][]; targets: number[][] }",
  ],
  compare: exact,
  cases: [
    {
      args: [[3, 1, 4, 1, 5, 9, 2, 6], [0], 4],
      expected: { inputs: [[3, 1, 4, 1]], targets: [[1, 4, 1, 5]] },
      note: "one row",
    },
    {
      args: [[3, 1, 4, 1, 5, 9, 2, 6], [2, 0], 3],
      expected: {
        inputs: [
          [4, 1, 5],
          [3, 1, 4],
        ],
        targets: [
          [1, 5, 9],
          [1, 4, 1],
        ],
      },
      note: "two rows, in the order of `starts`",
    },
    {
      args: [[3, 1, 4, 1, 5, 9, 2, 6], [5, 3], 2],
      expected: {
        inputs: [
          [9, 2],
          [1, 5],
        ],
        targets: [
          [2, 6],
          [5, 9],
        ],
      },
      note: "the last window that fits",
    },
    {
      args: [[8, 6, 7], [1, 0, 1], 1],
      expected: { inputs: [[6], [8], [6]], targets: [[7], [6], [7]] },
      note: "a context of one token",
    },
  ],
  mistakes: [
    {
      id: "not-shifted",
      says: "The targets are the inputs themselves. A target is the token *after* its input: begin one place further.",
      like: (tokens: number[], starts: number[], length: number) => {
        const rows = starts.map((start) => window(tokens, start, length));
        return { inputs: rows, targets: rows };
      },
    },
    {
      id: "same-array",
      says: "Inputs and targets are one and the same array, so shifting one shifts both. Make a `slice` for each.",
      like: (tokens: number[], starts: number[], length: number) => {
        const rows = starts.map((start) => window(tokens, start + 1, length));
        return { inputs: rows, targets: rows };
      },
    },
    {
      id: "wrong-way",
      says: "The targets are shifted the wrong way: they show the token before each input. The model has to guess the one after it.",
      like: (tokens: number[], starts: number[], length: number) => ({
        inputs: starts.map((start) => window(tokens, start, length)),
        targets: starts.map((start) => Array.from({ length }, (_, t) => tokens[start - 1 + t])),
      }),
    },
    {
      id: "swapped",
      says: "Inputs and targets are swapped.",
      like: (tokens: number[], starts: number[], length: number) => ({
        inputs: starts.map((start) => window(tokens, start + 1, length)),
        targets: starts.map((start) => window(tokens, start, length)),
      }),
    },
    {
      id: "too-short",
      says: "The rows are one token too short. For `contextLength` pairs of input and target one needs `contextLength + 1` tokens.",
      like: (tokens: number[], starts: number[], length: number) => ({
        inputs: starts.map((start) => window(tokens, start, length - 1)),
        targets: starts.map((start) => window(tokens, start + 1, length - 1)),
      }),
    },
    {
      id: "too-long",
      says: "The rows are one token too long. `slice(a, b)` ends before `b`.",
      when: ({ received, args }) => rowLengths(received).some((length) => length > Number(args[2])),
    },
    {
      id: "only-last",
      says: "Each row has a single target. Every position of the input is a question of its own and has a target of its own.",
      like: (tokens: number[], starts: number[], length: number) => ({
        inputs: starts.map((start) => window(tokens, start, length)),
        targets: starts.map((start) => tokens[start + length]),
      }),
    },
    {
      id: "next-window",
      says: "The targets are the next `contextLength` tokens. They have to be the same window, one place further.",
      like: (tokens: number[], starts: number[], length: number) => ({
        inputs: starts.map((start) => window(tokens, start, length)),
        targets: starts.map((start) => window(tokens, start + length, length)),
      }),
    },
    {
      id: "ignores-starts",
      says: "The rows were cut one after the other from the beginning. `starts` says where each row begins.",
      like: (tokens: number[], starts: number[], length: number) => ({
        inputs: starts.map((_, row) => window(tokens, row * length, length)),
        targets: starts.map((_, row) => window(tokens, row * length + 1, length)),
      }),
    },
  ],
  hints: [
    "Write the tokens in a line. Take a window of `contextLength` from `start`, then move the window by one: that is the target of the same row.",
    "For each `start`, cut two slices of the same length: one from `start`, one from `start + 1`. `starts.map(...)` makes one row for each start.",
    [
      "const inputs = starts.map((start) => tokens.slice(start, start + contextLength));",
      "const targets = starts.map((start) => /* the same, one place further */);",
      "return { inputs, targets };",
    ].join("\n"),
  ],
};

function rowLengths(batch: Plain): number[] {
  const { inputs, targets } = (batch ?? {}) as { inputs?: Plain; targets?: Plain };
  return [inputs, targets].flatMap((rows) =>
    Array.isArray(rows) ? rows.map((row: Plain) => (Array.isArray(row) ? row.length : 0)) : [],
  );
}
