/**
 * @file How long each cell took the last time, so that `course run` can say how much is left. Kept in
 * `times.json` beside the executed notebooks; a file that cannot be read counts as none.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Seconds by cell id. */
export type CellTimes = Record<string, number>;

const fileIn = (dir: string): string => path.join(dir, "times.json");

function readAll(dir: string): Record<string, CellTimes> {
  try {
    return JSON.parse(readFileSync(fileIn(dir), "utf8")) as Record<string, CellTimes>;
  } catch {
    return {};
  }
}

/** The times of one notebook and kind of run, e.g. `01-pretraining.solution`; empty before its first full run. */
export function readTimes(dir: string, key: string): CellTimes {
  return readAll(dir)[key] ?? {};
}

export function writeTimes(dir: string, key: string, times: CellTimes): void {
  const partial = `${fileIn(dir)}.${process.pid}.part`;
  writeFileSync(partial, `${JSON.stringify({ ...readAll(dir), [key]: times }, null, 1)}\n`);
  renameSync(partial, fileIn(dir));
}
