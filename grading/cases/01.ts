/**
 * @file The exercises of notebook 1, pretraining: what is asked, the cases a learner sees, and what a tutor says to a wrong
 * answer. Expected values here can be checked by head; those that are held back were computed in Python.
 */

import type { CaseTable } from "../src/table";
import { bigramLoss } from "./01/bigram-loss";
import { crossEntropy } from "./01/cross-entropy";
import { mergePair } from "./01/merge-pair";
import { nextTokenBatch } from "./01/next-token-batch";
import { powerLawExponent } from "./01/power-law-exponent";
import { trainingCost } from "./01/training-cost";

export const table: CaseTable = {
  notebook: "01",
  exercises: [
    mergePair,
    nextTokenBatch,
    crossEntropy,
    bigramLoss,
    {
      id: "1.5",
      title: "What is learned first?",
      points: 1,
      minutes: 3,
      predict: { order: ["facts", "grammar", "rules", "sums"] },
    },
    trainingCost,
    powerLawExponent,
  ],
};
