/**
 * @file From the cells of a source to the two notebooks made of it: the student's, with stubs, and the solution, which is
 * also what nbgrader calls the source version. Same source, same bytes.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CourseError } from "@course/lib/errors";
import { fromSolutions } from "./links";
import { type Cell, type CourseMetadata, type Notebook, serialize } from "./nbformat";
import { checksum, graderMetadata, release } from "./nbgrader";
import { handedOutPath, notebookPath, type Version } from "./paths";
import { splitRegions } from "./regions";
import { type Problem, readSource, type SourceCell, type SourceNotebook } from "./source";

/** What a learner finds where the written answer goes. */
const ANSWER_STUB = "*Your answer:*";

/** The kernel of the course, as every notebook names it. */
const KERNEL = {
  kernelspec: { name: "course-typescript", display_name: "TypeScript", language: "typescript" },
  language_info: {
    name: "typescript",
    file_extension: ".ts",
    mimetype: "text/typescript",
    codemirror_mode: { mode: "typescript", name: "javascript", typescript: true },
  },
};

/** Makes one of the two notebooks. Throws with every problem of the source when there is one. */
export function buildNotebook(source: SourceNotebook, version: Version): Notebook {
  const problems = [...source.problems];
  const points = new Map(source.cells.map((cell) => [cell.attributes.exercise, Number(cell.attributes.points)]));
  const cells: Cell[] = [];
  for (const cell of source.cells) {
    if (cell.kind === "assert" && version === "student") continue;
    const texts = cellTexts(cell);
    problems.push(...texts.problems);
    cells.push(buildCell(cell, texts[version], version, points.get(cell.attributes.check)));
  }
  if (problems.length > 0) throw new SourceError(source.name, problems);
  const course = { generatedFrom: `notebooks/source/${source.name}.md`, version };
  return { cells, metadata: { ...KERNEL, course }, nbformat: 4, nbformat_minor: 5 };
}

/** The text of a cell in both versions, and what is wrong with its solution regions. */
export function cellTexts(cell: SourceCell): Record<Version, string> & { problems: Problem[] } {
  const { kind, attributes, text, line } = cell;
  if (kind === "answer") {
    const { student, solution, count, problems } = splitRegions(text, ANSWER_STUB, line);
    return count === 0 ? { student: ANSWER_STUB, solution: text, problems } : { student, solution, problems };
  }
  if (kind !== "exercise" && kind !== "predict") {
    const problems = /^\s*\/\/\s*BEGIN SOLUTION/m.test(text)
      ? [{ line, message: 'a solution region outside an exercise: mark the fence exercise="..." or predict="..."' }]
      : [];
    return { student: text, solution: kind === "prose" ? fromSolutions(text) : text, problems };
  }
  const number = attributes.exercise ?? attributes.predict;
  const stub = `throw new Error("Exercise ${number} is not done yet.");`;
  const { student, solution, count, problems } = splitRegions(text, stub, line);
  if (kind === "exercise" && count === 0) {
    problems.push({ line, message: `exercise ${number} has no region: add // BEGIN SOLUTION and // END SOLUTION` });
  }
  const heading = kind === "exercise" ? exerciseHeading(cell) : "";
  return { student: heading + student, solution: heading + solution, problems };
}

/** The first line of an exercise's cell: `// Exercise 1.2 · Next-token batches (10 minutes, 2 points)`. */
function exerciseHeading({ attributes: { exercise, title, minutes, points } }: SourceCell): string {
  const [minute, point] = [minutes === "1" ? "minute" : "minutes", points === "1" ? "point" : "points"];
  return `// Exercise ${exercise} · ${title} (${minutes} ${minute}, ${points} ${point})\n`;
}

