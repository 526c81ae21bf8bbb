/** @file Exercise 3.2: one step of gradient descent. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

/** The exercise with another rule for one weight. */
const withRule =
  (rule: (w: number, g: number, rate: number, i: number) => number) =>
  (w: number[], grad: number[], rate: number): number[] =>
    w.map((wi, i) => rule(wi, grad[i]!, rate, i));

export const sgdStep: CodeExercise = {
  id: "3.2",
  title: "One step downhill",
  points: 1,
  minutes: 5,
  answers: ["sgdStep(w: number[], grad: number[], learningRate: number): number[]"],
  compare: close({ relative: 1e-9, absolute: 1e-12 }),
  cases: [
    { args: [[1], [2], 0.1], expected: [0.8], note: "the loss rises to the right, so go left" },
    { args: [[1], [-2], 0.1], expected: [1.2], note: "it falls to the right, so go right" },
    { args: [[5, -3, 0], [10, 4, -2], 0.5], expected: [0, -5, 1], note: "each weight by its own slope" },
    { args: [[1, 2], [7, 9], 0], expected: [1, 2], note: "a rate of 0: nothing moves" },
  ],
  mistakes: [
    {
      id: "uphill",
      says: "This goes *up* the slope. The gradient points to where the loss grows: take it away, do not add it.",
      like: withRule((w, g, rate) => w + rate * g),
    },
    {
      id: "no-rate",
      says: "The learning rate is missing: the step is the slope times `learningRate`.",
      like: withRule((w, g) => w - g),
    },
    {
      id: "divided",
      says: "The slope was divided by the learning rate. A larger rate has to make a larger step: multiply.",
      like: withRule((w, g, rate) => w - g / rate),
    },
    {
      id: "sign-only",
      says: "Every weight moved by the same amount. A steep slope has to move its weight further than a gentle one.",
      like: withRule((w, g, rate) => w - rate * Math.sign(g)),
    },
    {
      id: "step-only",
      says: "This is the step. The answer is where the weights are after it: the old weights plus the step.",
      like: withRule((_, g, rate) => -rate * g),
    },
    {
      id: "shrinks-weights",
      says: "The rate was applied to the weights. It belongs to the slope: `w - learningRate * grad`.",
      like: withRule((w, g, rate) => w - rate * w * g),
    },
    {
      id: "first-slope",
      says: "All weights moved by the slope of the first one. Each has a slope of its own: `grad[i]`.",
      like: (w: number[], grad: number[], rate: number) => w.map((wi) => wi - rate * grad[0]!),
    },
  ],
  hints: [
    "Against the slope, and further where it is steeper.",
    "For each index: the old weight, minus the learning rate times the slope of that weight. Return a new list.",
    "return w.map((wi, i) => wi - /* how far */);",
  ],
};
