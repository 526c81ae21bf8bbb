/**
 * @file The card for an exercise that does not exist. Used by `check`, `hint`, `solution`, `predict` in every notebook.
 */

import type { Card } from "./card";
import { visible } from "./format";
import { notebookOf, tableNumbers, tableOf } from "./tables";

/** Says what was asked for and what there is. */
export function unknownExercise(id: string): Card {
  const table = tableOf(notebookOf(id));
  const text = table
    ? `Notebook ${Number(table.notebook)} has ${table.exercises.map((exercise) => exercise.id).join(", ")}.`
    : `There are exercises for notebook ${tableNumbers().map(Number).join(", ")}, written like "1.2".`;
  return {
    heading: `Exercise ${visible(id).slice(0, 40)}`,
    state: "does not exist",
    tone: "open",
    parts: [{ kind: "sentence", text }],
  };
}
