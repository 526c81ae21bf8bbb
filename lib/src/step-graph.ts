/**
 * @file The whole training step as one TensorFlow graph: predict, measure the error, find the gradients, change the weights.
 * Engine room of compiled-step.ts; native backend only.
 *
 * - The weights and what the optimizer remembers are variables inside the session; a step is given the batch and a few
 *   numbers, and gives back the loss.
 * - The rows of the batch are shared out among the cores. Each part has a chain of operations of its own, the chains run
 *   side by side and their gradients are added: no operation waits for another core, and a part fits a core's cache.
 * - If the loss or a gradient is not a finite number, the step stops before anything is changed.
 */

import { availableParallelism } from "node:os";
import { Recording } from "./capture";
import { after, type GraphDef } from "./graph-def";
import { deepCopy, nativeOp, TYPE_FLOAT } from "./native";
import { clipScale, type StepScalars } from "./optimizer";
import { shareOut, splitRows } from "./rows";
import { Session } from "./session";
import { type Tensor, tf } from "./tf";
import type { StepResult, TrainStepOptions } from "./train-step";
import { gradients } from "./update";

/** A step for batches of one shape. */
export interface StepGraph {
  run(batch: Tensor[], scalars: Record<string, number>): StepResult;
  /** The values of the weights, or of all slots one after the other. The caller frees them. */
  read(kind: "params" | "slots"): Tensor[];
  write(kind: "params" | "slots", values: Tensor[]): void;
  dispose(): void;
}

const FLOAT = { dtype: TYPE_FLOAT };
const NOT_FINITE = "not a finite number";

/** Records a step on an example batch. */
export function buildStepGraph(options: TrainStepOptions, example: Tensor[]): StepGraph {
  const { params, optimizer } = options;
  const recording = new Recording("train step");
  const { graph } = recording;
  const variables = addVariables(graph, options);
  const reads = { params: variables.params.map(readValue, graph), slots: variables.slots.map(readValue, graph) };
  const writers = {
    params: addWriter(graph, "params", variables.params),
    slots: addWriter(graph, "slots", variables.slots),
  };
  const scalarNames = ["learningRate", "scale", ...Object.keys(optimizer.factors?.(1) ?? {})];

  let batchInputs: string[] = [];
  let scalarInputs: string[] = [];
  let outputs: string[] = [];
  tf.tidy(() => {
    const batch = example.map(deepCopy);
    batchInputs = batch.map((tensor, i) => recording.input(tensor, `batch${i}`));
    const now = scalarNames.map((name) => [name, tf.scalar(1)] as const); // stand for what each step is given
    scalarInputs = now.map(([name, tensor]) => recording.input(tensor, name));
    Object.values(params).forEach((param, i) => {
      recording.bind(param, readValue.call(graph, variables.params[i]!));
    });
    outputs = recording.run(() =>
      addStep(recording, options, batch, Object.fromEntries(now) as StepScalars, variables),
    );
  });
  const session = new Session("train step", graph);
  const inputs = [...batchInputs, ...scalarInputs, ...recording.variableInputs];

  return {
    run(batch, scalars) {
      let result: StepResult = { lossNats: NaN, gradNorm: NaN };
      tf.tidy(() => {
        const now = scalarNames.map((name) => tf.scalar(scalars[name]!));
        try {
          const [loss, norm] = session.run(inputs, [...batch, ...now, ...recording.variables], outputs);
          result = { lossNats: loss!.dataSync()[0]!, gradNorm: norm!.dataSync()[0]! };
        } catch (error) {
          if (!(error as Error).message.includes(NOT_FINITE)) throw error;
        }
      });
      return result;
    },
    read: (kind) => session.run([], [], reads[kind]),
    write: (kind, values) => tf.dispose(session.run(writers[kind].inputs, values, [writers[kind].done])),
    dispose: () => session.dispose(),
  };
}

/** The handles of the session's variables, in the order of `params`; of the slots, those of the first slot first. */
interface Variables {
  params: string[];
  slots: string[];
}

function addVariables(graph: GraphDef, { params, optimizer }: TrainStepOptions): Variables {
  const add = (prefix: string): string[] =>
    Object.entries(params).map(([key, { shape }]) => {
      const name = `${prefix}/${key}`;
      const attributes = { ...FLOAT, shape: { shape }, shared_name: { string: name }, container: { string: "" } };
      return graph.add("VarHandleOp", [], attributes, name);
    });
  return { params: add("params"), slots: optimizer.slots.flatMap((slot) => add(`slot.${slot}`)) };
}

