/** @file Exercise 4.3: one walk back through a graph, slopes added up: at shared nodes, and over several calls. */

import { close } from "../../src/compare";
import type { Plain } from "../../src/plain";
import type { CodeExercise } from "../../src/table";

/** A node of a graph as plain data. */
export type GraphNode = { op: "input" | "+" | "*" | "tanh"; inputs: number[]; value: number };

const input = (value: number): GraphNode => ({ op: "input", inputs: [], value });
const node = (op: GraphNode["op"], inputs: number[], value: number): GraphNode => ({ op, inputs, value });

/** The slopes of a node by its inputs. */
export function slopesOf(nodes: readonly GraphNode[], { op, inputs, value }: GraphNode): number[] {
  if (op === "tanh") return [1 - value * value];
  if (op === "*") return [nodes[inputs[1]!]!.value, nodes[inputs[0]!]!.value];
  return inputs.map(() => 1);
}

/** The walk back with one thing changed. */
function walk(
  change: {
    start?: (node: GraphNode, grad: number) => number;
    deliver?: (before: number, part: number) => number;
    slopes?: typeof slopesOf;
    forward?: boolean;
    root?: number;
  } = {},
) {
  return (nodes: GraphNode[], grads: number[]): number[] => {
    const {
      start = ({ op }, grad) => (op === "input" ? grad : 0),
      deliver = (a, b) => a + b,
      slopes = slopesOf,
    } = change;
    const result = nodes.map((one, i) => start(one, grads[i]!));
    result[nodes.length - 1]! += change.root ?? 1;
    const order = nodes.map((_, i) => (change.forward ? i : nodes.length - 1 - i));
    for (const i of order) {
      const one = nodes[i]!;
      const local = slopes(nodes, one);
      for (const [k, source] of one.inputs.entries()) result[source] = deliver(result[source]!, local[k]! * result[i]!);
    }
    return result;
  };
}

const SQUARED = [input(3), node("*", [0, 0], 9)] as Plain;
const SUMMED = [input(2), input(5), node("*", [0, 1], 10), node("+", [2, 0], 12)] as Plain;
const DEEP = [input(2), node("+", [0, 0], 4), node("*", [1, 1], 16)] as Plain;

export const backward: CodeExercise = {
  id: "4.3",
  title: "Gradients add up",
  points: 4,
  minutes: 15,
  answers: ["backward(nodes: GraphNode[], grads: number[]): number[]"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    { args: [[input(2), input(5), node("*", [0, 1], 10)] as Plain, [0, 0, 0]], expected: [5, 2, 1], note: "2 x 5" },
    { args: [[input(2), input(5), node("+", [0, 1], 7)] as Plain, [0, 0, 0]], expected: [1, 1, 1], note: "2 + 5" },
    { args: [[input(1.1), node("tanh", [0], 0.8)] as Plain, [0, 0]], expected: [0.36, 1], note: "tanh, result 0.8" },
    { args: [SQUARED, [0, 0]], expected: [6, 1], note: "a node used twice by one operation: 3 x 3" },
    { args: [SUMMED, [0, 0, 0, 0]], expected: [6, 2, 1, 1], note: "a node used by two operations: 2 x 5 + 2" },
    { args: [DEEP, [0, 0, 0]], expected: [16, 8, 1], note: "used twice, and again: (2 + 2) x (2 + 2)" },
    { args: [SQUARED, [6, 1]], expected: [12, 1], note: "backward called a second time on 3 x 3" },
    { args: [DEEP, [16, 8, 1]], expected: [32, 8, 1], note: "called a second time: what is in between starts at 0" },
  ],
  mistakes: [
    {
      id: "overwrites",
      says: "A node that is used twice kept only the last part: somewhere stands `=` where `+=` belongs. Each use adds its own part.",
      like: walk({ deliver: (_, part) => part }),
    },
    {
      id: "forgets-earlier",
      says: "On a second call the first one's result was lost: the inputs started at 0. What is in `grads` of an input stays, and the new slope is added.",
      like: walk({ start: () => 0 }),
    },
    {
      id: "inner-kept",
      says: "On a second call the nodes in between still hold the slopes of the first one, and pass them on again. Only inputs keep what they have; all others start at 0.",
      like: walk({ start: (_, grad) => grad }),
    },
    {
      id: "inner-kept-root-1",
      says: "On a second call the nodes in between still hold the slopes of the first one, and pass them on again. Only inputs keep what they have; all others start at 0. (micrograd does this, too.)",
      like: (nodes: GraphNode[], grads: number[]) =>
        walk({ start: (one, grad) => (one === nodes.at(-1) ? 0 : grad) })(nodes, grads),
    },
    {
      id: "no-root",
      says: "Nothing flows back, because the walk starts with 0. The slope of the result by itself is 1: put that into the last node first.",
      like: walk({ root: 0 }),
    },
    {
      id: "forward",
      says: "The nodes were walked from the first to the last. On the way back the last one comes first, or there is nothing to pass on yet.",
      like: walk({ forward: true }),
    },
    {
      id: "own-value",
      says: "In a product each factor got its own value. Its slope is the value of the *other* factor.",
      like: walk({
        slopes: (nodes, one) => (one.op === "*" ? one.inputs.map((i) => nodes[i]!.value) : slopesOf(nodes, one)),
      }),
    },
    {
      id: "not-times-grad",
      says: "These are local slopes only. Multiply each with the slope of the node it comes from: that is the chain rule.",
      like: (nodes: GraphNode[], grads: number[]) => {
        const result = nodes.map(({ op }, i) => (op === "input" ? grads[i]! : 0));
        result[nodes.length - 1]! += 1;
        for (const one of [...nodes].reverse()) {
          for (const [k, source] of one.inputs.entries()) result[source]! += slopesOf(nodes, one)[k]!;
        }
        return result;
      },
    },
    {
      id: "tanh-again",
      says: "`value` of a tanh node is already tanh of its input. Its slope is 1 - value^2.",
      like: walk({
        slopes: (nodes, one) => (one.op === "tanh" ? [1 - Math.tanh(one.value) ** 2] : slopesOf(nodes, one)),
      }),
    },
  ],
  hints: [
    "Two questions decide everything: what does each node hold before the walk, and is a part put in its place (`=`) or added to it (`+=`)?",
    "Make a copy: inputs start with what `grads` says, all other nodes with 0, the last node gets 1 more. Then go from the last node to the first; for each of a node's inputs, add (slope of the node by that input) x (slope of the node).",
    [
      'const result = nodes.map(({ op }, i) => (op === "input" ? grads[i] : 0));',
      "result[nodes.length - 1] += 1;",
      "for (let i = nodes.length - 1; i >= 0; i--) {",
      "  const { op, inputs, value } = nodes[i];",
      "  const [a, b] = inputs;",
      '  if (op === "+") { result[a] += result[i]; result[b] += /* ... */; }',
      '  if (op === "*") { result[a] += nodes[b].value * result[i]; /* and b */ }',
      '  if (op === "tanh") result[a] += /* 1 - value^2 */ * result[i];',
      "}",
      "return result;",
    ].join("\n"),
  ],
};
