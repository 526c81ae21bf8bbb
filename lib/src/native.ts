/**
 * @file TensorFlow's own operations, beyond those that TensorFlow.js offers. Engine room of fused.ts and compile.ts.
 * Only for the native backend: ask `backend().native` first.
 */

import { type Tensor, tf } from "./tf";

/** What one call of a native operation takes: a type, a number, a flag ... `{ T: TYPE_FLOAT, transpose_a: true }`. */
export type Attributes = Record<string, AttributeValue>;
export type AttributeValue =
  | boolean
  | { type: number }
  | { int: number }
  | { float: number }
  | { string: string }
  | { shape: readonly number[] }
  | { tensor: { dtype: number; shape: readonly number[]; data: ArrayBufferView } }
  | { list: AttributeValue[] };

/** An attribute in the form of the binding. `type` says which kind of value it is. */
export interface BindingAttribute {
  name: string;
  type: number;
  value: unknown;
}

export interface OutputInfo {
  id: number;
  dtype: number;
  shape: number[];
}

/** The native library as tfjs-node sees it. Tensors are whole numbers there, here called ids. */
export interface Binding {
  createTensor(shape: number[], dtype: number, data: ArrayBufferView): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  executeOp(op: string, attributes: BindingAttribute[], inputs: number[], outputCount: number): OutputInfo[];
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(id: number, inputs: number[], inputNames: string, outputNames: string): OutputInfo[];
  readonly [constant: `TF_${string}`]: number;
}

/** The parts of tfjs-node's backend that the course uses. */
export interface NativeBackend {
  binding: Binding;
  tensorMap: { get(dataId: object): { id: number; dtype: number; shape: number[]; values: unknown } };
  getInputTensorIds(tensors: Tensor[]): number[];
  createOutputTensor(info: OutputInfo): Tensor;
  executeSingleOutput(op: string, attributes: BindingAttribute[], inputs: Tensor[]): Tensor;
  executeMultipleOutputs(op: string, attributes: BindingAttribute[], inputs: Tensor[], count: number): Tensor[];
}

/** TensorFlow's numbers for the types of values (tensorflow/core/framework/types.proto). */
export const TYPE_FLOAT = { type: 1 } as const;
export const TYPE_INT32 = { type: 3 } as const;

/** The running backend. */
export function nativeBackend(): NativeBackend {
  return tf.engine().findBackend("tensorflow") as unknown as NativeBackend;
}

/** Runs one operation of TensorFlow by name. */
export function nativeOp(op: string, attributes: Attributes, inputs: Tensor[]): Tensor;
export function nativeOp(op: string, attributes: Attributes, inputs: Tensor[], outputCount: number): Tensor[];
export function nativeOp(
  op: string,
  attributes: Attributes,
  inputs: Tensor[],
  outputCount?: number,
): Tensor | Tensor[] {
  const native = nativeBackend();
  const list = Object.entries(attributes).map(([name, value]) => bindingAttribute(native.binding, name, value));
  return outputCount === undefined
    ? native.executeSingleOutput(op, list, inputs)
    : native.executeMultipleOutputs(op, list, inputs, outputCount);
}

/** True where the binding has the course's own kernels, all of them or none; see jupyter/setup/kernels. */
export function hasOwnKernels(): boolean {
  try {
    // The one that was added last, so that a binding from before it counts as having none.
    tf.tidy(() => nativeOp("CourseSoftmax", { scale: { float: 1 } }, [tf.zeros([1, 1]), tf.zeros([1, 1])]));
    return true;
  } catch {
    return false; // the official binding, or an older one: TensorFlow knows no such operation
  }
}

/** The same values in memory of their own. */
export function deepCopy(tensor: Tensor): Tensor {
  const native = nativeBackend();
  native.getInputTensorIds([tensor]); // values that JavaScript still holds are handed over, and the type is known
  return nativeOp("DeepCopy", { T: { type: native.tensorMap.get(tensor.dataId).dtype } }, [tensor]);
}

function bindingAttribute(binding: Binding, name: string, value: AttributeValue): BindingAttribute {
  if (typeof value === "boolean") return { name, type: binding.TF_ATTR_BOOL, value };
  const [kind, content] = Object.entries(value)[0] as [string, unknown];
  return { name, type: binding[`TF_ATTR_${kind.toUpperCase()}`], value: content };
}

/** The other way round: an attribute of the binding in the form of this file. */
export function attributeValue(binding: Binding, { type, value }: BindingAttribute): AttributeValue {
  if (Array.isArray(value) && type !== binding.TF_ATTR_SHAPE) {
    return { list: value.map((item) => attributeValue(binding, { name: "", type, value: item })) };
  }
  if (type === binding.TF_ATTR_BOOL) return value as boolean;
  const kind = (["type", "int", "float", "string", "shape"] as const).find(
    (kind) => binding[`TF_ATTR_${kind.toUpperCase()}`] === type,
  );
  return { [kind as string]: value } as AttributeValue;
}