function readValue(this: GraphDef, handle: string): string {
  return this.add("ReadVariableOp", [handle], FLOAT);
}

/** Nodes that give new values to variables. The values are copied: the session must not hold memory of JavaScript's. */
function addWriter(graph: GraphDef, name: string, handles: string[]): { inputs: string[]; done: string } {
  const inputs = handles.map((_, i) => graph.add("Placeholder", [], FLOAT, `${name}.${i}`));
  const assigned = handles.map((handle, i) => {
    const copy = graph.add("DeepCopy", [inputs[i]!], { T: TYPE_FLOAT });
    return graph.add("AssignVariableOp", [handle, copy], FLOAT);
  });
  const tensor = { dtype: TYPE_FLOAT.type, shape: [], data: Float32Array.of(0) };
  return { inputs, done: graph.add("Const", assigned.map(after), { ...FLOAT, value: { tensor } }) };
}

/** Records loss, gradients and update; returns the outputs with the loss and the norm, which come after all changes. */
function addStep(
  recording: Recording,
  { params, loss, optimizer, clipNorm, parts = availableParallelism() }: TrainStepOptions,
  batch: Tensor[],
  now: StepScalars,
  variables: Variables,
): string[] {
  const { graph } = recording;
  const names = Object.keys(params);
  const shares = shareOutBatch(batch, parts);
  const results = shares.map((share) => gradients(params, () => loss(share)));
  const scale = now.scale as Tensor;
  const lossNats = addUp(results.map(({ value }) => value)).mul(scale);
  const trained = names.filter((name) => results[0]!.grads[name]);
  const grads = trained.map((name) => addUp(results.map((result) => result.grads[name]!)));
  const halfSquares = grads.map((grad) => nativeOp("L2Loss", { T: TYPE_FLOAT }, [grad]));
  const norm = addUp(halfSquares).mul(2).sqrt().mul(scale); // of the scaled gradients
  const factor = clipNorm === undefined ? scale : clipScale(norm, clipNorm).mul(scale);

  const checked = [lossNats, norm].map((tensor) =>
    graph.add("CheckNumerics", [recording.outputOf(tensor)], { T: TYPE_FLOAT, message: { string: NOT_FINITE } }),
  );
  const changes = trained.flatMap((name, n) => {
    const grad = grads[n]!.mul(factor);
    const i = names.indexOf(name);
    const handle = variables.params[i]!;
    const slotHandles = Object.fromEntries(
      optimizer.slots.map((slot, s) => [slot, variables.slots[s * names.length + i]!]),
    );
    if (optimizer.kernel) {
      const param = { handle, value: recording.outputOf(params[name]!), rank: params[name]!.rank };
      const scalars = Object.fromEntries(
        Object.entries(now).map(([key, tensor]) => [key, recording.outputOf(tensor as Tensor)]),
      );
      const grad_ = recording.outputOf(grad);
      return [optimizer.kernel({ graph, param, grad: grad_, slots: slotHandles, now: scalars, waitFor: checked })];
    }
    const slots = Object.fromEntries(
      Object.entries(slotHandles).map(([slot, slotHandle]) => {
        const standIn = tf.zeros(grad.shape);
        recording.bind(standIn, readValue.call(graph, slotHandle));
        return [slot, standIn];
      }),
    );
    const next = optimizer.update(params[name]!, grad, slots, now);
    const assign = (target: string, value: Tensor): string =>
      graph.add("AssignVariableOp", [target, recording.outputOf(value), ...checked.map(after)], FLOAT);
    return [
      assign(handle, next.param),
      ...optimizer.slots.map((slot) => assign(slotHandles[slot]!, next.slots[slot]!)),
    ];
  });
  return checked.map((output) => graph.add("Identity", [output, ...changes.map(after)], { T: TYPE_FLOAT }));
}

/** The batch in at most `parts` parts, each with some of the rows. A tensor without rows is part of all. */
function shareOutBatch(batch: Tensor[], parts: number): Tensor[][] {
  const rows = batch.filter(({ rank }) => rank > 0).map(({ shape }) => shape[0]!);
  const count = Math.max(1, Math.min(parts, ...rows));
  const cut = batch.map((tensor) =>
    tensor.rank === 0 ? Array(count).fill(tensor) : splitRows(tensor, shareOut(tensor.shape[0]!, count)),
  );
  return Array.from({ length: count }, (_, part) => cut.map((pieces) => pieces[part]));
}

function addUp(tensors: Tensor[]): Tensor {
  if (tensors.length === 1) return tensors[0]!;
  return nativeOp("AddN", { N: { int: tensors.length }, T: TYPE_FLOAT }, tensors);
}
