/** @file Exercise 3.9, held back: clipping by the global norm. Expected values come from `reference/03.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/03.json";

const answer = (clipGradients: (grads: number[][], maxNorm: number) => unknown): Record<string, unknown> => ({
  clipGradients,
});
const times = (grads: number[][], factor: number): number[][] => grads.map((list) => list.map((g) => g * factor));

export const clipGradients: HeldBack = {
  cases: reference["3.9"],
  right: [
    {
      how: "one factor, 1 at most",
      answers: answer((grads, maxNorm) => {
        const norm = Math.sqrt(grads.flat().reduce((sum, g) => sum + g ** 2, 0));
        return times(grads, Math.min(1, maxNorm / (norm + 1e-6)));
      }),
    },
    {
      how: "hypot, and an if",
      answers: answer((grads, maxNorm) => {
        const norm = Math.hypot(...grads.map((list) => Math.hypot(...list)));
        return norm > maxNorm ? grads.map((list) => list.map((g) => (g / norm) * maxNorm)) : grads;
      }),
    },
    {
      how: "loops",
      answers: answer((grads, maxNorm) => {
        let sum = 0;
        for (const list of grads) for (const g of list) sum += g * g;
        const factor = sum <= maxNorm * maxNorm ? 1 : maxNorm / Math.sqrt(sum);
        const clipped: number[][] = [];
        for (const list of grads) clipped.push(list.map((g) => factor * g));
        return clipped;
      }),
    },
  ],
  wrong: [
    {
      how: "list by list",
      told: "each-list",
      answers: answer((grads, maxNorm) =>
        grads.map((list) => {
          const norm = Math.hypot(...list);
          return norm > maxNorm ? list.map((g) => (g * maxNorm) / norm) : list;
        }),
      ),
    },
    {
      how: "number by number",
      told: "each-number",
      answers: answer((grads, c) => grads.map((list) => list.map((g) => (g > c ? c : Math.max(g, -c))))),
    },
    {
      how: "always to maxNorm, but for zeros",
      told: "lengthens",
      answers: answer((grads, maxNorm) => times(grads, maxNorm / (Math.hypot(...grads.flat()) || 1))),
    },
    {
      how: "always to maxNorm",
      told: "always",
      answers: answer((grads, maxNorm) => times(grads, maxNorm / Math.hypot(...grads.flat()))),
    },
    {
      how: "no root",
      told: "no-root",
      answers: answer((grads, maxNorm) => {
        const sum = grads.flat().reduce((a, g) => a + g * g, 0);
        return sum > maxNorm ? times(grads, maxNorm / sum) : grads;
      }),
    },
    {
      how: "norms added",
      told: "sum-of-norms",
      answers: answer((grads, maxNorm) => {
        const sum = grads.map((list) => Math.hypot(...list)).reduce((a, b) => a + b);
        return sum > maxNorm ? times(grads, maxNorm / sum) : grads;
      }),
    },
    {
      how: "to length 1",
      told: "unit",
      answers: answer((grads, maxNorm) => {
        const norm = Math.hypot(...grads.flat());
        return norm > maxNorm ? times(grads, 1 / norm) : grads;
      }),
    },
    {
      how: "skips the step",
      told: "zeroed",
      answers: answer((grads, maxNorm) => (Math.hypot(...grads.flat()) > maxNorm ? times(grads, 0) : grads)),
    },
  ],
};
