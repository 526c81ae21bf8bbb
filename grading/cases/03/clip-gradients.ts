/** @file Exercise 3.9: gradients that are together too long are shortened, and keep their direction. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

const squares = (values: readonly number[]): number => values.reduce((sum, x) => sum + x * x, 0);
const together = (grads: readonly number[][]): number => Math.sqrt(squares(grads.flat()));
const scaled = (grads: readonly number[][], by: number): number[][] => grads.map((g) => g.map((x) => x * by));

export const clipGradients: CodeExercise = {
  id: "3.9",
  title: "Clip by the global norm",
  points: 2,
  minutes: 8,
  answers: ["clipGradients(grads: number[][], maxNorm: number): number[][]"],
  compare: close({ relative: 1e-5, absolute: 1e-9 }),
  cases: [
    { args: [[[3, 4]], 1], expected: [[0.6, 0.8]], note: "of length 5" },
    { args: [[[3], [4]], 1], expected: [[0.6], [0.8]], note: "the same in two lists: they have one length together" },
    { args: [[[0.3], [0.4]], 1], expected: [[0.3], [0.4]], note: "of length 0.5: short enough" },
    {
      args: [
        [
          [6, 0],
          [0, -8],
        ],
        5,
      ],
      expected: [
        [3, 0],
        [0, -4],
      ],
      note: "of length 10",
    },
    { args: [[[0, 0]], 1], expected: [[0, 0]], note: "no gradient at all" },
  ],
  mistakes: [
    {
      id: "each-list",
      says: "Each list was clipped by itself, which turns the direction of the whole. All lists together have one length.",
      like: (grads: number[][], maxNorm: number) =>
        grads.map((g) => (together([g]) > maxNorm ? scaled([g], maxNorm / together([g]))[0] : g)),
    },
    {
      id: "each-number",
      says: "Each number was cut at `maxNorm`, which turns the direction. Multiply all of them by the same factor instead.",
      like: (grads: number[][], maxNorm: number) =>
        grads.map((g) => g.map((x) => Math.max(-maxNorm, Math.min(maxNorm, x)))),
    },
    {
      id: "lengthens",
      says: "Short gradients were made longer. Clipping only shortens: the factor is 1 at most.",
      like: (grads: number[][], maxNorm: number) =>
        together(grads) === 0 ? grads : scaled(grads, maxNorm / together(grads)),
    },
    {
      id: "always",
      says: "The factor has to be 1 where the gradients are short enough, also where all are 0: there, dividing by their length gives NaN.",
      like: (grads: number[][], maxNorm: number) => scaled(grads, maxNorm / together(grads)),
    },
    {
      id: "no-root",
      says: "The square root is missing: the length is the root of the sum of squares.",
      like: (grads: number[][], maxNorm: number) => scaled(grads, Math.min(1, maxNorm / (squares(grads.flat()) || 1))),
    },
    {
      id: "sum-of-norms",
      says: "The lengths of the lists were added. The length of all together is the root of the sum of *all* squares.",
      like: (grads: number[][], maxNorm: number) =>
        scaled(grads, Math.min(1, maxNorm / (grads.reduce((sum, g) => sum + together([g]), 0) || 1))),
    },
    {
      id: "absolute",
      says: "The length was measured by adding up absolute values. It is the root of the sum of squares.",
      like: (grads: number[][], maxNorm: number) =>
        scaled(grads, Math.min(1, maxNorm / (grads.flat().reduce((sum, x) => sum + Math.abs(x), 0) || 1))),
    },
    {
      id: "unit",
      says: "Long gradients became 1 long. They should become `maxNorm` long.",
      like: (grads: number[][], maxNorm: number) =>
        together(grads) > maxNorm ? scaled(grads, 1 / together(grads)) : grads,
    },
    {
      id: "zeroed",
      says: "Long gradients were thrown away. Shorten them, so that their direction is still used.",
      like: (grads: number[][], maxNorm: number) => (together(grads) > maxNorm ? scaled(grads, 0) : grads),
    },
  ],
  hints: [
    "First one number, the length of everything together. Then one factor for everything.",
    "The length is the root of the sum of all squares, over all lists. If it is at most `maxNorm`, nothing changes. Otherwise every number is multiplied by `maxNorm` divided by the length.",
    [
      "const norm = Math.sqrt(grads.flat().reduce((sum, g) => sum + /* ... */, 0));",
      "if (norm <= maxNorm) return grads;",
      "return grads.map((list) => list.map((g) => g * /* one factor for all */));",
    ].join("\n"),
  ],
};
