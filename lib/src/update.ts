/**
 * @file Gradients of a loss, and the update of the weights with them, one plain call each.
 * Used from notebook 3 on, and by train-step.ts. What an optimizer computes is in optimizer.ts; this file holds what it
 * remembers between steps.
 */

import { CourseError } from "./errors";
import type { Weights } from "./gpt";
import type { Optimizer } from "./optimizer";
import { assertShape } from "./shape";
import { type Tensor, tf, type Variable } from "./tf";

/** Weight tensors by name. */
export type Params = Readonly<Record<string, Variable>>;

/** A loss, a tensor with one value, and its gradient by each of `params` that it depends on. The caller frees them. */
export function gradients(params: Params, loss: () => Tensor): { value: Tensor; grads: Record<string, Tensor> } {
  const { value, grads } = tf.variableGrads(loss as never, Object.values(params) as never);
  const named: Record<string, Tensor> = {};
  for (const [name, variable] of Object.entries(params)) {
    const grad = grads[variable.name];
    if (grad) named[name] = grad;
  }
  return { value, grads: named };
}

/** How far an optimizer has come: the number of updates done, and what it remembers, by slot and weight name. */
export interface OptimizerState {
  step: number;
  slots: Record<string, Record<string, Tensor>>;
}

/** The same as plain numbers, for a file. */
export interface SavedOptimizer {
  step: number;
  slots: Record<string, Weights>;
}

/** The state before the first update: all zeros. It lives until {@link disposeOptimizerState}. */
export function startOptimizer(optimizer: Optimizer, params: Params): OptimizerState {
  const zeros = (): Record<string, Tensor> => mapValues(params, (param) => tf.keep(tf.zeros(param.shape)));
  return { step: 0, slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, zeros()])) };
}

/**
 * One update of all weights that have a gradient; the state moves on by one step.
 *
 *     const state = startOptimizer(optimizer, model.params);
 *     const { value, grads } = gradients(model.params, () => crossEntropy(forward(model, inputs), targets));
 *     updateParams(optimizer, model.params, grads, state, 1e-3);
 */
export function updateParams(
  optimizer: Optimizer,
  params: Params,
  grads: Readonly<Record<string, Tensor>>,
  state: OptimizerState,
  learningRate: number,
): void {
  state.step++;
  const now = { learningRate, ...optimizer.factors?.(state.step) };
  for (const [name, grad] of Object.entries(grads)) {
    const param = params[name];
    if (!param) throw new CourseError({ what: "grads", expected: "the names of weights", received: `"${name}"` });
    const slots = mapValues(state.slots, (tensors) => tensors[name]!);
    tf.tidy(() => {
      const next = optimizer.update(param, grad, slots, now);
      param.assign(next.param);
      for (const slot of optimizer.slots) {
        slots[slot]!.dispose();
        state.slots[slot]![name] = tf.keep(next.slots[slot]!);
      }
    });
  }
}

/** Frees what the optimizer remembers. */
export function disposeOptimizerState(state: OptimizerState): void {
  for (const tensors of Object.values(state.slots)) tf.dispose(tensors);
}

/** What the optimizer remembers as plain numbers. */
export function saveOptimizer(state: OptimizerState): SavedOptimizer {
  const toNumbers = (tensor: Tensor): Weights[string] => ({
    shape: [...tensor.shape],
    data: (tensor.dataSync() as Float32Array).slice(),
  });
  return { step: state.step, slots: mapValues(state.slots, (tensors) => mapValues(tensors, toNumbers)) };
}

/** The other way round. Throws unless the saved state belongs to this optimizer and these weights. */
export function loadOptimizer(optimizer: Optimizer, params: Params, saved: SavedOptimizer): OptimizerState {
  for (const slot of optimizer.slots) {
    const tensors = saved.slots[slot];
    if (!tensors) {
      const received = Object.keys(saved.slots).join(", ") || "nothing";
      throw new CourseError({ what: "optimizer state", expected: `"${slot}", for ${optimizer.name}`, received });
    }
    for (const [name, param] of Object.entries(params)) {
      assertShape(`optimizer state "${slot}" of "${name}"`, tensors[name]?.shape ?? [], param.shape);
    }
  }
  const toTensor = ({ data, shape }: Weights[string]): Tensor => tf.keep(tf.tensor(data.slice(), shape, "float32"));
  const load = (slot: string): Record<string, Tensor> =>
    mapValues(params, (_, name) => toTensor(saved.slots[slot]![name]!));
  return { step: saved.step, slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, load(slot)])) };
}

/** A record with the same keys, each value replaced. */
export function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  map: (value: A, key: string) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
