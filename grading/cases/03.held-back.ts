/**
 * @file What a learner of notebook 3 does not see: the cases a grader adds, and the answers that test the table, right ones
 * written differently and wrong ones with the mistake that has to be named. A copy released to a class comes without this.
 */

import type { HeldBackTable } from "../src/table";
import { adamwStep } from "./03/adamw-step.held-back";
import { clipGradients } from "./03/clip-gradients.held-back";
import { largestStableRate } from "./03/largest-stable-rate.held-back";
import { learningRateAt } from "./03/learning-rate-at.held-back";
import { momentumStep } from "./03/momentum-step.held-back";
import { numericalGradient } from "./03/numerical-gradient.held-back";
import { sgdStep } from "./03/sgd-step.held-back";

export const heldBack: HeldBackTable = {
  "3.1": numericalGradient,
  "3.2": sgdStep,
  "3.4": largestStableRate,
  "3.5": momentumStep,
  "3.6": adamwStep,
  "3.8": learningRateAt,
  "3.9": clipGradients,
};
