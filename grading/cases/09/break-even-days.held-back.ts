/** @file Exercise 9.5, held back: break-even. Expected values come from `reference/09.py`, which pays day by day. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/09.json";

interface Service {
  params: number;
  trainingTokens: number;
  answersPerDay: number;
  tokensPerAnswer: number;
}

const days = (make: (service: Service) => number) => ({ breakEvenDays: make });
const served = (s: Service): number => s.answersPerDay * s.tokensPerAnswer;

export const breakEvenDays: HeldBack = {
  cases: reference["9.5"],
  right: [
    {
      how: "both bills written out",
      answers: days((s) => (6 * s.params * s.trainingTokens) / (2 * s.params * served(s))),
    },
    { how: "three times the tokens", answers: days((s) => (3 * s.trainingTokens) / served(s)) },
  ],
  wrong: [
    {
      how: "whole days",
      told: "whole-days",
      answers: days((s) => Math.ceil((3 * s.trainingTokens) / served(s))),
    },
    { how: "as if both cost the same", told: "no-three", answers: days((s) => s.trainingTokens / served(s)) },
    {
      how: "the inverse",
      told: "upside-down",
      answers: days((s) => (2 * s.params * served(s)) / (6 * s.params * s.trainingTokens)),
    },
    {
      how: "answers as tokens",
      told: "answers-not-tokens",
      answers: days((s) => (3 * s.trainingTokens) / s.answersPerDay),
    },
    { how: "tokens, not days", told: "tokens-not-days", answers: days((s) => 3 * s.trainingTokens) },
    {
      how: "the size left out of one bill",
      told: "params-twice",
      answers: days((s) => (6 * s.params * s.trainingTokens) / (2 * served(s))),
    },
  ],
};
