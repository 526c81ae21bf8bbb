/**
 * @file `smollm2`: SmolLM2-135M-Instruct, a real chat model, to stand beside the learner's own from notebook 2 on. Not part
 * of the course's packages: `course fetch smollm2` brings it once (smollm2/fetch.ts); without it the notebooks say what
 * they skip and show saved results. Card: datasets/smollm2/card.md.
 */

import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { CourseError } from "@course/lib/errors";
import { type LoadedLlama, loadLlama } from "@course/lib/llama-file";
import { SMOLLM2_SHA256, smollm2Path } from "./smollm2/file";

export { SMOLLM2_SHA256, smollm2Path } from "./smollm2/file";
export { CONVERSATION, DATED, OPEN_QUESTION, TELLINGS, UNKNOWABLE, VALLEY_LESSON } from "./smollm2/questions";

/** Whether the file is there. Whether it is right is known when it is loaded. */
export function hasSmolLM2(path: string = smollm2Path()): boolean {
  return existsSync(path);
}

/** The model with its tokenizer: `const { model, tokenizer } = loadSmolLM2();` It takes half a gigabyte; the caller frees it. */
export function loadSmolLM2(options: { path?: string } = {}): LoadedLlama {
  const { path = smollm2Path() } = options;
  if (!existsSync(path)) {
    throw new CourseError({
      what: "smollm2",
      expected: "the model to have been fetched",
      received: "no file",
      remedy: "Run `npx course fetch smollm2` once (93 MB). The notebooks show saved results without it.",
    });
  }
  const sha256 = sha256Of(path);
  if (sha256 === SMOLLM2_SHA256) return loadLlama(path);
  throw new CourseError({
    what: path,
    expected: `the file with SHA-256 ${SMOLLM2_SHA256.slice(0, 12)}...`,
    received: `${sha256.slice(0, 12)}...`,
    remedy: "The file was altered or cut off. Run `npx course fetch smollm2` to fetch it again.",
  });
}

/** The model, or `undefined` where it was never fetched. */
export function tryLoadSmolLM2(options: { path?: string } = {}): LoadedLlama | undefined {
  return hasSmolLM2(options.path) ? loadSmolLM2(options) : undefined;
}

/** Of a file, piece by piece: it need not be in memory. */
function sha256Of(path: string): string {
  const hash = createHash("sha256");
  const piece = new Uint8Array(1 << 22);
  const file = openSync(path, "r");
  for (let count = -1; count !== 0; ) {
    count = readSync(file, piece, 0, piece.length, null);
    hash.update(piece.subarray(0, count));
  }
  closeSync(file);
  return hash.digest("hex");
}
