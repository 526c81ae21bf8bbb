/** @file Exercise 7.3: Bradley and Terry's loss of one pair, without overflow. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";
import { isAbout, times } from "../foreseen";

/** ln(1 + e^x) without overflow. */
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

export const preferenceLoss: CodeExercise = {
  id: "7.3",
  title: "The loss of a pair",
  points: 2,
  minutes: 10,
  answers: ["preferenceLoss(chosen: number, rejected: number): number"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    { args: [3, 3], expected: Math.LN2, note: "equal rewards: probability 1/2" },
    { args: [Math.log(3), 0], expected: Math.log(4 / 3), note: "a lead of ln 3: probability 3/4" },
    { args: [0, Math.log(3)], expected: Math.log(4), note: "the wrong way round: probability 1/4" },
    { args: [-5, -5 - Math.log(3)], expected: Math.log(4 / 3), note: "only the difference counts" },
    { args: [0, 1000], expected: 1000, note: "sure and wrong" },
    { args: [1000, 0], expected: 0, note: "sure and right" },
  ],
  mistakes: [
    {
      id: "capped",
      says: "A cap keeps the loss finite, and hides how wrong a sure mistake is: at a lead of 1000 in the wrong direction it is 1000. For a large x, ln(1 + e^x) is x and nearly nothing more.",
      when: ({ received, expected }) => Number(expected) > 700 && Number(received) > 0 && Number(received) < 701,
    },
    {
      id: "swapped",
      says: "The two rewards are swapped. The loss is small when the *chosen* response has the higher one.",
      like: (chosen: number, rejected: number) => softplus(chosen - rejected),
    },
    {
      id: "overflow",
      says: "e^1000 is too large for a number. Use -ln sigmoid(d) = max(-d, 0) + ln(1 + e^-|d|), with d the difference.",
      when: ({ received, args }) => !Number.isFinite(received) && Math.abs(Number(args[0]) - Number(args[1])) > 700,
    },
    {
      id: "probability",
      says: "This is the probability that the chosen one is preferred. The loss is minus its logarithm.",
      like: (chosen: number, rejected: number) => 1 / (1 + Math.exp(rejected - chosen)),
    },
    {
      id: "no-minus",
      says: "The sign is wrong. The logarithm of a probability is never above 0; the loss is minus that.",
      when: times(-1),
    },
    {
      id: "log2",
      says: "This is the loss in bits. Use `Math.log`, the natural logarithm, for nats.",
      when: times(1 / Math.LN2),
    },
    {
      id: "hinge",
      says: "This is 0 as soon as the chosen one leads. The loss goes on falling: being surer is still better.",
      like: (chosen: number, rejected: number) => Math.max(0, rejected - chosen),
    },
    {
      id: "one-only",
      says: "Only the chosen reward was used. What counts is how far it leads.",
      like: (chosen: number) => softplus(-chosen),
    },
    {
      id: "one-minus",
      says: "This is the probability that the *other* one is preferred. The loss is minus the logarithm of the right one.",
      when: ({ received, expected }) => isAbout(received, 1 - Math.exp(-Number(expected))),
    },
  ],
  hints: [
    "Write the probability first: 1 / (1 + e^(rejected - chosen)). The loss is minus its logarithm, and a logarithm of 1 / x is -ln x.",
    "So the loss is ln(1 + e^x) with x = rejected - chosen. For large x that is x plus nearly nothing: take max(x, 0) out of the logarithm.",
    ["const x = rejected - chosen;", "return Math.max(x, 0) + Math.log(1 + Math.exp(/* minus the size of x */));"].join(
      "\n",
    ),
  ],
};
