/** @file Exercise 5.4: the smallest set of likeliest tokens that reaches p, the nucleus. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";
import { softmax } from "../foreseen";

const rescaled = (kept: readonly number[]): number[] => {
  const sum = kept.reduce((a, b) => a + b, 0);
  return kept.map((p) => p / sum);
};

/** The nucleus with one rule changed. `goesOn` says whether the next likeliest comes in too. */
function nucleusWith({
  goesOn = (sum: number, _next: number, limit: number): boolean => sum < limit - 1e-12,
  order = (probs: readonly number[]): number[] => probs.map((_, i) => i).sort((a, b) => probs[b]! - probs[a]!),
  finish = rescaled,
}) {
  return (probs: number[], p: number): number[] => {
    const kept = probs.map(() => 0);
    let sum = 0;
    for (const i of order(probs)) {
      if (!goesOn(sum, probs[i]!, p)) break;
      kept[i] = probs[i]!;
      sum += probs[i]!;
    }
    return finish(kept);
  };
}

export const topP: CodeExercise = {
  id: "5.4",
  title: "Top-p",
  points: 2,
  minutes: 10,
  answers: ["topP(probs: number[], p: number): number[]"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    {
      args: [[0.5, 0.25, 0.125, 0.125], 0.7],
      expected: [2 / 3, 1 / 3, 0, 0],
      note: "a half is not enough, with a quarter it is",
    },
    { args: [[0.5, 0.25, 0.125, 0.125], 0.75], expected: [2 / 3, 1 / 3, 0, 0], note: "reached exactly" },
    {
      args: [[0.5, 0.25, 0.125, 0.125], 0.25],
      expected: [1, 0, 0, 0],
      note: "the likeliest alone is more than enough",
    },
    { args: [[0.125, 0.5, 0.125, 0.25], 0.625], expected: [0, 2 / 3, 0, 1 / 3], note: "not in order of size" },
    { args: [[0.5, 0.25, 0.125, 0.125], 1], expected: [0.5, 0.25, 0.125, 0.125], note: "all of it" },
  ],
  mistakes: [
    {
      id: "stops-before",
      says: "The token that reaches p was left out. Tokens come in until their sum is at least p; the one that reaches it belongs to them.",
      like: nucleusWith({ goesOn: (sum, next, limit) => sum === 0 || sum + next < limit - 1e-12 }),
    },
    {
      id: "stays-below",
      says: "Where the sum reaches p exactly, the token that reaches it was kept, and where it passes p it was left out. The token that reaches or passes p belongs to the set.",
      like: nucleusWith({ goesOn: (sum, next, limit) => sum === 0 || sum + next <= limit + 1e-12 }),
    },
    {
      id: "one-too-many",
      says: "One token too many: when the sum has reached p exactly, it is enough.",
      like: nucleusWith({ goesOn: (sum, _, limit) => sum <= limit + 1e-12 }),
    },
    {
      id: "not-rescaled",
      says: "The rest was cut off, but what is left no longer adds up to 1. Divide it by its sum.",
      like: nucleusWith({ finish: (kept) => [...kept] }),
    },
    {
      id: "softmax-again",
      says: "What is left went through a softmax. These are probabilities already, not logits: divide by their sum.",
      like: nucleusWith({ finish: (kept) => softmax(kept.map((q) => (q > 0 ? q : Number.NEGATIVE_INFINITY))) }),
    },
    {
      id: "not-sorted",
      says: "The tokens came in from left to right. The likeliest have to come in first.",
      like: nucleusWith({ order: (probs) => probs.map((_, i) => i) }),
    },
    {
      id: "sorted",
      says: "The probabilities came back in order of size. Each has to stay in the place of its token.",
      like: nucleusWith({ finish: (kept) => rescaled([...kept].sort((a, b) => b - a)) }),
    },
    {
      id: "as-threshold",
      says: "p was taken as a limit for single probabilities. It is a limit for their sum.",
      like: (probs: number[], p: number) => {
        const kept = probs.map((q) => (q >= p ? q : 0));
        return kept.some((q) => q > 0) ? rescaled(kept) : kept;
      },
    },
  ],
  hints: [
    "Let tokens in, the likeliest first, and keep the sum. When is it enough?",
    "Sort the positions by probability, as for top-k. Go through them: take the token, add its probability to the sum, and stop as soon as the sum is p or more. Give 0 to all others and divide by the sum.",
    [
      "const order = probs.map((_, i) => i).sort((a, b) => probs[b] - probs[a]);",
      "const kept = probs.map(() => 0);",
      "let sum = 0;",
      "for (const i of order) {",
      "  kept[i] = probs[i];",
      "  sum += probs[i];",
      "  if (/* enough? */) break;",
      "}",
      "return kept.map((q) => q / sum);",
    ].join("\n"),
  ],
};
