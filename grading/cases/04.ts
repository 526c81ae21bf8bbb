/**
 * @file The exercises of notebook 4, backpropagation: what is asked, the cases a learner sees, and what a tutor says to a wrong
 * answer. Expected values here can be checked by head; those that are held back were computed in Python.
 */

import type { CaseTable } from "../src/table";
import { backward } from "./04/backward";
import { backwardOrder } from "./04/backward-order";
import { checkGradient } from "./04/check-gradient";
import { crossEntropyGradient } from "./04/cross-entropy-gradient";
import { layerNormGradient } from "./04/layer-norm-gradient";
import { localDerivatives } from "./04/local-derivatives";
import { matmulGradient } from "./04/matmul-gradient";

export const table: CaseTable = {
  notebook: "04",
  exercises: [
    localDerivatives,
    backwardOrder,
    backward,
    crossEntropyGradient,
    matmulGradient,
    layerNormGradient,
    checkGradient,
    {
      id: "4.8",
      title: "How long without backpropagation?",
      points: 1,
      minutes: 2,
      predict: { oneOf: ["hours", "days", "months", "years"] },
    },
    {
      id: "4.9",
      title: "What is left after thirty layers?",
      points: 1,
      minutes: 3,
      predict: { order: ["small weights", "medium weights", "large weights"] },
    },
  ],
};
