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
  const asked = prompts.flatMap((prompt) => new Array<readonly number[]>(samplesPerPrompt).fill(prompt));
  const drafts = asked.map((prompt, i) => ({ prompt, tokens: [] as number[], logProbs: [] as number[], i }));
  const seeds = drafts.map(({ i }) => random.fork(i));
  random.uniform(); // so that the next call draws others
  const cache = createKVCache(model, { batchSize: Math.min(batchSize, drafts.length) });
  const rows = cache.lengths.length;
  try {
    for (let first = 0; first < drafts.length; first += rows) {
      const batch = drafts.slice(first, first + rows);
      cache.clear();
      let fresh: (readonly number[])[] = batch.map(({ prompt }) => prompt);
      while (fresh.some((tokens) => tokens.length > 0)) {
        const logits = cache.read([...fresh, ...new Array<number[]>(rows - batch.length).fill([])]);
        fresh = batch.map((draft, row) => {
          if (!logits[row]) return [];
          const { id, logProb } = draw(logits[row], seeds[draft.i]!.uniform());
          draft.tokens.push(id);
          draft.logProbs.push(logProb);
          const full = draft.prompt.length + draft.tokens.length >= model.config.contextLength;
          return id === endId || draft.tokens.length === maxTokens || full ? [] : [id];
        });
        await pause(signal);
      }
    }
  } finally {
    cache.dispose();
  }
  return drafts.map(({ prompt, tokens, logProbs }) => {
    const ended = tokens.at(-1) === endId;
    const text = tokenizer.decode(ended ? tokens.slice(0, -1) : tokens).trim();
    return {
      tokens: [...prompt, ...tokens],
      start: prompt.length,
      text: ended ? text : text + CUT_OFF,
      ended,
      logProbs: Float32Array.from(logProbs),
    };
  });
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
