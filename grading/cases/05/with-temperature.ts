/** @file Exercise 5.2: probabilities at a temperature. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";
import { softmax } from "../foreseen";

type Sharpen = (logits: number[], temperature: number) => number[];

/** All on the largest, the first of several. */
const greedy = (logits: readonly number[]): number[] =>
  logits.map((_, i) => (i === logits.indexOf(Math.max(...logits)) ? 1 : 0));

/** Right at temperature 0, and elsewhere what the mistake makes. */
const wrongly =
  (mistake: Sharpen): Sharpen =>
  (logits, temperature) =>
    temperature === 0 ? greedy(logits) : mistake(logits, temperature);

const HALVES = [Math.log(4), Math.log(2), 0, 0]; // 1/2, 1/4, 1/8, 1/8

export const withTemperature: CodeExercise = {
  id: "5.2",
  title: "Temperature",
  points: 2,
  minutes: 8,
  answers: ["withTemperature(logits: number[], temperature: number): number[]"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    { args: [HALVES, 1], expected: [0.5, 0.25, 0.125, 0.125], note: "temperature 1 is the plain softmax" },
    { args: [HALVES, 0.5], expected: [16 / 22, 4 / 22, 1 / 22, 1 / 22], note: "4 to 2 to 1 becomes 16 to 4 to 1" },
    {
      args: [[Math.log(16), Math.log(4), 0], 2],
      expected: [4 / 7, 2 / 7, 1 / 7],
      note: "16 to 4 to 1 becomes 4 to 2 to 1",
    },
    { args: [[1, 3, 2], 0], expected: [0, 1, 0], note: "temperature 0: always the likeliest" },
    { args: [[900, 900], 0.5], expected: [0.5, 0.5], note: "e to the 1800 is too large for a number" },
  ],
  mistakes: [
    {
      id: "multiplied",
      says: "The logits were multiplied by the temperature: a low one then evens out. They are divided by it.",
      like: wrongly((logits, t) => softmax(logits.map((z) => z * t))),
    },
    {
      id: "divided-after",
      says: "The probabilities were divided by the temperature, so that they no longer add up to 1. Divide the logits, before the softmax.",
      like: wrongly((logits, t) => softmax(logits).map((p) => p / t)),
    },
    {
      id: "ignored",
      says: "This is the softmax at temperature 1. Divide each logit by the temperature first.",
      like: wrongly((logits) => softmax(logits)),
    },
    {
      id: "zero-is-one",
      says: "Temperature 0 cannot divide, and it does not mean temperature 1: all probability goes to the largest logit.",
      like: (logits: number[], t: number) => softmax(logits.map((z) => z / (t || 1))),
    },
    {
      id: "zero-is-even",
      says: "At temperature 0 all tokens came out equally likely. It is the other end: all probability goes to the largest logit.",
      like: (logits: number[], t: number) =>
        t === 0 ? logits.map(() => 1 / logits.length) : softmax(logits.map((z) => z / t)),
    },
    {
      id: "not-normalised",
      says: "The powers were not divided by their sum.",
      like: wrongly((logits, t) => logits.map((z) => Math.exp((z - Math.max(...logits)) / t))),
    },
  ],
  hints: [
    "The softmax is what you know. Only the logits that go into it are others.",
    "If the temperature is 0, return 1 for the largest logit and 0 for the rest. Else divide each logit by it, subtract the largest from all (against overflow), raise e to each, divide by the sum.",
    [
      "const top = Math.max(...logits);",
      "if (temperature === 0) return logits.map((_, i) => (i === logits.indexOf(top) ? 1 : 0));",
      "const powers = logits.map((z) => Math.exp(/* (z - top), and the temperature */));",
      "const sum = powers.reduce((a, b) => a + b, 0);",
      "return powers.map((p) => p / sum);",
    ].join("\n"),
  ],
};
