/**
 * @file Results of runs that are too long for a notebook, kept with the command that made them (`bench/results/*.json`).
 * Used by notebooks 1, 6 and 7. A notebook that shows one says so, and says how to make it again.
 */

import { readFileSync } from "node:fs";
import path from "node:path";
import { CourseError } from "./errors";
import { repositoryRoot } from "./home";

/** A kept result: how it was made, and its values. */
export interface StoredResult<T> {
  /** The command that makes it again, from the repository's folder. */
  command: string;
  /** Processor, cores and versions it was measured with. */
  machine: string;
  values: T;
}

/** The folder of the kept results. */
const FOLDER = path.join(repositoryRoot(), "bench", "results");

/**
 * Reads a kept result by name.
 *
 * `storedResult<{ validationLossNats: number }>("shakespeare-pytorch").values.validationLossNats`
 */
export function storedResult<T>(name: string): StoredResult<T> {
  const file = path.join(FOLDER, `${name}.json`);
  try {
    return JSON.parse(readFileSync(file, "utf8")) as StoredResult<T>;
  } catch (cause) {
    throw new CourseError({
      what: `result "${name}"`,
      expected: "a readable file in bench/results",
      received: (cause as Error).message,
      remedy: "It belongs to the repository: `git checkout bench/results` brings it back.",
      cause,
    });
  }
}
