/**
 * @file A small network that writes names, letter by letter (Bengio et al. 2003, in the form of Karpathy's makemore, part 3):
 * the last three letters are looked up, joined, sent through one hidden layer, and the next letter is predicted.
 * Needed by notebook 3. Leaves out batch normalisation and everything that a transformer adds.
 *
 * Axes: B batch, T context, E embedding, H hidden, V letters.
 */

import { setImmediate as nextTurn } from "node:timers/promises";
import { compile } from "./compile";
import { CourseError } from "./errors";
import { linear, lookUp, softmaxCrossEntropy } from "./fused";
import { type Optimizer, sgd } from "./optimizer";
import { progressBar } from "./progress";
import type { Random } from "./random";
import type { Schedule } from "./schedule";
import { ready, type Tensor, tf, type Variable } from "./tf";
import { createTrainStep } from "./train-step";
import { gradients } from "./update";

/** What a name is written with. The dot stands before the first letter and after the last. */
export const NAME_LETTERS = ".abcdefghijklmnopqrstuvwxyz";

/** The size of a name model. */
export interface NameModelConfig {
  /** How many letters it looks back, T. */
  contextLength: number;
  /** Numbers per letter, E. */
  nEmbd: number;
  /** Width of the hidden layer, H. */
  nHidden: number;
}

/** The size of makemore's network: 11,897 weights. */
export const NAME_MODEL_CONFIG: Readonly<NameModelConfig> = { contextLength: 3, nEmbd: 10, nHidden: 200 };

/** The weights, by makemore's names: C (V, E), W1 (T E, H), b1 (H), W2 (H, V), b2 (V). */
export interface NameModel {
  readonly config: Readonly<NameModelConfig>;
  readonly params: Readonly<Record<"C" | "W1" | "b1" | "W2" | "b2", Variable>>;
}

/** Questions and answers: row n of `contexts` are the letters before `targets[n]`. */
export interface NameExamples {
  contexts: Int32Array; // (N, T)
  targets: Int32Array; // (N)
  count: number;
  contextLength: number;
}

/** Where the weights of {@link createNameModel} come from. `outputScale` 0.01 makes the first predictions nearly equal. */
export interface NameModelStart {
  random: Random;
  config?: Partial<NameModelConfig>;
  /** The standard deviation of W2. Default 0.01; makemore's first version had 1, and a first loss above 20. */
  outputScale?: number;
}

/**
 * A model with random weights: C normal; W1 scaled by (5/3) / sqrt(T E), so that the tanh is neither flat nor dead
 * (He et al. 2015); W2 small, so that at first all letters are about equally likely: a loss of ln 27 = 3.30.
 */
export function createNameModel({ random, config, outputScale = 0.01 }: NameModelStart): NameModel {
  const full = { ...NAME_MODEL_CONFIG, ...config };
  const { contextLength: T, nEmbd: E, nHidden: H } = full;
  const V = NAME_LETTERS.length;
  const normal = (shape: number[], std: number): Variable => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => std * random.normal());
    return tf.tidy(() => tf.variable(tf.tensor(data, shape)));
  };
  const params = {
    C: normal([V, E], 1),
    W1: normal([T * E, H], 5 / 3 / Math.sqrt(T * E)),
    b1: normal([H], 0.01),
    W2: normal([H, V], outputScale),
    b2: normal([V], 0),
  };
  return { config: full, params };
}

/** The number of weights. */
export function nameModelSize({ params }: NameModel): number {
  return Object.values(params).reduce((sum, param) => sum + param.size, 0);
}

/** Every letter of every name as a question: `nameExamples(["al"])` asks for a after `...`, l after `..a`, and . after `.al`. */
export function nameExamples(
  names: readonly string[],
  contextLength: number = NAME_MODEL_CONFIG.contextLength,
): NameExamples {
  const contexts: number[] = [];
  const targets: number[] = [];
  for (const name of names) {
    let context = new Array<number>(contextLength).fill(0);
    for (const letter of `${name}.`) {
      const id = NAME_LETTERS.indexOf(letter);
      if (id < 0) {
        throw new CourseError({ what: `name "${name}"`, expected: "letters from a to z", received: `"${letter}"` });
      }
      contexts.push(...context);
      targets.push(id);
      context = [...context.slice(1), id];
    }
  }
  return {
    contexts: Int32Array.from(contexts),
    targets: Int32Array.from(targets),
    count: targets.length,
    contextLength,
  };
}

/** The logits (B, V) of the next letter for contexts (B, T). The caller frees the result. */
export function nameLogits({ params, config }: NameModel, contexts: Tensor): Tensor {
  const { contextLength: T, nEmbd: E } = config;
  return tf.tidy(() => {
    const joined = lookUp(params.C, contexts).reshape([-1, T * E]); // (B, T, E) -> (B, T E)
    const hidden = linear(joined, params.W1).add(params.b1).tanh(); // (B, T E) x (T E, H) -> (B, H)
    return linear(hidden, params.W2).add(params.b2); // (B, H) x (H, V) -> (B, V)
  });
}

/** The surprise at each answer, in nats: (B). The caller frees the result. */
export function nameLosses(model: NameModel, [contexts, targets]: readonly Tensor[]): Tensor {
  return tf.tidy(() => softmaxCrossEntropy(nameLogits(model, contexts!), targets!));
}

