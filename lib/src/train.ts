/**
 * @file Training: draw a batch, predict, measure the error, change the weights, and again. Used from notebook 1 on.
 * The loop is {@link train}; what happens inside one step is in train-step.ts, the settings are in train-options.ts.
 * Leaves out training on several machines.
 */

import { setImmediate as nextTurn } from "node:timers/promises";
import { CourseError } from "./errors";
import { meanLoss } from "./evaluate";
import { assertNotFrozen } from "./frozen";
import { type GPT, weightsOf } from "./gpt";
import { progressBar } from "./progress";
import { ready, tf } from "./tf";
import type { EvaluationPoint, TrainHistory } from "./train-history";
import { prepare, type TrainEvent, type TrainOptions } from "./train-options";
import { createTrainStep } from "./train-step";

export {
  type EvaluationPoint,
  packTrainState,
  type TrainHistory,
  type TrainState,
  unpackTrainState,
} from "./train-history";
export type { Trainable, TrainBatch, TrainEvent, TrainMoment, TrainOptions } from "./train-options";

/** The loss or a gradient was no longer a number. The model keeps the weights of the step before. */
export class DivergedError extends CourseError {
  /** What happened until then. */
  history?: TrainHistory;
}

/** How long steps are done before other work gets a turn: the stop button, the page. */
const BREATH_MS = 100;
/** How long between two "progress" events. */
const PROGRESS_MS = 500;

/**
 * Trains a model on a text, and returns what happened. The weights in `model` change. Whenever other code can see them,
 * also when the run is stopped or fails, they are those after the last complete step.
 *
 * `const history = await train(model, { tokens, steps: 2500, batchSize: 8, learningRate: 5e-3 });`
 */
export async function train<E extends object = object>(model: GPT, options: TrainOptions<E>): Promise<TrainHistory<E>> {
  await ready();
  const run = prepare(model, options);
  if (run.step.params === model.params) assertNotFrozen(model, "training");
  const { history, random } = run;
  const { steps, checkpoint, sample, sampleEvery, display } = options;
  const signal = options.signal ?? (globalThis as { interruptSignal?: AbortSignal }).interruptSignal;
  const startedMs = performance.now() - history.elapsedMs;
  const step = createTrainStep(run.step);
  const bar = progressBar({ label: "training", total: steps, display });
  let t = options.resume?.step ?? 0; // updates done
  let breathedMs = performance.now();
  let toldMs = breathedMs;

  /** Gives way to other code, which finds the model and the history up to date. */
  const tell = async (kind: TrainEvent["kind"]): Promise<void> => {
    step.sync();
    history.elapsedMs = performance.now() - startedMs;
    await options.onEvent?.({ kind, step: t, history });
    await nextTurn();
    breathedMs = toldMs = performance.now();
  };
  const breathe = async (): Promise<void> => {
    if (performance.now() - toldMs >= PROGRESS_MS) return tell("progress");
    if (performance.now() - breathedMs < BREATH_MS) return;
    step.sync();
    await nextTurn();
    breathedMs = performance.now();
  };
  const look = async (): Promise<void> => {
    const moment = { step: t, model, signal };
    step.sync();
    if (run.marks.has(t) && history.evaluations.at(-1)?.step !== t) {
      const point = await measure(moment, history, options);
      history.evaluations.push({ ...point, ...((await options.evaluate?.(moment)) as E) });
      await tell("evaluation");
    }
    if (sample && sampleEvery && t % sampleEvery === 0 && history.samples.at(-1)?.step !== t) {
      history.samples.push({ step: t, text: await sample(moment) });
      await tell("sample");
    }
  };
  const keep = async (): Promise<void> => {
    step.sync();
    history.elapsedMs = performance.now() - startedMs;
    const { slots } = step.saveOptimizer();
    const state = {
      step: t,
      params: weightsOf(model),
      slots,
      random: random.getState(),
      history: structuredClone(history),
    };
    await checkpoint?.save(state);
  };

  try {
    if (options.resume) step.loadOptimizer(options.resume);
    await tell("start");
    while (!signal?.aborted) {
      await unlessStopped(look, signal);
      if (t === steps || signal?.aborted) break;

      const { tensors, scale } = run.nextBatch(t);
      const learningRate = run.schedule(t);
      const beganMs = performance.now();
      const { lossNats, gradNorm } = step.run(tensors, learningRate, { scale });
      history.trainingMs += performance.now() - beganMs;
      tf.dispose(tensors);
      if (Number.isNaN(lossNats)) throw diverged(t + 1, learningRate, history);

      t++;
      history.steps.push(t);
      history.lossNats.push(lossNats);
      history.learningRates.push(learningRate);
      history.gradNorms.push(gradNorm);
      history.tokensSeen += tensors[0]!.size;
      bar.update(t, `loss ${mean(history.lossNats.slice(-10)).toFixed(3)}`);
      if (checkpoint && t % checkpoint.every === 0 && t < steps) await keep();
      await breathe();
    }
    history.stopped = t < steps;
    if (checkpoint) await keep();
    await tell("end");
    bar.finish(history.stopped ? `stopped after ${t} steps` : undefined);
    return history;
  } finally {
    step.sync();
    step.dispose();
  }
}

/** The losses at this moment: of the batches since the last evaluation, and of the held-out tokens. */
async function measure<E extends object>(
  { step, model, signal }: { step: number; model: GPT; signal?: AbortSignal },
  history: TrainHistory<E>,
  { validationTokens, maxValidationTokens = 32_768 }: TrainOptions<E>,
): Promise<EvaluationPoint> {
  const since = history.evaluations.at(-1)?.step ?? 0;
  const recent = history.lossNats.filter((_, i) => history.steps[i]! > since);
  const trainLossNats = recent.length > 0 ? mean(recent) : null;
  if (!validationTokens) return { step, trainLossNats, validationLossNats: null };
  const validationLossNats = await meanLoss(model, validationTokens, { maxTokens: maxValidationTokens, signal });
  history.validation.steps.push(step);
  history.validation.lossNats.push(validationLossNats);
  return { step, trainLossNats, validationLossNats };
}

/** Runs something that gives up with an AbortError when the run is stopped; then that is no failure. */
async function unlessStopped(work: () => Promise<void>, signal?: AbortSignal): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!signal?.aborted || (error as Error).name !== "AbortError") throw error;
  }
}

function diverged(step: number, learningRate: number, history: TrainHistory): DivergedError {
  const error = new DivergedError({
    what: `training, step ${step}`,
    expected: "a loss and gradients that are finite numbers",
    received: `NaN or infinity, at a learning rate of ${learningRate.toPrecision(3)}`,
    remedy:
      "The model keeps the weights of the step before. Take a smaller learningRate, a longer warm-up (warmupSteps) or a smaller clipNorm.",
  });
  error.history = history;
  return error;
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
