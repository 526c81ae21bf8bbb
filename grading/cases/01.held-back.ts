/**
 * @file What a learner of notebook 1 does not see: the cases a grader adds, and the answers that test the table, right ones
 * written differently and wrong ones with the mistake that has to be named. A copy released to a class comes without this.
 */

import type { HeldBackTable } from "../src/table";
import { bigramLoss } from "./01/bigram-loss.held-back";
import { crossEntropy } from "./01/cross-entropy.held-back";
import { mergePair } from "./01/merge-pair.held-back";
import { nextTokenBatch } from "./01/next-token-batch.held-back";
import { powerLawExponent } from "./01/power-law-exponent.held-back";
import { trainingCost } from "./01/training-cost.held-back";

export const heldBack: HeldBackTable = {
  "1.1": mergePair,
  "1.2": nextTokenBatch,
  "1.3": crossEntropy,
  "1.4": bigramLoss,
  "1.6": trainingCost,
  "1.7": powerLawExponent,
};
