/**
 * @file The commands of this package. `course progress`: what was solved, tried and predicted so far. Those that grade are
 * in `class/commands.ts`.
 */

import type { Command } from "commander";
import { registerJudging } from "./class/commands";
import { registerResults } from "./class/result-commands";
import { writePrediction } from "./prediction-kinds";
import { type Prediction, predictions } from "./predictions";
import { history, progressFile, standingOf } from "./progress";
import { isPrediction } from "./table";
import { tableNumbers, tableOf } from "./tables";

/** One line of the table that `course progress` prints. */
export interface ProgressRow {
  id: string;
  title: string;
  status: string;
  points: number;
  maxPoints: number;
  attempts: number;
  hints: number;
}

/** Adds the commands to the program. */
export function register(program: Command): void {
  registerJudging(program);
  registerResults(program);
  program
    .command("progress")
    .description("what you have solved, tried and predicted so far")
    .argument("[notebook]", "only this notebook, e.g. 01")
    .option("--json", "as data")
    .action((notebook: string | undefined, options: { json?: boolean }) => {
      const { records, notes } = history();
      const rows = progressRows(notebook);
      const guesses = predictions(records).filter(({ id }) => !notebook || id.startsWith(`${Number(notebook)}.`));
      if (options.json) {
        const notebooks = notebookRows(rows);
        const all = { file: progressFile(), notebooks, exercises: rows, predictions: guesses, notes };
        console.log(JSON.stringify(all, null, 2));
        return;
      }
      if (rows.length === 0) {
        console.log(`There are no exercises for ${notebook}. Notebooks with exercises: ${tableNumbers().join(", ")}.`);
        process.exitCode = 1;
        return;
      }
      console.log(progressText(rows, guesses, notes));
    });
}

/** The exercises and how far each has come. */
export function progressRows(notebook?: string): ProgressRow[] {
  const { records } = history();
  const numbers = tableNumbers().filter((number) => notebook === undefined || Number(number) === Number(notebook));
  return numbers.flatMap((number) =>
    tableOf(number)!.exercises.map((exercise): ProgressRow => {
      const { best, points, attempts, hints, prediction } = standingOf(exercise.id, records);
      const { id, title, points: maxPoints } = exercise;
      if (!isPrediction(exercise)) {
        return { id, title, status: best ?? "not attempted", points, maxPoints, attempts, hints };
      }
      const status = prediction ? "predicted" : "not predicted";
      return { id, title, status, points: prediction ? maxPoints : 0, maxPoints, attempts: 0, hints: 0 };
    }),
  );
}

/** How far a notebook has come. */
export interface NotebookRow {
  /** Its number, e.g. `1`. */
  notebook: string;
  /** Exercises passed, and how many there are. */
  done: number;
  exercises: number;
  points: number;
  maxPoints: number;
  predicted: number;
  predictions: number;
}

/** The rows of {@link progressRows} added up by notebook. */
export function notebookRows(rows: readonly ProgressRow[]): NotebookRow[] {
  const notebooks = [...new Set(rows.map(({ id }) => id.split(".")[0]!))];
  return notebooks.map((notebook) => {
    const own = rows.filter(({ id }) => id.startsWith(`${notebook}.`));
    const guesses = own.filter(({ status }) => status === "predicted" || status === "not predicted");
    const sum = (pick: (row: ProgressRow) => number): number =>
      Math.round(own.reduce((n, row) => n + pick(row), 0) * 100) / 100;
    return {
      notebook,
      done: own.filter(({ status }) => status === "passed").length,
      exercises: own.length - guesses.length,
      points: sum((row) => row.points),
      maxPoints: sum((row) => row.maxPoints),
      predicted: guesses.filter(({ status }) => status === "predicted").length,
      predictions: guesses.length,
    };
  });
}

/** Columns of texts, as wide as they have to be. */
function columns(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((text, i) => text.padEnd(widths[i]!))
      .join("  ")
      .trimEnd(),
  );
}

/** The table, the sum of each notebook and of all, and the predictions as text. */
export function progressText(
  rows: readonly ProgressRow[],
  guesses: readonly Prediction[],
  notes: readonly string[],
): string {
  const sum = (pick: (row: ProgressRow) => number): number =>
    Math.round(rows.reduce((n, row) => n + pick(row), 0) * 100) / 100;
  const table = [
    ["", "exercise", "status", "points", "attempts", "hints"],
    ...rows.map((row) => [
      row.id,
      row.title,
      row.status,
      `${row.points} / ${row.maxPoints}`,
      row.attempts ? String(row.attempts) : "",
      row.hints ? String(row.hints) : "",
    ]),
    ["", "all", "", `${sum((row) => row.points)} / ${sum((row) => row.maxPoints)}`, "", ""],
  ];
  const lines = columns(table);
  const notebooks = notebookRows(rows);
  if (notebooks.length > 1) {
    const summary = notebooks.map((one) => [
      one.notebook,
      `${one.done} of ${one.exercises}`,
      `${one.points} / ${one.maxPoints}`,
      one.predictions > 0 ? `${one.predicted} of ${one.predictions}` : "",
    ]);
    lines.push("", ...columns([["notebook", "exercises", "points", "predictions"], ...summary]));
  }
  for (const { title, predicted, actual, unit, verdict } of guesses) {
    lines.push("", title, `  predicted  ${writePrediction(predicted, unit)}`);
    if (verdict !== undefined) lines.push(`  measured   ${writePrediction(actual, unit)}`, `  ${verdict}`);
  }
  return [...lines, ...notes.map((note) => `\n${note}`)].join("\n");
}
