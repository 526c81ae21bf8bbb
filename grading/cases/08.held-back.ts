/**
 * @file What a learner of notebook 8 does not see: the cases a grader adds, and the answers that test the table, right ones
 * written differently and wrong ones with the mistake that has to be named. A copy released to a class comes without this.
 */

import type { HeldBackTable } from "../src/table";
import { dailyCost } from "./08/daily-cost.held-back";
import { fingerprint } from "./08/fingerprint.held-back";
import { poisonedShare } from "./08/poisoned-share.held-back";
import { retrieve } from "./08/retrieve.held-back";
import { snapshotDiff } from "./08/snapshot-diff.held-back";
import { verifyManifest } from "./08/verify-manifest.held-back";

export const heldBack: HeldBackTable = {
  "8.1": fingerprint,
  "8.2": verifyManifest,
  "8.3": snapshotDiff,
  "8.6": poisonedShare,
  "8.7": dailyCost,
  "8.8": retrieve,
};
