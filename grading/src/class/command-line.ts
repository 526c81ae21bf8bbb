/**
 * @file What the commands of commands.ts and result-commands.ts have in common: where the gradebook is, and how a command
 * ends.
 */

import type { Command } from "commander";

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

/** Ends with one sentence in the place of a stack of calls; what `work` returns is the exit code. */
export async function guarded(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  }
}
