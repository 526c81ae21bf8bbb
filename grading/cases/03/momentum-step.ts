/** @file Exercise 3.5: gradient descent with momentum, one step of it. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

interface State {
  w: number[];
  u: number[];
}
interface Settings {
  learningRate: number;
  momentum: number;
}

/** The exercise with other rules for what is remembered and for the weight. */
const withRules =
  (
    remember: (u: number, g: number, s: Settings) => number,
    move: (w: number, next: number, old: { u: number; g: number }, s: Settings) => number = (w, u, _, s) =>
      w - s.learningRate * u,
  ) =>
  ({ w, u }: State, grad: number[], s: Settings): State => {
    const next = u.map((ui, i) => remember(ui, grad[i]!, s));
    return { w: w.map((wi, i) => move(wi, next[i]!, { u: u[i]!, g: grad[i]! }, s)), u: next };
  };

const half = { learningRate: 0.1, momentum: 0.5 };
const right = (u: number, g: number, s: Settings): number => s.momentum * u + g;

export const momentumStep: CodeExercise = {
  id: "3.5",
  title: "A step with momentum",
  points: 2,
  minutes: 8,
  answers: [
    "momentumStep(state: { w: number[]; u: number[] }, grad: number[], settings: { learningRate: number; momentum: number }): { w: number[]; u: number[] }",
  ],
  compare: close({ relative: 1e-9, absolute: 1e-12 }),
  cases: [
    { args: [{ w: [1], u: [0] }, [2], half], expected: { w: [0.8], u: [2] }, note: "nothing to remember yet" },
    {
      args: [{ w: [0.8], u: [2] }, [2], half],
      expected: { w: [0.5], u: [3] },
      note: "the same slope again: 0.5 x 2 + 2",
    },
    { args: [{ w: [1], u: [4] }, [0], half], expected: { w: [0.8], u: [2] }, note: "no slope: it rolls on" },
    {
      args: [{ w: [0, 10], u: [4, -2] }, [-2, 1], half],
      expected: { w: [0, 10], u: [0, 0] },
      note: "the new slopes undo what was remembered",
    },
  ],
  mistakes: [
    {
      id: "forgets",
      says: "Nothing is remembered: `u` is only the new gradient. It has to keep `momentum` times the old `u`.",
      like: withRules((_, g) => g),
    },
    {
      id: "keeps-all",
      says: "The old `u` is kept whole. Multiply it by `momentum`, so that old gradients fade.",
      like: withRules((u, g) => u + g),
    },
    {
      id: "old-u",
      says: "The weights moved by the old `u`. First bring `u` up to date, then move by it.",
      like: withRules(right, (w, _, { u }, s) => w - s.learningRate * u),
    },
    {
      id: "slope-only",
      says: "`u` is right, but the weights moved by the gradient alone. Move them by the new `u`.",
      like: withRules(right, (w, _, { g }, s) => w - s.learningRate * g),
    },
    {
      id: "mean",
      says: "You took the mean, (1 - momentum) g. That variant exists; here the new gradient counts in full: momentum u + g.",
      like: withRules((u, g, s) => s.momentum * u + (1 - s.momentum) * g),
    },
    {
      id: "on-the-slope",
      says: "`momentum` was applied to the new gradient. It belongs to the old `u`.",
      like: withRules((u, g, s) => u + s.momentum * g),
    },
    {
      id: "rate-inside",
      says: "The learning rate went into `u`. Keep `u` in units of the gradient and apply the rate when the weights move.",
      like: withRules(
        (u, g, s) => s.momentum * u + s.learningRate * g,
        (w, u) => w - u,
      ),
    },
    {
      id: "uphill",
      says: "This goes up the slope: the weights become `w - learningRate * u`.",
      like: withRules(right, (w, u, _, s) => w + s.learningRate * u),
    },
    {
      id: "nesterov",
      says: "This is Nesterov's variant, which looks one step further. Here the weights move by `u` itself.",
      like: withRules(right, (w, u, { g }, s) => w - s.learningRate * (g + s.momentum * u)),
    },
  ],
  hints: [
    "Two lines: what is remembered, and where the weights go with it.",
    "The new `u` is `momentum` times the old one plus the gradient. The new weights are the old ones minus `learningRate` times the *new* `u`. Return both.",
    [
      "const { learningRate, momentum } = settings;",
      "const u = state.u.map((ui, i) => /* momentum, the old ui, grad[i] */);",
      "const w = state.w.map((wi, i) => wi - /* the rate and the new u[i] */);",
      "return { w: w, u: u };",
    ].join("\n"),
  ],
};
