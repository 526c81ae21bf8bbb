/**
 * @file The chain of models that the course makes, one notebook after the other: how each is made, where it is kept, and
 * how a missing one is made again. Used by every notebook, so that each can be opened first.
 * Knows the data sets only by their shape; the notebooks bring them.
 */

import {
  type Checkpoint,
  checkpointFolder,
  hasCheckpoint,
  loadCheckpoint,
  type Manifest,
  saveCheckpoint,
} from "./checkpoint";
import { encodeDocuments, splitTokens } from "./dataset";
import { type Cloze, evaluateSheet, type MinimalPair, meanLoss } from "./evaluate";
import { createGPT, type GPT, type GPTConfig, weightsOf } from "./gpt";
import { createRandom } from "./random";
import type { EvaluationSheet } from "./scores";
import { BpeTokenizer, CharTokenizer, type Tokenizer } from "./tokenizer";
import { type TrainHistory, type TrainOptions, train } from "./train";

/** A text in documents of several registers, with probes: what `loadAlmanac()` returns. */
export interface Corpus {
  readonly documents: readonly CorpusDocument[];
  /** Documents that are not in the training text. */
  readonly heldOutDocuments: readonly CorpusDocument[];
  readonly probes: { readonly clozes: readonly Cloze[]; readonly pairs: readonly MinimalPair[] };
  text(): string;
  readonly sha256: string;
}

/** A document and its register, such as `letters`. */
export interface CorpusDocument {
  readonly text: string;
  readonly register: string;
}

/** A trained model with what is needed to use and to judge it. */
export interface Trained {
  model: GPT;
  tokenizer: Tokenizer;
  history: TrainHistory;
  /** Mean loss on held-out text at the end, nats per token. */
  validationLossNats: number;
}

/** The size of the vocabulary: 256 bytes, 4 special tokens, 508 merges. */
export const VOCAB_SIZE = 768;

/** The size of the course's model: 0.9 million weights. */
export const MODEL_CONFIG: Readonly<GPTConfig> = {
  vocabSize: VOCAB_SIZE,
  contextLength: 128,
  nLayer: 4,
  nHead: 4,
  nEmbd: 128,
};

/** How the course's model is pretrained. Found by experiment; what did not work is told in notebook 1. */
export const PRETRAINING = {
  steps: 2200,
  batchSize: 8,
  learningRate: 5e-3,
  warmupSteps: 100,
  finalLearningRate: 2.5e-4,
  weightDecay: 0.1,
  beta2: 0.98,
  clipNorm: 1,
} as const;

/** Options of {@link pretrain}: the size, the tokenizer if there is one already, and any setting of `train`. */
export interface PretrainOptions extends Omit<TrainOptions, "tokens" | "batches"> {
  config?: Partial<GPTConfig>;
  tokenizer?: Tokenizer;
}

/**
 * Trains a new model on a corpus with the course's settings, and measures its loss on the held-out documents at the end.
 *
 * `const { model, tokenizer } = await pretrain(loadAlmanac(), { steps: 2200, seed: 1 });`
 */
export async function pretrain(corpus: Corpus, options: PretrainOptions): Promise<Trained> {
  const { config, tokenizer = BpeTokenizer.train(corpus.text(), { vocabSize: VOCAB_SIZE }), ...training } = options;
  const tokens = encodeDocuments(
    tokenizer,
    corpus.documents.map((document) => document.text),
  );
  const validationTokens = encodeDocuments(
    tokenizer,
    corpus.heldOutDocuments.map((document) => document.text),
  );
  const seed = training.seed ?? 1;
  const model = createGPT({ ...MODEL_CONFIG, ...config }, { random: createRandom(seed) });
  const history = await train(model, { ...PRETRAINING, seed, ...training, tokens });
  return { model, tokenizer, history, validationLossNats: await meanLoss(model, validationTokens) };
}

/** nanoGPT's configuration for a CPU: characters, a context of 64, no biases (Karpathy, nanoGPT, README). */
export const CHARACTER_CONFIG: Readonly<Omit<GPTConfig, "vocabSize">> = {
  contextLength: 64,
  nLayer: 4,
  nHead: 4,
  nEmbd: 128,
  bias: false,
};

/**
 * Trains a new model on the characters of a text with nanoGPT's settings; the last tenth of the text is for validation.
 *
 * `const { validationLossNats } = await pretrainCharacters(text, { steps: 2000, seed: 1 });`
 */
