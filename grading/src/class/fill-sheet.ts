/**
 * @file Fills the sheet that an instructor exported from Canvas or Moodle: only the cells of our notebooks change, every
 * other cell, the order, the delimiter and the line ends stay. Used by `course export canvas` and `moodle`.
 * @see https://github.com/instructure/canvas-lms/blob/master/lib/gradebook_importer.rb
 * @see https://docs.moodle.org/en/Grade_import
 */

import { CourseError } from "@course/lib/errors";
import { shorten, visible } from "../format";
import { byLearner, type Grade, notebooksIn } from "./gradebook";
import { parseSheet, sheetText } from "./sheet";

/** A filled sheet, and what an instructor should read before importing it. */
export interface FilledSheet {
  text: string;
  /** How many cells were filled. */
  filled: number;
  notes: string[];
}

export interface FillOptions {
  /** By notebook, the heading of its column: `{ "03": "Notebook 3 (1234)" }`; found by the notebook's name unless told. */
  columns?: Readonly<Record<string, string>>;
  /** The heading of the column by which learners are found; tried one after the other unless told. */
  match?: string;
}

/** Fills the gradebook sheet of Canvas: `Student,ID,SIS User ID,SIS Login ID,Section,...`, one column an assignment. */
export function fillCanvas(sheetOf: string, grades: readonly Grade[], options: FillOptions = {}): FilledSheet {
  const sheet = parseSheet(sheetOf, "Canvas sheet");
  const header = sheet.rows[0]!;
  if (!/^student/i.test(header[0] ?? "") || !header.some((title) => /\bSection\b/.test(title))) {
    throw sheetError("a gradebook exported from Canvas (its header begins with Student, ID ... Section)", header);
  }
  const keys = keysOf(header, options, ["ID", "SIS User ID", "SIS Login ID", "Student"]);
  const isLearner = (row: string[], i: number): boolean =>
    i > 0 && !/points possible/i.test(row[0] ?? "") && hasKey(row);
  const hasKey = (row: string[]): boolean => (row[header.indexOf("ID")] ?? row[0] ?? "").trim() !== "";
  const possible = sheet.rows.find((row) => /points possible/i.test(row[0] ?? ""));
  const columns = assignmentColumns(header, grades, options);
  const notes: string[] = [];
  for (const [notebook, column] of columns) {
    const [theirs, ours] = [Number((possible?.[column] ?? "").replace(",", ".")), notebooksIn(grades).get(notebook)];
    if (possible && theirs !== ours) {
      notes.push(
        `"${header[column]}" is worth ${possible[column] || "nothing"} there and ${ours} here; points are written as they are.`,
      );
    }
  }
  const filled = fill(sheet.rows, isLearner, keys, columns, grades, notes, ({ points }) => points, sheet.delimiter);
  return { text: sheetText(sheet), filled, notes };
}

/**
 * Fills a sheet of Moodle: the offline grading worksheet of one assignment (`Identifier`, `Grade`, `Maximum grade`), or an
 * exported gradebook with a column for each assignment. Points become the sheet's own scale where it names a maximum.
 */
export function fillMoodle(sheetOf: string, grades: readonly Grade[], options: FillOptions = {}): FilledSheet {
  const sheet = parseSheet(sheetOf, "Moodle sheet");
  const header = sheet.rows[0]!;
  const tried = ["Identifier", "ID number", "Username", "Email address", "Full name", "First name + Last name"];
  const keys = keysOf(header, options, tried);
  const grade = header.indexOf("Grade");
  const notebooks = [...notebooksIn(grades).keys()];
  const single = grade >= 0 && options.columns === undefined;
  if (single && notebooks.length !== 1) {
    throw new CourseError({
      what: "Moodle worksheet",
      expected: "grades of one notebook, because it is the worksheet of one assignment",
      received: notebooks.join(", ") || "none",
      remedy: "Say which one: --notebook 03.",
    });
  }
  const columns = single ? new Map([[notebooks[0]!, grade]]) : assignmentColumns(header, grades, options);
  const maximum = header.findIndex((title) => /^maximum grade$/i.test(title));
  const notes: string[] = [];
  const points = ({ points, maxPoints }: Grade, row: readonly string[]): number => {
    const theirs = maximum < 0 ? Number.NaN : Number((row[maximum] ?? "").replace(",", "."));
    return single && theirs > 0 && maxPoints > 0 ? (points / maxPoints) * theirs : points;
  };
  const filled = fill(sheet.rows, (_, i) => i > 0, keys, columns, grades, notes, points, sheet.delimiter);
  return { text: sheetText(sheet), filled, notes };
}

