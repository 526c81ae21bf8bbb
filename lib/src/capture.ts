/**
 * @file Watches a function compute once and writes down every operation that TensorFlow is asked for: its graph.
 * Engine room of compile.ts and train-step.ts; native backend only.
 *
 * TensorFlow.js sends each operation to the library by name, with attributes and the ids of its inputs. While a
 * recording runs, those calls still compute, but are noted too. What is not an operation is not seen: JavaScript's own
 * arithmetic, loops and conditions have their results of this one run in the graph. (TensorFlow's tf.function works
 * the same way.)
 */

import { CourseError } from "./errors";
import { GraphDef } from "./graph-def";
import {
  type Attributes,
  attributeValue,
  type Binding,
  type BindingAttribute,
  type NativeBackend,
  nativeBackend,
  type OutputInfo,
} from "./native";
import { type Tensor, tf, type Variable } from "./tf";

/** Operations whose result has a shape that depends on values, which a graph of fixed shapes cannot hold. */
const VALUE_SHAPED = new Set(["Where", "Unique", "UniqueV2", "NonMaxSuppressionV3", "NonMaxSuppressionV5"]);

let current: Recording | undefined;

/** True while a function is being recorded. Then values cannot be read, only computed with. */
export function isTracing(): boolean {
  return current !== undefined;
}

/** A graph that grows while functions run inside {@link Recording.run}. */
export class Recording {
  readonly graph: GraphDef = new GraphDef();
  /** The variables that were read and not bound before; each call of the graph is given their values, so they are never stale. */
  readonly variables: Variable[] = [];
  /** The names under which those values are given, in the same order. */
  readonly variableInputs: string[] = [];

  private readonly native: NativeBackend = nativeBackend();
  private readonly binding: Binding = this.native.binding;
  private readonly outputs = new Map<number, string>(); // tensor id -> the output that computes it, e.g. "n7:0"
  private readonly shapes = new Map<number, readonly number[]>(); // tensor id -> the shape in which it was computed
  private readonly operands = new Map<number, Tensor>(); // tensor id -> a tensor that was an operand

  /** @param what names the function in errors. */
  constructor(private readonly what: string) {}

  /** A value that is given with every call, of the dtype and shape of `tensor`, which stands for it while recording. */
  input(tensor: Tensor, name: string): string {
    const output = this.placeholder(tensor, name);
    this.bind(tensor, output);
    return output;
  }

  placeholder(tensor: Tensor, name: string): string {
    const { dtype } = this.native.tensorMap.get(tensor.dataId);
    return this.graph.add("Placeholder", [], { dtype: { type: dtype }, shape: { shape: tensor.shape } }, name);
  }

  /** From here on `tensor` stands for an output of the graph. */
  bind(tensor: Tensor, output: string): void {
    this.outputs.set(this.idOf(tensor), output);
  }

  /** The output that computes a tensor. */
  outputOf(tensor: Tensor): string {
    const id = this.idOf(tensor);
    this.operands.set(id, tensor);
    return this.output(id);
  }

  /** An output to fetch after a run, for a tensor that may also be an input or a constant. */
  result(tensor: Tensor): string {
    const { dtype } = this.native.tensorMap.get(tensor.dataId);
    return this.graph.add("Identity", [this.outputOf(tensor)], { T: { type: dtype } });
  }

  /** Runs `fn` with every operation noted. */
  run<T>(fn: () => T): T {
    const before = new Map(Object.values(tf.engine().registeredVariables).map((v) => [v, v.dataId]));
    const stopWatching = this.watch();
    current = this;
    try {
      const result = fn();
      for (const [variable, dataId] of before) {
        if (variable.dataId !== dataId)
          throw this.cannot("assigns a variable", "Return the new value, and assign it outside.");
      }
      return result;
    } finally {
      current = undefined;
      stopWatching();
    }
  }

