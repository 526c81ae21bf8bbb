/**
 * @file What a learner of notebook 9 does not see: the cases a grader adds, and the answers that test the table, right ones
 * written differently and wrong ones with the mistake that has to be named. A copy released to a class comes without this.
 */

import type { HeldBackTable } from "../src/table";
import { breakEvenDays } from "./09/break-even-days.held-back";
import { costPerToken } from "./09/cost-per-token.held-back";
import { isLearning } from "./09/is-learning.held-back";
import { lineageOf } from "./09/lineage-of.held-back";

export const heldBack: HeldBackTable = {
  "9.1": lineageOf,
  "9.3": costPerToken,
  "9.5": breakEvenDays,
  "9.7": isLearning,
};
