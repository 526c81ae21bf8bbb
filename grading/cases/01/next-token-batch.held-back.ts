/** @file Exercise 1.2, held back: next-token batches. Expected values come from `reference/01.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/01.json";

export const nextTokenBatch: HeldBack = {
  cases: reference["1.2"],
  right: [
    {
      how: "nested loops over rows and positions",
      answers: {
        nextTokenBatch(tokens: number[], starts: number[], contextLength: number): unknown {
          const inputs: number[][] = [];
          const targets: number[][] = [];
          for (const start of starts) {
            const [x, y]: number[][] = [[], []];
            for (let t = 0; t < contextLength; t++) {
              x!.push(tokens[start + t]!);
              y!.push(tokens[start + t + 1]!);
            }
            inputs.push(x!);
            targets.push(y!);
          }
          return { inputs, targets };
        },
      },
    },
    {
      how: "one chunk of contextLength + 1, cut twice",
      answers: {
        nextTokenBatch: (tokens: number[], starts: number[], contextLength: number): unknown => {
          const chunks = starts.map((start) => tokens.slice(start, start + contextLength + 1));
          return {
            targets: chunks.map((chunk) => chunk.slice(1)),
            inputs: chunks.map((chunk) => chunk.slice(0, -1)),
          };
        },
      },
    },
    {
      how: "typed arrays as rows",
      answers: {
        nextTokenBatch: (tokens: number[], starts: number[], contextLength: number): unknown => {
          const all = Int32Array.from(tokens);
          const cut = (from: number): Int32Array => all.subarray(from, from + contextLength);
          return { inputs: starts.map((s) => cut(s)), targets: starts.map((s) => cut(s + 1)) };
        },
      },
    },
  ],
  wrong: [
    {
      how: "one chunk of contextLength, cut twice",
      told: "too-short",
      answers: {
        nextTokenBatch: (tokens: number[], starts: number[], contextLength: number): unknown => {
          const chunks = starts.map((start) => tokens.slice(start, start + contextLength));
          return {
            inputs: chunks.map((chunk) => chunk.slice(0, -1)),
            targets: chunks.map((chunk) => chunk.slice(1)),
          };
        },
      },
    },
    {
      how: "the same row, shifted in place",
      told: "same-array",
      answers: {
        nextTokenBatch(tokens: number[], starts: number[], contextLength: number): unknown {
          const inputs = starts.map((start) => tokens.slice(start, start + contextLength));
          const targets = inputs;
          for (const [row, target] of targets.entries()) {
            target.shift();
            target.push(tokens[starts[row]! + contextLength]!);
          }
          return { inputs, targets };
        },
      },
    },
    {
      how: "targets copied from the inputs",
      told: "not-shifted",
      answers: {
        nextTokenBatch(tokens: number[], starts: number[], contextLength: number): unknown {
          const inputs = starts.map((start) => tokens.slice(start, start + contextLength));
          return { inputs, targets: inputs.map((row) => [...row]) };
        },
      },
    },
    {
      how: "rows one longer than asked",
      told: "too-long",
      answers: {
        nextTokenBatch: (tokens: number[], starts: number[], contextLength: number): unknown => ({
          inputs: starts.map((start) => tokens.slice(start, start + contextLength + 1)),
          targets: starts.map((start) => tokens.slice(start + 1, start + contextLength + 2)),
        }),
      },
    },
    {
      how: "shifted the other way, with wrap-around",
      told: "wrong-way",
      answers: {
        nextTokenBatch: (tokens: number[], starts: number[], contextLength: number): unknown => ({
          inputs: starts.map((start) => tokens.slice(start, start + contextLength)),
          targets: starts.map((start) =>
            Array.from(tokens.slice(start, start + contextLength), (_, t) => tokens[start + t - 1]),
          ),
        }),
      },
    },
    {
      how: "x and y as keys",
      told: "keys",
      answers: { nextTokenBatch: (tokens: number[]): unknown => ({ x: [tokens], y: [tokens] }) },
    },
    {
      how: "async without need",
      told: "promise",
      answers: {
        nextTokenBatch: async (tokens: number[]): Promise<unknown> => ({ inputs: [tokens], targets: [tokens] }),
      },
    },
  ],
};
