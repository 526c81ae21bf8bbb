/**
 * @file What a training run leaves behind: its history, and the state from which it can go on as if it had never stopped.
 * Used from notebook 1 on, through train.ts. Plain data; knows nothing of TensorFlow.
 */

import type { RandomState } from "./random";

/** Tensors as plain numbers, by name. */
export type PlainTensors = Record<string, { shape: number[]; data: Float32Array }>;

/** One evaluation during training. What the `evaluate` callback returned stands beside these. */
export interface EvaluationPoint {
  /** The number of updates done: 0 is the untrained model. */
  step: number;
  /** Mean training loss since the evaluation before; null before the first update. */
  trainLossNats: number | null;
  /** Mean loss on the held-out tokens; null if there are none. */
  validationLossNats: number | null;
}

/** What happened in a run, as plain JSON. Entry i of `lossNats`, `learningRates` and `gradNorms` belongs to step `steps[i]`. */
export interface TrainHistory<E = object> {
  /** 1, 2, 3, ...: the updates, counted from the beginning. */
  steps: number[];
  /** The loss on the batch of each step, before its update. */
  lossNats: number[];
  learningRates: number[];
  /** The global norm of each step's gradients, before clipping. */
  gradNorms: number[];
  /** The loss on the held-out tokens, at the steps where it was measured. */
  validation: { steps: number[]; lossNats: number[] };
  evaluations: (EvaluationPoint & E)[];
  samples: { step: number; text: string }[];
  /** Tokens that were predicted in training. */
  tokensSeen: number;
  /** Time for everything, and the part of it that went into training steps. */
  elapsedMs: number;
  trainingMs: number;
  /** True if the run was stopped before its last step. */
  stopped: boolean;
  settings: TrainSettings;
}

/** The settings of a run. */
export interface TrainSettings {
  steps: number;
  batchSize: number;
  contextLength: number;
  optimizer: string;
  clipNorm: number | null;
  /** What did the arithmetic. */
  backend: string;
}

/** Everything that the next step depends on. A run that goes on from here is equal, bit for bit, to one that never stopped. */
export interface TrainState<E = object> {
  /** Updates done. */
  step: number;
  params: PlainTensors;
  /** What the optimizer remembers, by slot: `slots.m["wte.weight"]`. */
  slots: Record<string, PlainTensors>;
  random: RandomState;
  history: TrainHistory<E>;
}

/** A {@link TrainState} without its weights, in two parts: tensors, and the rest as JSON. Checkpoints keep it so. */
export interface PackedTrainState {
  tensors: PlainTensors;
  state: unknown;
}

/** Packs what a checkpoint keeps beside the weights: `saveCheckpoint(folder, { ..., weights: state.params, trainer: packTrainState(state) })`. */
export function packTrainState(state: TrainState): PackedTrainState {
  const { step, random, history } = state;
  const tensors: PlainTensors = {};
  for (const [slot, values] of Object.entries(state.slots)) {
    for (const [name, value] of Object.entries(values)) tensors[`${slot}/${name}`] = value;
  }
  return { tensors, state: { step, random, history } };
}

/** The other way round: `unpackTrainState(checkpoint.weights, checkpoint.trainer)`. */
export function unpackTrainState(params: PlainTensors, packed: PackedTrainState): TrainState {
  const slots: TrainState["slots"] = {};
  for (const [key, value] of Object.entries(packed.tensors)) {
    const cut = key.indexOf("/");
    const slot = key.slice(0, cut);
    slots[slot] = { ...slots[slot], [key.slice(cut + 1)]: value };
  }
  return { ...(packed.state as Pick<TrainState, "step" | "random" | "history">), params, slots };
}