  /** Puts itself between TensorFlow.js and the library, and returns the function that undoes it. */
  private watch(): () => void {
    const { native, binding } = this;
    const engine = tf.engine() as unknown as { read?: unknown; readSync?: unknown };
    const { getInputTensorIds } = native;
    const readSync = engine.readSync as (dataId: object) => unknown;

    const members = Object.getOwnPropertyNames(binding).map((key) => {
      const member = (binding as unknown as Record<string, unknown>)[key];
      return [key, typeof member === "function" ? member.bind(binding) : member];
    });
    const executeOp: Binding["executeOp"] = (op, attributes, inputs, count) => {
      const results = binding.executeOp(op, attributes, inputs, count);
      this.note(op, attributes, inputs, results);
      return results;
    };
    native.binding = { ...Object.fromEntries(members), executeOp }; // the members of the original are read-only

    native.getInputTensorIds = (tensors) => {
      const ids = getInputTensorIds.call(native, tensors);
      ids.forEach((id, i) => {
        if (!this.outputs.has(id)) this.operands.set(id, tensors[i]!);
      });
      return ids;
    };
    engine.read = engine.readSync = (dataId: object) => {
      if (native.tensorMap.get(dataId).values) return readSync.call(engine, dataId); // made from numbers a moment ago
      throw this.cannot(
        "reads a tensor's values (data, array, print, a condition on a value)",
        "Compute with tensor operations such as tf.where, or read values outside the function.",
      );
    };
    return () => {
      native.binding = binding;
      // What is covered are methods of the classes.
      delete (native as Partial<NativeBackend>).getInputTensorIds;
      delete engine.read;
      delete engine.readSync;
    };
  }

  private note(op: string, attributes: BindingAttribute[], inputs: number[], results: OutputInfo[]): void {
    if (VALUE_SHAPED.has(op)) throw this.cannot(`calls ${op}, whose result has a shape that depends on values`);
    const values = Object.fromEntries(attributes.map((a) => [a.name, attributeValue(this.binding, a)]));
    if (changesNothing(op, values, { from: this.shapeOf(inputs[0]), to: results[0]?.shape })) {
      this.outputs.set(results[0]!.id, this.output(inputs[0]!));
      this.shapes.set(results[0]!.id, results[0]!.shape);
      return;
    }
    if (op === "ExpandDims") values.T = { type: results[0]!.dtype }; // tfjs-node leaves it to be found out
    const name = this.graph
      .add(
        op,
        inputs.map((id) => this.output(id)),
        values,
      )
      .slice(0, -2);
    results.forEach(({ id, shape }, i) => {
      this.outputs.set(id, `${name}:${i}`);
      this.shapes.set(id, shape);
    });
  }

  private shapeOf(id: number | undefined): readonly number[] | undefined {
    return id === undefined ? undefined : (this.shapes.get(id) ?? this.operands.get(id)?.shape);
  }

  private output(id: number): string {
    const known = this.outputs.get(id);
    if (known) return known;
    const operand = this.operands.get(id)!;
    const made = this.variableInput(operand) ?? this.constant(id, operand);
    this.outputs.set(id, made);
    return made;
  }

  private variableInput(operand: Tensor): string | undefined {
    const variable = Object.values(tf.engine().registeredVariables).find((v) => v.dataId === operand.dataId);
    if (!variable) return undefined;
    const output = this.placeholder(variable, `variable${this.variables.length}`);
    this.variables.push(variable);
    this.variableInputs.push(output);
    return output;
  }

  /** A tensor that nothing in the graph computes: its values become part of the graph. */
  private constant(id: number, operand: Tensor): string {
    const { dtype, shape } = this.native.tensorMap.get(operand.dataId);
    const data = this.binding.tensorDataSync(id);
    return this.graph.add("Const", [], { dtype: { type: dtype }, value: { tensor: { dtype, shape, data } } });
  }

  private idOf(tensor: Tensor): number {
    return this.native.getInputTensorIds([tensor])[0]!;
  }

  private cannot(received: string, remedy?: string): CourseError {
    return new CourseError({
      what: this.what,
      expected: "a function that only computes with tensors",
      received: `one that ${received}`,
      remedy,
    });
  }
}

/** Whether an operation gives back what it was given: a reshape to the same shape, a cast to the same type. */
function changesNothing(
  op: string,
  { SrcT, DstT }: Attributes,
  shapes: { from?: readonly number[]; to?: readonly number[] },
): boolean {
  if (op === "Cast") return JSON.stringify(SrcT) === JSON.stringify(DstT);
  return op === "Reshape" && String(shapes.from) === String(shapes.to);
}
