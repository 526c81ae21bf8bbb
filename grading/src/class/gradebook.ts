/**
 * @file What counts: results, marks given by people and the rules of the class brought together, one grade for each
 * learner and notebook. Used by `course report` and `course export`.
 */

import { createHash } from "node:crypto";
import { type ClassPolicy, type Standing, standingOf } from "./policy";
import type { Mark } from "./store";
import type { ExerciseResult, SubmissionResult } from "./types";
import { several } from "./words";

/** An exercise with the points that count. */
export interface GradedExercise {
  result: ExerciseResult;
  /** A person's mark where there is one, else the points from the cases. */
  points: number;
  mark?: Mark;
  /** True if the answer was changed after it was marked. */
  markIsOld: boolean;
  /** True while a person has still to mark it. */
  isOpen: boolean;
}

/** The grade of one learner in one notebook. */
export interface Grade {
  learner: string;
  name: string;
  lmsId: string;
  notebook: string;
  result: SubmissionResult;
  exercises: GradedExercise[];
  /** Before lateness. */
  earned: number;
  /** What counts. */
  points: number;
  maxPoints: number;
  /** How many answers a person has still to mark. */
  open: number;
  standing: Standing;
}

/** The grades, in the order of the results. */
export function gradesOf(
  results: readonly SubmissionResult[],
  marks: readonly Mark[],
  policy: ClassPolicy = {},
  now: Date = new Date(),
): Grade[] {
  const markOf = new Map(marks.map((mark) => [markKey(mark.learner, mark.notebook, mark.exercise), mark]));
  return results.map((result) => {
    const { learner, name = "", lmsId = "", notebook } = result.submission;
    const exercises = result.exercises.map((exercise): GradedExercise => {
      const mark = markOf.get(markKey(learner, notebook, exercise.id));
      return {
        result: exercise,
        points: mark ? mark.points : exercise.points,
        ...(mark ? { mark } : {}),
        markIsOld: mark !== undefined && mark.sha256 !== answerHash(exercise),
        isOpen: !mark && exercise.status === "to be marked",
      };
    });
    const standing = standingOf(policy, result.submission, now);
    const earned = round(exercises.reduce((sum, { points }) => sum + points, 0));
    return {
      learner,
      name,
      lmsId,
      notebook,
      result,
      exercises,
      earned,
      points: round(earned * (1 - standing.penalty)),
      maxPoints: result.maxPoints,
      open: exercises.filter(({ isOpen }) => isOpen).length,
      standing,
    };
  });
}

/** The learner's grades side by side, ordered by learner. */
export function byLearner(grades: readonly Grade[]): Map<string, Grade[]> {
  const learners = new Map<string, Grade[]>();
  for (const grade of grades) learners.set(grade.learner, [...(learners.get(grade.learner) ?? []), grade]);
  return learners;
}

/** The notebooks that occur, with the points that can be had in each. */
export function notebooksIn(grades: readonly Grade[]): Map<string, number> {
  const notebooks = new Map<string, number>();
  for (const { notebook, maxPoints } of grades) {
    if (notebook) notebooks.set(notebook, Math.max(maxPoints, notebooks.get(notebook) ?? 0));
  }
  return new Map([...notebooks].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How the time at which something was handed in is written into class.json. */
export function handedInExample({ learner, notebook }: Pick<Grade, "learner" | "notebook">): string {
  return `"handedIn": { ${JSON.stringify(learner)}: { "${notebook}": "2026-10-06T08:00:00+02:00" } }`;
}

/** What to say about grades of which nobody knows how late they are; nothing without such. */
export function timeNotes(grades: readonly Grade[]): string[] {
  const [first, ...more] = grades.filter(({ standing }) => standing.unknown !== undefined);
  if (!first) return [];
  return [
    `Not known when it was handed in, because an LMS's archive tells only when it was downloaded: ${several(more.length + 1, "notebook")}, ` +
      `listed on the class page. They count as in time, or as a day late where the LMS marks them late. ` +
      `Write the times into class.json, e.g. ${handedInExample(first)}.`,
  ];
}

/** The fingerprint of an answer, kept beside its mark. */
export function answerHash({ source }: Pick<ExerciseResult, "source">): string {
  return createHash("sha256").update(source).digest("hex").slice(0, 16);
}

/** Points to two decimals, as every LMS compares them. */
export function round(points: number): number {
  return Math.round((points + Number.EPSILON) * 100) / 100;
}

function markKey(learner: string, notebook: string, exercise: string): string {
  return JSON.stringify([learner, notebook, exercise]);
}
