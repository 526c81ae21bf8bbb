/** The submissions that the tests of crashes hand in, in batches. */

import type { CollectedSubmission } from "../src/class/types";
import { submissionOf } from "./store-fixture";

/** Submissions in a batch. */
export const BATCH = 10;

/** The batch with this number: 10 submissions, of which the last is a learner's second version. */
export function batch(number: number): CollectedSubmission[] {
  return Array.from({ length: BATCH }, (_, i) => {
    const again = i % 10 === 9;
    const learner = `learner-${number}-${again ? i - 1 : i}`;
    const text = `${String.fromCharCode(97 + ((number + i) % 7))} ${learner} ${again ? "second" : "first"}\n${"x".repeat(3000)}`;
    return submissionOf(learner, "03", text, `2026-10-0${again ? 2 : 1}T10:00:00.000Z`);
  });
}