/** Some of the examples as tensors, contexts (B, T) and targets (B); all of them without `rows`. The caller frees them. */
export function nameBatch(examples: NameExamples, rows?: readonly number[]): [Tensor, Tensor] {
  const { contexts, targets, count, contextLength: T } = examples;
  if (!rows) return [tf.tensor2d(contexts, [count, T], "int32"), tf.tensor1d(targets, "int32")];
  const chosen = new Int32Array(rows.length * T);
  rows.forEach((row, n) => {
    for (let t = 0; t < T; t++) chosen[n * T + t] = contexts[row * T + t]!;
  });
  const answers = Int32Array.from(rows, (row) => targets[row]!);
  return [tf.tensor2d(chosen, [rows.length, T], "int32"), tf.tensor1d(answers, "int32")];
}

/** The mean loss over all examples, nats per letter. */
export function nameLoss(model: NameModel, examples: NameExamples): number {
  return tf.tidy(() => nameLosses(model, nameBatch(examples)).mean().dataSync()[0]!);
}

/** The gradient of the mean loss over some of the examples, or over all, in one row: C, W1, b1, W2, b2. */
export interface NameGradient {
  (examples: NameExamples, rows?: readonly number[]): Float32Array;
  /** Frees the compiled graphs. */
  dispose(): void;
}

/**
 * Finds gradients of a model, with its weights as they are at that moment; compiled, because notebook 3 asks for thousands.
 *
 * `const gradientOf = createNameGradient(model); gradientOf(examples, [0, 1, 2])` is the gradient of a batch of three.
 */
export function createNameGradient(model: NameModel): NameGradient {
  const compiled = compile(
    (contexts: Tensor, targets: Tensor) => {
      const { grads } = gradients(model.params, () => nameLosses(model, [contexts, targets]).mean());
      return tf.concat(Object.keys(model.params).map((name) => grads[name]!.flatten()));
    },
    { name: "name gradient" },
  );
  const gradientOf = (examples: NameExamples, rows?: readonly number[]): Float32Array => {
    const batch = nameBatch(examples, rows);
    const grad = compiled(...batch);
    const values = (grad.dataSync() as Float32Array).slice();
    tf.dispose([...batch, grad]);
    return values;
  };
  return Object.assign(gradientOf, { dispose: compiled.dispose });
}

/** Writes a name: letter after letter, each drawn by its probability, until the dot. */
export function writeName(model: NameModel, random: Random, { maxLetters = 20 }: { maxLetters?: number } = {}): string {
  let context = new Array<number>(model.config.contextLength).fill(0);
  let name = "";
  while (name.length < maxLetters) {
    const probs = tf.tidy(() =>
      nameLogits(model, tf.tensor2d([context], undefined, "int32"))
        .softmax()
        .dataSync(),
    );
    const id = random.categorical(probs);
    if (id === 0) break;
    name += NAME_LETTERS[id];
    context = [...context.slice(1), id];
  }
  return name;
}

/** How {@link trainNames} trains. */
export interface TrainNamesOptions {
  examples: NameExamples;
  steps: number;
  schedule: Schedule;
  random: Random;
  /** Examples a step, drawn at random; "all" takes every example in every step. Default 32. */
  batchSize?: number | "all";
  /** Default: plain gradient descent. */
  optimizer?: Optimizer;
  clipNorm?: number;
  /** "none" hides the progress bar. */
  display?: "auto" | "none";
}

/** What happened while names were learned. */
export interface NameTraining {
  steps: number[];
  /** The loss of each batch before its update. A run that leaves the numbers ends there, with NaN as its last loss. */
  lossNats: number[];
  /** The length of each gradient, before clipping. */
  gradNorms: number[];
  elapsedMs: number;
  /** Whether it had to stop because the loss or a gradient was no longer a number. */
  diverged: boolean;
}

/** Trains a name model on batches drawn at random. The weights in `model` change. */
export async function trainNames(model: NameModel, options: TrainNamesOptions): Promise<NameTraining> {
  await ready();
  const { examples, steps, schedule, random, batchSize = 32, optimizer = sgd(), clipNorm, display } = options;
  const step = createTrainStep({
    params: model.params,
    loss: (batch) =>
      nameLosses(model, batch)
        .sum()
        .div(batchSize === "all" ? examples.count : batchSize),
    optimizer,
    clipNorm,
    parts: 1, // the batch is too small to share out
  });
  const bar = progressBar({ label: "training", total: steps, display });
  const history: NameTraining = { steps: [], lossNats: [], gradNorms: [], elapsedMs: 0, diverged: false };
  const startedMs = performance.now();
  try {
    for (let t = 0; t < steps && !history.diverged; t++) {
      const draw = (): number => random.integer(examples.count);
      const batch = nameBatch(examples, batchSize === "all" ? undefined : Array.from({ length: batchSize }, draw));
      const { lossNats, gradNorm } = step.run(batch, schedule(t));
      tf.dispose(batch);
      history.steps.push(t + 1);
      history.lossNats.push(lossNats);
      history.gradNorms.push(gradNorm);
      history.diverged = Number.isNaN(lossNats);
      if (t % 200 === 199) {
        bar.update(t + 1);
        await nextTurn();
        if ((globalThis as { interruptSignal?: AbortSignal }).interruptSignal?.aborted) break;
      }
    }
  } finally {
    step.sync();
    step.dispose();
  }
  history.elapsedMs = performance.now() - startedMs;
  bar.update(history.steps.length);
  bar.finish();
  return history;
}
