/**
 * @file The training step as a graph: who holds the weights when. Engine room of train-step.ts; native backend only.
 *
 * While steps run, the weights and what the optimizer remembers live inside a session of TensorFlow. `sync` brings the
 * weights back to the model's variables; those that were changed there from outside are noticed and given to the session
 * before the next step. Batches of several shapes have a graph and a session each, and the state moves to the one that runs.
 */

import { formatShape } from "./shape";
import { buildStepGraph, type StepGraph } from "./step-graph";
import { type Tensor, tf } from "./tf";
import type { TrainStep, TrainStepOptions } from "./train-step";
import { disposeOptimizerState, loadOptimizer, type OptimizerState, saveOptimizer, startOptimizer } from "./update";

/** A {@link TrainStep} that runs as a graph. */
export function createCompiledStep(options: TrainStepOptions): TrainStep {
  const { params, optimizer } = options;
  const entries = Object.entries(params);
  const graphs = new Map<string, StepGraph>();
  let active: StepGraph | undefined; // its session holds the state ...
  let waiting: OptimizerState | undefined = startOptimizer(optimizer, params); // ... or it waits here for a session
  let step = 0;
  const shared = new Map<string, object>(); // by name, the value that variable and session had in common last

  const changedOutside = (): Set<string> =>
    new Set(entries.filter(([name, { dataId }]) => shared.get(name) !== dataId).map(([name]) => name));

  const sync = (): void => {
    if (!active) return;
    const changed = changedOutside();
    active.read("params").forEach((tensor, i) => {
      const [name, variable] = entries[i]!;
      if (!changed.has(name)) {
        variable.assign(tensor as never);
        shared.set(name, variable.dataId);
      }
      tensor.dispose();
    });
  };
  const giveParams = (graph: StepGraph): void => {
    graph.write("params", Object.values(params));
    for (const [name, { dataId }] of entries) shared.set(name, dataId);
  };
  /** What the optimizer remembers, read from the session; the caller frees it. */
  const readState = (graph: StepGraph): OptimizerState => {
    const tensors = graph.read("slots").map((tensor) => tf.keep(tensor));
    const ofSlot = (s: number) =>
      Object.fromEntries(entries.map(([name], i) => [name, tensors[s * entries.length + i]!]));
    return { step, slots: Object.fromEntries(optimizer.slots.map((slot, s) => [slot, ofSlot(s)])) };
  };
  const graphFor = (batch: Tensor[]): StepGraph => {
    const key = batch.map(({ dtype, shape }) => `${dtype} ${formatShape(shape)}`).join(", ");
    const graph = graphs.get(key) ?? buildStepGraph(options, batch);
    graphs.set(key, graph);
    return graph;
  };
  const activate = (graph: StepGraph): void => {
    sync();
    const state = waiting ?? readState(active!);
    graph.write(
      "slots",
      Object.values(state.slots).flatMap((ofSlot) => Object.values(ofSlot)),
    );
    disposeOptimizerState(state);
    waiting = undefined;
    active = graph;
    giveParams(graph);
  };

  return {
    run(batch, learningRate, { scale = 1 } = {}) {
      const graph = graphFor(batch);
      if (graph !== active) activate(graph);
      else if (changedOutside().size > 0) {
        sync();
        giveParams(graph);
      }
      const result = graph.run(batch, { learningRate, scale, ...optimizer.factors?.(step + 1) });
      if (Number.isFinite(result.lossNats)) step++;
      return result;
    },
    sync,
    saveOptimizer() {
      if (waiting) return saveOptimizer({ ...waiting, step });
      const state = readState(active!);
      const saved = saveOptimizer(state);
      disposeOptimizerState(state);
      return saved;
    },
    loadOptimizer(saved) {
      const state = loadOptimizer(optimizer, params, saved);
      sync();
      if (waiting) disposeOptimizerState(waiting);
      active = undefined;
      waiting = state;
      step = saved.step;
    },
    dispose() {
      if (waiting) disposeOptimizerState(waiting);
      for (const graph of graphs.values()) graph.dispose();
      graphs.clear();
      active = waiting = undefined;
    },
  };
}
