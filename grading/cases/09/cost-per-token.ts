/** @file Exercise 9.3: the operations that one token costs, to answer and to train, with attention. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

interface Size {
  params: number;
  nLayer: number;
  nEmbd: number;
  contextLength: number;
}

type Cost = { answer: number; train: number };

/** A model of which every number can be multiplied by head. */
const SMALL: Size & Record<string, number> = { params: 1000, nLayer: 2, nEmbd: 10, contextLength: 5 };

const costs = (make: (size: Size) => Cost) => make;
const attention = ({ nLayer, nEmbd, contextLength }: Size): number => 4 * nLayer * contextLength * nEmbd;

export const costPerToken: CodeExercise = {
  id: "9.3",
  title: "What does a token cost?",
  points: 2,
  minutes: 8,
  answers: [
    "costPerToken(size: { params: number; nLayer: number; nEmbd: number; contextLength: number }): { answer: number; train: number }",
  ],
  compare: close({ relative: 1e-6 }),
  cases: [
    {
      args: [{ params: 1000, nLayer: 1, nEmbd: 1, contextLength: 1 }],
      expected: { answer: 2004, train: 6012 },
      note: "nearly all weights",
    },
    { args: [SMALL], expected: { answer: 2400, train: 7200 }, note: "2 layers, 10 wide, 5 tokens" },
    {
      args: [{ ...SMALL, contextLength: 50 }],
      expected: { answer: 6000, train: 18_000 },
      note: "a text ten times as long",
    },
  ],
  mistakes: [
    {
      id: "no-attention",
      says: "Attention is missing: 4 · nLayer · contextLength · nEmbd on the way forward, and it has no weights of its own.",
      like: costs(({ params }) => ({ answer: 2 * params, train: 6 * params })),
    },
    {
      id: "attention-once",
      says: "Attention has a way back too: training takes three times the whole of the way forward.",
      like: costs((size) => ({
        answer: 2 * size.params + attention(size),
        train: 6 * size.params + attention(size),
      })),
    },
    {
      id: "one-a-weight",
      says: "Each weight takes part in two operations, a multiplication and an addition.",
      like: costs((size) => {
        const answer = size.params + attention(size);
        return { answer, train: 3 * answer };
      }),
    },
    {
      id: "back-only",
      says: "`train` is the way back alone. Before it comes the way forward: three times `answer` together.",
      like: costs((size) => {
        const answer = 2 * size.params + attention(size);
        return { answer, train: 2 * answer };
      }),
    },
    {
      id: "half-attention",
      says: "Attention has two products, each 2 · contextLength · nEmbd a layer: comparing with every token, and mixing what they offer. (If you halved them because a token sees only those before it: our model computes the other half too, and then hides it.)",
      like: costs((size) => {
        const answer = 2 * size.params + attention(size) / 2;
        return { answer, train: 3 * answer };
      }),
    },
    {
      id: "whole-text",
      says: "This is the cost of a whole text. One token is asked for: it is compared with contextLength others, and passes through the weights once.",
      like: costs((size) => {
        const answer = (2 * size.params + attention(size)) * size.contextLength;
        return { answer, train: 3 * answer };
      }),
    },
    {
      id: "no-layers",
      says: "Every layer has its own attention: multiply by nLayer.",
      like: costs((size) => {
        const answer = 2 * size.params + attention(size) / size.nLayer;
        return { answer, train: 3 * answer };
      }),
    },
  ],
  hints: [
    "Two parts on the way forward: products with weights, and attention, which compares tokens with each other.",
    "answer = 2 · params + 4 · nLayer · contextLength · nEmbd. The way back takes twice as much again.",
    "const answer = 2 * size.params + 4 * size.nLayer * /* ... */;\nreturn { answer, train: /* ... */ * answer };",
  ],
};
