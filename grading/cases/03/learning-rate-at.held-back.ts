/** @file Exercise 3.8, held back: warm-up and cosine. Expected values come from `reference/03.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/03.json";

interface Settings {
  learningRate: number;
  warmupSteps: number;
  steps: number;
  finalLearningRate: number;
}

const answer = (learningRateAt: (step: number, s: Settings) => unknown): Record<string, unknown> => ({
  learningRateAt,
});

/** A right answer in which one number is changed. */
function spoiled({
  ahead = 1,
  more = 1,
  from = (s: Settings): number => s.warmupSteps,
  most = 1,
  half = Math.PI,
  of = 2,
}) {
  return answer((step, s) => {
    const { learningRate: top, warmupSteps, steps, finalLearningRate: low } = s;
    if (step < warmupSteps) return top * ((step + ahead) / (warmupSteps + more));
    const x = Math.min(most, (step - from(s)) / (steps - from(s)));
    return low + ((top - low) / of) * (1 + Math.cos(half * x));
  });
}

export const learningRateAt: HeldBack = {
  cases: reference["3.8"],
  right: [
    { how: "an if and a formula", answers: spoiled({}) },
    {
      how: "with the square of a cosine of half the angle",
      answers: answer((step, { learningRate, warmupSteps, steps, finalLearningRate }) => {
        const left = steps - warmupSteps;
        const done = step - warmupSteps;
        if (done < 0) return learningRate - (learningRate * -done) / (warmupSteps + 1);
        if (done >= left) return finalLearningRate;
        const high = Math.cos((Math.PI / 2) * (done / left)) ** 2;
        return high * learningRate + (1 - high) * finalLearningRate;
      }),
    },
    {
      how: "a sine that starts a quarter later",
      answers: answer((step, s) => {
        const rising = (s.learningRate / (1 + s.warmupSteps)) * (1 + step);
        const x = Math.min(s.steps, Math.max(step, s.warmupSteps)) - s.warmupSteps;
        const wave = Math.sin(Math.PI / 2 + (x / (s.steps - s.warmupSteps)) * Math.PI);
        const middle = (s.learningRate + s.finalLearningRate) / 2;
        return step < s.warmupSteps ? rising : middle + (s.learningRate - middle) * wave;
      }),
    },
  ],
  wrong: [
    { how: "step / warmupSteps", told: "starts-at-zero", answers: spoiled({ ahead: 0, more: 0 }) },
    { how: "step / (warmupSteps + 1)", told: "zero-of-more", answers: spoiled({ ahead: 0 }) },
    { how: "(step + 1) / warmupSteps", told: "one-early", answers: spoiled({ more: 0 }) },
    { how: "the cosine from step 0", told: "counts-warmup", answers: spoiled({ from: () => 0 }) },
    { how: "no end", told: "rises-again", answers: spoiled({ most: Infinity }) },
    { how: "180", told: "degrees", answers: spoiled({ half: 180 }) },
    { how: "not halved", told: "no-half", answers: spoiled({ of: 1 }) },
    {
      how: "to zero",
      told: "no-floor",
      answers: answer((step, { learningRate, warmupSteps, steps }) => {
        if (step < warmupSteps) return (learningRate * (step + 1)) / (warmupSteps + 1);
        const x = Math.min(1, (step - warmupSteps) / (steps - warmupSteps));
        return learningRate * 0.5 * (1 + Math.cos(Math.PI * x));
      }),
    },
    {
      how: "straight down",
      told: "straight",
      answers: answer((step, { learningRate, warmupSteps, steps, finalLearningRate }) => {
        if (step < warmupSteps) return (learningRate * (step + 1)) / (warmupSteps + 1);
        const x = Math.min(1, (step - warmupSteps) / (steps - warmupSteps));
        return learningRate * (1 - x) + finalLearningRate * x;
      }),
    },
    {
      how: "no warm-up",
      told: "no-warmup",
      answers: answer((step, { learningRate, warmupSteps, steps, finalLearningRate }) => {
        const x = Math.min(1, Math.max(0, step - warmupSteps) / (steps - warmupSteps));
        return finalLearningRate + ((learningRate - finalLearningRate) * (1 + Math.cos(Math.PI * x))) / 2;
      }),
    },
  ],
};
