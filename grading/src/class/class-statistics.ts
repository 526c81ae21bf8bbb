/**
 * @file What a class page says in numbers: how each exercise went, which wrong answers were seen, what a person should look
 * at. Used by `course report`.
 */

import type { Grade } from "./gradebook";
import type { ExerciseResult, Finding } from "./types";

/** How an exercise went in the class. */
export interface ExerciseStatistics {
  id: string;
  title: string;
  maxPoints: number;
  /** How many learners have each status. */
  counts: Record<ExerciseResult["status"], number>;
  /** The mean share of the points, of those who attempted it; NaN if nobody did. */
  meanShare: number;
  /** The cases, the one that most learners failed first. */
  cases: CaseStatistics[];
  /** The mistakes that were recognised and how many learners made each, the most frequent first. */
  mistakes: { id: string; says: string; count: number }[];
}

/** How a case went, of those who attempted its exercise. */
export interface CaseStatistics {
  name: string;
  note: string;
  hidden: boolean;
  failed: number;
  attempted: number;
}

/** How a notebook went in the class. */
export interface NotebookStatistics {
  notebook: string;
  maxPoints: number;
  /** The points of each learner, ordered. */
  points: number[];
  late: number;
  /** Learners of whom nobody knows whether they were late, and those of whom nobody knows how late they were. */
  whetherLate: string[];
  howLate: string[];
  exercises: ExerciseStatistics[];
}

/** Something that a person should look at. */
export interface OpenFinding {
  learner: string;
  notebook: string;
  exercise?: string;
  finding: Finding;
}

/** The numbers of one notebook. */
export function notebookStatistics(notebook: string, grades: readonly Grade[]): NotebookStatistics {
  const own = grades.filter((grade) => grade.notebook === notebook);
  const ids = [...new Set(own.flatMap(({ exercises }) => exercises.map(({ result }) => result.id)))].sort(byNumber);
  return {
    notebook,
    maxPoints: Math.max(0, ...own.map(({ maxPoints }) => maxPoints)),
    points: own.map(({ points }) => points).sort((a, b) => a - b),
    late: own.filter(({ standing }) => standing.lateDays > 0).length,
    whetherLate: own.filter(({ standing }) => standing.unknown === "whether late").map(({ learner }) => learner),
    howLate: own.filter(({ standing }) => standing.unknown === "how late").map(({ learner }) => learner),
    exercises: ids.map((id) => exerciseStatistics(id, own)),
  };
}

function exerciseStatistics(id: string, grades: readonly Grade[]): ExerciseStatistics {
  const graded = grades.flatMap(({ exercises }) => exercises.filter(({ result }) => result.id === id));
  const counts = { passed: 0, wrong: 0, error: 0, "not attempted": 0, "to be marked": 0 };
  const cases = new Map<string, CaseStatistics>();
  const mistakes = new Map<string, { id: string; says: string; count: number }>();
  const shares: number[] = [];
  for (const { result, points, isOpen, mark } of graded) {
    const status = mark ? (points >= result.maxPoints ? "passed" : "wrong") : result.status;
    counts[status]++;
    if (status === "not attempted") continue;
    if (!isOpen && result.maxPoints > 0) shares.push(points / result.maxPoints);
    for (const { name, note, hidden, passed } of result.cases) {
      const one = cases.get(name) ?? { name, note, hidden, failed: 0, attempted: 0 };
      one.attempted++;
      if (!passed) one.failed++;
      cases.set(name, one);
    }
    for (const mistake of result.mistakes) {
      if (mistake === "stopped") continue; // cases that were not run after another one
      const one = mistakes.get(mistake) ?? { id: mistake, says: result.told?.[mistake] ?? "", count: 0 };
      one.count++;
      mistakes.set(mistake, one);
    }
  }
  const { title = "", maxPoints = 0 } = graded[0]?.result ?? {};
  return {
    id,
    title,
    maxPoints,
    counts,
    meanShare: shares.reduce((sum, share) => sum + share, 0) / shares.length,
    cases: [...cases.values()].sort((a, b) => b.failed / b.attempted - a.failed / a.attempted),
    mistakes: [...mistakes.values()].sort((a, b) => b.count - a.count),
  };
}

/** Errors and warnings, errors first. */
export function openFindings(grades: readonly Grade[]): OpenFinding[] {
  const all = grades.flatMap(({ learner, notebook, result, exercises }): OpenFinding[] => [
    ...result.findings.map((finding) => ({ learner, notebook, finding })),
    ...exercises.flatMap(({ result: { id, findings }, markIsOld }) => [
      ...findings.map((finding) => ({ learner, notebook, exercise: id, finding })),
      ...(markIsOld ? [{ learner, notebook, exercise: id, finding: OLD_MARK }] : []),
    ]),
  ]);
  const errors = all.filter(({ finding }) => finding.level === "error");
  return [...errors, ...all.filter(({ finding }) => finding.level === "warning")];
}

const OLD_MARK: Finding = {
  id: "old-mark",
  level: "warning",
  says: "The answer was changed after it was marked by hand; the mark still counts.",
};

/** Orders `3.2` before `3.10`. */
function byNumber(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  return left[0]! - right[0]! || left[1]! - right[1]!;
}
