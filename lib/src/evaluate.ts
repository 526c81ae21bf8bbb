/**
 * @file What does a model know? Its loss on held-out text, and two kinds of probe: clozes, whose answer it must put
 * first among all tokens, and minimal pairs, of which it must find the right sentence likelier than the wrong one.
 * Used from notebook 1 on; fills the evaluation sheet. Nothing here changes a model.
 * Minimal pairs after BLiMP (Warstadt et al. 2020, arXiv:1912.00582), strict clozes after LAMA (Petroni et al. 2019,
 * arXiv:1909.01066), but over the whole vocabulary.
 */

import { compile } from "./compile";
import { forEachModel } from "./compiled-forward";
import { sequentialBatches, type Tokens } from "./dataset";
import { assertCount, CourseError } from "./errors";
import { forward, type GPT } from "./gpt";
import { tokenLosses } from "./loss";
import { pause } from "./pause";
import { type EvaluationSheet, type ProbeScores, tally } from "./scores";
import { type Tensor, tf } from "./tf";
import { startIds, type Tokenizer } from "./tokenizer";

/** A text with its end left out. The answer begins with its space: `{ prompt: "The owl lives in", answer: " Dunmere", ... }`. */
export interface Cloze {
  prompt: string;
  answer: string;
  /** What kind of question it is, e.g. `town`. */
  kind: string;
  /** What is measured, e.g. `facts`. */
  group: string;
}

/** Two sentences that differ in one thing: `{ good: "The goats sleep.", bad: "The goats sleeps.", ... }`. */
export interface MinimalPair {
  good: string;
  bad: string;
  kind: string;
  group: string;
}

/** Settings of all evaluations. */
export interface EvaluateOptions {
  /** What stands in front of each text. Default `<doc>`, if the tokenizer has it; `null` for nothing. */
  startToken?: string | null;
  /** How many sequences go through the model at once; changes the time, not the result. Default 128. */
  batchSize?: number;
  /** Ends the evaluation between two batches with an AbortError. Default: the signal of the running notebook cell. */
  signal?: AbortSignal;
}

/** How likely a model finds the scored part of a sequence. */
export interface SequenceScore {
  /** The log of the part's probability, in nats: the sum over its tokens of log p(token | all tokens before it). */
  logProb: number;
  /** Whether each token of the part was the likeliest of the whole vocabulary at its place. */
  allArgmax: boolean;
}

/**
 * Scores sequences: of each, the tokens from index `start` to the end, given those before. `starts` has one for each
 * sequence; 1 scores all but the first token, which nothing precedes.
 *
 * A model that knows nothing, with a vocabulary of 4: the tokens `[0, 3, 2]` from start 1 have the log probability 2 ln(1/4).
 *
 * Sequences of similar length share a batch. They are filled up at the end, where the model cannot look while it scores
 * the tokens before.
 */
export async function sequenceLogProbs(
  model: GPT,
  sequences: readonly (readonly number[])[],
  starts: readonly number[],
  options: EvaluateOptions = {},
): Promise<SequenceScore[]> {
  const { batchSize = 128, signal } = options;
  assertCount("batchSize", batchSize);
  sequences.forEach((sequence, i) => {
    assertScorable(model, sequence, starts[i], i);
  });
  const shortestFirst = sequences.map((_, i) => i).sort((i, j) => sequences[i]!.length - sequences[j]!.length);
  const scores: SequenceScore[] = new Array(sequences.length);
  for (let first = 0; first < shortestFirst.length; first += batchSize) {
    const members = shortestFirst.slice(first, first + batchSize);
    const longest = sequences[members.at(-1)!]!.length - 1;
    const T = Math.min(roundUp(longest, 8), model.config.contextLength);
    const full = members.length > batchSize / 2; // a nearly full batch is filled up, so that its shape is not a new one
    const B = full ? batchSize : roundUp(members.length, 16);
    const inputs = new Int32Array(B * T); // (B, T)
    const targets = new Int32Array(B * T); // (B, T)
    members.forEach((i, row) => {
      inputs.set(sequences[i]!.slice(0, -1), row * T);
      targets.set(sequences[i]!.slice(1), row * T);
    });
    const { losses, hits } = scoreBatch(model, inputs, targets, { shape: [B, T], repeated: full });
    members.forEach((i, row) => {
      let logProb = 0;
      let allArgmax = true;
      for (let t = starts[i]! - 1; t < sequences[i]!.length - 1; t++) {
        logProb -= losses[row * T + t]!;
        if (hits[row * T + t] === 0) allArgmax = false;
      }
      scores[i] = { logProb, allArgmax };
    });
    await pause(signal);
  }
  return scores;
}

