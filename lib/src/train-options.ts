/**
 * @file The settings of a training run: what each means, its default, and the checks before anything is computed.
 * Used from notebook 1 on, through train.ts.
 */

import { type Batch, sampleBatch, type Tokens } from "./dataset";
import { assertCount, CourseError } from "./errors";
import { forward, type GPT, loadWeights } from "./gpt";
import { tokenLosses } from "./loss";
import { adamw, type Optimizer } from "./optimizer";
import { createRandom, type Random } from "./random";
import { type Schedule, warmupCosine } from "./schedule";
import { assertShape } from "./shape";
import { backend, type Tensor, tf } from "./tf";
import type { TrainHistory, TrainState } from "./train-history";
import type { TrainStepOptions } from "./train-step";
import type { Params } from "./update";

/** A batch; `weights` (B, T), if given, says how much each target counts: 0 leaves it out. */
export interface TrainBatch extends Batch {
  weights?: Float32Array;
  /** A second batch, of any shape, in the same step: its mean loss, times `weight`, is added to the first one's. */
  beside?: { batch: Batch; weight: number };
}

/** Weights to train in the place of the model's own, which then stay as they are: LoRA's adapters. */
export interface Trainable {
  params: Params;
  /** The model with these weights in use. Called anew for every loss; its tensors are freed with the loss. */
  applied(): GPT;
}

/** Where a run stands, for the callbacks. The model's weights are those of this moment. */
export interface TrainMoment {
  /** Updates done. */
  step: number;
  model: GPT;
  signal?: AbortSignal;
}

/** Something happened that a plot may want to show. `history` grows from event to event; copy what must not change. */
export interface TrainEvent<E = object> {
  kind: "start" | "progress" | "evaluation" | "sample" | "end";
  step: number;
  history: TrainHistory<E>;
}

export interface TrainOptions<E extends object = object> {
  /** The text to learn from; each batch is cut from random places. */
  tokens?: Tokens;
  /** Or: a function that makes the batches. All chance must come from `random`. */
  batches?: (random: Random, step: number) => TrainBatch;
  /** Text that is only measured on, never learned from. */
  validationTokens?: Tokens;
  /** At most so many of them at each evaluation. Default 32,768. */
  maxValidationTokens?: number;
  /** Number of updates. */
  steps: number;
  /** Texts per batch, B. Default 12. */
  batchSize?: number;
  /** Tokens per text, T. Default: what the model can read. */
  contextLength?: number;
  /** The highest learning rate (default 1e-3), or a schedule of your own. */
  learningRate?: number | Schedule;
  /** Steps in which the learning rate rises. Default: 100, but at most a tenth of all. */
  warmupSteps?: number;
  /** The learning rate at the end. Default: a tenth of the highest. */
  finalLearningRate?: number;
  /** AdamW's settings; the defaults are nanoGPT's: 0.1, 0.9, 0.99. */
  weightDecay?: number;
  beta1?: number;
  beta2?: number;
  /** Or: another optimizer. */
  optimizer?: Optimizer;
  /** Gradients that are together longer than this are shortened. Default 1; `Infinity`: never. */
  clipNorm?: number;
  /** Trains these instead of the model's weights. Cannot be combined with `checkpoint` or `resume`. */
  trainable?: Trainable;
  /** Where all chance comes from: a seed (default 1), or a generator. */
  seed?: number | string;
  random?: Random;
  /** Measures the model on the way; what it returns is kept in `history.evaluations`. */
  evaluate?: (moment: TrainMoment) => E | Promise<E>;
  /** The steps after which to evaluate; 0 is before the first. Default: at the start, at ten places, at the end. */
  evaluateAt?: readonly number[];
  /** Writes a sample text, every `sampleEvery` steps. */
  sample?: (moment: TrainMoment) => string | Promise<string>;
  sampleEvery?: number;
  onEvent?: (event: TrainEvent<E>) => void | Promise<void>;
  /** Stops the run after the step that is being done. Default: the notebook's stop button. */
  signal?: AbortSignal;
  /** Keeps the state every so many steps, and at the end. */
  checkpoint?: { every: number; save: (state: TrainState<E>) => void | Promise<void> };
  /** Goes on from a kept state, with the same options. */
  resume?: TrainState<E>;
  /** "none" shows no progress. Default "auto". */
  display?: "auto" | "none";
  /** false: step by step instead of as one graph; slower, the same numbers. */
  compiled?: boolean;
}

