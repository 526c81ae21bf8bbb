/**
 * @file Sheets of comma-separated values: read as they come from an LMS, written back with every other cell unchanged, and
 * our own written so that no spreadsheet takes a learner's text for a formula. Used by the exports and the marks.
 */

import { readFileSync } from "node:fs";
import { CourseError } from "@course/lib/errors";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";

/** A sheet, with what has to stay as it was. */
export interface Sheet {
  rows: string[][];
  delimiter: "," | ";" | "\t";
  newline: "\n" | "\r\n";
  /** Began with a byte order mark, by which Excel knows UTF-8. */
  bom: boolean;
}

/** The text of a sheet in a file. Says what to do with a workbook, and with a text in another encoding than UTF-8. */
export function readSheet(file: string): string {
  const bytes = readFileSync(file);
  const refuse = (received: string): CourseError =>
    new CourseError({
      what: file,
      expected: "a sheet of comma-separated values in UTF-8",
      received,
      remedy: 'In a spreadsheet program: Save As, "CSV UTF-8 (Comma delimited)".',
    });
  if (bytes.subarray(0, 2).toString("latin1") === "PK") throw refuse("a workbook or another archive");
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refuse("text in another encoding");
  }
}

/** Reads a sheet. The delimiter is the one that stands most often in the first line outside of quotes. */
export function parseSheet(text: string, what: string): Sheet {
  const bom = text.startsWith("\u{feff}");
  const body = bom ? text.slice(1) : text;
  const bare = (/^[^\r\n]*/.exec(body)?.[0] ?? "").replace(/"[^"]*"/g, "");
  const counts = ([",", ";", "\t"] as const).map((mark) => [mark, bare.split(mark).length] as const);
  const [delimiter] = counts.reduce((best, next) => (next[1] > best[1] ? next : best));
  const newline = body.includes("\r\n") ? "\r\n" : "\n";
  try {
    const rows = parse(body, { delimiter, relax_column_count: true, relax_quotes: true, skip_empty_lines: true });
    if (rows.length === 0) throw new Error("it is empty");
    return { rows, delimiter, newline, bom };
  } catch (error) {
    throw new CourseError({ what, expected: "a sheet of comma-separated values", received: (error as Error).message });
  }
}

/** The sheet as text again. */
export function sheetText({ rows, delimiter, newline, bom }: Sheet): string {
  return stringify(rows, { delimiter, record_delimiter: newline, bom });
}

/**
 * A sheet of our own. A cell that a spreadsheet would run (`=HYPERLINK(...)`) gets an apostrophe in front. With a byte order
 * mark Excel reads and saves an umlaut as one; programs do better without.
 */
export function ourSheet(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  { bom = false }: { bom?: boolean } = {},
): string {
  const safe = (cell: string | number): string => (typeof cell === "number" ? String(cell) : withoutFormula(cell));
  return stringify([header, ...rows.map((row) => row.map(safe))], { record_delimiter: "\n", bom });
}

/** Text that no spreadsheet takes for a formula. */
export function withoutFormula(text: string): string {
  return /^\s*[=+\-@\t\r\uff0b\uff0d\uff1d\uff20]/.test(text) ? `'${text}` : text;
}
