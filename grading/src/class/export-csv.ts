/**
 * @file Grades as sheets of our own: one row a learner, or one row an exercise. Used by `course export csv`.
 */

import { byLearner, type Grade, notebooksIn, round } from "./gradebook";
import { ourSheet } from "./sheet";

/** One row a learner, with a first row of what can be had: `learner,name,03,04,total`. Notebooks not handed in are empty. */
export function learnersSheet(grades: readonly Grade[]): string {
  const notebooks = notebooksIn(grades);
  const numbers = [...notebooks.keys()];
  const possible = [
    "points possible",
    "",
    ...notebooks.values(),
    round([...notebooks.values()].reduce((a, b) => a + b, 0)),
  ];
  const rows = [...byLearner(grades)].map(([learner, own]) => {
    const points = numbers.map((notebook) => own.find((grade) => grade.notebook === notebook)?.points ?? "");
    return [learner, own[0]!.name, ...points, round(own.reduce((sum, grade) => sum + grade.points, 0))];
  });
  return ourSheet(["learner", "name", ...numbers, "total"], [possible, ...rows]);
}

/** One row an exercise of a learner, with what led to its points. */
export function exercisesSheet(grades: readonly Grade[]): string {
  const rows = grades.flatMap(({ learner, name, notebook, result, standing, exercises }) =>
    exercises.map(({ result: { id, title, status, maxPoints, points: fromCases, mistakes }, points, mark }) => [
      learner,
      name,
      notebook,
      standing.handedIn ?? (result.submission.timing ? "" : result.submission.submittedAt),
      standing.lateDays,
      round(standing.penalty),
      id,
      title,
      status,
      fromCases,
      mark ? mark.points : "",
      points,
      maxPoints,
      mistakes.join(" "),
    ]),
  );
  const columns = [
    "learner",
    "name",
    "notebook",
    "submitted",
    "days_late",
    "late_share",
    "exercise",
    "title",
    "status",
  ];
  return ourSheet([...columns, "points_from_cases", "mark", "points", "max_points", "mistakes"], rows);
}
