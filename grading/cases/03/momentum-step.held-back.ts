/** @file Exercise 3.5, held back: a step with momentum. Expected values come from `reference/03.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/03.json";

interface State {
  w: number[];
  u: number[];
}
interface Settings {
  learningRate: number;
  momentum: number;
}

const answer = (momentumStep: (state: State, grad: number[], s: Settings) => unknown): Record<string, unknown> => ({
  momentumStep,
});

/** A right answer in which one line is changed. */
function spoiled({
  remember = (u: number, g: number, s: Settings): number => s.momentum * u + g,
  move = (w: number, u: number, g: number, s: Settings): number => w - s.learningRate * u + 0 * g,
}): Record<string, unknown> {
  return answer(({ w, u }, grad, s) => {
    const next: number[] = [];
    const weights: number[] = [];
    for (let i = 0; i < w.length; i++) {
      next.push(remember(u[i]!, grad[i]!, s));
      weights.push(move(w[i]!, next[i]!, grad[i]!, s));
    }
    return { w: weights, u: next };
  });
}

export const momentumStep: HeldBack = {
  cases: reference["3.5"],
  right: [
    { how: "a loop", answers: spoiled({}) },
    {
      how: "maps, and the other order of keys",
      answers: answer((state, grad, { learningRate, momentum }) => {
        const u = grad.map((g, i) => g + momentum * state.u[i]!);
        return { u, w: state.w.map((wi, i) => wi - u[i]! * learningRate) };
      }),
    },
    {
      how: "the movement taken apart: what rolls on, and what is new",
      answers: answer(({ w, u }, grad, { learningRate: rate, momentum: mu }) => ({
        w: w.map((wi, i) => wi - rate * mu * u[i]! - rate * grad[i]!),
        u: u.map((ui, i) => mu * ui + grad[i]!),
      })),
    },
  ],
  wrong: [
    { how: "no memory", told: "forgets", answers: spoiled({ remember: (_, g) => g }) },
    { how: "no fading", told: "keeps-all", answers: spoiled({ remember: (u, g) => u + g }) },
    { how: "a mean", told: "mean", answers: spoiled({ remember: (u, g, s) => s.momentum * u + (1 - s.momentum) * g }) },
    {
      how: "momentum on the gradient",
      told: "on-the-slope",
      answers: spoiled({ remember: (u, g, s) => u + s.momentum * g }),
    },
    {
      how: "moves by the gradient",
      told: "slope-only",
      answers: spoiled({ move: (w, _, g, s) => w - s.learningRate * g }),
    },
    { how: "up", told: "uphill", answers: spoiled({ move: (w, u, _, s) => w + s.learningRate * u }) },
    {
      how: "moves before it remembers",
      told: "old-u",
      answers: answer(({ w, u }, grad, s) => ({
        w: w.map((wi, i) => wi - s.learningRate * u[i]!),
        u: u.map((ui, i) => s.momentum * ui + grad[i]!),
      })),
    },
    {
      how: "the rate in u",
      told: "rate-inside",
      answers: spoiled({ remember: (u, g, s) => s.momentum * u + s.learningRate * g, move: (w, u) => w - u }),
    },
    {
      how: "Nesterov's",
      told: "nesterov",
      answers: spoiled({ move: (w, u, g, s) => w - s.learningRate * (g + s.momentum * u) }),
    },
    {
      how: "only the weights",
      told: "type",
      answers: answer(({ w, u }, grad, s) => w.map((wi, i) => wi - s.learningRate * (s.momentum * u[i]! + grad[i]!))),
    },
  ],
};
