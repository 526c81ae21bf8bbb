/** @file Exercise 4.2, held back: backward in topological order. Expected values come from `reference/04.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/04.json";

export const backwardOrder: HeldBack = {
  cases: reference["4.2"],
  right: [
    {
      how: "by counting the uses that are still open (Kahn 1962)",
      answers: {
        backwardOrder(inputs: number[][], root: number): number[] {
          const found = new Set([root]);
          for (const node of found) for (const input of inputs[node]!) found.add(input);
          const open = new Map([...found].map((node) => [node, 0]));
          for (const node of found) for (const input of inputs[node]!) open.set(input, open.get(input)! + 1);
          const order: number[] = [];
          const ready = [root];
          while (ready.length > 0) {
            const node = ready.pop()!;
            order.push(node);
            for (const input of inputs[node]!) {
              open.set(input, open.get(input)! - 1);
              if (open.get(input) === 0) ready.push(input);
            }
          }
          return order;
        },
      },
    },
    {
      how: "by the longest way from the root",
      answers: {
        backwardOrder(inputs: number[][], root: number): number[] {
          const distance = new Map([[root, 0]]);
          for (let changed = true; changed; ) {
            changed = false;
            for (const [node, steps] of [...distance]) {
              for (const input of inputs[node]!) {
                if ((distance.get(input) ?? -1) >= steps + 1) continue;
                distance.set(input, steps + 1);
                changed = true;
              }
            }
          }
          return [...distance].sort((a, b) => a[1] - b[1]).map(([node]) => node);
        },
      },
    },
    {
      how: "depth first with a stack of its own",
      answers: {
        backwardOrder(inputs: number[][], root: number): number[] {
          const done = new Set<number>();
          const stack = [root];
          while (stack.length > 0) {
            const next = inputs[stack.at(-1)!]!.find((input) => !done.has(input));
            if (next === undefined) done.add(stack.pop()!);
            else stack.push(next);
          }
          return [...done].reverse();
        },
      },
    },
  ],
  wrong: [
    {
      how: "by counting all uses, also those that do not lead to the root",
      told: "waits-for-others",
      answers: {
        backwardOrder(inputs: number[][], root: number): number[] {
          const open = new Map<number, number>();
          for (const list of inputs) for (const input of list) open.set(input, (open.get(input) ?? 0) + 1);
          const order: number[] = [];
          const ready = [root];
          while (ready.length > 0) {
            const node = ready.shift()!;
            order.push(node);
            for (const input of inputs[node]!) {
              open.set(input, open.get(input)! - 1);
              if (open.get(input) === 0) ready.push(input);
            }
          }
          return order;
        },
      },
    },
    {
      how: "breadth first from the root",
      told: "too-early",
      answers: {
        backwardOrder(inputs: number[][], root: number): number[] {
          const order = new Set([root]);
          for (const node of order) for (const input of inputs[node]!) order.add(input);
          return [...order];
        },
      },
    },
    {
      how: "depth first, as found",
      told: "too-early",
      answers: {
        backwardOrder(inputs: number[][], root: number): number[] {
          const order: number[] = [];
          const visit = (node: number): void => {
            if (order.includes(node)) return;
            order.push(node);
            for (const input of inputs[node]!) visit(input);
          };
          visit(root);
          return order;
        },
      },
    },
    {
      how: "without a mark on what was seen",
      told: "repeated",
      answers: {
        backwardOrder(inputs: number[][], root: number): number[] {
          const order: number[] = [];
          const visit = (node: number): void => {
            for (const input of inputs[node]!) visit(input);
            order.push(node);
          };
          visit(root);
          return order.reverse();
        },
      },
    },
    {
      how: "not reversed",
      told: "forward",
      answers: {
        backwardOrder(inputs: number[][], root: number): number[] {
          const order = new Set<number>();
          const visit = (node: number): void => {
            if (order.has(node)) return;
            for (const input of inputs[node]!) visit(input);
            order.add(node);
          };
          visit(root);
          return [...order];
        },
      },
    },
    {
      how: "the walk begun at every node, not only at the root",
      told: "unneeded",
      answers: {
        backwardOrder(inputs: number[][]): number[] {
          const order = new Set<number>();
          const visit = (node: number): void => {
            if (order.has(node)) return;
            for (const input of inputs[node]!) visit(input);
            order.add(node);
          };
          for (const node of inputs.keys()) visit(node);
          return [...order].reverse();
        },
      },
    },
    {
      how: "operations only",
      told: "no-inputs",
      answers: {
        backwardOrder(inputs: number[][], root: number): number[] {
          const order = new Set<number>();
          const visit = (node: number): void => {
            if (order.has(node) || inputs[node]!.length === 0) return;
            for (const input of inputs[node]!) visit(input);
            order.add(node);
          };
          visit(root);
          return [...order].reverse();
        },
      },
    },
    {
      how: "all nodes, by number",
      told: "condition",
      answers: { backwardOrder: (inputs: number[][]): number[] => inputs.map((_, i) => inputs.length - 1 - i) },
    },
  ],
};
