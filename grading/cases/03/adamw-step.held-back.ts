/** @file Exercise 3.6, held back: a step of AdamW. Expected values come from `reference/03.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/03.json";

interface State {
  w: number[];
  m: number[];
  v: number[];
  t: number;
}
interface Settings {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
}

const answer = (adamwStep: (state: State, grad: number[], s: Settings) => unknown): Record<string, unknown> => ({
  adamwStep,
});

/** A right answer, weight by weight, in which one line is changed. */
function spoiled({
  slope = (g: number, _w: number, _s: Settings): number => g,
  square = (g: number): number => g ** 2,
  count = (t: number): number => t + 1,
  root = (x: number): number => Math.sqrt(x),
  powers = (beta: number, t: number): number => beta ** t,
  decay = (s: Settings): number => s.learningRate * s.weightDecay,
  sign = -1,
  keep = (plain: number, _corrected: number): number => plain,
}): Record<string, unknown> {
  return answer((state, grad, s) => {
    const next: State = { w: [], m: [], v: [], t: state.t + 1 };
    const t = count(state.t);
    for (let i = 0; i < grad.length; i++) {
      const g = slope(grad[i]!, state.w[i]!, s);
      const m = state.m[i]! + (1 - s.beta1) * (g - state.m[i]!);
      const v = state.v[i]! + (1 - s.beta2) * (square(g) - state.v[i]!);
      const mean = m / (1 - powers(s.beta1, t));
      const spread = v / (1 - powers(s.beta2, t));
      next.m.push(keep(m, mean));
      next.v.push(keep(v, spread));
      next.w.push(state.w[i]! * (1 - decay(s)) + (sign * s.learningRate * mean) / (root(spread) + s.epsilon));
    }
    return next;
  });
}

export const adamwStep: HeldBack = {
  cases: reference["3.6"],
  right: [
    { how: "weight by weight, decay scaled by the rate, as in PyTorch", answers: spoiled({}) },
    { how: "the paper's variant: decay not scaled", answers: spoiled({ decay: (s) => s.weightDecay }) },
    {
      how: "lists, with the corrections moved into the rate, as Kingma and Ba suggest",
      answers: answer((state, grad, s) => {
        const t = 1 + state.t;
        const m = grad.map((g, i) => s.beta1 * state.m[i]! + (1 - s.beta1) * g);
        const v = grad.map((g, i) => s.beta2 * state.v[i]! + (1 - s.beta2) * g * g);
        const root = Math.sqrt(1 - s.beta2 ** t);
        const rate = (s.learningRate * root) / (1 - s.beta1 ** t);
        const w = state.w.map(
          (wi, i) => wi - s.learningRate * s.weightDecay * wi - (rate * m[i]!) / (Math.sqrt(v[i]!) + s.epsilon * root),
        );
        return { w, m, v, t };
      }),
    },
  ],
  wrong: [
    { how: "no corrections", told: "no-correction", answers: spoiled({ powers: () => 0 }) },
    { how: "t counted at the end", told: "old-t", answers: spoiled({ count: (t) => t }) },
    {
      how: "no power in the corrections",
      told: "correction-without-power",
      answers: spoiled({ powers: (beta) => beta }),
    },
    { how: "corrected means kept", told: "corrected-kept", answers: spoiled({ keep: (_, corrected) => corrected }) },
    { how: "no root", told: "no-root", answers: spoiled({ root: (x) => x }) },
    { how: "no square", told: "no-square", answers: spoiled({ square: (g) => g }) },
    {
      how: "L2 in the gradient",
      told: "l2",
      answers: spoiled({ slope: (g, w, s) => g + s.weightDecay * w, decay: () => 0 }),
    },
    { how: "no decay", told: "no-decay", answers: spoiled({ decay: () => 0 }) },
    { how: "decay with a plus", told: "grows", answers: spoiled({ decay: (s) => -s.learningRate * s.weightDecay }) },
    { how: "upwards", told: "uphill", answers: spoiled({ sign: 1 }) },
    {
      how: "t not counted",
      told: "not-counted",
      answers: answer((state, grad, s) => {
        const step = spoiled({}).adamwStep as (state: State, grad: number[], s: Settings) => State;
        return { ...step(state, grad, s), t: state.t };
      }),
    },
    {
      how: "only the weights",
      told: "type",
      answers: answer((state, grad, s) => {
        const step = spoiled({}).adamwStep as (state: State, grad: number[], s: Settings) => State;
        return step(state, grad, s).w;
      }),
    },
  ],
};
