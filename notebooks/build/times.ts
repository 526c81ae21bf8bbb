/**
 * @file How long each cell took the last time, so that `course run` can say how much is left. Kept in
 * `.course/runs/times.json`; a file that cannot be read counts as none.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { coursePath } from "./paths";

/** Seconds by cell id. */
export type CellTimes = Record<string, number>;

const file = (): string => coursePath("runs", "times.json");

function readAll(): Record<string, CellTimes> {
  try {
    return JSON.parse(readFileSync(file(), "utf8")) as Record<string, CellTimes>;
  } catch {
    return {};
  }
}

/** The times of one notebook and kind of run, e.g. `01-pretraining.solution`; empty before its first full run. */
export function readTimes(key: string): CellTimes {
  return readAll()[key] ?? {};
}

export function writeTimes(key: string, times: CellTimes): void {
  mkdirSync(path.dirname(file()), { recursive: true });
  const partial = `${file()}.${process.pid}.part`;
  writeFileSync(partial, `${JSON.stringify({ ...readAll(), [key]: times }, null, 1)}\n`);
  renameSync(partial, file());
}
