/**
 * @file Small tables: accessible HTML with a caption, and the same in plain text for terminals and screen readers.
 * Used by every notebook. Leaves out sorting and scrolling: a table that needs them is too long for a page.
 */

import { CourseError } from "./errors";
import { escapeHtml, formatNumber } from "./format";

/** HTML and the same as plain text. `show(bundle)` puts it on the page. */
export interface HtmlBundle {
  "text/html": string;
  "text/plain": string;
  [mimeType: string]: unknown;
}

/** What stands in a cell. */
export type Cell = string | number | boolean | null | undefined;

/** How {@link table} looks. */
export interface TableOptions {
  /** What the table shows; one sentence. */
  caption?: string;
  /** The unit of a column by its name, shown in its head: `{ lossNats: "nats per token" }`. */
  units?: Readonly<Record<string, string>>;
  /** Columns to show, in this order. By default all keys of the first row. */
  columns?: readonly string[];
  /** Another text for a column's head. */
  heads?: Readonly<Record<string, string>>;
  /** Keep line breaks and spaces of texts, for samples and code. */
  keepSpaces?: boolean;
}

/**
 * A table of rows with the same keys. Numbers stand to the right, the first column names the row.
 *
 * `show(table([{ model: "ours", params: 905984 }], { caption: "Sizes", units: { params: "weights" } }))`
 */
export function table(rows: readonly Readonly<Record<string, Cell>>[], options: TableOptions = {}): HtmlBundle {
  const { caption, units = {}, heads = {}, keepSpaces = false } = options;
  const columns = options.columns ?? Object.keys(rows[0] ?? {});
  const unknown = [...Object.keys(units), ...columns].find((key) => rows.length > 0 && !(key in rows[0]!));
  if (unknown !== undefined) {
    throw new CourseError({
      what: `column "${unknown}"`,
      expected: `one of ${Object.keys(rows[0]!).join(", ")}`,
      received: unknown,
      remedy: "Columns and units are named by the keys of the rows.",
    });
  }
  const headers = columns.map((key) => `${heads[key] ?? key}${units[key] ? ` (${units[key]})` : ""}`);
  const cells = rows.map((row) => columns.map((key) => cellText(row[key])));
  const numeric = columns.map((key) => rows.some((row) => typeof row[key] === "number"));
  return {
    "text/html": toHtml({ caption, headers, cells, numeric, keepSpaces }),
    "text/plain": toText({ caption, headers, cells, numeric }),
  };
}

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return "–";
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  return typeof cell === "number" ? formatNumber(cell) : cell;
}

interface Content {
  caption?: string;
  headers: string[];
  cells: string[][];
  numeric: boolean[];
}

function toHtml({ caption, headers, cells, numeric, keepSpaces }: Content & { keepSpaces: boolean }): string {
  const align = (j: number): string => `text-align:${numeric[j] ? "right" : "left"}`;
  const space = keepSpaces ? ";white-space:pre-wrap" : "";
  const head = headers.map((text, j) => `<th scope="col" style="${align(j)}">${escapeHtml(text)}</th>`).join("");
  const body = cells.map((row) => {
    const shown = row.map((text, j) =>
      j === 0
        ? `<th scope="row" style="${align(j)};vertical-align:top">${escapeHtml(text)}</th>`
        : `<td style="${align(j)};vertical-align:top${space || oneLine(text, 16)}">${escapeHtml(text)}</td>`,
    );
    return `<tr>${shown.join("")}</tr>`;
  });
  const title = caption
    ? `<caption style="caption-side:top;text-align:left;font-weight:600${oneLine(caption, 90)}">${escapeHtml(caption)}</caption>`
    : "";
  return `<table>${title}<thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}

/** Keeps a short text on one line: a shape such as (768, 128), a caption over a narrow table. */
function oneLine(text: string, letters: number): string {
  return text.length <= letters ? ";white-space:nowrap" : "";
}

/** Columns of equal width; a cell of several lines is put on several lines. */
function toText({ caption, headers, cells, numeric }: Content): string {
  const lines = [headers, ...cells].map((row) => row.map((text) => text.split("\n")));
  const widths = headers.map((_, j) => Math.max(...lines.flatMap((row) => row[j]!.map((line) => [...line].length))));
  const pad = (text: string, j: number): string => {
    const room = " ".repeat(widths[j]! - [...text].length);
    return numeric[j] ? room + text : text + room;
  };
  const printed = lines.flatMap((row) => {
    const height = Math.max(1, ...row.map((cell) => cell.length));
    return Array.from({ length: height }, (_, k) =>
      row
        .map((cell, j) => pad(cell[k] ?? "", j))
        .join("  ")
        .trimEnd(),
    );
  });
  const headHeight = Math.max(1, ...lines[0]!.map((cell) => cell.length));
  printed.splice(headHeight, 0, widths.map((width) => "-".repeat(width)).join("  "));
  return [caption, ...printed].filter((line) => line !== undefined).join("\n");
}
