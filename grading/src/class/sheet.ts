/**
 * @file Sheets of comma-separated values: read as they come from an LMS, written back with every other cell unchanged, and
 * our own written so that no spreadsheet takes a learner's text for a formula. Used by the exports and the marks.
 */

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

/** A sheet of our own. A cell that a spreadsheet would run (`=HYPERLINK(...)`) gets an apostrophe in front. */
export function ourSheet(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const safe = (cell: string | number): string => (typeof cell === "number" ? String(cell) : withoutFormula(cell));
  return stringify([header, ...rows.map((row) => row.map(safe))], { record_delimiter: "\n" });
}

/** Text that no spreadsheet takes for a formula. */
export function withoutFormula(text: string): string {
  return /^\s*[=+\-@\t\r\uff0b\uff0d\uff1d\uff20]/.test(text) ? `'${text}` : text;
}
