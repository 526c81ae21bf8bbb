/**
 * @file From documents to batches: encoding, splitting into training and validation, cutting windows.
 * Used by notebooks 1, 3, 6 and 8. Works on typed arrays; nothing is shuffled or drawn without a `Random`.
 * Windows drawn anywhere in one long sequence of tokens are the method of GPT-2 and nanoGPT.
 */

import { assertCount, CourseError } from "./errors";
import type { Random } from "./random";
import { startIds, type Tokenizer } from "./tokenizer";

/** A sequence of token ids. */
export type Tokens = Int32Array | Uint16Array;

/** What a model is trained on in one step. Row b, position t of a (B, T) array is at index `b * contextLength + t`. */
export interface Batch {
  inputs: Int32Array; // (B, T)
  targets: Int32Array; // (B, T), the token that follows each input
  batchSize: number;
  contextLength: number;
}

/** A corpus in two parts: one to learn from, one to measure with. */
export interface Split<T> {
  train: T;
  validation: T;
}

/**
 * Encodes documents one after the other, each with its start token in front: `<doc>`, if the tokenizer has it.
 *
 * With a tokenizer of characters and `<doc>`, `encodeDocuments(tokenizer, ["ab", "c"])` has five tokens:
 * `<doc>`, `a`, `b`, `<doc>`, `c`.
 */
export function encodeDocuments(
  tokenizer: Tokenizer,
  documents: readonly string[],
  options: { startToken?: string | null } = {},
): Int32Array {
  const start = startIds(tokenizer, options.startToken);
  if (!documents.some((document) => document.length > 0)) {
    throw new CourseError({
      what: "documents",
      expected: "at least one with a text",
      received: documents.length === 0 ? "none" : `${documents.length} empty`,
    });
  }
  const ids: number[] = [];
  for (const document of documents) {
    for (const id of start) ids.push(id);
    for (const id of tokenizer.encode(document)) ids.push(id);
  }
  return Int32Array.from(ids);
}

/**
 * Puts documents at random into a training and a validation part. A document is never in both.
 *
 * Of ten documents and `validationFraction: 0.2`, eight are for training and two for validation.
 */
export function splitDocuments<T>(
  documents: readonly T[],
  options: { validationFraction?: number; random: Random },
): Split<T[]> {
  const { validationFraction = 0.1, random } = options;
  assertFraction(validationFraction);
  const count = Math.max(1, Math.round(documents.length * validationFraction));
  if (documents.length < 2) {
    throw new CourseError({ what: "documents", expected: "at least two to split", received: String(documents.length) });
  }
  const chosen = new Set(
    random.sample(
      documents.map((_, i) => i),
      Math.min(count, documents.length - 1),
    ),
  );
  return {
    train: documents.filter((_, i) => !chosen.has(i)),
    validation: documents.filter((_, i) => chosen.has(i)),
  };
}

/**
 * Keeps the end of a sequence for validation. With `startId`, the id of the start token, the cut is moved back to the
 * beginning of a document, so that no document is in both parts.
 *
 * `splitTokens(tokens, { validationFraction: 0.1 })` of 1000 tokens trains on the first 900.
 */
export function splitTokens<T extends Tokens>(
  tokens: T,
  options: { validationFraction?: number; startId?: number } = {},
): Split<T> {
  const { validationFraction = 0.1, startId } = options;
  assertFraction(validationFraction);
  let cut = tokens.length - Math.max(1, Math.round(tokens.length * validationFraction));
  if (startId !== undefined) while (cut > 0 && tokens[cut] !== startId) cut--;
  if (cut < 1) {
    throw new CourseError({
      what: "tokens",
      expected: startId === undefined ? "at least two" : `a document (token ${startId}) that begins after the first`,
      received: `${tokens.length} tokens`,
    });
  }
  return { train: tokens.subarray(0, cut) as T, validation: tokens.subarray(cut) as T };
}

/** Where the windows of a batch come from, and their size. */
export interface WindowOptions {
  tokens: Tokens;
  batchSize: number;
  contextLength: number;
}

/**
 * Draws windows at random places; the targets are the same windows one token further on.
 *
 * A window at place 1 of the tokens `5 6 7 8 9` with `contextLength: 3` has the inputs `6 7 8` and the targets `7 8 9`.
 */
export function sampleBatch(options: WindowOptions & { random: Random }): Batch {
  const { tokens, batchSize, contextLength, random } = options;
  assertWindow(tokens, batchSize, contextLength);
  const starts = Array.from({ length: batchSize }, () => random.integer(tokens.length - contextLength));
  return cutWindows(tokens, starts, contextLength);
}

/**
 * Cuts a text into windows that follow each other without overlap, so that every target is measured once.
 * The last batch may have fewer rows; up to `contextLength` tokens at the end, too few for a window, are left out.
 *
 * Of 11 tokens with `contextLength: 3` there are three windows, with the targets 1 to 3, 4 to 6 and 7 to 9.
 */
export function sequentialBatches(options: WindowOptions): Batch[] {
  const { tokens, batchSize, contextLength } = options;
  assertWindow(tokens, batchSize, contextLength);
  const windows = Math.floor((tokens.length - 1) / contextLength);
  const batches: Batch[] = [];
  for (let first = 0; first < windows; first += batchSize) {
    const rows = Math.min(batchSize, windows - first);
    const starts = Array.from({ length: rows }, (_, row) => (first + row) * contextLength);
    batches.push(cutWindows(tokens, starts, contextLength));
  }
  return batches;
}

function cutWindows(tokens: Tokens, starts: readonly number[], contextLength: number): Batch {
  const inputs = new Int32Array(starts.length * contextLength); // (B, T)
  const targets = new Int32Array(starts.length * contextLength); // (B, T)
  starts.forEach((start, row) => {
    inputs.set(tokens.subarray(start, start + contextLength), row * contextLength);
    targets.set(tokens.subarray(start + 1, start + 1 + contextLength), row * contextLength);
  });
  return { inputs, targets, batchSize: starts.length, contextLength };
}

function assertWindow(tokens: Tokens, batchSize: number, contextLength: number): void {
  assertCount("batchSize", batchSize);
  assertCount("contextLength", contextLength);
  if (tokens.length > contextLength) return;
  throw new CourseError({
    what: "tokens",
    expected: `at least ${contextLength + 1}: a window of contextLength ${contextLength} and the token that follows`,
    received: String(tokens.length),
    remedy: "Take a longer text or a shorter contextLength.",
  });
}

function assertFraction(validationFraction: number): void {
  if (validationFraction > 0 && validationFraction < 1) return;
  throw new CourseError({
    what: "validationFraction",
    expected: "a number between 0 and 1",
    received: String(validationFraction),
  });
}
