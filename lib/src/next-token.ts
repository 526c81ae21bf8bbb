/**
 * @file From logits to the next token: temperature, top-k, top-p, min-p, and the draw. Notebook 5 builds these by hand.
 * Plain arithmetic on one row of logits, without TensorFlow. Leaves out penalties for repetition and beam search.
 */

import { CourseError } from "./errors";
import type { Random } from "./random";

/** How the next token is chosen. */
export interface SamplingOptions {
  /** Below 1 favours likely tokens, above 1 evens them out, 0 always takes the likeliest (greedy). Default 1. */
  temperature?: number;
  /** Only the k likeliest tokens may come (Fan, Lewis and Dauphin 2018, arXiv:1805.04833). Default: all. */
  topK?: number;
  /**
   * Only the likeliest tokens that together reach the probability p may come: the nucleus (Holtzman et al. 2020,
   * arXiv:1904.09751). Default 1: all.
   */
  topP?: number;
  /**
   * Only tokens at least this many times as likely as the likeliest may come: with 0.1, a tenth of it (Nguyen et al. 2024,
   * arXiv:2407.01082). Default 0: all.
   */
  minP?: number;
}

/**
 * The probability of each token to come next: one row of logits, divided by the temperature, through softmax, cut to the
 * `topK` likeliest, of these to the `topP` nucleus and to those above `minP`, and scaled up to the sum 1 again.
 *
 *     p = softmax(z / temperature)
 *
 * Of logits `[ln 4, ln 2, ln 1, ln 1]` the probabilities are `[0.5, 0.25, 0.125, 0.125]`; with `topK: 2`, or with
 * `topP: 0.7`, or with `minP: 0.4`, they are `[0.667, 0.333, 0, 0]`. Of equally likely tokens the one with the smaller id goes first.
 */
export function nextTokenProbs(logits: ArrayLike<number>, options: SamplingOptions = {}): Float64Array {
  const { temperature = 1, topK, topP = 1, minP = 0 } = options;
  assertSampling(temperature, topK, topP, minP);
  const likeliest = argmax(logits);
  const probs = new Float64Array(logits.length); // (V)
  if (temperature === 0) {
    probs[likeliest] = 1;
    return probs;
  }
  let sum = 0;
  for (let id = 0; id < probs.length; id++) {
    probs[id] = Math.exp((logits[id]! - logits[likeliest]!) / temperature); // at most e^0, so that it cannot overflow
    sum += probs[id]!;
  }
  if (topK === undefined && topP === 1 && minP === 0) return probs.map((p) => p / sum);

  const ranked = Array.from(probs.keys()).sort((a, b) => probs[b]! - probs[a]!); // a stable sort: ties by id
  const allowed = ranked.slice(0, topK);
  const limit = topP * allowed.reduce((total, id) => total + probs[id]!, 0);
  const kept = new Float64Array(probs.length); // (V)
  let keptSum = 0;
  for (const id of allowed) {
    if (probs[id]! < minP) break; // the likeliest has e^0 = 1 here; all that follow are rarer still
    kept[id] = probs[id]!;
    keptSum += probs[id]!;
    if (keptSum >= limit) break; // the token that reaches the limit still belongs to the nucleus
  }
  return kept.map((p) => p / keptSum);
}

/**
 * Draws the next token; greedy (`temperature: 0`) draws nothing and needs no `random`. One draw takes one number from
 * the generator, so that the same seed writes the same text.
 */
export function sampleToken(logits: ArrayLike<number>, options: SamplingOptions & { random?: Random } = {}): number {
  const { temperature = 1, random } = options;
  if (temperature === 0) return argmax(logits);
  const probs = nextTokenProbs(logits, options);
  if (random) return random.categorical(probs);
  throw new CourseError({
    what: "random",
    expected: "a generator, because the temperature is not 0",
    received: "none",
    remedy: "Pass random: createRandom(1), or temperature: 0 to always take the likeliest token.",
  });
}

/** The index of the largest logit; of several the first. */
function argmax(logits: ArrayLike<number>): number {
  let best = -1;
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id]!;
    if (Number.isNaN(logit) || logit === Infinity) {
      throw new CourseError({
        what: `logits[${id}]`,
        expected: "a finite number, or -Infinity for a token that must not come",
        received: String(logit),
        remedy: "Weights that have become NaN in training give such logits: was the learning rate too large?",
      });
    }
    if (logit > (best < 0 ? -Infinity : logits[best]!)) best = id;
  }
  if (best >= 0) return best;
  throw new CourseError({ what: "logits", expected: "at least one token that may come", received: "none" });
}

function assertSampling(temperature: number, topK: number | undefined, topP: number, minP: number): void {
  if (!(temperature >= 0 && temperature < Infinity)) {
    throw new CourseError({ what: "temperature", expected: "a number of at least 0", received: String(temperature) });
  }
  if (topK !== undefined && !(Number.isInteger(topK) && topK >= 1)) {
    throw new CourseError({ what: "topK", expected: "a whole number of at least 1", received: String(topK) });
  }
  if (!(topP > 0 && topP <= 1)) {
    throw new CourseError({ what: "topP", expected: "a number above 0, at most 1", received: String(topP) });
  }
  if (!(minP >= 0 && minP <= 1)) {
    throw new CourseError({ what: "minP", expected: "a number from 0 to 1", received: String(minP) });
  }
}
