/** @file Exercise 4.1, held back: local derivatives. Expected values come from `reference/04.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/04.json";

/** The slope of the wrong function, measured. */
const measured = (f: (a: number, b: number) => number, a: number, b: number): number[] => [
  (f(a + 1e-5, b) - f(a - 1e-5, b)) / 2e-5,
  (f(a, b + 1e-5) - f(a, b - 1e-5)) / 2e-5,
];

export const localDerivatives: HeldBack = {
  cases: reference["4.1"],
  right: [
    {
      how: "measured with central differences",
      answers: {
        localDerivatives(op: string, inputs: number[]): number[] {
          const run: Record<string, (a: number, b: number) => number> = {
            "+": (a, b) => a + b,
            "-": (a, b) => a - b,
            "*": (a, b) => a * b,
            "/": (a, b) => a / b,
            exp: Math.exp,
            ln: Math.log,
            tanh: Math.tanh,
            relu: (a) => Math.max(0, a),
          };
          return measured(run[op]!, inputs[0]!, inputs[1] ?? 0).slice(0, inputs.length);
        },
      },
    },
    {
      how: "if after if, with a power and a cosh",
      answers: {
        localDerivatives(op: string, inputs: number[]): number[] {
          const a = inputs[0]!;
          const b = inputs[1]!;
          if (op === "+" || op === "-") return [1, op === "+" ? 1 : -1];
          if (op === "*") return [...inputs].reverse();
          if (op === "/") return [b ** -1, -a * b ** -2];
          if (op === "exp") return [Math.E ** a];
          if (op === "ln") return [a ** -1];
          return [op === "tanh" ? 1 / Math.cosh(a) ** 2 : Number(a > 0)];
        },
      },
    },
  ],
  wrong: [
    {
      how: "a product gives each factor its own value",
      told: "own-factor",
      answers: { localDerivatives: spoiled("*", (a, b) => [a, b]) },
    },
    {
      how: "1 - a^2 for tanh",
      told: "tanh-of-input",
      answers: { localDerivatives: spoiled("tanh", (a) => [1 - a ** 2]) },
    },
    {
      how: "a difference treated as a sum",
      told: "minus-sign",
      answers: { localDerivatives: spoiled("-", () => [1, 1]) },
    },
    {
      how: "relu returned",
      told: "relu-value",
      answers: { localDerivatives: spoiled("relu", (a) => [Math.max(a, 0)]) },
    },
    {
      how: "the sign of the second slope of a quotient",
      told: "quotient-sign",
      answers: { localDerivatives: spoiled("/", (a, b) => [1 / b, a / b / b]) },
    },
  ],
};

function spoiled(spoiledOp: string, slopes: (a: number, b: number) => number[]) {
  return (op: string, inputs: number[]): number[] => {
    const [a, b] = [inputs[0]!, inputs[1] ?? 1];
    if (op === spoiledOp) return slopes(a, b);
    const t = Math.tanh(a);
    const all: Record<string, number[]> = {
      "+": [1, 1],
      "-": [1, -1],
      "*": [b, a],
      "/": [1 / b, -a / b ** 2],
      exp: [Math.exp(a)],
      ln: [1 / a],
      tanh: [1 - t * t],
      relu: [a > 0 ? 1 : 0],
    };
    return all[op]!;
  };
}