/** A run that can start: everything is checked, every setting has a value. */
export interface PreparedRun<E> {
  random: Random;
  schedule: Schedule;
  /** The steps to evaluate at. */
  marks: ReadonlySet<number>;
  history: TrainHistory<E>;
  /** The next batch: inputs, targets and weights (B, T), of one batch or of two. The caller frees the tensors. */
  nextBatch(step: number): { tensors: Tensor[]; scale: number };
  step: TrainStepOptions;
}

/** Checks the options, fills in the defaults, and puts the weights of `resume` into the model. */
export function prepare<E extends object>(model: GPT, options: TrainOptions<E>): PreparedRun<E> {
  const {
    steps,
    batchSize = 12,
    contextLength = model.config.contextLength,
    resume,
    tokens,
    validationTokens,
  } = options;
  const { clipNorm = 1, compiled, checkpoint, sampleEvery } = options;
  const { weightDecay = 0.1, beta1 = 0.9, beta2 = 0.99 } = options;
  for (const [what, count] of Object.entries({ steps, batchSize, contextLength })) assertCount(what, count);
  if (checkpoint) assertCount("checkpoint.every", checkpoint.every);
  if (sampleEvery !== undefined) assertCount("sampleEvery", sampleEvery);
  if (!(clipNorm > 0))
    throw new CourseError({ what: "clipNorm", expected: "a number above 0", received: String(clipNorm) });
  assertContext(contextLength, model);
  if (!tokens === !options.batches) {
    const received = tokens ? "both" : "neither";
    throw new CourseError({ what: "train", expected: "either `tokens` or `batches`", received });
  }
  if (tokens) assertTokens("tokens", tokens, contextLength, model);
  if (validationTokens) assertTokens("validationTokens", validationTokens, model.config.contextLength, model);
  const { trainable } = options;
  if (trainable && (checkpoint || resume)) {
    const received = checkpoint ? "`checkpoint`" : "`resume`";
    throw new CourseError({ what: "trainable", expected: "neither `checkpoint` nor `resume` beside it", received });
  }
  if (resume && resume.step > steps) {
    throw new CourseError({
      what: "steps",
      expected: `at least ${resume.step}, the steps already done`,
      received: String(steps),
    });
  }

  const optimizer = options.optimizer ?? adamw({ beta1, beta2, weightDecay });
  const schedule = scheduleOf(options);
  const source = resume ? createRandom(resume.random) : (options.random ?? createRandom(options.seed ?? 1));
  const batches = options.batches ?? ((random) => sampleBatch({ tokens: tokens!, batchSize, contextLength, random }));
  if (resume) loadWeights(model, resume.params);
  return {
    random: source,
    schedule,
    marks: new Set(options.evaluate || validationTokens ? evaluationSteps(options) : []),
    history: resume ? { ...structuredClone(resume.history), stopped: false } : emptyHistory(),
    nextBatch: (step) => batchTensors(batches(source, step), model),
    step: {
      params: trainable?.params ?? model.params,
      optimizer,
      compiled,
      clipNorm: clipNorm === Infinity ? undefined : clipNorm,
      loss: (tensors) => {
        const used = trainable?.applied() ?? model;
        const sum = weightedSum(used, tensors.slice(0, 3)); // ()
        return tensors.length > 3 ? sum.add(weightedSum(used, tensors.slice(3))) : sum;
      },
    },
  };

  function emptyHistory(): TrainHistory<E> {
    return {
      steps: [],
      lossNats: [],
      learningRates: [],
      gradNorms: [],
      validation: { steps: [], lossNats: [] },
      evaluations: [],
      samples: [],
      tokensSeen: 0,
      elapsedMs: 0,
      trainingMs: 0,
      stopped: false,
      settings: {
        steps,
        batchSize,
        contextLength,
        optimizer: optimizer.name,
        clipNorm: clipNorm === Infinity ? null : clipNorm,
        backend: backend().name,
      },
    };
  }
}

