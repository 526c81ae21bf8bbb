/**
 * @file Takes the text of a solution out of the notebook's source, which is the only place where it is written.
 * Used by `solution` in every notebook and by the tests of the tables.
 */

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "@course/lib/home";
import { notebookOf } from "./tables";

/** An exercise as it stands in a notebook's source. */
export interface SourceExercise {
  /** The attributes of its fence: `exercise`, `points`, `minutes`, `title` ... */
  attributes: Record<string, string>;
  /** The cell with its solution, without markers. */
  solution: string;
}

/** The exercises in the source of a notebook. */
export function sourceExercises(markdown: string): SourceExercise[] {
  const fences = markdown.matchAll(/^```typescript +([^\n]*\bexercise="[^\n]*)\n([\s\S]*?)^```\s*$/gm);
  return [...fences].map(([, info, code]) => ({
    attributes: Object.fromEntries([...info!.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value])),
    solution: withoutStubs(code!),
  }));
}

/** The solution of an exercise, or `undefined` if this copy of the course has none. */
export function solutionText(id: string): string | undefined {
  const markdown = sourceOf(notebookOf(id));
  return markdown && sourceExercises(markdown).find(({ attributes }) => attributes.exercise === id)?.solution;
}

/** The source of a notebook by its number, or `undefined` if this copy of the course has none. */
export function sourceOf(notebook: string): string | undefined {
  const folder = path.join(repositoryRoot(), "notebooks", "source");
  try {
    const file = readdirSync(folder).find((name) => name.startsWith(`${notebook.padStart(2, "0")}-`));
    return file && readFileSync(path.join(folder, file), "utf8");
  } catch {
    return undefined; // released to a class without its sources
  }
}

/** The lines of a cell without markers, and without what stands between `STUB` and `END SOLUTION`. */
function withoutStubs(code: string): string {
  let inStub = false;
  const lines = code.split("\n").filter((line) => {
    const marker = /^\s*\/\/\s*(BEGIN SOLUTION|STUB|END SOLUTION)\b/.exec(line)?.[1];
    if (marker) inStub = marker === "STUB";
    return !marker && !inStub;
  });
  return lines.join("\n").trim();
}
