/** @file Exercise 4.2: the order in which a graph is walked back, each node after all that use it. */

import { satisfies } from "../../src/compare";
import type { Plain } from "../../src/plain";
import type { CodeExercise, Seen } from "../../src/table";
import { outcomeOf } from "../foreseen";

type Args = readonly Plain[];
const inputsOf = (args: Args): readonly (readonly number[])[] => args[0] as never;
const isOrder = (value: Plain): value is readonly number[] =>
  Array.isArray(value) && value.every((node) => typeof node === "number");

/** What the root depends on, itself among it. */
function needed(args: Args): Set<number> {
  const found = new Set([args[1] as number]);
  for (const node of found) for (const input of inputsOf(args)[node]!) found.add(input);
  return found;
}

/** The first node that stands before one that uses it. */
function tooEarly(order: readonly number[], args: Args): { node: number; user: number } | undefined {
  const place = new Map(order.map((node, i) => [node, i]));
  for (const user of order) {
    for (const node of inputsOf(args)[user] ?? []) if (place.get(node)! < place.get(user)!) return { node, user };
  }
  return undefined;
}

const repeated = (order: readonly number[]): number | undefined => order.find((node, i) => order.indexOf(node) < i);

/** The rule, with one sentence for what breaks it. */
const isBackwardOrder = satisfies(
  "each node that the root depends on, once, after all that use it",
  (received, args) => {
    if (!isOrder(received)) return "A list of node numbers is expected.";
    const wanted = needed(args);
    const twice = repeated(received);
    if (twice !== undefined) return `Node ${twice} stands in the list twice.`;
    const missing = [...wanted].find((node) => !received.includes(node));
    if (missing !== undefined) return `Node ${missing} is missing.`;
    const extra = received.find((node) => !wanted.has(node));
    if (extra !== undefined) return `The root does not depend on node ${extra}.`;
    const early = tooEarly(received, args);
    return early ? `Node ${early.node} comes before node ${early.user}, which uses it.` : true;
  },
);

const complete = ({ received, args }: Seen): boolean =>
  isOrder(received) && [...needed(args)].every((node) => received.includes(node));

export const backwardOrder: CodeExercise = {
  id: "4.2",
  title: "Backward in topological order",
  points: 3,
  minutes: 15,
  answers: ["backwardOrder(inputs: number[][], root: number): number[]"],
  compare: isBackwardOrder,
  cases: [
    { args: [[[], [], [0, 1]], 2], expected: [2, 1, 0], note: "one operation on two inputs" },
    { args: [[[], [0], [1], [2]], 3], expected: [3, 2, 1, 0], note: "a chain" },
    { args: [[[], [0, 0]], 1], expected: [1, 0], note: "an input that is used twice by the same node" },
    {
      args: [[[], [0], [1], [1, 2]], 3],
      expected: [3, 2, 1, 0],
      note: "node 1 is used by 2 and by 3: it has to wait for both",
    },
    {
      args: [[[], [0], [1], [1, 2], [1, 3]], 4],
      expected: [4, 3, 2, 1, 0],
      note: "node 1 is used on three levels",
    },
    {
      args: [[[], [], [0], [0, 1], [2, 2]], 4],
      expected: [4, 2, 0],
      note: "nodes 1 and 3 do not lead to the root, though 3 uses node 0",
    },
    { args: [[[1, 2], [2], []], 0], expected: [0, 1, 2], note: "the numbers say nothing about the order" },
  ],
  mistakes: [
    {
      id: "repeated",
      says: "A node stands in the list more than once: it is reached on several ways. Remember which nodes you have seen.",
      when: ({ received }) => isOrder(received) && repeated(received) !== undefined,
    },
    {
      id: "forward",
      says: "This is the way forward, inputs first. On the way back the root comes first: reverse the list.",
      when: (seen) => {
        if (!complete(seen)) return false;
        const turned = [...(seen.received as number[])].reverse();
        return turned[0] === seen.args[1] && !tooEarly(turned, seen.args);
      },
    },
    {
      id: "too-early",
      says: "A node comes before another one that uses it; then its slope is passed on before it is complete. Nearest first (breadth) or as found (depth) is not enough: put a node into the list only when all that went into it are there, then reverse.",
      when: (seen) => complete(seen) && tooEarly(seen.received as number[], seen.args) !== undefined,
    },
    {
      id: "unneeded",
      says: "The list holds nodes that the root does not depend on. Start from the root and follow the inputs.",
      when: ({ received, args }) => isOrder(received) && received.some((node) => !needed(args).has(node)),
    },
    {
      id: "waits-for-others",
      says: "A node waits for one that does not lead to the root, and so its turn never comes. Count only uses by nodes that the root depends on.",
      when: outcomeOf((inputs: number[][], root: number) => {
        const open = inputs.map((_, node) => inputs.flat().filter((input) => input === node).length);
        const order = [root];
        for (const node of order) for (const input of inputs[node]!) if (--open[input]! === 0) order.push(input);
        return order;
      }),
    },
    {
      id: "no-inputs",
      says: "Nodes without inputs are missing. They belong to the list: their slopes are the ones that are wanted in the end.",
      when: ({ received, args }) =>
        isOrder(received) &&
        [...needed(args)].every((node) => received.includes(node) !== (inputsOf(args)[node]!.length === 0)),
    },
  ],
  hints: [
    "Go forward first: which order puts each node behind everything that went into it? The way back is that list, reversed.",
    "Write an inner function `visit(node)`: if the node was seen, do nothing; else mark it, visit each of its inputs, and *then* append the node to a list. Call it on the root, and reverse the list at the end.",
    [
      "const seen = new Set<number>();",
      "const order: number[] = [];",
      "const visit = (node: number): void => {",
      "  if (/* seen already */) return;",
      "  seen.add(node);",
      "  for (const input of inputs[node]) visit(input);",
      "  order.push(/* now it may stand here */);",
      "};",
      "visit(root);",
      "return /* the list, turned round */;",
    ].join("\n"),
  ],
};
