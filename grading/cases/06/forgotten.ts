/** @file Exercise 6.5: how much of what was known is gone, with chance taken into account. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";
import { mean } from "../foreseen";

interface Score {
  before: number;
  after: number;
  chance: number;
}

const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
const lost = ({ before, after }: Score): number => before - after;
const known = ({ before, chance }: Score): number => before - chance;

export const forgotten: CodeExercise = {
  id: "6.5",
  title: "A measure of forgetting",
  points: 2,
  minutes: 8,
  answers: ["forgotten(scores: { before: number; after: number; chance: number }[]): number"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    { args: [[{ before: 0.9, after: 0.45, chance: 0 }]], expected: 0.5, note: "facts: half of them are gone" },
    {
      args: [[{ before: 0.9, after: 0.7, chance: 0.5 }]],
      expected: 0.5,
      note: "pairs: 0.4 above chance before, 0.2 after",
    },
    {
      args: [
        [
          { before: 0.8, after: 0.2, chance: 0 },
          { before: 0.9, after: 0.8, chance: 0.5 },
        ],
      ],
      expected: 0.5,
      note: "the mean of 0.75 and 0.25",
    },
    {
      args: [
        [
          { before: 0.5, after: 0.6, chance: 0 },
          { before: 1, after: 0.5, chance: 0.5 },
        ],
      ],
      expected: 0.4,
      note: "one of them got better: the mean of -0.2 and 1",
    },
  ],
  mistakes: [
    {
      id: "no-chance",
      says: "Chance was left out. Somebody who knows nothing gets half of the pairs right; only what is above that was known, and only that can be lost.",
      like: (scores: Score[]) => mean(scores.map((score) => lost(score) / score.before)),
    },
    {
      id: "points",
      says: "These are points, not shares. Divide each loss by what was known before: the distance from `before` to `chance`.",
      like: (scores: Score[]) => mean(scores.map(lost)),
    },
    {
      id: "kept",
      says: "This is what was kept. What is forgotten is the rest: 1 minus it.",
      like: (scores: Score[]) => 1 - mean(scores.map((score) => lost(score) / known(score))),
    },
    {
      id: "wrong-sign",
      says: "The sign is wrong: a loss counts as positive.",
      like: (scores: Score[]) => -mean(scores.map((score) => lost(score) / known(score))),
    },
    {
      id: "pooled",
      says: "All losses were added up before dividing, so that a score with more above chance weighs more. Divide each loss first, then take the mean.",
      like: (scores: Score[]) => sum(scores.map(lost)) / sum(scores.map(known)),
    },
    {
      id: "clamped",
      says: "A gain was counted as 0. It counts as negative; otherwise chance ups and downs of single scores always look like forgetting.",
      like: (scores: Score[]) => mean(scores.map((score) => Math.max(0, lost(score) / known(score)))),
    },
    {
      id: "sum",
      says: "This is the sum of the shares. Take their mean.",
      like: (scores: Score[]) => sum(scores.map((score) => lost(score) / known(score))),
    },
    {
      id: "after-chance",
      says: "You divided by `after - chance`. What was known is the distance of `before` from chance.",
      like: (scores: Score[]) => mean(scores.map((score) => lost(score) / (score.after - score.chance))),
    },
  ],
  hints: [
    "With 50 % of the pairs right one knows nothing. How much did the model know at 90 %? How much of that is left at 70 %?",
    "For each score: what was lost is `before - after`; what could be lost is `before - chance`. Divide, then take the mean over all scores.",
    [
      "const shares = scores.map(({ before, after, chance }) => (before - after) / /* ... */);",
      "return shares.reduce((a, b) => a + b, 0) / shares.length;",
    ].join("\n"),
  ],
};
