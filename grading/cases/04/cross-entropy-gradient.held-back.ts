/** @file Exercise 4.4, held back: softmax with cross-entropy. Expected values come from `reference/04.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/04.json";

const shares = (z: number[]): number[] => {
  const normaliser = z.reduce((total, one) => total + Math.exp(one - Math.max(...z)), 0);
  return z.map((one) => Math.exp(one - Math.max(...z)) / normaliser);
};

export const crossEntropyGradient: HeldBack = {
  cases: reference["4.4"],
  right: [
    {
      how: "by differences between logits",
      answers: {
        crossEntropyGradient: (z: number[], target: number): number[] =>
          z.map((zi, i) => {
            const p = 1 / z.reduce((sum, zj) => sum + Math.exp(zj - zi), 0);
            return i === target ? p - 1 : p;
          }),
      },
    },
    {
      how: "a loop, then one subtraction",
      answers: {
        crossEntropyGradient(logits: number[], target: number): number[] {
          let top = -Infinity;
          for (const z of logits) top = Math.max(top, z);
          const gradient = new Float64Array(logits.length);
          let total = 0;
          for (let i = 0; i < logits.length; i++) {
            gradient[i] = Math.exp(logits[i]! - top);
            total += gradient[i]!;
          }
          for (let i = 0; i < logits.length; i++) gradient[i]! /= total;
          gradient[target]! -= 1;
          return [...gradient];
        },
      },
    },
  ],
  wrong: [
    { how: "softmax", told: "no-onehot", answers: { crossEntropyGradient: shares } },
    {
      how: "onehot less softmax",
      told: "opposite",
      answers: {
        crossEntropyGradient: (z: number[], t: number): number[] => shares(z).map((p, i) => Number(i === t) - p),
      },
    },
    {
      how: "without the largest",
      told: "no-max",
      answers: {
        crossEntropyGradient(z: number[], t: number): number[] {
          const sum = z.reduce((total, one) => total + Math.exp(one), 0);
          return z.map((one, i) => Math.exp(one) / sum - Number(i === t));
        },
      },
    },
    {
      how: "zeros but for the target",
      told: "target-only",
      answers: {
        crossEntropyGradient: (z: number[], t: number): number[] => z.map((_, i) => (i === t ? shares(z)[t]! - 1 : 0)),
      },
    },
    {
      how: "the mean over the vocabulary",
      told: "averaged",
      answers: {
        crossEntropyGradient: (z: number[], t: number): number[] =>
          shares(z).map((p, i) => (p - Number(i === t)) / z.length),
      },
    },
  ],
};
