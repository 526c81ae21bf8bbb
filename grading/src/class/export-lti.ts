/**
 * @file Grades as messages of LTI 1.3 Assignment and Grade Services 2.0, one a line, for a program that posts them.
 * Used by `course export lti`. Leaves out the sending: that needs the keys of the LMS.
 * @see https://www.imsglobal.org/spec/lti-ags/v2p0
 */

import type { Grade } from "./gradebook";
import { several } from "./words";

/** A line item and a score for it, as the specification names their parts. */
export interface LtiMessage {
  lineItem: { label: string; scoreMaximum: number; resourceId: string; tag: string };
  score: {
    userId: string;
    scoreGiven: number;
    scoreMaximum: number;
    activityProgress: "Submitted";
    gradingProgress: "FullyGraded" | "PendingManual" | "Failed";
    timestamp: string;
    comment: string;
  };
}

/** The messages; files of which nobody knows the notebook have none. */
export function ltiMessages(grades: readonly Grade[]): LtiMessage[] {
  return grades.flatMap(({ learner, lmsId, notebook, points, maxPoints, open, standing, result }): LtiMessage[] => {
    if (!notebook || maxPoints <= 0) return [];
    const failed = result.exercises.length === 0;
    const late = standing.lateDays > 0 ? ` Late by ${several(standing.lateDays, "day")}.` : "";
    return [
      {
        lineItem: {
          label: `Notebook ${notebook}`,
          scoreMaximum: maxPoints,
          resourceId: `notebook-${notebook}`,
          tag: "grade",
        },
        score: {
          userId: lmsId || learner,
          scoreGiven: points,
          scoreMaximum: maxPoints,
          activityProgress: "Submitted",
          gradingProgress: failed ? "Failed" : open > 0 ? "PendingManual" : "FullyGraded",
          timestamp: result.gradedAt,
          comment: `${points} of ${several(maxPoints, "point")}.${late}`,
        },
      },
    ];
  });
}

/** One message a line. */
export function ltiText(grades: readonly Grade[]): string {
  return ltiMessages(grades)
    .map((message) => `${JSON.stringify(message)}\n`)
    .join("");
}
