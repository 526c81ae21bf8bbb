/**
 * @file The computation behind a value as nodes and edges, for drawing. Needed by notebook 4.
 */

import { topologicalOrder, type Value } from "./autograd";

/**
 * A computation as a picture wants it: `computationGraph(graphOf(loss, { w, x }))`. `names` says what values are called;
 * `backward` adds the slopes that were found.
 */
export function graphOf(
  root: Value,
  names: Readonly<Record<string, Value>> = {},
  { backward = false }: { backward?: boolean } = {},
): ValueGraph {
  const order = topologicalOrder(root);
  const ids = new Map(order.map((value, i) => [value, `n${i}`]));
  const nameOf = new Map(Object.entries(names).map(([name, value]) => [value, name]));
  return {
    nodes: order.map((value) => ({
      id: ids.get(value)!,
      label: [nameOf.get(value), value.op === "input" ? undefined : value.op].filter(Boolean).join(" = ") || "constant",
      value: value.data,
      ...(backward ? { grad: value.grad } : {}),
      kind: value.op === "input" ? "value" : "operation",
    })),
    edges: order.flatMap((value) => value.inputs.map((input) => ({ from: ids.get(input)!, to: ids.get(value)! }))),
    backward,
  };
}

/** Nodes, and edges between their ids. */
export interface ValueGraph {
  nodes: { id: string; label: string; value: number; grad?: number; kind: "value" | "operation" }[];
  edges: { from: string; to: string }[];
  backward: boolean;
}
