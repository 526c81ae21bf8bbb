/**
 * @file What a learner of notebook 4 does not see: the cases a grader adds, and the answers that test the table, right ones
 * written differently and wrong ones with the mistake that has to be named. A copy released to a class comes without this.
 */

import type { HeldBackTable } from "../src/table";
import { backward } from "./04/backward.held-back";
import { backwardOrder } from "./04/backward-order.held-back";
import { checkGradient } from "./04/check-gradient.held-back";
import { crossEntropyGradient } from "./04/cross-entropy-gradient.held-back";
import { layerNormGradient } from "./04/layer-norm-gradient.held-back";
import { localDerivatives } from "./04/local-derivatives.held-back";
import { matmulGradient } from "./04/matmul-gradient.held-back";

export const heldBack: HeldBackTable = {
  "4.1": localDerivatives,
  "4.2": backwardOrder,
  "4.3": backward,
  "4.4": crossEntropyGradient,
  "4.5": matmulGradient,
  "4.6": layerNormGradient,
  "4.7": checkGradient,
};
