/**
 * @file What a learner of notebook 7 does not see: the cases a grader adds, and the answers that test the table, right ones
 * written differently and wrong ones with the mistake that has to be named. A copy released to a class comes without this.
 */

import type { HeldBackTable } from "../src/table";
import { clippedLoss } from "./07/clipped-loss.held-back";
import { dpoLoss } from "./07/dpo-loss.held-back";
import { expectedBest } from "./07/expected-best.held-back";
import { groupAdvantages } from "./07/group-advantages.held-back";
import { klEstimates } from "./07/kl-estimates.held-back";
import { preferenceLoss } from "./07/preference-loss.held-back";
import { rankingPairs } from "./07/ranking-pairs.held-back";

export const heldBack: HeldBackTable = {
  "7.2": rankingPairs,
  "7.3": preferenceLoss,
  "7.4": expectedBest,
  "7.5": groupAdvantages,
  "7.6": klEstimates,
  "7.7": clippedLoss,
  "7.9": dpoLoss,
};
