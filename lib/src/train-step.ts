/**
 * @file One step of training: predict, measure the error, find the gradients, change the weights.
 * Engine room of train.ts; later notebooks use it for losses of their own (fine-tuning, rewards, policies).
 *
 * The same step in two forms, which give the same numbers: {@link directStep} can be read from top to bottom;
 * compiled-step.ts makes one graph of it, about four times as fast.
 */

import { createCompiledStep } from "./compiled-step";
import { clipScale, globalNorm, type Optimizer } from "./optimizer";
import { backend, type Tensor, tf } from "./tf";
import {
  disposeOptimizerState,
  gradients,
  loadOptimizer,
  type Params,
  type SavedOptimizer,
  saveOptimizer,
  startOptimizer,
  updateParams,
} from "./update";

export interface TrainStepOptions {
  /** The weights to train. Other variables that the loss reads stay as they are. */
  params: Params;
  /**
   * How wrong the model is on a batch: a tensor with one value, a SUM over the rows of the batch, because the rows may be
   * shared out among cores and the parts added up. The `scale` of a step makes a mean of it.
   */
  loss: (batch: Tensor[]) => Tensor;
  optimizer: Optimizer;
  /** Gradients that are together longer than this are shortened to it. Default: never. */
  clipNorm?: number;
  /** Whether to run as a compiled graph. Default: where that is possible. */
  compiled?: boolean;
  /** Into how many parts a compiled step divides the rows. Default: one for each core. */
  parts?: number;
}

export interface StepOptions {
  /** The loss and its gradients are multiplied with it: 1 / (number of targets) makes a mean of a sum. Default 1. */
  scale?: number;
}

export interface StepResult {
  /** The loss before the update, times `scale`. NaN if it, or a gradient, was not finite: then nothing was changed. */
  lossNats: number;
  /** The global norm of the gradients, before clipping. */
  gradNorm: number;
}

export interface TrainStep {
  /** One update. The batch stays the caller's. */
  run(batch: Tensor[], learningRate: number, options?: StepOptions): StepResult;
  /** Makes `params` current: a compiled step keeps its own copy while it runs. Cheap; needed before they are looked at. */
  sync(): void;
  saveOptimizer(): SavedOptimizer;
  loadOptimizer(saved: SavedOptimizer): void;
  /** Frees everything but `params`. */
  dispose(): void;
}

/** A step for some weights, a loss and an optimizer. */
export function createTrainStep(options: TrainStepOptions): TrainStep {
  const { compiled = true } = options;
  return compiled && backend().native ? createCompiledStep(options) : directStep(options);
}

function directStep({ params, loss, optimizer, clipNorm }: TrainStepOptions): TrainStep {
  let state = startOptimizer(optimizer, params);
  const run = (batch: Tensor[], learningRate: number, { scale = 1 }: StepOptions = {}): StepResult => {
    const { value, grads } = gradients(params, () => loss(batch).mul(scale));
    const norm = globalNorm(grads);
    const result = { lossNats: value.dataSync()[0]!, gradNorm: norm.dataSync()[0]! };
    if (!Number.isFinite(result.lossNats + result.gradNorm)) return { lossNats: NaN, gradNorm: NaN };
    if (clipNorm !== undefined) {
      const shortening = clipScale(norm, clipNorm);
      for (const [name, grad] of Object.entries(grads)) grads[name] = grad.mul(shortening);
    }
    updateParams(optimizer, params, grads, state, learningRate);
    return result;
  };
  return {
    run: (batch, learningRate, options) => {
      let result: StepResult | undefined;
      tf.tidy(() => {
        result = run(batch, learningRate, options);
      });
      return result!;
    },
    sync: () => {},
    saveOptimizer: () => saveOptimizer(state),
    loadOptimizer(saved) {
      const loaded = loadOptimizer(optimizer, params, saved);
      disposeOptimizerState(state);
      state = loaded;
    },
    dispose: () => disposeOptimizerState(state),
  };
}
