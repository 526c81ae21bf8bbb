/**
 * @file Finds the exercises: the table of a notebook is loaded when one of its exercises is first asked for.
 * Used by every notebook. What is held back is read separately, and may be missing from a learner's copy of the course.
 */

import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import type { CaseTable, Exercise, HeldBackTable } from "./table";

/** The tables, beside this file's folder: as TypeScript in the repository, compiled in `dist`. */
const CASES = path.join(__dirname, "..", "cases");

/** The numbers of the notebooks that have a table: `["01", "02"]`. */
export function tableNumbers(): string[] {
  const numbers = readdirSync(CASES).flatMap((file) => /^(\d\d)\.(?:js|ts)$/.exec(file)?.[1] ?? []);
  return [...new Set(numbers)].sort();
}

/** The table of a notebook, by its number (`"01"` or `1`); `undefined` if there is none. */
export function tableOf(notebook: string | number): CaseTable | undefined {
  return load<CaseTable>(String(notebook).padStart(2, "0"), "table");
}

/** What is held back in a notebook; nothing in a copy that was released to a class. */
export function heldBackOf(notebook: string | number): HeldBackTable {
  return load<HeldBackTable>(`${String(notebook).padStart(2, "0")}.held-back`, "heldBack") ?? {};
}

/** The exercise with this id, e.g. `1.2`; `undefined` if there is none. */
export function findExercise(id: string): Exercise | undefined {
  return tableOf(notebookOf(id))?.exercises.find((exercise) => exercise.id === id);
}

/** The notebook of an exercise: `1` for `1.2`. */
export function notebookOf(id: string): string {
  return /^\d{1,2}(?=\.)/.exec(id)?.[0] ?? "0";
}

/** How many cases only a grader runs. */
export function heldBackCount(id: string): number {
  return heldBackOf(notebookOf(id))[id]?.cases.length ?? 0;
}

function load<T>(name: string, exported: string): T | undefined {
  const file = path.join(CASES, name);
  if (!existsSync(`${file}.js`) && !existsSync(`${file}.ts`)) return undefined;
  return (require(file) as Record<string, T>)[exported];
}
