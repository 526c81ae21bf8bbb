/**
 * @file The exercises of notebook 2, weights: what is asked, the cases a learner sees, and what a tutor says to a wrong
 * answer. Expected values here can be checked by head; those that are held back were computed in Python.
 */

import type { CaseTable } from "../src/table";
import { causalAttention } from "./02/causal-attention";
import { countParameters } from "./02/count-parameters";
import { layerNorm } from "./02/layer-norm";
import { quantize } from "./02/quantize";
import { readHeader } from "./02/read-header";
import { withoutHead } from "./02/without-head";

export const table: CaseTable = {
  notebook: "02",
  exercises: [
    countParameters,
    {
      id: "2.2",
      title: "Where are most of the weights?",
      points: 1,
      minutes: 2,
      predict: { oneOf: ["embeddings", "attention", "MLPs", "layer norms"] },
    },
    {
      id: "2.3",
      title: "What do shuffled weights know?",
      points: 1,
      minutes: 2,
      predict: { oneOf: ["most of it", "a little", "nothing, like random weights", "less than random weights"] },
    },
    layerNorm,
    causalAttention,
    withoutHead,
    readHeader,
    quantize,
  ],
};
