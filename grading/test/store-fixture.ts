/** Submissions and a grader for tests of the store: no notebook is read and nothing is run. */

import { createHash } from "node:crypto";
import type { CollectedSubmission, ExerciseResult, Grader, SubmissionResult } from "../src/class/types";

/** A learner's notebook, whose points follow from its text. */
export function submissionOf(
  learner: string,
  notebook: string,
  text: string,
  submittedAt: string,
): CollectedSubmission {
  const content = new Uint8Array(Buffer.from(text));
  const sha256 = createHash("sha256").update(content).digest("hex");
  const submission = { learner, notebook, file: `${learner}/${notebook}.ipynb`, sha256, submittedAt };
  return { submission, content, findings: [] };
}

/** An exercise as a grader might return it. */
export function exerciseOf(
  id: string,
  points: number,
  maxPoints = 2,
  more: Partial<ExerciseResult> = {},
): ExerciseResult {
  return {
    id,
    title: `Exercise ${id}`,
    kind: "code",
    status: points === maxPoints ? "passed" : "wrong",
    points,
    maxPoints,
    cases: [],
    mistakes: [],
    says: [],
    findings: [],
    source: "",
    ...more,
  };
}

/** What a grader would make of a submission; points from its exercises. */
export function resultOf({ submission, findings }: CollectedSubmission, exercises: ExerciseResult[]): SubmissionResult {
  const sum = (pick: (one: ExerciseResult) => number): number => exercises.reduce((total, one) => total + pick(one), 0);
  return {
    submission,
    exercises,
    points: sum((one) => one.points),
    maxPoints: sum((one) => one.maxPoints),
    findings,
    rung: "plain",
    seconds: 0.01,
    gradedAt: "2026-10-02T12:00:00.000Z",
    courseVersion: "test",
    seed: 1,
  };
}

/** Gives 0, 1 or 2 points for the first character of the notebook, after some milliseconds. */
export function fakeGrader(milliseconds = 2): Grader {
  return {
    rung: "plain",
    async grade(collected) {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      const points = (collected.content?.[0] ?? 0) % 3;
      return resultOf(collected, [exerciseOf("3.1", points)]);
    },
    close: async () => {},
  };
}

/** What a gradebook says, without times: for comparing two of them. */
export function gradesIn(results: readonly SubmissionResult[]): string[] {
  return results.map(({ submission, points, maxPoints }) => {
    const { learner, notebook, sha256 } = submission;
    return `${learner} ${notebook} ${sha256.slice(0, 8)} ${points}/${maxPoints}`;
  });
}
