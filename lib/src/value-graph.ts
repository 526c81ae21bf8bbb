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
  const all = topologicalOrder(root);
  const exponents = new Set(all.map((value) => (value.op === "^" ? value.b : undefined))); // constants without a slope
  const order = all.filter((value) => !exponents.has(value));
  const ids = new Map(order.map((value, i) => [value, `n${i}`]));
  const nameOf = new Map(Object.entries(names).map(([name, value]) => [value, name]));
  return {
    nodes: order.map((value) => ({
      id: ids.get(value)!,
      label: [nameOf.get(value), sign(value)].filter(Boolean).join(" = ") || "constant",
      value: value.data,
      ...(backward ? { grad: value.grad } : {}),
      kind: value.op === "input" ? "value" : "operation",
    })),
    edges: order.flatMap((value) =>
      value.inputs.filter((input) => ids.has(input)).map((input) => ({ from: ids.get(input)!, to: ids.get(value)! })),
    ),
    backward,
  };
}

/** Nodes, and edges between their ids. */
export interface ValueGraph {
  nodes: { id: string; label: string; value: number; grad?: number; kind: "value" | "operation" }[];
  edges: { from: string; to: string }[];
  backward: boolean;
}

/** What stands in the node: the operation, nothing for an input. */
function sign({ op, b }: Value): string | undefined {
  if (op === "input") return undefined;
  return op === "^" ? `^ ${b!.data}` : op;
}