/** The loss at each place, and 1 where the target was the likeliest token, as (B, T) arrays. */
function scoreBatch(
  model: GPT,
  inputs: Int32Array,
  targets: Int32Array,
  { shape, repeated }: { shape: [number, number]; repeated: boolean },
): { losses: Float32Array; hits: Uint8Array } {
  assertIds(inputs, model.config.vocabSize);
  assertIds(targets, model.config.vocabSize);
  // A graph pays when its shape comes again and there is much to compute.
  const score =
    repeated && inputs.length >= 1024 ? compiledScore(model) : (x: Tensor, y: Tensor) => scoreOf(model, x, y);
  return tf.tidy(() => {
    const { losses, hits } = score(tf.tensor2d(inputs, shape, "int32"), tf.tensor2d(targets, shape, "int32"));
    return { losses: losses.dataSync() as Float32Array, hits: hits.dataSync() as Uint8Array };
  });
}

const compiledScore = forEachModel((model) =>
  compile((x: Tensor, y: Tensor) => scoreOf(model, x, y), { name: "evaluate", splitRows: true, maxGraphs: 32 }),
);

/** Losses and hits (B, T) of inputs and targets (B, T). */
function scoreOf(model: GPT, inputs: Tensor, targets: Tensor): { losses: Tensor; hits: Tensor } {
  const logits = forward(model, inputs); // (B, T, V)
  return { losses: tokenLosses(logits, targets), hits: logits.argMax(-1).equal(targets) };
}

/**
 * Mean loss in nats per token of a held-out text, over windows that do not overlap.
 *
 * An untrained model with a vocabulary of 768 has about ln 768 = 6.64. At the start of a window the model has seen
 * little, so that a longer window gives a lower loss; the default, the model's `contextLength`, is what training saw.
 * Of long texts, `maxTokens` takes windows evenly spread over the whole.
 */
export async function meanLoss(
  model: GPT,
  tokens: Tokens,
  options: { batchSize?: number; contextLength?: number; maxTokens?: number; signal?: AbortSignal } = {},
): Promise<number> {
  const { batchSize = 32, contextLength = model.config.contextLength, maxTokens = Infinity, signal } = options;
  assertCount("batchSize", batchSize);
  if (maxTokens !== Infinity) assertCount("maxTokens", maxTokens, contextLength);
  const all = sequentialBatches({ tokens, batchSize: 1, contextLength });
  const take = Math.min(all.length, Math.floor(maxTokens / contextLength));
  const windows = Array.from({ length: take }, (_, k) => all[Math.floor((k * all.length) / take)]!);
  let sumNats = 0;
  for (let first = 0; first < windows.length; first += batchSize) {
    const members = windows.slice(first, first + batchSize);
    const rows = Math.min(batchSize, windows.length); // the last batch is filled up, so that its shape is not a new one
    const inputs = new Int32Array(rows * contextLength); // (B, T)
    const targets = new Int32Array(rows * contextLength); // (B, T)
    members.forEach((window, row) => {
      inputs.set(window.inputs, row * contextLength);
      targets.set(window.targets, row * contextLength);
    });
    const { losses } = scoreBatch(model, inputs, targets, {
      shape: [rows, contextLength],
      repeated: rows === batchSize,
    });
    for (let i = 0; i < members.length * contextLength; i++) sumNats += losses[i]!;
    await pause(signal);
  }
  return sumNats / (windows.length * contextLength);
}

/**
 * Asks clozes: an answer is right when every one of its tokens is the likeliest of the whole vocabulary, given the
 * prompt and the answer's tokens before it. Strict: no list of candidates to choose from, chance is about zero.
 */
export async function answerClozes(
  model: GPT,
  tokenizer: Tokenizer,
  clozes: readonly Cloze[],
  options: EvaluateOptions = {},
): Promise<{ correct: boolean; logProb: number }[]> {
  const start = startIds(tokenizer, options.startToken);
  const prompts = clozes.map(({ prompt }) => [...start, ...tokenizer.encode(prompt)]);
  const sequences = clozes.map(({ answer }, i) => [...prompts[i]!, ...tokenizer.encode(answer)]);
  const scores = await sequenceLogProbs(
    model,
    sequences,
    prompts.map((prompt) => prompt.length),
    options,
  );
  return scores.map(({ logProb, allArgmax }) => ({ correct: allArgmax, logProb }));
}

