/** @file Exercise 3.8: a schedule that rises in a straight line and falls along half a cosine. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

interface Settings {
  learningRate: number;
  warmupSteps: number;
  steps: number;
  finalLearningRate: number;
}

/** The exercise with other rules for the two parts. `x` goes from 0 to 1 over the steps after the warm-up. */
const withRules =
  ({
    rise = (step: number, s: Settings): number => (s.learningRate * (step + 1)) / (s.warmupSteps + 1),
    share = (step: number, s: Settings): number => Math.min(1, (step - s.warmupSteps) / (s.steps - s.warmupSteps)),
    fall = (x: number, s: Settings): number =>
      s.finalLearningRate + ((s.learningRate - s.finalLearningRate) * (1 + Math.cos(Math.PI * x))) / 2,
  }) =>
  (step: number, s: Settings): number =>
    step < s.warmupSteps ? rise(step, s) : fall(share(step, s), s);

const ten = { learningRate: 1, warmupSteps: 3, steps: 11, finalLearningRate: 0 };
const floor = { learningRate: 0.5, warmupSteps: 0, steps: 4, finalLearningRate: 0.1 };

export const learningRateAt: CodeExercise = {
  id: "3.8",
  title: "Warm-up and cosine",
  points: 2,
  minutes: 12,
  answers: [
    "learningRateAt(step: number, settings: { learningRate: number; warmupSteps: number; steps: number; finalLearningRate: number }): number",
  ],
  compare: close({ relative: 1e-6, absolute: 1e-15 }),
  cases: [
    { args: [0, ten], expected: 0.25, note: "the first of three warm-up steps: 1/4" },
    { args: [2, ten], expected: 0.75, note: "the last one: 3/4" },
    { args: [3, ten], expected: 1, note: "the top" },
    { args: [5, ten], expected: (1 + Math.SQRT1_2) / 2, note: "a quarter of the way down: (1 + 0.7071) / 2" },
    { args: [7, ten], expected: 0.5, note: "half-way down" },
    { args: [11, ten], expected: 0, note: "the end" },
    { args: [0, floor], expected: 0.5, note: "no warm-up: it begins at the top" },
    { args: [2, floor], expected: 0.3, note: "half-way from 0.5 to 0.1" },
    { args: [9, floor], expected: 0.1, note: "beyond the end it stays at the floor" },
  ],
  mistakes: [
    {
      id: "starts-at-zero",
      says: "The first step has a rate of 0, so nothing is learned from it. Step 0 gets (0 + 1) / (warmupSteps + 1) of the rate.",
      like: withRules({ rise: (step, s) => (s.learningRate * step) / s.warmupSteps }),
    },
    {
      id: "zero-of-more",
      says: "The rise begins at 0. Step 0 gets (0 + 1) / (warmupSteps + 1) of the rate.",
      like: withRules({ rise: (step, s) => (s.learningRate * step) / (s.warmupSteps + 1) }),
    },
    {
      id: "one-early",
      says: "The last warm-up step has the full rate already. With (step + 1) / (warmupSteps + 1) the top is reached right after it.",
      like: withRules({ rise: (step, s) => (s.learningRate * (step + 1)) / s.warmupSteps }),
    },
    {
      id: "no-warmup",
      says: "The rate does not rise: the first `warmupSteps` steps go up in a straight line.",
      like: (step: number, s: Settings) =>
        withRules({
          rise: (_, s) => s.learningRate,
          share: (at, s) => Math.max(0, at - s.warmupSteps) / (s.steps - s.warmupSteps),
        })(step, s),
    },
    {
      id: "counts-warmup",
      says: "The cosine counts from step 0. It begins after the warm-up: (step - warmupSteps) / (steps - warmupSteps).",
      like: withRules({ share: (step, s) => Math.min(1, step / s.steps) }),
    },
    {
      id: "too-long",
      says: "The cosine is stretched over all steps. It has only those after the warm-up: divide by steps - warmupSteps.",
      like: withRules({ share: (step, s) => Math.min(1, (step - s.warmupSteps) / s.steps) }),
    },
    {
      id: "one-step-short",
      says: "The cosine ends one step early. There are steps - warmupSteps of them to fall in: do not take 1 away.",
      like: withRules({
        share: (step, s) => Math.min(1, (step - s.warmupSteps) / (s.steps - 1 - s.warmupSteps)),
      }),
    },
    {
      id: "rises-again",
      says: "Beyond the last step the cosine rises again. Keep its share at 1 at most.",
      like: withRules({ share: (step, s) => (step - s.warmupSteps) / (s.steps - s.warmupSteps) }),
    },
    {
      id: "no-floor",
      says: "It falls to 0. It has to end at `finalLearningRate`.",
      like: withRules({ fall: (x, s) => (s.learningRate * (1 + Math.cos(Math.PI * x))) / 2 }),
    },
    {
      id: "floor-added",
      says: "The floor was added to the whole rate, so the top is too high. Only the part above the floor falls: learningRate - finalLearningRate.",
      like: withRules({ fall: (x, s) => s.finalLearningRate + (s.learningRate * (1 + Math.cos(Math.PI * x))) / 2 }),
    },
    {
      id: "straight",
      says: "It falls in a straight line. Along a cosine it stays high at first and falls fastest in the middle.",
      like: withRules({ fall: (x, s) => s.learningRate + (s.finalLearningRate - s.learningRate) * x }),
    },
    {
      id: "degrees",
      says: "`Math.cos` takes radians, and half a turn is `Math.PI`, not 180.",
      like: withRules({
        fall: (x, s) => s.finalLearningRate + ((s.learningRate - s.finalLearningRate) * (1 + Math.cos(180 * x))) / 2,
      }),
    },
    {
      id: "no-half",
      says: "1 + cos goes from 2 to 0: divide by 2.",
      like: withRules({
        fall: (x, s) => s.finalLearningRate + (s.learningRate - s.finalLearningRate) * (1 + Math.cos(Math.PI * x)),
      }),
    },
  ],
  hints: [
    "Two cases: before `warmupSteps` a straight line, from there on a cosine. Fill in the numbers of the first case's settings: which steps belong to which part?",
    "Rising: learningRate (step + 1) / (warmupSteps + 1). Falling: let x be the share of the remaining steps that is over, at most 1; then finalLearningRate plus (learningRate - finalLearningRate) times (1 + cos(pi x)) / 2.",
    [
      "const { learningRate, warmupSteps, steps, finalLearningRate } = settings;",
      "if (step < warmupSteps) return (learningRate * (step + 1)) / (warmupSteps + 1);",
      "const x = Math.min(1, /* steps since the warm-up, of those that are left */);",
      "return finalLearningRate + (learningRate - finalLearningRate) * /* from 1 down to 0 */;",
    ].join("\n"),
  ],
};
