/**
 * @file Predicting by counting: the losses that a model has to beat. Used by notebook 1.
 * Leaves out longer stretches than pairs, and smarter smoothing (Jurafsky and Martin, Speech and Language Processing, ch. 3).
 */

import { assertCount, CourseError } from "./errors";

/** Token ids, as a list or a typed array. */
export type TokenList = ArrayLike<number>;

/**
 * The loss of predicting each token of `validation` from how often it occurs in `train`, plus one:
 * p(b) = (count(b) + 1) / (n + V). Mean nats per token.
 *
 * `unigramLoss([0, 0, 1], [0], 2)` is -ln(3 / 5) = 0.51.
 */
export function unigramLoss(train: TokenList, validation: TokenList, vocabSize: number): number {
  checkTokens(train, validation, vocabSize);
  const counts = new Float64Array(vocabSize);
  for (let i = 0; i < train.length; i++) counts[train[i]!]!++;
  let sum = 0;
  for (let i = 0; i < validation.length; i++)
    sum -= Math.log((counts[validation[i]!]! + 1) / (train.length + vocabSize));
  return sum / validation.length;
}

/**
 * The loss of predicting each token of `validation` from the one before it, with counts from `train` plus one:
 * p(b | a) = (count(a, b) + 1) / (count(a) + V), where count(a) is how often anything stood behind a. Mean nats per pair.
 *
 * `bigramLoss([0, 1, 0, 1], [0, 1], 2)` is -ln((2 + 1) / (2 + 2)) = 0.29.
 */
export function bigramLoss(train: TokenList, validation: TokenList, vocabSize: number): number {
  checkTokens(train, validation, vocabSize);
  const pairs = new Uint32Array(vocabSize * vocabSize);
  const firsts = new Float64Array(vocabSize);
  for (let i = 0; i + 1 < train.length; i++) {
    pairs[train[i]! * vocabSize + train[i + 1]!]!++;
    firsts[train[i]!]!++;
  }
  let sum = 0;
  for (let i = 0; i + 1 < validation.length; i++) {
    const pair = pairs[validation[i]! * vocabSize + validation[i + 1]!]!;
    sum -= Math.log((pair + 1) / (firsts[validation[i]!]! + vocabSize));
  }
  return sum / (validation.length - 1);
}

function checkTokens(train: TokenList, validation: TokenList, vocabSize: number): void {
  assertCount("vocabSize", vocabSize);
  for (const [what, tokens] of [
    ["train", train],
    ["validation", validation],
  ] as const) {
    if (tokens.length < 2) throw new CourseError({ what, expected: "at least 2 tokens", received: `${tokens.length}` });
    for (let i = 0; i < tokens.length; i++) {
      if (tokens[i]! >= 0 && tokens[i]! < vocabSize) continue;
      throw new CourseError({
        what: `${what}[${i}]`,
        expected: `an id from 0 to ${vocabSize - 1}`,
        received: `${tokens[i]}`,
      });
    }
  }
}
