/**
 * @file The training step as a graph: who holds the weights when. Engine room of train-step.ts; native backend only.
 *
 * While steps run, the weights and what the optimizer remembers live inside a session of TensorFlow. `sync` brings the weights back to
 * the model's variables; weights that were changed there from outside are noticed and given to the session before the
 * next step. Batches of several shapes have a graph and a session each, and the state moves to the one that runs.
 */

import { formatShape } from "./shape";
import { buildStepGraph, type StepGraph } from "./step-graph";
import { type Tensor, tf } from "./tf";
import type { TrainStep, TrainStepOptions } from "./train-step";
import { loadOptimizer, type OptimizerState, saveOptimizer, startOptimizer } from "./update";

/** A {@link TrainStep} that runs as a graph. */
export function createCompiledStep(options: TrainStepOptions): TrainStep {
  const { params, optimizer } = options;
  const names = Object.keys(params);
  const graphs = new Map<string, StepGraph>();
  let active: StepGraph | undefined; // its session has the current state ...
  let idle: OptimizerState | undefined = startOptimizer(optimizer, params); // ... until there is one, it is here
  let step = 0;
  const inSession = new Map<string, object>(); // the values of `params` that the session was given, or gave

  const slotKeys = optimizer.slots.flatMap((slot) => names.map((name) => ({ slot, name })));

  /** Moves the optimizer's state out of the session. */
  const takeOut = (): OptimizerState => {
    if (idle) return idle;
    sync();
    const tensors = active!.read("slots");
    const slots: OptimizerState["slots"] = Object.fromEntries(optimizer.slots.map((slot) => [slot, {}]));
    slotKeys.forEach(({ slot, name }, i) => {
      slots[slot]![name] = tf.keep(tensors[i]!);
    });
    return { step, slots };
  };
  const putIn = (graph: StepGraph, state: OptimizerState): void => {
    graph.write(
      "slots",
      slotKeys.map(({ slot, name }) => state.slots[slot]![name]!),
    );
    inSession.clear();
    for (const tensors of Object.values(state.slots)) tf.dispose(tensors);
    active = graph;
    idle = undefined;
  };
  const activate = (batch: Tensor[]): StepGraph => {
    const key = batch.map(({ dtype, shape }) => `${dtype} ${formatShape(shape)}`).join(", ");
    let graph = graphs.get(key);
    if (!graph) {
      sync();
      graph = buildStepGraph(options, batch);
      graphs.set(key, graph);
    }
    if (graph !== active) putIn(graph, takeOut());
    if (names.some((name) => inSession.get(name) !== params[name]!.dataId)) {
      graph.write("params", Object.values(params));
      for (const name of names) inSession.set(name, params[name]!.dataId);
    }
    return graph;
  };
  const sync = (): void => {
    if (!active || names.some((name) => inSession.get(name) !== params[name]!.dataId)) return; // changed from outside
    active.read("params").forEach((tensor, i) => {
      const variable = params[names[i]!]!;
      variable.assign(tensor as never);
      tensor.dispose();
      inSession.set(names[i]!, variable.dataId);
    });
  };
  return {
    run(batch, learningRate, { scale = 1 } = {}) {
      const graph = activate(batch);
      const result = graph.run(batch, { learningRate, scale, ...optimizer.factors?.(step + 1) });
      if (Number.isFinite(result.lossNats)) step++;
      return result;
    },
    sync,
    saveOptimizer() {
      const state = takeOut();
      const saved = saveOptimizer({ ...state, step });
      if (!idle) for (const tensors of Object.values(state.slots)) tf.dispose(tensors);
      return saved;
    },
    loadOptimizer(saved) {
      const state = loadOptimizer(optimizer, params, saved);
      sync();
      for (const tensors of Object.values(idle?.slots ?? {})) tf.dispose(tensors);
      active = undefined;
      idle = state;
      step = saved.step;
    },
    dispose() {
      for (const tensors of Object.values(idle?.slots ?? {})) tf.dispose(tensors);
      for (const graph of graphs.values()) graph.dispose();
      graphs.clear();
      active = idle = undefined;
    },
  };
}
