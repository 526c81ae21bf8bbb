/** @file Exercise 4.3, held back: gradients add up. Expected values come from `reference/04.py`, by dual numbers. */

import type { Case, HeldBack } from "../../src/table";
import reference from "../reference/04.json";
import { type GraphNode, slopesOf } from "./backward";

export const backward: HeldBack = {
  cases: reference["4.3"] as unknown as readonly Case[],
  right: [
    {
      how: "a switch, on a copy",
      answers: {
        backward(nodes: GraphNode[], grads: number[]): number[] {
          const g = [...grads];
          nodes.forEach((one, i) => {
            if (one.op !== "input") g[i] = 0;
          });
          g[g.length - 1]! += 1;
          for (let i = nodes.length - 1; i >= 0; i--) {
            const [a, b] = nodes[i]!.inputs as [number, number];
            switch (nodes[i]!.op) {
              case "+":
                g[a]! += g[i]!;
                g[b]! += g[i]!;
                break;
              case "*":
                g[a]! += g[i]! * nodes[b]!.value;
                g[b]! += g[i]! * nodes[a]!.value;
                break;
              case "tanh":
                g[a]! += g[i]! * (1 - nodes[i]!.value) * (1 + nodes[i]!.value);
            }
          }
          return g;
        },
      },
    },
    {
      how: "collecting from the uses instead of delivering to the inputs, and adding the old ones last",
      answers: {
        backward(nodes: GraphNode[], grads: number[]): number[] {
          const fresh = new Array<number>(nodes.length).fill(0);
          for (let i = nodes.length - 1; i >= 0; i--) {
            let total = i === nodes.length - 1 ? 1 : 0;
            nodes.forEach((user, u) => {
              user.inputs.forEach((source, k) => {
                if (source === i) total += slopesOf(nodes, user)[k]! * fresh[u]!;
              });
            });
            fresh[i] = total;
          }
          return fresh.map((grad, i) => grad + (nodes[i]!.op === "input" ? grads[i]! : 0));
        },
      },
    },
  ],
  wrong: [
    {
      how: "= for +=, in a switch",
      told: "overwrites",
      answers: {
        backward(nodes: GraphNode[], grads: number[]): number[] {
          const g = nodes.map((one, i) => (one.op === "input" ? grads[i]! : 0));
          g[nodes.length - 1]! += 1;
          for (let i = nodes.length - 1; i >= 0; i--) {
            const slopes = slopesOf(nodes, nodes[i]!);
            for (const [k, source] of nodes[i]!.inputs.entries()) g[source] = slopes[k]! * g[i]!;
          }
          return g;
        },
      },
    },
    {
      how: "a fresh list of zeros in every call",
      told: "forgets-earlier",
      answers: {
        backward(nodes: GraphNode[]): number[] {
          const g = nodes.map((_, i) => (i === nodes.length - 1 ? 1 : 0));
          for (let i = nodes.length - 1; i >= 0; i--) {
            const slopes = slopesOf(nodes, nodes[i]!);
            for (const [k, source] of nodes[i]!.inputs.entries()) g[source]! += slopes[k]! * g[i]!;
          }
          return g;
        },
      },
    },
    {
      how: "as micrograd: everything kept, the root set to 1",
      told: "inner-kept-root-1",
      answers: {
        backward(nodes: GraphNode[], grads: number[]): number[] {
          const g = [...grads];
          g[nodes.length - 1] = 1;
          for (let i = nodes.length - 1; i >= 0; i--) {
            const slopes = slopesOf(nodes, nodes[i]!);
            for (const [k, source] of nodes[i]!.inputs.entries()) g[source]! += slopes[k]! * g[i]!;
          }
          return g;
        },
      },
    },
    {
      how: "everything kept, 1 added to the root",
      told: "inner-kept",
      answers: {
        backward(nodes: GraphNode[], grads: number[]): number[] {
          const g = [...grads];
          g[nodes.length - 1]! += 1;
          for (let i = nodes.length - 1; i >= 0; i--) {
            const slopes = slopesOf(nodes, nodes[i]!);
            for (const [k, source] of nodes[i]!.inputs.entries()) g[source]! += slopes[k]! * g[i]!;
          }
          return g;
        },
      },
    },
    {
      how: "the root forgotten",
      told: "no-root",
      answers: {
        backward: (nodes: GraphNode[], grads: number[]): number[] =>
          nodes.map((one, i) => (one.op === "input" ? grads[i]! : 0)),
      },
    },
  ],
};