function buildCell(cell: SourceCell, text: string, version: Version, checkPoints?: number): Cell {
  const isCode = cell.kind !== "prose" && cell.kind !== "answer";
  const built: Cell = { cell_type: isCode ? "code" : "markdown", id: cell.id, metadata: {}, source: text };
  if (isCode) Object.assign(built, { execution_count: null, outputs: [] });
  const { attributes } = cell;
  if (cell.kind !== "prose" && cell.kind !== "code") built.metadata.course = courseMetadata(cell, checkPoints);
  const tags = (attributes.tags ?? "").split(/\s+/).filter(Boolean);
  if (attributes.slow !== undefined) tags.push("slow");
  if (tags.length > 0) built.metadata.tags = tags;
  if (attributes.folded !== undefined) built.metadata.jupyter = { source_hidden: true };
  if (cell.kind === "exercise" || (cell.kind === "predict" && /BEGIN SOLUTION/.test(cell.text))) {
    built.metadata.nbgrader = graderMetadata("autograded answer", cell.id);
  } else if (cell.kind === "check") {
    built.metadata.nbgrader = graderMetadata("autograder tests", cell.id, checkPoints);
  } else if (cell.kind === "answer") {
    built.metadata.nbgrader = graderMetadata("manual answer", cell.id, Number(attributes.points));
  }
  if (version === "student") release(built);
  return built;
}

function courseMetadata({ kind, attributes }: SourceCell, checkPoints?: number): CourseMetadata {
  const { exercise, check, predict, answer, title, minutes, points } = attributes;
  const metadata: CourseMetadata = { kind: kind as CourseMetadata["kind"] };
  const number = exercise ?? check ?? predict ?? answer;
  if (number) metadata.exercise = number;
  if (title) metadata.title = title;
  if (minutes) metadata.minutes = Number(minutes);
  if (check && checkPoints) metadata.points = checkPoints;
  if (points) metadata.points = Number(points);
  return metadata;
}

/** A source that cannot become a notebook: every problem with its line. */
export class SourceError extends CourseError {
  readonly problems: Problem[];

  constructor(name: string, problems: Problem[]) {
    const listed = problems.map((p) => `\n  notebooks/source/${name}.md:${p.line}  ${p.message}`);
    super({ what: `source ${name}`, expected: "no problems", received: `${problems.length}:${listed.join("")}\n` });
    this.problems = problems;
  }
}

export interface BuiltFile {
  file: string;
  /** What stands on the disk differs from what the source says (or does not exist). */
  changed: boolean;
  /** Somebody has worked in it, so it was left as it is. */
  kept: boolean;
}

/**
 * Builds both notebooks of a source and, unless told only to compare, writes what changed; the student's twice, as a copy
 * to work in and as one that stays as it is. A notebook in which somebody has worked is replaced only by force.
 */
export function buildFiles(
  name: string,
  options: { check?: boolean; force?: boolean; dir?: string } = {},
): BuiltFile[] {
  const source = readSource(name, options.dir);
  const dir = options.dir && path.dirname(options.dir);
  const [student, solution] = [buildNotebook(source, "student"), buildNotebook(source, "solution")].map((notebook) =>
    serialize(notebook),
  );
  const files = [
    { file: notebookPath(name, "student", dir), text: student!, isWorkedIn: true },
    { file: notebookPath(name, "solution", dir), text: solution!, isWorkedIn: true },
    { file: handedOutPath(name, dir), text: student!, isWorkedIn: false },
  ];
  return files.map(({ file, text, isWorkedIn }) => {
    const before = existsSync(file) ? readFileSync(file, "utf8") : undefined;
    const changed = before !== text;
    const kept = changed && isWorkedIn && before !== undefined && options.force !== true && holdsWork(before);
    if (changed && !kept && !options.check) {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return { file, changed, kept };
  });
}

/** Whether somebody has run the notebook, or filled in a cell that was handed out. What cannot be read is kept too. */
function holdsWork(text: string): boolean {
  try {
    return (JSON.parse(text) as Notebook).cells.some((cell) => {
      const handedOut = cell.metadata.nbgrader?.checksum;
      const filledIn = handedOut !== undefined && checksum(cell) !== handedOut;
      return filledIn || (cell.outputs?.length ?? 0) > 0 || typeof cell.execution_count === "number";
    });
  } catch {
    return true;
  }
}
