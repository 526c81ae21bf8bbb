/**
 * @file The exercises of notebook 8, static snapshots: what is asked, the cases a learner sees, and what a tutor says to a
 * wrong answer. Expected values here can be checked by head or were published; those that are held back were computed in Python.
 */

import type { CaseTable } from "../src/table";
import { dailyCost } from "./08/daily-cost";
import { fingerprint } from "./08/fingerprint";
import { poisonedShare } from "./08/poisoned-share";
import { retrieve } from "./08/retrieve";
import { snapshotDiff } from "./08/snapshot-diff";
import { verifyManifest } from "./08/verify-manifest";

export const table: CaseTable = {
  notebook: "08",
  exercises: [
    fingerprint,
    verifyManifest,
    snapshotDiff,
    {
      id: "8.4",
      title: "What goes first?",
      points: 1,
      minutes: 2,
      predict: { oneOf: ["facts", "manners", "both alike", "neither"] },
    },
    {
      id: "8.5",
      title: "How many lies?",
      points: 1,
      minutes: 2,
      predict: { number: { unit: "messages", min: 1, max: 1000 } },
    },
    poisonedShare,
    dailyCost,
    retrieve,
  ],
};
