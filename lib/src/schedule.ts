/**
 * @file Learning rate schedules: how large a step the optimizer takes, at each step of training.
 * Used from notebook 1 on; notebook 3 compares them. A schedule is a function of the number of updates already done.
 */

import { assertCount, CourseError } from "./errors";

/** The learning rate for the update after `step` updates: step 0 is the first. */
export type Schedule = (step: number) => number;

/** The same learning rate at every step. */
export function constant(learningRate: number): Schedule {
  assertRate("learningRate", learningRate);
  return () => learningRate;
}

export interface WarmupCosineOptions {
  /** The highest learning rate, reached after the warm-up. */
  learningRate: number;
  /** The number of steps in all. */
  steps: number;
  /** Steps in which the rate rises in a straight line from nearly 0. Default 0. */
  warmupSteps?: number;
  /** The rate at the end. Default 0. */
  finalLearningRate?: number;
}

/**
 * Up in a straight line, then down along half a cosine (Loshchilov and Hutter 2017).
 *
 *     rising:   learningRate (step + 1) / (warmupSteps + 1)
 *     falling:  final + (learningRate - final) (1 + cos(pi x)) / 2,   x from 0 to 1 over the steps that are left
 *
 * With a rate of 1, 2 warm-up steps and 6 steps in all: 0.33, 0.67, 1, 0.85, 0.5, 0.15.
 */
export function warmupCosine(options: WarmupCosineOptions): Schedule {
  const { learningRate, steps, warmupSteps = 0, finalLearningRate = 0 } = options;
  assertRate("learningRate", learningRate);
  assertRate("finalLearningRate", finalLearningRate);
  assertCount("steps", steps);
  assertCount("warmupSteps", warmupSteps, 0);
  return (step) => {
    if (step < warmupSteps) return (learningRate * (step + 1)) / (warmupSteps + 1);
    const x = Math.min(1, (step - warmupSteps) / Math.max(1, steps - warmupSteps));
    return finalLearningRate + ((learningRate - finalLearningRate) * (1 + Math.cos(Math.PI * x))) / 2;
  };
}

function assertRate(what: string, value: number): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw new CourseError({ what, expected: "a number of at least 0", received: String(value) });
}
