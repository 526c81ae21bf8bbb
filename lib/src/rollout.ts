/**
 * @file Rollouts: responses drawn from a policy, with the log-probability that it gave each token when it was drawn. Used by
 * notebook 7. Drawn at temperature 1 from the whole vocabulary, because anything else would not be the policy itself.
 */

import { assertCount, CourseError } from "./errors";
import type { GPT } from "./gpt";
import { createKVCache } from "./kvcache";
import { pause } from "./pause";
import { CUT_OFF } from "./preferences";
import type { Random } from "./random";
import type { ResponseTokens } from "./response-batch";
import type { Tokenizer } from "./tokenizer";

/** A response that a policy wrote. */
export interface Rollout extends ResponseTokens {
  /** What was written, without `<end>`. A response that was cut off ends in {@link CUT_OFF}. */
  text: string;
  /** Whether the policy ended it by itself. */
  ended: boolean;
  /** The log-probability of each token of the response, `<end>` among them. */
  logProbs: Float32Array;
}

/** Settings of {@link rollouts}. */
export interface RolloutOptions {
  random: Random;
  /** Responses for each prompt, one after the other in the result. Default 1. */
  samplesPerPrompt?: number;
  /** Default 40. */
  maxTokens?: number;
  /** Written at the same time; changes the time, not the result. Default 64. */
  batchSize?: number;
  signal?: AbortSignal;
}

/**
 * Draws responses to prompts, which are given as tokens (`promptTokens` of chat.ts).
 *
 * `await rollouts(model, tokenizer, [prompt], { samplesPerPrompt: 4, random: createRandom(1) })` has four responses.
 */
export async function rollouts(
  model: GPT,
  tokenizer: Tokenizer,
  prompts: readonly (readonly number[])[],
  options: RolloutOptions,
): Promise<Rollout[]> {
  const { random, samplesPerPrompt = 1, maxTokens = 40, batchSize = 64, signal } = options;
  for (const [what, count] of Object.entries({ samplesPerPrompt, maxTokens, batchSize })) assertCount(what, count);
  const endId = tokenizer.special["<end>"];
  if (endId === undefined) {
    throw new CourseError({ what: "tokenizer", expected: "one with the token <end>", received: "one without" });
  }
  const drafts = prompts.flatMap((prompt) =>
    Array.from({ length: samplesPerPrompt }, (): Draft => ({ prompt, tokens: [], logProbs: [] })),
  );
  const chances = drafts.map((_, i) => random.fork(i));
  random.uniform(); // so that the next call draws others
  const shortestFirst = [...drafts.keys()].sort((i, j) => drafts[i]!.prompt.length - drafts[j]!.prompt.length);
  for (let first = 0; first < drafts.length; first += batchSize) {
    const batch = shortestFirst
      .slice(first, first + batchSize)
      .map((i) => ({ draft: drafts[i]!, chance: chances[i]! }));
    await writeBatch(model, batch, { endId, maxTokens, batchSize, signal });
  }
  return drafts.map((draft) => finished(draft, tokenizer, endId));
}

/** A response that is being written. */
interface Draft {
  prompt: readonly number[];
  tokens: number[];
  logProbs: number[];
}

/** When half of the rows have nothing to write any more they are given up, down to so few. */
const FEWEST_ROWS = 16;

/** Writes responses to their ends. A prompt is read once, however many responses to it there are. */
async function writeBatch(
  model: GPT,
  batch: readonly { draft: Draft; chance: Random }[],
  options: { endId: number; maxTokens: number; batchSize: number; signal?: AbortSignal },
): Promise<void> {
  const { endId, maxTokens, batchSize, signal } = options;
  const { contextLength } = model.config;
  const different = [...new Set(batch.map(({ draft }) => draft.prompt))];
  const longest = Math.max(...different.map((prompt) => prompt.length));
  const places = Math.min(Math.ceil((longest + maxTokens) / 32) * 32, contextLength);
  const cache = createKVCache(model, { batchSize: different.length, places });
  try {
    const read = cache.read(different);
    let open = batch.map((each, row) => ({ ...each, row }));
    let logits = open.map(({ draft }) => read[different.indexOf(draft.prompt)]);
    let rows = Math.min(FEWEST_ROWS, batchSize);
    while (rows < batch.length) rows = Math.min(2 * rows, batchSize);
    const seat = (places: readonly number[]): void =>
      cache.select(Array.from({ length: rows }, (_, row) => places[row] ?? places[0]!));
    seat(open.map(({ draft }) => different.indexOf(draft.prompt)));
    for (;;) {
      open = open.filter(({ draft, chance, row }) => {
        const { id, logProb } = draw(logits[row]!, chance.uniform());
        draft.tokens.push(id);
        draft.logProbs.push(logProb);
        const full = draft.prompt.length + draft.tokens.length >= contextLength;
        return !(id === endId || draft.tokens.length === maxTokens || full);
      });
      if (open.length === 0) return;
      if (rows > FEWEST_ROWS && 2 * open.length <= rows) {
        while (rows > FEWEST_ROWS && 2 * open.length <= rows) rows /= 2;
        seat(open.map(({ row }) => row));
        open = open.map((each, row) => ({ ...each, row }));
      }
      const fresh = new Array<number[]>(rows).fill([]);
      for (const { draft, row } of open) fresh[row] = [draft.tokens.at(-1)!];
      logits = cache.read(fresh);
      await pause(signal);
    }
  } finally {
    cache.dispose();
  }
}

function finished({ prompt, tokens, logProbs }: Draft, tokenizer: Tokenizer, endId: number): Rollout {
  const ended = tokens.at(-1) === endId;
  const text = tokenizer.decode(ended ? tokens.slice(0, -1) : tokens).trim();
  return {
    tokens: [...prompt, ...tokens],
    start: prompt.length,
    text: ended ? text : text + CUT_OFF,
    ended,
    logProbs: Float32Array.from(logProbs),
  };
}

/** The token at which the running sum of the probabilities passes `u`, and its log-probability. */
function draw(logits: Float32Array, u: number): { id: number; logProb: number } {
  let largest = -Infinity;
  for (const logit of logits) if (logit > largest) largest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  let left = u * sum;
  let id = 0;
  for (; id < logits.length - 1; id++) {
    left -= Math.exp(logits[id]! - largest);
    if (left < 0) break;
  }
  return { id, logProb: logits[id]! - largest - Math.log(sum) };
}
