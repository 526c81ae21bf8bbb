/** @file Exercise 9.3, held back: operations per token. Expected values come from `reference/09.py`, which counts them one by one. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/09.json";

interface Size {
  params: number;
  nLayer: number;
  nEmbd: number;
  contextLength: number;
}

const cost = (answer: (size: Size) => number, train: (answer: number, size: Size) => number = (a) => 3 * a) => ({
  costPerToken: (size: Size) => ({ answer: answer(size), train: train(answer(size), size) }),
});
const attention = (s: Size): number => 4 * s.nLayer * s.nEmbd * s.contextLength;

export const costPerToken: HeldBack = {
  cases: reference["9.3"],
  right: [
    { how: "by the formula", answers: cost((s) => 2 * s.params + attention(s)) },
    {
      how: "layer by layer, the way back counted apart",
      answers: {
        costPerToken({ params, nLayer, nEmbd, contextLength }: Size) {
          let forward = 2 * params;
          for (let i = 0; i < nLayer; i++) forward += 2 * nEmbd * contextLength + 2 * nEmbd * contextLength;
          const backward = 2 * forward;
          return { train: forward + backward, answer: forward };
        },
      },
    },
  ],
  wrong: [
    {
      how: "a whole text",
      told: "whole-text",
      answers: cost((s) => (2 * s.params + attention(s)) * s.contextLength),
    },
    { how: "2N and 6N", told: "no-attention", answers: cost((s) => 2 * s.params) },
    {
      how: "attention only forward",
      told: "attention-once",
      answers: cost(
        (s) => 2 * s.params + attention(s),
        (a, s) => a + 4 * s.params,
      ),
    },
    { how: "one operation a weight", told: "one-a-weight", answers: cost((s) => s.params + attention(s)) },
    {
      how: "the way back alone",
      told: "back-only",
      answers: cost(
        (s) => 2 * s.params + attention(s),
        (a) => 2 * a,
      ),
    },
    { how: "one product of attention", told: "half-attention", answers: cost((s) => 2 * s.params + attention(s) / 2) },
    { how: "one layer", told: "no-layers", answers: cost((s) => 2 * s.params + attention(s) / s.nLayer) },
  ],
};
