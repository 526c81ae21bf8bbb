/**
 * @file Marks by hand for answers in words: a sheet with every answer to be marked, which an instructor fills in, and back
 * into the gradebook. Used by `course marks`. A mark for an exercise in code is possible too; it counts instead of the cases.
 */

import { CourseError } from "@course/lib/errors";
import { answerHash, type Grade, type GradedExercise } from "./gradebook";
import { ourSheet, parseSheet, withoutFormula } from "./sheet";
import type { Mark } from "./store";

const COLUMNS = ["learner", "notebook", "exercise", "title", "answer", "points", "max_points", "comment"] as const;

/** The sheet to fill: answers in words, those not yet marked first; `all` adds the exercises in code. */
export function marksSheet(grades: readonly Grade[], { all = false }: { all?: boolean } = {}): string {
  const rows = grades.flatMap(({ learner, notebook, exercises }) =>
    exercises
      .filter(({ result }) => all || result.kind === "written")
      .map((graded) => ({ isOpen: graded.isOpen || graded.markIsOld, cells: markRow(learner, notebook, graded) })),
  );
  const ordered = [...rows.filter(({ isOpen }) => isOpen), ...rows.filter(({ isOpen }) => !isOpen)];
  return ourSheet(
    COLUMNS,
    ordered.map(({ cells }) => cells),
    { bom: true },
  );
}

function markRow(learner: string, notebook: string, { result, mark }: GradedExercise): (string | number)[] {
  const { id, title, source, maxPoints } = result;
  return [learner, notebook, id, title, source, mark?.points ?? "", maxPoints, mark?.comment ?? ""];
}

/** Reads the filled sheet: the marks in it, of which those without points are left out. Says every row that is wrong. */
export function readMarks(text: string, grades: readonly Grade[], markedAt: string): Mark[] {
  const [header = [], ...rows] = parseSheet(text, "sheet of marks").rows;
  const at = (name: (typeof COLUMNS)[number]): number => header.indexOf(name);
  const missing = (["learner", "notebook", "exercise", "points"] as const).filter((name) => at(name) < 0);
  if (missing.length > 0) throw marksError(`the columns ${COLUMNS.join(", ")}`, `no column ${missing.join(", ")}`);
  const problems: string[] = [];
  const marks = rows.flatMap((row, i): Mark[] => {
    const [written, comment] = [row[at("points")]?.trim() ?? "", at("comment") < 0 ? "" : (row[at("comment")] ?? "")];
    if (written === "") return [];
    const [learner, notebook, exercise] = [
      row[at("learner")],
      row[at("notebook")]?.padStart(2, "0"),
      row[at("exercise")],
    ];
    const grade = grades.find((one) => withoutFormula(one.learner) === learner && one.notebook === notebook);
    const graded = grade?.exercises.find(({ result }) => result.id === exercise);
    const points = Number(written.replace(",", "."));
    if (!grade || !graded)
      problems.push(`row ${i + 2}: ${learner} has no exercise ${exercise} in notebook ${notebook}`);
    else if (!(points >= 0 && points <= graded.result.maxPoints)) {
      problems.push(`row ${i + 2}: ${written} is not between 0 and ${graded.result.maxPoints} points`);
    } else {
      const { learner, notebook } = grade;
      const sha256 = answerHash(graded.result);
      return [{ learner, notebook, exercise: graded.result.id, points, comment, markedAt, sha256 }];
    }
    return [];
  });
  if (problems.length > 0) throw marksError("points for answers that were handed in", `\n  ${problems.join("\n  ")}\n`);
  return marks;
}

function marksError(expected: string, received: string): CourseError {
  return new CourseError({ what: "sheet of marks", expected, received, remedy: "Nothing was taken over." });
}
