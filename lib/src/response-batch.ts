/**
 * @file Prompts with responses as batches of fixed shape: which tokens are read, which are to be predicted, and which of these
 * belong to the response. Engine room of reward.ts, rlhf.ts and dpo.ts. Positions after the end are filled with 0 and do
 * not count; the model cannot look at them from before.
 */

import { compile } from "./compile";
import { forEachModel } from "./compiled-forward";
import { assertCount, CourseError } from "./errors";
import { forward, type GPT } from "./gpt";
import { tokenLosses } from "./loss";
import { pause } from "./pause";
import { type Tensor, tf } from "./tf";

/** A prompt and a response to it, in tokens. */
export interface ResponseTokens {
  /** All tokens, those of the prompt first. */
  tokens: readonly number[];
  /** The index of the response's first token. */
  start: number;
}

/** Sequences as rows of numbers. Position t reads token t and predicts token t + 1. */
export interface ResponseBatch {
  batchSize: number;
  length: number;
  inputs: Int32Array; // (B, T)
  targets: Int32Array; // (B, T)
  /** 1 where the target belongs to a response, otherwise 0. */
  mask: Float32Array; // (B, T)
  /** The position of each row's last token. */
  last: Int32Array; // (B)
}

/** Lengths are rounded up to a multiple of this, so that a few compiled graphs serve all batches. */
const LENGTH_STEP = 16;

/** The length of the rows that hold these sequences: of at most 20 tokens 32, but no more than the model can read. */
export function rowLength(sequences: readonly ResponseTokens[], contextLength: number): number {
  const longest = sequences.reduce((most, { tokens }) => Math.max(most, tokens.length), 1);
  return Math.min(Math.ceil(longest / LENGTH_STEP) * LENGTH_STEP, contextLength);
}

/**
 * Puts sequences into a batch of `batchSize` rows (default: as many as there are; further rows repeat the first and count for nothing).
 *
 * Tokens `[7, 8, 9]` with start 1 become the row `inputs 7 8 9 0 ...`, `targets 8 9 0 0 ...`, `mask 1 1 0 0 ...`, last 2.
 */
export function packResponses(
  sequences: readonly ResponseTokens[],
  { length: T, batchSize: B = sequences.length }: { length: number; batchSize?: number },
): ResponseBatch {
  assertCount("sequences", sequences.length);
  const batch: ResponseBatch = {
    batchSize: B,
    length: T,
    inputs: new Int32Array(B * T),
    targets: new Int32Array(B * T),
    mask: new Float32Array(B * T),
    last: new Int32Array(B),
  };
  sequences.forEach(({ tokens, start }, row) => {
    if (!(start >= 1 && start < tokens.length && tokens.length <= T)) {
      throw new CourseError({
        what: `response ${row}`,
        expected: `a prompt, a response and at most ${T} tokens`,
        received: `a prompt of ${start}, and ${tokens.length} tokens in all`,
      });
    }
    batch.inputs.set(tokens, row * T);
    batch.targets.set(tokens.slice(1), row * T);
    batch.mask.fill(1, row * T + start - 1, row * T + tokens.length - 1);
    batch.last[row] = tokens.length - 1;
  });
  for (let row = sequences.length; row < B; row++) {
    batch.inputs.copyWithin(row * T, 0, T);
    batch.last[row] = batch.last[0]!;
  }
  return batch;
}

/** Numbers of each response, one a token, in the places (B, T) where `mask` is 1; 0 elsewhere. */
export function placeValues(
  batch: ResponseBatch,
  sequences: readonly ResponseTokens[],
  values: readonly (ArrayLike<number> | number)[],
): Float32Array {
  const placed = new Float32Array(batch.batchSize * batch.length); // (B, T)
  sequences.forEach(({ tokens, start }, row) => {
    for (let i = 0; i < tokens.length - start; i++) {
      const value = values[row]!;
      placed[row * batch.length + start - 1 + i] = typeof value === "number" ? value : value[i]!;
    }
  });
  return placed;
}

/** The other way round: of values (B, T), those of each response's tokens. */
export function takeValues(
  batch: ResponseBatch,
  sequences: readonly ResponseTokens[],
  values: ArrayLike<number>,
): Float32Array[] {
  return sequences.map(({ tokens, start }, row) =>
    Float32Array.from({ length: tokens.length - start }, (_, i) => values[row * batch.length + start - 1 + i]!),
  );
}

/** How many rows are computed together. */
const ROWS = 64;

/**
 * Computes something of a model for many sequences, 64 at a time in batches of few different shapes. `compute` gets a batch and gives
 * one result for each of the sequences in it. Results come in the order of `sequences`.
 */
export async function inBatches<R>(
  { config }: GPT,
  sequences: readonly ResponseTokens[],
  compute: (batch: ResponseBatch, members: readonly ResponseTokens[]) => readonly R[],
  signal?: AbortSignal,
): Promise<R[]> {
  const shortestFirst = [...sequences.keys()].sort((i, j) => sequences[i]!.tokens.length - sequences[j]!.tokens.length);
  const results = new Array<R>(sequences.length);
  for (let first = 0; first < shortestFirst.length; first += ROWS) {
    const indices = shortestFirst.slice(first, first + ROWS);
    const members = indices.map((i) => sequences[i]!);
    const length = rowLength(members, config.contextLength);
    const computed = compute(packResponses(members, { length, batchSize: ROWS }), members);
    indices.forEach((i, row) => {
      results[i] = computed[row]!;
    });
    await pause(signal);
  }
  return results;
}

/**
 * The log-probability of each token of each response under a model, in nats.
 *
 * A model that knows nothing, with a vocabulary of 4, gives every token ln(1/4) = -1.386.
 */
export function responseLogProbs(model: GPT, sequences: readonly ResponseTokens[]): Promise<Float32Array[]> {
  return inBatches(model, sequences, (batch, members) =>
    tf.tidy(() => {
      const { inputs, targets, batchSize: B, length: T } = batch;
      const x = tf.tensor2d(inputs, [B, T], "int32");
      const logProbs = compiledLogProbs(model)(x, tf.tensor2d(targets, [B, T], "int32")); // (B, T)
      return takeValues(batch, members, logProbs.dataSync() as Float32Array);
    }),
  );
}

/** The log-probability of each whole response, in nats: the sum over its tokens. The same response twice is computed once. */
export async function totalLogProbs(model: GPT, sequences: readonly ResponseTokens[]): Promise<number[]> {
  const keys = sequences.map(({ tokens, start }) => `${start}:${tokens.join()}`);
  const distinct = new Map(keys.map((key, i) => [key, sequences[i]!]));
  const logProbs = await responseLogProbs(model, [...distinct.values()]);
  const totals = logProbs.map((ofTokens) => ofTokens.reduce((sum, one) => sum + one, 0));
  const known = new Map([...distinct.keys()].map((key, i) => [key, totals[i]!]));
  return keys.map((key) => known.get(key)!);
}

const compiledLogProbs = forEachModel((model) =>
  compile((x: Tensor, y: Tensor) => tokenLosses(forward(model, x), y).neg(), { name: "logProbs", splitRows: true }),
);
