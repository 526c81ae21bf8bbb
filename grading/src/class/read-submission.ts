/**
 * @file Takes the learner's answers out of a notebook: only the text of the cells that answer an exercise, found by their
 * ids and then by what stands in them. Everything else, tags, order, metadata and other cells, leads at most to a note.
 */

import { type CourseExercise, type CourseNotebook, courseNotebook, notebookNumbers } from "./course-copy";
import type { FoundCell, FoundNotebook } from "./ipynb";
import type { Finding } from "./types";

/** The answer to one exercise, as text. */
export interface FoundAnswer {
  exercise: CourseExercise;
  source: string;
  /** False if the cell is as it was handed out, or is not there. */
  attempted: boolean;
  findings: Finding[];
}

/** The answers of a submission. */
export interface ReadSubmission {
  answers: FoundAnswer[];
  findings: Finding[];
}

/** Which notebook this is, by its exercises, its note of origin, or its file's name; nothing if neither tells. */
export function whichNotebook(found: FoundNotebook, file = ""): string | undefined {
  const scores = notebookNumbers().map((number) => {
    const notebook = courseNotebook(number);
    const cells = found.cells.filter((cell) => notebook.exercises.some((exercise) => isNamed(cell, exercise)));
    return { number, score: cells.length + (found.generatedFrom.includes(notebook.name) ? 0.5 : 0) };
  });
  const best = scores.sort((a, b) => b.score - a.score)[0];
  if (best && best.score > 0) return best.number;
  return numberInName(file);
}

/** The notebook that a file's name tells: `sub/alice_03-gradient-descent (2).ipynb` is `03`. */
export function numberInName(file: string): string | undefined {
  const base = file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1);
  return (
    notebookNumbers().find((number) => base.includes(courseNotebook(number).name)) ??
    notebookNumbers().find((number) => new RegExp(`(^|[^0-9])${number}([^0-9]|$)`).test(base))
  );
}

/** Finds the cell of each exercise. */
export function readSubmission(found: FoundNotebook, notebook: CourseNotebook): ReadSubmission {
  const own = new Set(notebook.cells.map(({ source }) => plainText(source)));
  const answers = notebook.exercises.map((exercise) => findAnswer(exercise, found.cells, notebook, own));
  const findings: Finding[] = [];
  const tags = [...new Set(found.cells.flatMap(({ oddTags }) => oddTags))];
  if (tags.length > 0) {
    const says = `Cells carry the tag ${tags.join(", ")}, which makes other programs skip them. It was ignored here.`;
    findings.push({ id: "tags-ignored", level: "note", says });
  }
  return { answers, findings };
}

function findAnswer(
  exercise: CourseExercise,
  cells: readonly FoundCell[],
  notebook: CourseNotebook,
  own: ReadonlySet<string>,
): FoundAnswer {
  const findings: Finding[] = [];
  const note = (id: string, says: string, level: Finding["level"] = "note"): void =>
    void findings.push({ id, level, says });
  const stub = plainText(exercise.stub);
  const isAnswer = ({ source }: FoundCell): boolean => source.trim() !== "" && plainText(source) !== stub;
  const named = cells.filter((cell) => isNamed(cell, exercise));
  const others = notebook.exercises.filter(({ id }) => id !== exercise.id);
  const elsewhere = cells.filter(
    (cell) =>
      exercise.kind === "code" &&
      !named.includes(cell) &&
      !others.some((other) => isNamed(cell, other)) &&
      !own.has(plainText(cell.source)) &&
      (exercise.names.every((name) => declares(cell.source, name)) || headingOf(cell.source) === exercise.id),
  );
  const isWhole = (one: FoundCell): boolean =>
    isAnswer(one) && !one.source.includes(`Exercise ${exercise.id} is not done yet`);
  const declaresAll = ({ source }: FoundCell): boolean => exercise.names.every((name) => declares(source, name));
  // The later of two counts, as it does in a kernel; but not one that still has the line a learner should replace.
  const candidates = [
    ...named.filter((one) => isWhole(one) && declaresAll(one)).reverse(),
    ...elsewhere.filter(isWhole).reverse(),
    ...named.filter((one) => isAnswer(one) && declaresAll(one)).reverse(),
    ...elsewhere.filter(isAnswer).reverse(),
    ...named.filter(isAnswer).reverse(),
  ];
  const cell = candidates[0];
  if (!cell) {
    if (named.length === 0 && elsewhere.length === 0) {
      note("cell-missing", `The cell of exercise ${exercise.id} is not in the notebook.`, "warning");
    }
    return { exercise, source: named[0]?.source ?? "", attempted: false, findings };
  }
  if (named.length > 1)
    note(
      "cell-twice",
      `There are ${named.length} cells of exercise ${exercise.id}; the last one with an answer counts.`,
    );
  if (!named.includes(cell))
    note("found-by-content", "The answer stands in a cell that lost its id. It was found by what it says.");
  if (cell.type !== "code" && exercise.kind !== "written") {
    note("cell-type", "The answer stands in a cell that is not of the type code. It was graded as code.");
  }
  return { exercise, source: cell.source, attempted: true, findings };
}

/** True for a cell that carries the id of the exercise's cell. */
function isNamed({ ids }: FoundCell, { cellId }: CourseExercise): boolean {
  return ids.includes(cellId);
}

/** The exercise that the first line of a cell names: `// Exercise 1.2 · Next-token batches` is `1.2`. */
function headingOf(source: string): string | undefined {
  return /^\s*\/\/ Exercise (\d+\.\d+)\b/.exec(source)?.[1];
}

function declares(source: string, name: string): boolean {
  return new RegExp(`\\b(?:function\\*?|class|const|let|var)\\s+${name}\\b`).test(source);
}

/** A text without the differences that an editor makes: ends of lines, blank ends. */
function plainText(source: string): string {
  const lines = source.split("\n").map((line) => line.trimEnd()); // (a pattern for this can be kept busy for minutes)
  return lines.join("\n").trim();
}
