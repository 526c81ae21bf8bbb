/**
 * @file Pairs of responses in tokens: what a reward model and DPO learn from. Engine room of reward.ts and dpo.ts.
 */

import type { GPT } from "./gpt";
import type { PreferencePair } from "./preferences";
import type { Random } from "./random";
import { type ResponseTokens, rowLength, totalLogProbs } from "./response-batch";

/** Two responses to one prompt, in tokens, the preferred one first. */
export interface TokenPair {
  chosen: ResponseTokens;
  rejected: ResponseTokens;
}

/** The responses of a pair, by name. */
export const SIDES = ["chosen", "rejected"] as const;

/** How a prompt and a response become tokens. */
export type EncodeResponse = (prompt: string, response: string) => ResponseTokens;

/** Pairs of texts as pairs of tokens. */
export function encodePairs(pairs: readonly PreferencePair[], encode: EncodeResponse): TokenPair[] {
  return pairs.map(({ prompt, chosen, rejected }) => ({
    chosen: encode(prompt, chosen),
    rejected: encode(prompt, rejected),
  }));
}

/** How likely a model finds the responses of each pair, in nats: {@link totalLogProbs}. */
export async function pairLogProbs(
  model: GPT,
  pairs: readonly TokenPair[],
): Promise<Record<(typeof SIDES)[number], number[]>> {
  const both = await totalLogProbs(
    model,
    SIDES.flatMap((side) => pairs.map((pair) => pair[side])), // a response is part of several pairs
  );
  return { chosen: both.slice(0, pairs.length), rejected: both.slice(pairs.length) };
}

/**
 * Batches of pairs of about the same length, in random order: short ones need not wait for long ones. A rest that fills no
 * batch is left out.
 */
export function inLengthGroups(
  pairs: readonly TokenPair[],
  { batchSize, contextLength, random }: { batchSize: number; contextLength: number; random: Random },
): number[][] {
  const length = (i: number): number => rowLength([pairs[i]!.chosen, pairs[i]!.rejected], contextLength);
  const sorted = random.shuffle([...pairs.keys()]).sort((i, j) => length(i) - length(j));
  const batches = Array.from({ length: Math.floor(sorted.length / batchSize) }, (_, n) =>
    sorted.slice(n * batchSize, (n + 1) * batchSize),
  );
  return random.shuffle(batches);
}