/** Compares minimal pairs: right when the good sentence has the higher probability. Chance is one half. */
export async function comparePairs(
  model: GPT,
  tokenizer: Tokenizer,
  pairs: readonly MinimalPair[],
  options: EvaluateOptions = {},
): Promise<{ correct: boolean; goodLogProb: number; badLogProb: number }[]> {
  const start = startIds(tokenizer, options.startToken);
  const sequences = pairs.flatMap(({ good, bad }) => [good, bad]).map((text) => [...start, ...tokenizer.encode(text)]);
  const scores = await sequenceLogProbs(
    model,
    sequences,
    sequences.map(() => 1),
    options,
  );
  return pairs.map((_, i) => {
    const [goodLogProb, badLogProb] = [scores[2 * i]!.logProb, scores[2 * i + 1]!.logProb];
    return { correct: goodLogProb > badLogProb, goodLogProb, badLogProb };
  });
}

/** Asks all probes and counts the right answers by kind and by group, each with its 95 % interval. */
export async function evaluateProbes(
  model: GPT,
  tokenizer: Tokenizer,
  probes: { clozes?: readonly Cloze[]; pairs?: readonly MinimalPair[] },
  options: EvaluateOptions = {},
): Promise<ProbeScores> {
  const { clozes = [], pairs = [] } = probes;
  const answered = await answerClozes(model, tokenizer, clozes, options);
  const compared = await comparePairs(model, tokenizer, pairs, options);
  return tally(
    [...clozes, ...pairs].map(({ kind, group }, i) => {
      const { correct } = i < clozes.length ? answered[i]! : compared[i - clozes.length]!;
      return { kind, group, correct };
    }),
  );
}

/** What {@link evaluateSheet} measures with. */
export interface SheetParts {
  /** Held-out tokens by domain. */
  domains?: Record<string, Tokens>;
  clozes?: readonly Cloze[];
  pairs?: readonly MinimalPair[];
  /** At most so many tokens of each domain. Default 65,536: the error of the mean is then about 0.01 nats. */
  maxTokens?: number;
}

/** Fills the evaluation sheet of a model: the loss of each domain, and the probes. It is saved with the checkpoint. */
export async function evaluateSheet(
  model: GPT,
  tokenizer: Tokenizer,
  parts: SheetParts,
  options: EvaluateOptions = {},
): Promise<EvaluationSheet> {
  const { domains = {}, maxTokens = 65_536 } = parts;
  const lossNats: Record<string, number> = {};
  for (const [domain, tokens] of Object.entries(domains)) {
    lossNats[domain] = await meanLoss(model, tokens, { maxTokens, signal: options.signal });
  }
  return { lossNats, ...(await evaluateProbes(model, tokenizer, parts, options)) };
}

function roundUp(n: number, step: number): number {
  return Math.ceil(n / step) * step;
}

function assertIds(ids: Int32Array, vocabSize: number): void {
  const wrong = ids.find((id) => id < 0 || id >= vocabSize);
  if (wrong === undefined) return;
  throw new CourseError({
    what: "tokens",
    expected: `token ids from 0 to ${vocabSize - 1}`,
    received: String(wrong),
    remedy: "Was the text encoded with this model's tokenizer?",
  });
}

function assertScorable(model: GPT, sequence: readonly number[], start: number | undefined, i: number): void {
  const { contextLength } = model.config;
  if (sequence.length > contextLength + 1) {
    throw new CourseError({
      what: `sequences[${i}]`,
      expected: `at most ${contextLength + 1} tokens: contextLength (${contextLength}) and the one predicted last`,
      received: `${sequence.length} tokens`,
    });
  }
  if (start !== undefined && Number.isInteger(start) && start >= 1 && start < sequence.length) return;
  throw new CourseError({
    what: `starts[${i}]`,
    expected: `a whole number from 1 to ${sequence.length - 1}: a token before it and one to score`,
    received: String(start),
    remedy: "With a start token in front, the first token of a text can be scored too.",
  });
}
