/**
 * @file The data sets' part of the `course` command: `course fetch shakespeare`, `course fetch smollm2`. Called by
 * bin/course.mjs, and by the set-up, which goes on when it fails.
 */

import type { Command } from "commander";
import { fetchShakespeare } from "./shakespeare/fetch";
import { fetchSmolLM2 } from "./smollm2/fetch";

/** What can be fetched: each brings its file with progress, and says whether it was there already. */
const FETCHES = {
  shakespeare: fetchShakespeare,
  smollm2: fetchSmolLM2,
} satisfies Record<string, (options: { onProgress: OnProgress }) => Promise<"kept" | "fetched">>;

type OnProgress = (bytes: number, totalBytes: number) => void;
type Name = keyof typeof FETCHES;

/** Adds `course fetch <name>`. */
export function register(program: Command): void {
  const names = Object.keys(FETCHES).join(" or ");
  program
    .command("fetch")
    .argument("<name>", "shakespeare (the plays, 5 MB) or smollm2 (a real chat model, 93 MB)")
    .description("fetch what does not come with the course (once, checksum pinned)")
    .action(async (name: string) => {
      if (!Object.hasOwn(FETCHES, name)) program.error(`fetch: expected ${names}, received ${name}.`);
      try {
        await fetchWithProgress(name as Name);
      } catch (error) {
        program.error((error as Error).message);
      }
    });
}

/** One line, rewritten in a terminal, and a last one that says how it ended. */
async function fetchWithProgress(name: Name): Promise<void> {
  const startedMs = Date.now();
  const onProgress: OnProgress = (bytes, totalBytes) => {
    if (!process.stderr.isTTY) return;
    const percent = Math.floor((100 * bytes) / totalBytes);
    process.stderr.write(`\r${name}: ${megabytes(bytes)} of ${megabytes(totalBytes)} MB (${percent} %) `);
  };
  const result = await FETCHES[name]({ onProgress }).finally(() => {
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  });
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  console.log(
    result === "kept"
      ? `${name}: already there, its checksum is right.`
      : `${name}: fetched and unpacked to .course/data in ${seconds} s, its checksum is right.`,
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
