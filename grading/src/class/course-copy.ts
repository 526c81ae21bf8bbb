/**
 * @file The course's own copy of a notebook: which cells answer which exercise, and the text of all other cells. A
 * submission is rebuilt from it, so that what a learner did to those other cells changes nothing. It is read from
 * `notebooks/handed-out`: in the notebook beside that folder a learner works, and an instructor tries things out.
 */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { CourseError } from "@course/lib/errors";
import { repositoryRoot } from "@course/lib/home";
import { type Exercise, isPrediction, parseSignature } from "../table";
import { heldBackOf, tableOf } from "../tables";

/** A notebook as it was handed out. */
export interface CourseNotebook {
  /** Its number, e.g. `03`. */
  number: string;
  /** Its file without the ending, e.g. `03-gradient-descent`. */
  name: string;
  cells: CourseCell[];
  /** In the order of the notebook. */
  exercises: CourseExercise[];
  /** A hash over the notebook and its case tables. */
  version: string;
}

/** A cell as it was handed out. */
export interface CourseCell {
  id: string;
  isCode: boolean;
  source: string;
}

/** An exercise and the cell that answers it. */
export interface CourseExercise {
  id: string;
  kind: "code" | "prediction" | "written";
  title: string;
  points: number;
  /** The id of the cell in which the learner writes. */
  cellId: string;
  /** Its text before the learner wrote anything. */
  stub: string;
  /** The names it has to declare. */
  names: string[];
  /** From the case table; answers in words have none. */
  exercise?: Exercise;
}

interface StoredCell {
  id: string;
  cell_type: string;
  source: string | string[];
  metadata: { course?: { kind: string; exercise?: string; title?: string; points?: number } };
}

/** Where the notebooks are in which nobody works; `course build` writes them. */
const HANDED_OUT = "notebooks/handed-out";

/** The file in which nobody works, for one of the repository's: of a notebook its copy, of all others the file itself. */
export function untouched(file: string): string {
  return file.replace(/^notebooks\/(\d\d-[^/]*\.ipynb)$/, `${HANDED_OUT}/$1`);
}

const known = new Map<string, CourseNotebook>();

/** The numbers of the notebooks of this course. */
export function notebookNumbers(): string[] {
  return notebookFiles().map((file) => file.slice(0, 2));
}

/** The course's own copy of a notebook, by its number (`03` or `3`). */
export function courseNotebook(number: string): CourseNotebook {
  const wanted = number.padStart(2, "0");
  const found = known.get(wanted) ?? read(wanted);
  known.set(wanted, found);
  return found;
}

function read(number: string): CourseNotebook {
  const file = notebookFiles().find((name) => name.startsWith(`${number}-`));
  if (!file) {
    throw new CourseError({ what: "notebook", expected: notebookNumbers().join(", "), received: number });
  }
  const text = readFileSync(path.join(folder(), file), "utf8");
  const stored = (JSON.parse(text) as { cells: StoredCell[] }).cells;
  const cells = stored.map(({ id, cell_type, source }) => ({
    id,
    isCode: cell_type === "code",
    source: joined(source),
  }));
  const table = tableOf(number)?.exercises ?? [];
  const exercises = stored.flatMap((cell): CourseExercise[] => {
    const { kind, exercise: id, title, points } = cell.metadata.course ?? {};
    if (!id || !kind || !["exercise", "predict", "answer"].includes(kind)) return [];
    const place = { id, cellId: cell.id, stub: joined(cell.source) };
    if (kind === "answer") return [{ ...place, kind: "written", title: title ?? id, points: points ?? 0, names: [] }];
    const exercise = table.find((one) => one.id === id);
    if (!exercise) return [];
    const names = isPrediction(exercise) ? [] : exercise.answers.map((answer) => parseSignature(answer).name);
    const about = { ...place, title: exercise.title, names, exercise };
    // A prediction is recorded and earns nothing, unless the notebook says so: being wrong is what it is for.
    if (isPrediction(exercise)) return [{ ...about, kind: "prediction", points: points ?? 0 }];
    return [{ ...about, kind: "code", points: exercise.points }];
  });
  return { number, name: file.replace(/\.ipynb$/, ""), cells, exercises, version: versionOf(number, text) };
}

/** Changes when the notebook, a case or a mistake changes; functions count with their text. */
function versionOf(number: string, notebook: string): string {
  const withFunctions = (_key: string, value: unknown): unknown =>
    typeof value === "function" ? String(value) : value;
  const tables = JSON.stringify([tableOf(number), heldBackOf(number)], withFunctions);
  return createHash("sha256").update(notebook).update(tables).digest("hex").slice(0, 16);
}

/** Says when a case was changed and not compiled since: grading would go on with the old one, and nobody would see it. */
export function assertCompiled(root: string = repositoryRoot()): void {
  const [cases, built] = [path.join(root, "grading/cases"), path.join(root, "grading/dist/tsconfig.tsbuildinfo")];
  if (!existsSync(cases) || !existsSync(built)) return; // built in another way
  const builtMs = statSync(built).mtimeMs;
  const changed = readdirSync(cases, { recursive: true })
    .map((file) => String(file))
    .find((file) => /\.(ts|json)$/.test(file) && statSync(path.join(cases, file)).mtimeMs > builtMs);
  if (changed === undefined) return;
  throw new CourseError({
    what: `grading/cases/${changed}`,
    expected: "cases that are compiled",
    received: "a change since they were",
    remedy: "Run `npm run build`, then this command again.",
  });
}

function joined(source: string | string[]): string {
  return Array.isArray(source) ? source.join("") : source;
}

function folder(): string {
  return path.join(repositoryRoot(), HANDED_OUT);
}

function notebookFiles(): string[] {
  if (!existsSync(folder())) return [];
  return readdirSync(folder())
    .filter((name) => /^\d\d-.*\.ipynb$/.test(name))
    .sort();
}
