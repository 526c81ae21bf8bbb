/**
 * @file Reads a notebook that somebody else wrote: bytes of any kind become cells and findings, never an exception. Takes
 * out the text of the cells and the few marks by which a cell is found again; everything else is ignored.
 */

import { shorten, visible } from "../format";
import type { Finding } from "./types";

/** A cell of a submission. */
export interface FoundCell {
  type: string;
  source: string;
  /** The ids it carries: its own, and the one for graders. */
  ids: string[];
  /** True for marks that make other graders skip a cell. */
  oddTags: string[];
}

/** What could be read. */
export interface FoundNotebook {
  cells: FoundCell[];
  /** What the notebook says it was made of, e.g. `notebooks/source/03-gradient-descent.md`. */
  generatedFrom: string;
  findings: Finding[];
}

/** A larger notebook is not read, and neither is one of more cells. */
export const LARGEST_NOTEBOOK_MB = 20;
const MOST_CELLS = 2000;
const LONGEST_CELL = 200_000;

/** Reads the bytes of an `.ipynb`; `cells` is empty, and the reason among the findings, when they are none. */
export function parseIpynb(bytes: Uint8Array): FoundNotebook {
  const notebook: FoundNotebook = { cells: [], generatedFrom: "", findings: [] };
  const find = (level: Finding["level"], id: string, says: string): void =>
    void notebook.findings.push({ id, level, says });
  if (bytes.length > LARGEST_NOTEBOOK_MB * 2 ** 20) {
    find(
      "error",
      "too-large",
      `The notebook has more than ${LARGEST_NOTEBOOK_MB} MB. Clear its outputs (Edit > Clear Outputs of All Cells) and hand it in again.`,
    );
    return notebook;
  }
  const text = decodeText(bytes, find);
  if (text.trim() === "") {
    find("error", "empty", "The file is empty.");
    return notebook;
  }
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    find("error", "not-json", `This is no notebook: ${notJson(text, error)}`);
    return notebook;
  }
  const cells = field(data, "cells");
  if (!Array.isArray(cells)) {
    const old = Array.isArray(field(data, "worksheets"));
    const says = old
      ? "This notebook is in a format of before 2015. Open it in JupyterLab, save it and hand it in again."
      : "The file is JSON, but there are no cells in it: this is no notebook.";
    find("error", old ? "old-format" : "no-cells", says);
    return notebook;
  }
  if (cells.length > MOST_CELLS)
    find("warning", "many-cells", `Only the first ${MOST_CELLS} of ${cells.length} cells were read.`);
  const unreadable: number[] = [];
  for (const [i, cell] of cells.slice(0, MOST_CELLS).entries()) {
    const found = parseCell(cell);
    if (!found) unreadable.push(i + 1);
    else if (found.source.length > LONGEST_CELL) {
      find(
        "warning",
        "long-cell",
        `Cell ${i + 1} is longer than ${LONGEST_CELL.toLocaleString("en")} characters and was left out.`,
      );
    } else notebook.cells.push(found);
  }
  if (unreadable.length > 0) {
    find(
      "warning",
      "unreadable-cells",
      `${unreadable.length} of ${cells.length} cells are none and were left out, the first is number ${unreadable[0]}.`,
    );
  }
  notebook.generatedFrom = textOf(field(field(field(data, "metadata"), "course"), "generatedFrom"));
  return notebook;
}

function decodeText(bytes: Uint8Array, find: (level: Finding["level"], id: string, says: string) => void): string {
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (wide) {
    find("note", "utf-16", "The file is written in UTF-16 instead of UTF-8. It was read all the same.");
    return new TextDecoder(bytes[0] === 0xff ? "utf-16le" : "utf-16be").decode(bytes);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    find(
      "warning",
      "not-utf-8",
      "The file holds bytes that are no UTF-8 text. They were replaced, and the rest was read.",
    );
    return new TextDecoder("utf-8").decode(bytes);
  }
}

function notJson(text: string, error: unknown): string {
  const head = text.trimStart().slice(0, 200);
  if (/^<(!doctype|html)/i.test(head)) return "it is a web page. Download the notebook itself (File > Download).";
  if (head.startsWith("PK")) return "it is an archive. Unpack it, or give it the ending .zip.";
  if (!head.startsWith("{")) return "it does not begin with a brace.";
  const reason = error instanceof Error ? error.message : String(error);
  if (/Unexpected end|Unterminated/.test(reason)) return "it ends in the middle, as after an upload that was cut off.";
  return `it is not valid JSON (${shorten(visible(reason).replace(/\s+/g, " "), 120)}).`;
}

function parseCell(cell: unknown): FoundCell | undefined {
  const source = field(cell, "source");
  const text = Array.isArray(source) ? source.map(textOf).join("") : source;
  if (typeof text !== "string") return undefined;
  const metadata = field(cell, "metadata");
  const ids = [field(cell, "id"), field(field(metadata, "nbgrader"), "grade_id")].filter(
    (id) => typeof id === "string",
  );
  const tags = field(metadata, "tags");
  return {
    type: textOf(field(cell, "cell_type")),
    source: text.replaceAll("\r\n", "\n"),
    ids: [...new Set(ids)],
    oddTags: (Array.isArray(tags) ? tags : [])
      .map(textOf)
      .filter((tag) => /^(skip-execution|raises-exception)$/.test(tag)),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A property of its own, and nothing that was inherited. */
function field(value: unknown, name: string): unknown {
  if (value === null || typeof value !== "object" || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}
