/** @file Exercise 5.3: only the k likeliest. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";
import { softmax } from "../foreseen";

/** The positions of the probabilities, the largest first, of equals the first one. */
const ranked = (probs: readonly number[]): number[] => probs.map((_, i) => i).sort((a, b) => probs[b]! - probs[a]!);

const rescaled = (kept: readonly number[]): number[] => {
  const sum = kept.reduce((a, b) => a + b, 0);
  return kept.map((p) => p / sum);
};

/** Keeps the probabilities at some positions. */
const only = (probs: readonly number[], positions: readonly number[]): number[] =>
  probs.map((p, i) => (positions.includes(i) ? p : 0));

export const topK: CodeExercise = {
  id: "5.3",
  title: "Top-k",
  points: 2,
  minutes: 8,
  answers: ["topK(probs: number[], k: number): number[]"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    {
      args: [[0.5, 0.25, 0.125, 0.125], 2],
      expected: [2 / 3, 1 / 3, 0, 0],
      note: "a half and a quarter, made whole again",
    },
    { args: [[0.1, 0.6, 0.3], 1], expected: [0, 1, 0], note: "the likeliest need not come first" },
    { args: [[0.2, 0.1, 0.4, 0.3], 2], expected: [0, 0, 4 / 7, 3 / 7], note: "each stays in its place" },
    { args: [[0.5, 0.25, 0.125, 0.125], 3], expected: [4 / 7, 2 / 7, 1 / 7, 0], note: "of equals the first one stays" },
    { args: [[0.75, 0.25], 10], expected: [0.75, 0.25], note: "more than there are" },
  ],
  mistakes: [
    {
      id: "not-rescaled",
      says: "The rest was cut off, but what is left no longer adds up to 1. Divide it by its sum.",
      like: (probs: number[], k: number) => only(probs, ranked(probs).slice(0, k)),
    },
    {
      id: "softmax-again",
      says: "What is left went through a softmax. These are probabilities already, not logits: divide by their sum.",
      like: (probs: number[], k: number) =>
        softmax(only(probs, ranked(probs).slice(0, k)).map((p) => (p > 0 ? p : Number.NEGATIVE_INFINITY))),
    },
    {
      id: "first-k",
      says: "The first k tokens were kept, not the k likeliest.",
      like: (probs: number[], k: number) => rescaled(probs.map((p, i) => (i < k ? p : 0))),
    },
    {
      id: "sorted",
      says: "The probabilities came back in order of size. Each has to stay in the place of its token.",
      like: (probs: number[], k: number) => rescaled([...probs].sort((a, b) => b - a).map((p, i) => (i < k ? p : 0))),
    },
    {
      id: "keeps-equals",
      says: "More than k tokens are left, because some are equally likely. Exactly k stay; of equals the first ones.",
      like: (probs: number[], k: number) => {
        const limit = [...probs].sort((a, b) => b - a)[Math.min(k, probs.length) - 1]!;
        return rescaled(probs.map((p) => (p >= limit ? p : 0)));
      },
    },
    {
      id: "rarest",
      says: "The k rarest tokens were kept. Sort from the largest down.",
      like: (probs: number[], k: number) => rescaled(only(probs, ranked(probs).reverse().slice(0, k))),
    },
    {
      id: "only-k-values",
      says: "Only k values came back. One for each token is expected, 0 for those that were cut off.",
      like: (probs: number[], k: number) =>
        rescaled(
          ranked(probs)
            .slice(0, k)
            .map((i) => probs[i]!),
        ),
    },
  ],
  hints: [
    "You need to know which k tokens are the likeliest, without moving them: sort their positions, not their probabilities.",
    "Make the list 0, 1, 2, ... of positions and sort it by probability, the largest first. Keep the first k positions. Give 0 to all others, then divide by the sum.",
    [
      "const order = probs.map((_, i) => i).sort((a, b) => /* larger probability first */);",
      "const kept = new Set(order.slice(0, k));",
      "const left = probs.map((p, i) => (kept.has(i) ? p : 0));",
      "const sum = left.reduce((a, b) => a + b, 0);",
      "return left.map((p) => /* ... */);",
    ].join("\n"),
  ],
};
