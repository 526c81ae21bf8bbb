/** @file Exercise 4.1: by how much the result of one operation grows when one of its inputs does. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

const LN2 = Math.log(2);

/** The right slopes, with one operation replaced. */
const with_ =
  (changed: Record<string, (a: number, b: number) => number[]>) =>
  (op: string, [a = 0, b = 0]: number[]): number[] => {
    const slopes: Record<string, (a: number, b: number) => number[]> = {
      "+": () => [1, 1],
      "-": () => [1, -1],
      "*": (a, b) => [b, a],
      "/": (a, b) => [1 / b, -a / (b * b)],
      exp: (a) => [Math.exp(a)],
      ln: (a) => [1 / a],
      tanh: (a) => [1 - Math.tanh(a) ** 2],
      relu: (a) => [a > 0 ? 1 : 0],
      ...changed,
    };
    return slopes[op]!(a, b);
  };

export const localDerivatives: CodeExercise = {
  id: "4.1",
  title: "Local derivatives",
  points: 2,
  minutes: 10,
  answers: ["localDerivatives(op: string, inputs: number[]): number[]"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    { args: ["+", [3, 5]], expected: [1, 1], note: "a sum passes on everything" },
    { args: ["-", [3, 5]], expected: [1, -1], note: "more of the second makes the result smaller" },
    { args: ["*", [3, 5]], expected: [5, 3], note: "each factor counts as often as the other one says" },
    { args: ["/", [3, 2]], expected: [0.5, -0.75], note: "3 / 2" },
    { args: ["exp", [LN2]], expected: [2], note: "e to the power of ln 2" },
    { args: ["ln", [4]], expected: [0.25], note: "the logarithm of 4" },
    { args: ["tanh", [0]], expected: [1], note: "tanh is steepest at 0" },
    { args: ["tanh", [LN2]], expected: [0.64], note: "tanh(ln 2) is 0.6" },
    { args: ["relu", [7]], expected: [1], note: "relu above 0" },
    { args: ["relu", [-7]], expected: [0], note: "relu below 0" },
  ],
  mistakes: [
    {
      id: "own-factor",
      says: "For a product, each input got its own value. Move the 3 in 3 x 5 by 1: the result grows by 5, the *other* factor.",
      like: with_({ "*": (a, b) => [a, b] }),
    },
    {
      id: "minus-sign",
      says: "In a - b, a larger b makes the result smaller: its slope is -1.",
      like: with_({ "-": () => [1, 1] }),
    },
    {
      id: "quotient-sign",
      says: "In a / b, a larger b makes the result smaller (for a above 0): the second slope is -a / b^2.",
      like: with_({ "/": (a, b) => [1 / b, a / (b * b)] }),
    },
    {
      id: "quotient-square",
      says: "The second slope of a / b is -a divided by the *square* of b.",
      like: with_({ "/": (a, b) => [1 / b, -a / b] }),
    },
    {
      id: "tanh-of-input",
      says: "For tanh the slope is 1 - tanh(a)^2: take the square of the result, not of the input.",
      like: with_({ tanh: (a) => [1 - a * a] }),
    },
    {
      id: "tanh-no-square",
      says: "For tanh the slope is 1 - tanh(a)^2. The square is missing.",
      like: with_({ tanh: (a) => [1 - Math.tanh(a)] }),
    },
    {
      id: "exp-power-rule",
      says: "The rule for powers (a x^(a-1)) is not for exp. The slope of e^a is e^a itself.",
      like: with_({ exp: (a) => [a * Math.exp(a - 1)] }),
    },
    {
      id: "ln-is-value",
      says: "The slope of the logarithm is 1 / a: it is steep near 0 and flat far away.",
      like: with_({ ln: (a) => [Math.log(a)] }),
    },
    {
      id: "relu-value",
      says: "This is the value of relu. Its slope is 1 where the input is above 0, and 0 below.",
      like: with_({ relu: (a) => [Math.max(a, 0)] }),
    },
    {
      id: "values",
      says: "These are the results of the operations. Asked for is how fast each result grows with each input.",
      like: (op: string, [a = 0, b = 0]: number[]) => {
        const values: Record<string, number[]> = {
          "+": [a + b, a + b],
          "-": [a - b, a - b],
          "*": [a * b, a * b],
          "/": [a / b, a / b],
          exp: [Math.exp(a)],
          ln: [Math.log(a)],
          tanh: [Math.tanh(a)],
          relu: [Math.max(a, 0)],
        };
        return values[op];
      },
    },
  ],
  hints: [
    "Ask of each input: if only this one grows by a very small amount, how many times that amount does the result grow? Try it with 3 and 3.001.",
    "One `switch` on `op`, and one list for each operation: two numbers for `+ - * /`, one for the others. `exp` and `tanh` are easiest when you compute their result first: the slope of exp is the result, the slope of tanh is 1 minus its square.",
    [
      "const [a, b] = inputs;",
      "switch (op) {",
      '  case "+": return [1, 1];',
      '  case "*": return [/* the other */, /* the other */];',
      '  case "/": return [1 / b, -a / (b * b)];',
      '  case "tanh": return [1 - /* result, squared */];',
      "  // ... and the others",
      "}",
    ].join("\n"),
  ],
};
