/** @file Exercise 3.2, held back: one step of gradient descent. Expected values come from `reference/03.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/03.json";

const answer = (sgdStep: (w: number[], grad: number[], rate: number) => unknown): Record<string, unknown> => ({
  sgdStep,
});

export const sgdStep: HeldBack = {
  cases: reference["3.2"],
  right: [
    { how: "map", answers: answer((w, grad, rate) => w.map((wi, i) => wi - rate * grad[i]!)) },
    {
      how: "a loop over a copy",
      answers: answer((w, grad, rate) => {
        const next = [...w];
        for (let i = 0; i < next.length; i++) next[i]! += -grad[i]! * rate;
        return next;
      }),
    },
    {
      how: "steps first",
      answers: answer((w, grad, rate) => {
        const steps = grad.map((g) => -(g * rate));
        return w.map((wi, i) => steps[i]! + wi);
      }),
    },
  ],
  wrong: [
    { how: "plus", told: "uphill", answers: answer((w, grad, rate) => w.map((wi, i) => wi + rate * grad[i]!)) },
    { how: "no rate", told: "no-rate", answers: answer((w, grad) => w.map((wi, i) => wi - grad[i]!)) },
    {
      how: "the sign of the slope",
      told: "sign-only",
      answers: answer((w, grad, rate) => w.map((wi, i) => wi - rate * Math.sign(grad[i]!))),
    },
    { how: "the step alone", told: "step-only", answers: answer((_, grad, rate) => grad.map((g) => -g * rate)) },
    {
      how: "the weight in the step",
      told: "shrinks-weights",
      answers: answer((w, grad, rate) => w.map((wi, i) => wi * (1 - rate * grad[i]!))),
    },
    {
      how: "in place",
      told: "changes-input",
      answers: answer((w, grad, rate) => {
        for (let i = 0; i < w.length; i++) w[i]! -= rate * grad[i]!;
        return w;
      }),
    },
    {
      how: "the slope of the first weight for all",
      told: "first-slope",
      answers: answer((w, grad, rate) => w.map((wi) => wi - rate * grad[0]!)),
    },
  ],
};
