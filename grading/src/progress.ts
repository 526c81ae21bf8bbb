/**
 * @file What a learner did: attempts, hints and predictions, kept in `.course/progress/`. Used by every notebook, and by
 * notebook 9, which shows all predictions. The file only grows, one JSON record a line; nothing leaves the machine.
 *
 * Each record is written in one append, with the line break *before* it. Two notebooks that write at once do not mix their
 * lines, and when a process is killed in the middle of a record, the next one still begins on a line of its own.
 */

import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { courseHome } from "@course/lib/home";
import type { Status } from "./judge";
import type { Plain } from "./plain";

/** One thing that happened. `time` is an ISO date. */
export type ProgressRecord = { time: string; id: string } & Happening;

/** What can happen in an exercise. */
export type Happening =
  | {
      kind: "check";
      status: Status;
      passed: number;
      total: number;
      points: number;
      maxPoints: number;
      mistakes: string[];
    }
  | { kind: "hint"; level: number }
  | { kind: "solution" }
  | { kind: "prediction"; value: Plain; unit?: string }
  | { kind: "reveal"; actual: Plain };

/** Everything that was kept, and how much of it could not be read. */
export interface History {
  records: ProgressRecord[];
  /** Sentences for the learner: damaged lines, a folder that cannot be written. */
  notes: string[];
}

/** Records that could not be written, so that hints and predictions still work in a read-only folder. */
const unwritten = new Map<string, { records: ProgressRecord[]; reason: string }>();

/** The file of the records. */
export function progressFile(): string {
  return courseHome("progress", "progress.jsonl");
}

/** Keeps one record. Never throws: what cannot be written is kept until the kernel ends, and the next card says so. */
export function remember(id: string, happening: Happening): void {
  const record: ProgressRecord = { time: new Date().toISOString(), id, ...happening };
  const file = progressFile();
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    appendFileSync(file, `\n${JSON.stringify(record, writeOddNumbers)}`);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    const records = [...(unwritten.get(file)?.records ?? []), record];
    unwritten.set(file, { records, reason });
  }
}

/** Reads all records, oldest first; a damaged line is left out and counted. */
export function history(): History {
  const file = progressFile();
  const notes: string[] = [];
  const { records, damaged } = parseRecords(readIfThere(file, notes));
  if (damaged > 0) notes.push(`${damaged} damaged line${damaged > 1 ? "s" : ""} in ${file} left out.`);
  const lost = unwritten.get(file);
  if (lost) {
    notes.push(
      `Progress is kept only until the kernel ends: ${path.dirname(file)} cannot be written (${lost.reason}).`,
    );
    records.push(...lost.records);
  }
  return { records, notes };
}

/** The records in a text of JSON lines, and how many lines are none. */
export function parseRecords(text: string): { records: ProgressRecord[]; damaged: number } {
  const records: ProgressRecord[] = [];
  let damaged = 0;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const record = parseRecord(line);
    if (record) records.push(record);
    else damaged++;
  }
  return { records, damaged };
}

/** How far an exercise has come, over all attempts. */
export interface Standing {
  /** The best status so far; `undefined` if it was never checked. */
  best?: Status;
  points: number;
  /** Checks that judged something: the stub is not an attempt. */
  attempts: number;
  hints: number;
  /** The prediction that counts: the last one before the result was shown, else the first one after it. */
  prediction?: { value: Plain; unit?: string };
  /** The last result that was shown beside the prediction. */
  actual?: { value: Plain };
}

/** Sums up the records of one exercise. */
export function standingOf(id: string, records: readonly ProgressRecord[]): Standing {
  const rank: readonly Status[] = ["not attempted", "error", "wrong", "passed"];
  const standing: Standing = { points: 0, attempts: 0, hints: 0 };
  for (const record of records) {
    if (record.id !== id) continue;
    if (record.kind === "check") {
      if (record.status !== "not attempted") standing.attempts++;
      if (rank.indexOf(record.status) >= rank.indexOf(standing.best ?? "not attempted")) standing.best = record.status;
      standing.points = Math.max(standing.points, record.points);
    } else if (record.kind === "hint") standing.hints = Math.max(standing.hints, record.level);
    else if (record.kind === "prediction" && !(standing.actual && standing.prediction)) {
      standing.prediction = { value: record.value, ...(record.unit === undefined ? {} : { unit: record.unit }) };
    } else if (record.kind === "reveal") standing.actual = { value: record.actual };
  }
  return standing;
}

const KINDS: readonly Happening["kind"][] = ["check", "hint", "solution", "prediction", "reveal"];

function parseRecord(line: string): ProgressRecord | undefined {
  try {
    const record = JSON.parse(line) as ProgressRecord | null;
    const known = typeof record?.id === "string" && typeof record.time === "string" && KINDS.includes(record.kind);
    if (!known) return undefined;
    if (record.kind === "check" && typeof record.points !== "number") return undefined;
    return record.kind === "hint" && typeof record.level !== "number" ? undefined : record;
  } catch {
    return undefined;
  }
}

function readIfThere(file: string, notes: string[]): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") notes.push(`Earlier progress cannot be read: ${file} (${code}).`);
    return "";
  }
}

/** JSON has no NaN and no infinity: they are kept as words. */
function writeOddNumbers(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
