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
import { gradients, mapValues, type Params } from "./update";

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

/** The handles of the session's variables, by name; those of the slots by slot and name. */
interface Handles {
  params: Record<string, string>;
  slots: Record<string, Record<string, string>>;
}

/** Records a step on an example batch. */
export function buildStepGraph(options: TrainStepOptions, example: Tensor[]): StepGraph {
  const { params, optimizer } = options;
  const recording = new Recording("train step");
  const { graph } = recording;
  const handles: Handles = {
    params: addVariables(graph, "params", params),
    slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, addVariables(graph, `slots.${slot}`, params)])),
  };
  const ports = {
    params: addPort(graph, "params", Object.values(handles.params)),
    slots: addPort(
      graph,
      "slots",
      Object.values(handles.slots).flatMap((ofSlot) => Object.values(ofSlot)),
    ),
  };
  const scalarNames = ["learningRate", "scale", ...Object.keys(optimizer.factors?.(1) ?? {})];
  const inputs: string[] = [];
  let outputs: string[] = [];
  tf.tidy(() => {
    const batch = example.map(deepCopy);
    const scalars = scalarNames.map((name) => [name, tf.scalar(1)] as const); // stand for what each step is given
    batch.forEach((tensor, i) => {
      inputs.push(recording.input(tensor, `batch${i}`));
    });
    for (const [name, tensor] of scalars) inputs.push(recording.input(tensor, name));
    for (const [name, param] of Object.entries(params)) recording.bind(param, addRead(graph, handles.params[name]!));
    const now = Object.fromEntries(scalars) as Record<string, Tensor>;
    outputs = recording.run(() => addStep(recording, options, batch, now, handles));
  });
  inputs.push(...recording.variableInputs);
  const session = new Session("train step", graph);

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
    read: (kind) => session.run([], [], ports[kind].reads),
    write: (kind, values) => tf.dispose(session.run(ports[kind].inputs, values, [ports[kind].written])),
    dispose: () => session.dispose(),
  };
}

/** Records loss, gradients and update; returns the outputs of the loss and the norm, which come after all changes. */
function addStep(
  recording: Recording,
  options: TrainStepOptions,
  batch: Tensor[],
  now: Record<string, Tensor>,
  handles: Handles,
): string[] {
  const { params, loss, clipNorm, parts = availableParallelism() } = options;
  const { graph } = recording;
  const results = shareOutBatch(batch, parts).map((share) => gradients(params, () => loss(share)));
  const lossNats = addUp(results.map(({ value }) => value)).mul(now.scale!);
  const trained = Object.keys(results[0]!.grads);
  const grads = trained.map((name) => addUp(results.map((result) => result.grads[name]!))); // yet to be scaled
  const halfSquares = grads.map((grad) => nativeOp("L2Loss", { T: TYPE_FLOAT }, [grad]));
  const norm = addUp(halfSquares).mul(2).sqrt().mul(now.scale!);

  const finite = [lossNats, norm].map((tensor) =>
    graph.add("CheckNumerics", [recording.outputOf(tensor)], { T: TYPE_FLOAT, message: { string: NOT_FINITE } }),
  );
  const factor = clipNorm === undefined ? now.scale! : clipScale(norm, clipNorm).mul(now.scale!);
  const changes = trained.flatMap((name, i) =>
    addUpdate(recording, options, { name, grad: grads[i]!.mul(factor), now, handles, waitFor: finite }),
  );
  return finite.map((output) => graph.add("Identity", [output, ...changes.map(after)], { T: TYPE_FLOAT }));
}

/** Records the update of one weight tensor, by the optimizer's kernel or by its formula; returns the changes. */
function addUpdate(
  recording: Recording,
  { params, optimizer }: TrainStepOptions,
  update: { name: string; grad: Tensor; now: Record<string, Tensor>; handles: Handles; waitFor: string[] },
): string[] {
  const { name, grad, now, handles, waitFor } = update;
  const { graph } = recording;
  const param = params[name]!;
  const handle = handles.params[name]!;
  const slots = mapValues(handles.slots, (ofSlot) => ofSlot[name]!);
  if (optimizer.kernel) {
    const change = optimizer.kernel({
      graph,
      param: { handle, value: recording.outputOf(param), rank: param.rank },
      grad: recording.outputOf(grad),
      slots,
      now: mapValues(now, (tensor) => recording.outputOf(tensor)),
      waitFor,
    });
    return [change];
  }
  const remembered = mapValues(slots, (slotHandle) => {
    const standIn = tf.zeros(param.shape);
    recording.bind(standIn, addRead(graph, slotHandle));
    return standIn as Tensor;
  });
  const next = optimizer.update(param, grad, remembered, now as StepScalars);
  const assign = (target: string, value: Tensor): string =>
    graph.add("AssignVariableOp", [target, recording.outputOf(value), ...waitFor.map(after)], FLOAT);
  return [assign(handle, next.param), ...optimizer.slots.map((slot) => assign(slots[slot]!, next.slots[slot]!))];
}

function addVariables(graph: GraphDef, group: string, params: Params): Record<string, string> {
  return mapValues(params, ({ shape }, key) => {
    const name = `${group}/${key}`;
    const attributes = { ...FLOAT, shape: { shape }, shared_name: { string: name }, container: { string: "" } };
    return graph.add("VarHandleOp", [], attributes, name);
  });
}

function addRead(graph: GraphDef, handle: string): string {
  return graph.add("ReadVariableOp", [handle], FLOAT);
}

/** Nodes that read variables, and that give new values to them: copies, for the session must not hold JavaScript's memory. */
function addPort(
  graph: GraphDef,
  name: string,
  handles: string[],
): { reads: string[]; inputs: string[]; written: string } {
  const reads = handles.map((handle) => addRead(graph, handle));
  const inputs = handles.map((_, i) => graph.add("Placeholder", [], FLOAT, `${name}.${i}`));
  const changes = handles.map((handle, i) => {
    const copy = graph.add("DeepCopy", [inputs[i]!], { T: TYPE_FLOAT });
    return graph.add("AssignVariableOp", [handle, copy], FLOAT);
  });
  const tensor = { dtype: TYPE_FLOAT.type, shape: [], data: Float32Array.of(0) };
  return { reads, inputs, written: graph.add("Const", changes.map(after), { ...FLOAT, value: { tensor } }) };
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
