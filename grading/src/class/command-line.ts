/**
 * @file What the commands of commands.ts and result-commands.ts have in common: where the gradebook is, what their options
 * may be, and how a command ends.
 */

import { existsSync } from "node:fs";
import path from "node:path";
import { CourseError } from "@course/lib/errors";
import type { Command } from "commander";
import type { Rung } from "./types";

/** The options that say where the gradebook is. */
export interface PlaceFlags {
  out: string;
  database?: string;
}

/** Adds the options that say where the gradebook is. */
export function withPlace(command: Command): Command {
  return command
    .option("--out <dir>", "the folder of the gradebook", "grades")
    .option("--database <url>", "a PostgreSQL server in the place of the folder");
}

/** Where the gradebook is, for `openStore`. */
export function placeOf({ out, database }: PlaceFlags): { out: string; database?: string } {
  return database ? { out, database } : { out };
}

/** Whether there is a gradebook to read; says it where there is none. */
export function hasGradebook({ out, database }: PlaceFlags): boolean {
  if (database || existsSync(path.join(out, "gradebook"))) return true;
  console.error(`There is no gradebook in ${out}. Grade something first: course grade PATH... --out ${out}`);
  return false;
}

/** The number of a notebook of this course, with two digits: `3` is `03`. */
export function notebookNumber(text: string, what = "--notebook"): string {
  const { notebookNumbers } = require("./course-copy") as typeof import("./course-copy");
  const number = text.padStart(2, "0");
  if (notebookNumbers().includes(number)) return number;
  throw new CourseError({ what, expected: `one of ${notebookNumbers().join(", ")}`, received: text });
}

/** The name of a sandbox. */
export function rungOf(text: string): Rung {
  const rungs: readonly string[] = ["bubblewrap", "docker", "podman", "plain"] satisfies Rung[];
  if (rungs.includes(text)) return text as Rung;
  throw new CourseError({ what: "--rung", expected: "bubblewrap, docker, podman or plain", received: text });
}

/** A number above 0, from an option. */
export function positive(what: string, text: string): number {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new CourseError({ what, expected: "a number above 0", received: text });
}

/** Ends with one sentence in the place of a stack of calls; what `work` returns is the exit code. */
export async function guarded(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    console.error(sentenceOf(error));
    process.exitCode = 2;
  }
}

/** What the system's short words for its errors mean, and what to do. */
const SYSTEM: Readonly<Record<string, readonly [expected: string, received: string, remedy?: string]>> = {
  ENOENT: ["a file or a folder", "nothing there"],
  EISDIR: ["a file", "a folder"],
  ENOTDIR: ["a folder", "a file"],
  EEXIST: ["a folder, or nothing yet", "a file"],
  EACCES: ["one that may be read and written", "no permission"],
  EPERM: ["one that may be read and written", "no permission"],
  EROFS: ["a place that may be written to", "one that may only be read", "Name another one with --out or --to."],
  ENOSPC: [
    "room on the disk",
    "a full one",
    "Make room, then run the same command again: it goes on where it stopped.",
  ],
};

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code = "", path: file } = error as NodeJS.ErrnoException;
  const known = SYSTEM[code];
  if (!known) return error.message;
  const [expected, received, remedy] = known;
  return new CourseError({ what: file ?? "disk", expected, received, ...(remedy ? { remedy } : {}) }).message;
}
