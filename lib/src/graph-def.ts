/**
 * @file Writes a TensorFlow graph as a file: the few protocol-buffer messages that it takes. Engine room of compile.ts.
 * A message is a list of fields, each a tag (field number and kind) and a value; the numbers stand in TensorFlow's
 * graph.proto, node_def.proto, attr_value.proto, tensor.proto, tensor_shape.proto and saved_model.proto.
 */

import type { AttributeValue } from "./native";
import type { Shape } from "./shape";

/** The version of the graph format, that of TensorFlow 2.9: the oldest library that the course runs on. */
const GRAPH_VERSION = 1087;

/** One operation: `inputs` names outputs of other nodes, `matmul:0`, or nodes that must run before, `^assign`. */
export interface GraphNode {
  name: string;
  op: string;
  inputs: string[];
  attributes: Record<string, AttributeValue>;
}

/** A graph of operations, built one node at a time. */
export class GraphDef {
  readonly nodes: GraphNode[] = [];

  /** Adds an operation and returns the name of its first output, e.g. `n7:0`. */
  add(
    op: string,
    inputs: string[],
    attributes: Record<string, AttributeValue> = {},
    name = `n${this.nodes.length}`,
  ): string {
    this.nodes.push({ name, op, inputs, attributes });
    return `${name}:0`;
  }

  /** True when the other graph has the same operations in the same order. */
  equals(other: GraphDef): boolean {
    return this.encode().equals(other.encode());
  }

  /** The bytes of a saved model with this graph in it. Who loads it must name the same tags. */
  toSavedModel(tags: readonly string[]): Buffer {
    const metaGraph = join([bytes(1, join(tags.map((tag) => text(4, tag)))), bytes(2, this.encode())]);
    return join([whole(1, 1), bytes(2, metaGraph)]);
  }

  private encode(): Buffer {
    return join([...this.nodes.map((node) => bytes(1, encodeNode(node))), bytes(4, whole(1, GRAPH_VERSION))]);
  }
}

/** The node of an output: `nodeOf("n7:1")` is `n7`. */
export function nodeOf(output: string): string {
  return output.slice(0, output.lastIndexOf(":"));
}

/** What makes a node wait for another one without taking its value. */
export function after(output: string): string {
  return `^${nodeOf(output)}`;
}

function encodeNode(node: GraphNode): Buffer {
  return join([
    text(1, node.name),
    text(2, node.op),
    ...node.inputs.map((input) => text(3, input.endsWith(":0") ? nodeOf(input) : input)),
    ...Object.entries(node.attributes).map(([key, value]) =>
      bytes(5, join([text(1, key), bytes(2, encodeAttribute(value))])),
    ),
  ]);
}

function encodeAttribute(value: AttributeValue): Buffer {
  if (typeof value === "boolean") return whole(5, value ? 1 : 0);
  if ("list" in value) return bytes(1, join(value.list.map(encodeAttribute)));
  if ("string" in value) return text(2, value.string);
  if ("int" in value) return whole(3, value.int);
  if ("float" in value) return float(4, value.float);
  if ("type" in value) return whole(6, value.type);
  if ("shape" in value) return bytes(7, encodeShape(value.shape));
  const { dtype, shape, data } = value.tensor;
  const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return bytes(8, join([whole(1, dtype), bytes(2, encodeShape(shape)), bytes(4, raw)]));
}

function encodeShape(shape: Shape): Buffer {
  return join(shape.map((size) => bytes(2, whole(1, size))));
}

/** Seven bits a byte, lowest first; the eighth says that more follow. */
function varint(value: number): Buffer {
  let rest = BigInt.asUintN(64, BigInt(value));
  const out: number[] = [];
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
  out.push(Number(rest));
  return Buffer.from(out);
}

const join = Buffer.concat;
const tag = (field: number, kind: number): Buffer => varint((field << 3) | kind);
const whole = (field: number, value: number): Buffer => join([tag(field, 0), varint(value)]);
const bytes = (field: number, value: Buffer): Buffer => join([tag(field, 2), varint(value.length), value]);
const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value));
const float = (field: number, value: number): Buffer => {
  const raw = Buffer.alloc(4);
  raw.writeFloatLE(value);
  return join([tag(field, 5), raw]);
};
