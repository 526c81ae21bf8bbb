/**
 * @file The data sets' part of the `course` command: `course fetch shakespeare`. Called by bin/course.mjs, and by the
 * set-up, which goes on when it fails.
 */

import type { Command } from "commander";
import { fetchShakespeare } from "./shakespeare/fetch";

/** Adds `course fetch <name>`. */
export function register(program: Command): void {
  program
    .command("fetch")
    .argument("<name>", "the data set: shakespeare")
    .description("fetch a data set that does not come with the course (once, 5 MB, checksum pinned)")
    .action(async (name: string) => {
      if (name !== "shakespeare") program.error(`fetch: expected shakespeare, received ${name}.`);
      try {
        await fetchWithProgress();
      } catch (error) {
        program.error((error as Error).message);
      }
    });
}

/** One line, rewritten in a terminal, and a last one that says how it ended. */
async function fetchWithProgress(): Promise<void> {
  const startedMs = Date.now();
  const result = await fetchShakespeare({
    onProgress(bytes, totalBytes) {
      if (!process.stderr.isTTY) return;
      const percent = Math.floor((100 * bytes) / totalBytes);
      process.stderr.write(`\rshakespeare: ${megabytes(bytes)} of ${megabytes(totalBytes)} MB (${percent} %) `);
    },
  }).finally(() => {
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  });
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  console.log(
    result === "kept"
      ? "shakespeare: already there, its checksum is right."
      : `shakespeare: fetched and unpacked to .course/data/shakespeare.txt in ${seconds} s, its checksum is right.`,
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