/** The column of each notebook. A notebook without one is an error only if no notebook has one. */
function assignmentColumns(
  header: readonly string[],
  grades: readonly Grade[],
  { columns }: FillOptions,
): Map<string, number> {
  const found = new Map<string, number>();
  for (const notebook of notebooksIn(grades).keys()) {
    const title = columns?.[notebook];
    const pattern = new RegExp(`\\bnotebook 0?${Number(notebook)}\\b`, "i");
    const at = header.flatMap((name, i) => ((title === undefined ? pattern.test(name) : name === title) ? [i] : []));
    if (at.length > 1)
      throw sheetError(
        `one column for notebook ${notebook}; name it with --column ${notebook}="..."`,
        at.map((i) => header[i]!),
      );
    if (title !== undefined && at.length === 0) throw sheetError(`a column ${title}`, header);
    if (at.length === 1) found.set(notebook, at[0]!);
  }
  if (found.size === 0)
    throw sheetError('a column for a notebook, e.g. "Notebook 3"; name it with --column 03="..."', header);
  return found;
}

/** The heading that was named, or those that are tried. */
function keysOf(header: readonly string[], { match }: FillOptions, tried: readonly string[]): readonly string[] {
  if (match === undefined) return tried;
  if (!header.includes(match)) throw sheetError(`a column ${match}, as --match says`, header);
  return [match];
}

function fill(
  rows: string[][],
  isLearner: (row: string[], i: number) => boolean,
  keys: readonly string[],
  columns: Map<string, number>,
  grades: readonly Grade[],
  notes: string[],
  pointsOf: (grade: Grade, row: readonly string[]) => number,
  delimiter: string,
): number {
  const header = rows[0]!;
  const learners = byLearner(grades);
  const taken = new Set<string>();
  let filled = 0;
  for (const [i, row] of rows.entries()) {
    if (!isLearner(row, i)) continue;
    const learner = findLearner(learners, header, row, keys);
    if (learner === undefined) continue;
    taken.add(learner);
    for (const [notebook, column] of columns) {
      const grade = learners.get(learner)!.find((one) => one.notebook === notebook);
      if (!grade || grade.open > 0 || /^\s*EX\s*$/i.test(row[column] ?? "")) continue;
      while (row.length <= column) row.push("");
      row[column] = decimal(pointsOf(grade, row), delimiter);
      filled++;
    }
  }
  const missing = [...notebooksIn(grades).keys()].filter((notebook) => !columns.has(notebook));
  if (missing.length > 0) notes.push(`The sheet has no column for notebook ${missing.join(", ")}, so not written.`);
  const relevant = [...learners].filter(([, own]) => own.some(({ notebook }) => columns.has(notebook)));
  const absent = relevant.map(([learner]) => learner).filter((learner) => !taken.has(learner));
  if (absent.length > 0) notes.push(`Not in the sheet, so not written: ${absent.join(", ")}.`);
  const open = relevant.flatMap(([learner, own]) =>
    own.some((one) => columns.has(one.notebook) && one.open > 0) ? [learner] : [],
  );
  if (open.length > 0) notes.push(`Answers still to be marked by hand, so not written: ${open.join(", ")}.`);
  return filled;
}

/** The learner of a row: the first key by which exactly one learner is found. */
function findLearner(
  learners: Map<string, Grade[]>,
  header: readonly string[],
  row: readonly string[],
  keys: readonly string[],
): string | undefined {
  for (const key of keys) {
    const value = (row[header.indexOf(key)] ?? "").trim();
    if (value === "") continue;
    const number = /^\D*(\d+)$/.exec(value)?.[1]; // Moodle's `Participant 123`
    const found = [...learners].filter(([learner, own]) => {
      const isName = key === "Student" || key === "Full name" || key.startsWith("First name");
      if (isName) return sameName(learner, value) || own.some(({ name }) => sameName(name, value));
      return learner === value || own.some(({ lmsId }) => lmsId !== "" && (lmsId === value || lmsId === number));
    });
    if (found.length === 1) return found[0]![0];
  }
  return undefined;
}

/** `Lovelace, Ada` and `Ada Lovelace` are the same name. */
function sameName(a: string, b: string): boolean {
  const parts = (name: string): string =>
    name
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean)
      .sort()
      .join(" ");
  return a !== "" && parts(a) === parts(b);
}

/** Points with two decimals at most; where semicolons divide the cells, a comma divides the number. */
function decimal(points: number, delimiter: string): string {
  const text = String(Math.round((points + Number.EPSILON) * 100) / 100);
  return delimiter === ";" ? text.replace(".", ",") : text;
}

function sheetError(expected: string, header: readonly string[]): CourseError {
  return new CourseError({ what: "sheet", expected, received: shorten(visible(header.slice(0, 12).join(" | ")), 300) });
}
