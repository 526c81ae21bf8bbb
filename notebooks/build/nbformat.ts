/**
 * @file Notebooks as JSON, version 4.5 of the format: the types, and text exactly as Jupyter writes it (so that saving
 * an untouched notebook changes nothing). Leaves out raw cells and attachments.
 * @see https://nbformat.readthedocs.io/en/latest/format_description.html
 */

/** What nbgrader needs to know of a cell, version 3 of its metadata. */
export interface NbgraderMetadata {
  schema_version: 3;
  grade: boolean;
  solution: boolean;
  locked: boolean;
  task: boolean;
  grade_id: string;
  points?: number;
  /** In the student's version only. */
  checksum?: string;
  cell_type?: "code" | "markdown";
}

/** What the course notes about a cell. */
export interface CourseMetadata {
  /** What the cell is for; prose and plain code have none. */
  kind: "exercise" | "check" | "predict" | "answer" | "assert";
  /** The exercise it belongs to, e.g. `1.2`. */
  exercise?: string;
  title?: string;
  minutes?: number;
  points?: number;
}

export interface CellMetadata {
  course?: CourseMetadata;
  deletable?: boolean;
  editable?: boolean;
  jupyter?: { source_hidden: boolean };
  nbgrader?: NbgraderMetadata;
  tags?: string[];
}

/** An output of a cell: a stream, an error, or something displayed, in several forms by MIME type. */
export interface Output {
  output_type: "stream" | "error" | "display_data" | "execute_result";
  name?: string;
  text?: string | string[];
  data?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  ename?: string;
  evalue?: string;
  traceback?: string[];
  execution_count?: number | null;
}

export interface Cell {
  cell_type: "code" | "markdown";
  id: string;
  metadata: CellMetadata;
  /** Text, or its lines; use {@link joined}. */
  source: string | string[];
  execution_count?: number | null;
  outputs?: Output[];
}

export interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
  nbformat: 4;
  nbformat_minor: 5;
}

/** A multi-line string of the format as one string. */
export function joined(text: unknown): string {
  return Array.isArray(text) ? text.join("") : typeof text === "string" ? text : "";
}

/** The lines of a text, each with its line end, as the format stores them: `"a\nb"` gives `["a\n", "b"]`. */
export function splitLines(text: string): string[] {
  return text === "" ? [] : (text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
}

/** The notebook as text, byte for byte as Jupyter saves it: keys sorted, one space of indent, a closing line end. */
export function serialize(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => ({ ...cell, source: splitLines(joined(cell.source)) }));
  return `${JSON.stringify(sortKeys({ ...notebook, cells }), null, 1)}\n`;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}