type ScheduleOptions = Pick<TrainOptions, "steps" | "learningRate" | "warmupSteps" | "finalLearningRate">;

function scheduleOf({ steps, learningRate = 1e-3, warmupSteps, finalLearningRate }: ScheduleOptions): Schedule {
  if (typeof learningRate === "function") return learningRate;
  return warmupCosine({
    learningRate,
    steps,
    warmupSteps: warmupSteps ?? Math.min(100, Math.floor(steps / 10)),
    finalLearningRate: finalLearningRate ?? learningRate / 10,
  });
}

function evaluationSteps({ steps, evaluateAt }: Pick<TrainOptions, "steps" | "evaluateAt">): readonly number[] {
  return evaluateAt ?? Array.from({ length: 11 }, (_, tenth) => Math.round((tenth * steps) / 10));
}

/** The losses of a batch, each times its weight, added up. */
function weightedSum(model: GPT, [inputs, targets, weights]: Tensor[]): Tensor {
  const losses = tokenLosses(forward(model, inputs!), targets!); // (B, T)
  return (weights ? losses.mul(weights) : losses).sum(); // ()
}

/**
 * A batch as tensors, and what makes a (weighted) mean of the sum of its token losses: 1 / (sum of the weights). The
 * weights of a batch beside it are such that the same factor makes `weight` times their mean of it.
 */
function batchTensors(batch: TrainBatch, model: GPT): { tensors: Tensor[]; scale: number } {
  const { beside } = batch;
  const { batchSize: B, contextLength: T } = batch;
  const weights = batch.weights ?? (beside && new Float32Array(B * T).fill(1));
  const { tensors, total } = checkedTensors({ ...batch, weights }, model);
  if (!beside) return { tensors, scale: 1 / total };
  const targets = beside.batch.batchSize * beside.batch.contextLength;
  const share = new Float32Array(targets).fill((beside.weight * total) / targets);
  return {
    tensors: [...tensors, ...checkedTensors({ ...beside.batch, weights: share }, model).tensors],
    scale: 1 / total,
  };
}

function checkedTensors(batch: TrainBatch, model: GPT): { tensors: Tensor[]; total: number } {
  const { inputs, targets, weights, batchSize: B, contextLength: T } = batch;
  assertContext(T, model);
  for (const [what, values] of Object.entries({ inputs, targets, weights: weights ?? targets })) {
    assertShape(`batch ${what}`, [values.length], [B * T], "B T");
  }
  assertIds("batch inputs", inputs, model);
  assertIds("batch targets", targets, model);
  const total = weights ? weights.reduce((sum, weight) => sum + weight, 0) : B * T;
  if (!(total > 0)) {
    throw new CourseError({ what: "batch weights", expected: "a sum above 0", received: String(total) });
  }
  const tensors: Tensor[] = [tf.tensor2d(inputs, [B, T], "int32"), tf.tensor2d(targets, [B, T], "int32")];
  if (weights) tensors.push(tf.tensor2d(weights, [B, T]));
  return { tensors, total };
}

function assertContext(contextLength: number, { config }: GPT): void {
  if (contextLength <= config.contextLength) return;
  throw new CourseError({
    what: "contextLength",
    expected: `at most ${config.contextLength}, what the model can read`,
    received: String(contextLength),
    remedy: "Train on shorter texts, or create the model with a larger contextLength.",
  });
}

function assertTokens(what: string, tokens: Tokens, contextLength: number, model: GPT): void {
  if (tokens.length <= contextLength) {
    throw new CourseError({
      what,
      expected: `more than contextLength (${contextLength}) tokens`,
      received: String(tokens.length),
      remedy: "Take a longer text or a shorter contextLength.",
    });
  }
  assertIds(what, tokens, model);
}

function assertIds(what: string, ids: Tokens, { config }: GPT): void {
  const wrong = ids.findIndex((id: number) => !(id >= 0 && id < config.vocabSize));
  if (wrong === -1) return;
  throw new CourseError({
    what: `${what}[${wrong}]`,
    expected: `a token id from 0 to ${config.vocabSize - 1}`,
    received: String(ids[wrong]),
    remedy: "Was the text encoded with this model's tokenizer?",
  });
}