export async function pretrainCharacters(
  text: string,
  options: Omit<TrainOptions, "tokens" | "batches">,
): Promise<Trained> {
  const tokenizer = CharTokenizer.train(text);
  const split = splitTokens(Int32Array.from(tokenizer.encode(text)), { validationFraction: 0.1 });
  const seed = options.seed ?? 1;
  const model = createGPT({ vocabSize: tokenizer.vocabSize, ...CHARACTER_CONFIG }, { random: createRandom(seed) });
  const history = await train(model, {
    batchSize: 12,
    learningRate: 1e-3,
    warmupSteps: 100,
    finalLearningRate: 1e-4,
    weightDecay: 0.1,
    beta2: 0.99,
    clipNorm: 1,
    seed,
    ...options,
    tokens: split.train,
  });
  return { model, tokenizer, history, validationLossNats: await meanLoss(model, split.validation) };
}

/**
 * The mean loss of a model on each register of some documents, nats per token.
 *
 * `await lossByRegister(model, tokenizer, almanac.heldOutDocuments)` is `{ letters: 0.81, tales: 0.64, ... }`.
 */
export async function lossByRegister(
  model: GPT,
  tokenizer: Tokenizer,
  documents: readonly CorpusDocument[],
): Promise<Record<string, number>> {
  const { lossNats } = await evaluateSheet(model, tokenizer, { domains: byRegister(tokenizer, documents) });
  return lossNats;
}

function byRegister(tokenizer: Tokenizer, documents: readonly CorpusDocument[]): Record<string, Int32Array> {
  const registers = [...new Set(documents.map((document) => document.register))];
  const textsOf = (register: string): string[] =>
    documents.filter((document) => document.register === register).map((document) => document.text);
  return Object.fromEntries(registers.map((register) => [register, encodeDocuments(tokenizer, textsOf(register))]));
}

/** Fills the evaluation sheet on a corpus: the loss of each register, and all probes. */
export function sheetOf(model: GPT, tokenizer: Tokenizer, corpus: Corpus): Promise<EvaluationSheet> {
  const domains = byRegister(tokenizer, corpus.heldOutDocuments);
  return evaluateSheet(model, tokenizer, { domains, clozes: corpus.probes.clozes, pairs: corpus.probes.pairs });
}

/** A link of the chain that is on disk: the model, and what is known about it. */
export interface Stage {
  model: GPT;
  tokenizer: Tokenizer;
  manifest: Manifest;
}

/** What {@link saveStage} keeps beside the model. */
export interface StageParts {
  model: GPT;
  tokenizer: Tokenizer;
  history: TrainHistory;
  seed: number | string;
  dataHash: string;
  evaluation: EvaluationSheet;
  parent?: Manifest;
}

/** Keeps a model of the chain under its name, such as `01-pretrained`, in `.course/checkpoints`. */
export function saveStage(name: string, parts: StageParts): Manifest {
  const { model, history, ...rest } = parts;
  return saveCheckpoint(checkpointFolder(name), {
    ...rest,
    name,
    config: model.config,
    weights: weightsOf(model),
    steps: history.steps.length,
    settings: { ...history.settings },
  });
}

/** Loads a model of the chain; undefined when it has not been made yet. */
export function loadStage(name: string): Stage | undefined {
  const folder = checkpointFolder(name);
  return hasCheckpoint(folder) ? toStage(loadCheckpoint(folder)) : undefined;
}

function toStage({ manifest, weights, tokenizer }: Checkpoint): Stage {
  return { model: createGPT(manifest.config, { weights }), tokenizer, manifest };
}

/**
 * The pretrained model: the one that notebook 1 saved, or a new one, made the same way with a progress bar.
 *
 * `const { model, tokenizer } = await pretrained(loadAlmanac());`
 */
export async function pretrained(corpus: Corpus, options: { steps?: number } = {}): Promise<Stage> {
  const kept = loadStage("01-pretrained");
  if (kept) return kept;
  const seed = 1;
  const made = await pretrain(corpus, { ...options, seed, steps: options.steps ?? PRETRAINING.steps });
  const evaluation = await sheetOf(made.model, made.tokenizer, corpus);
  const manifest = saveStage("01-pretrained", { ...made, seed, dataHash: corpus.sha256, evaluation });
  return { model: made.model, tokenizer: made.tokenizer, manifest };
}
