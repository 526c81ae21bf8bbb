/** Submissions for tests: a notebook of the course with answers put into its cells. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { courseNotebook } from "../src/class/course-copy";
import type { CollectedSubmission } from "../src/class/types";
import { solutionText } from "../src/solution-text";

/** A cell as Jupyter stores it. */
export interface Cell {
  id: string;
  cell_type: string;
  source: string | string[];
  metadata: Record<string, unknown> & { tags?: string[]; nbgrader?: Record<string, unknown> };
  outputs?: unknown[];
  execution_count?: number | null;
}

export interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
}

const notebooks = path.join(__dirname, "..", "..", "notebooks");

/** The notebook as it is handed out, or its solution. */
export function courseFile(number: string, version: "student" | "solution" = "student"): string {
  const file = `${courseNotebook(number).name}.ipynb`;
  return path.join(notebooks, ...(version === "solution" ? ["solutions", file] : [file]));
}

/** The student's notebook with these answers, by exercise; `change` may do anything else to it. */
export function filledIn(
  number: string,
  answers: Readonly<Record<string, string>>,
  change: (notebook: Notebook) => void = () => {},
): Notebook {
  const notebook = JSON.parse(readFileSync(courseFile(number), "utf8")) as Notebook;
  for (const [exercise, source] of Object.entries(answers)) cellOf(notebook, exercise).source = source;
  change(notebook);
  return notebook;
}

/** The cell that answers an exercise. */
export function cellOf(notebook: Notebook, exercise: string): Cell {
  const id = `exercise-${exercise.replace(".", "-")}`;
  return notebook.cells.find((cell) => cell.id === id)!;
}

/** One right answer. */
export function right(exercise: string): string {
  return solutionText(exercise)!;
}

/** A notebook, or bytes, as a submission. */
export function submission(content: Notebook | Uint8Array | string, learner = "alice"): CollectedSubmission {
  const isBytes = content instanceof Uint8Array || typeof content === "string";
  const bytes = Buffer.from(isBytes ? content : JSON.stringify(content));
  return {
    submission: {
      learner,
      notebook: "",
      file: `${learner}/notebook.ipynb`,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      submittedAt: "2026-10-01T12:00:00.000Z",
    },
    content: new Uint8Array(bytes),
    findings: [],
  };
}
