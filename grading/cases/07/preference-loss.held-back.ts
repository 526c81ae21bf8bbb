/** @file Exercise 7.3, held back: the loss of a pair. Expected values come from `reference/07.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/07.json";

const answer = (preferenceLoss: (chosen: number, rejected: number) => number): Record<string, unknown> => ({
  preferenceLoss,
});

export const preferenceLoss: HeldBack = {
  cases: reference["7.3"],
  right: [
    {
      how: "the larger of the two rewards first",
      answers: answer((c, r) => Math.max(c, r) - c + Math.log(1 + Math.exp(-Math.abs(c - r)))),
    },
    {
      how: "two cases",
      answers: answer((c, r) => (c > r ? Math.log1p(Math.exp(r - c)) : r - c + Math.log1p(Math.exp(c - r)))),
    },
  ],
  wrong: [
    {
      how: "a smallest probability",
      told: "capped",
      answers: answer((c, r) => -Math.log(Math.max(1e-12, 1 / (1 + Math.exp(r - c))))),
    },
    {
      how: "a largest exponent",
      told: "capped",
      answers: answer((c, r) => Math.log(1 + Math.exp(Math.min(700, r - c)))),
    },
    { how: "as it is written", told: "overflow", answers: answer((c, r) => -Math.log(1 / (1 + Math.exp(r - c)))) },
    { how: "ln(1 + e^x)", told: "overflow", answers: answer((c, r) => Math.log(1 + Math.exp(r - c))) },
    {
      how: "swapped",
      told: "swapped",
      answers: answer((c, r) => Math.max(c - r, 0) + Math.log(1 + Math.exp(-Math.abs(c - r)))),
    },
    { how: "the sigmoid", told: "probability", answers: answer((c, r) => 1 / (1 + Math.exp(r - c))) },
    {
      how: "log of the sigmoid",
      told: "no-minus",
      answers: answer((c, r) => Math.min(c - r, 0) - Math.log(1 + Math.exp(-Math.abs(c - r)))),
    },
    {
      how: "bits",
      told: "log2",
      answers: answer((c, r) => Math.max(r - c, 0) / Math.LN2 + Math.log2(1 + Math.exp(-Math.abs(c - r)))),
    },
    { how: "the other probability", told: "one-minus", answers: answer((c, r) => 1 / (1 + Math.exp(c - r))) },
    { how: "a hinge", told: "hinge", answers: answer((c, r) => (c >= r ? 0 : r - c)) },
    {
      how: "the chosen reward alone",
      told: "one-only",
      answers: answer((c) => Math.max(-c, 0) + Math.log(1 + Math.exp(-Math.abs(c)))),
    },
  ],
};
