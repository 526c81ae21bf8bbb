/** @file Exercise 1.6: how many operations a training run takes, and how many days. */

import { close } from "../../src/compare";
import type { Plain } from "../../src/plain";
import type { CodeExercise } from "../../src/table";
import { times } from "../foreseen";

const utilisation = (args: readonly Plain[]): number => Number(args[2]);

export const trainingCost: CodeExercise = {
  id: "1.6",
  title: "What does training cost?",
  points: 2,
  minutes: 8,
  answers: [
    "trainingFlops(params: number, tokens: number): number",
    "trainingDays(flops: number, flopsPerSecond: number, utilisation: number): number",
  ],
  compare: close({ relative: 1e-6, absolute: 0 }),
  cases: [
    { of: "trainingFlops", args: [1, 1], expected: 6, note: "one weight, one token" },
    { of: "trainingFlops", args: [1e6, 2e7], expected: 1.2e14, note: "a million weights, 20 tokens for each" },
    { of: "trainingFlops", args: [175e9, 300e9], expected: 3.15e23, note: "GPT-3" },
    { of: "trainingDays", args: [8.64e16, 1e12, 1], expected: 1, note: "86,400 seconds at full speed" },
    { of: "trainingDays", args: [8.64e16, 1e12, 0.5], expected: 2, note: "at half speed" },
    { of: "trainingDays", args: [4.32e20, 1e16, 0.25], expected: 2, note: "172,800 seconds at a quarter of the speed" },
  ],
  mistakes: [
    {
      id: "forward-only",
      of: "trainingFlops",
      says: "2 operations per weight and token are the forward pass alone. Going backwards takes twice as many again: 2 + 4 = 6.",
      like: (params: number, tokens: number) => 2 * params * tokens,
    },
    {
      id: "backward-only",
      of: "trainingFlops",
      says: "4 operations per weight and token are the way back alone. The forward pass adds 2.",
      like: (params: number, tokens: number) => 4 * params * tokens,
    },
    {
      id: "no-factor",
      of: "trainingFlops",
      says: "Each weight is used in about 6 operations for each token: 2 forwards and 4 backwards.",
      like: (params: number, tokens: number) => params * tokens,
    },
    {
      id: "added",
      of: "trainingFlops",
      says: "Weights and tokens were added. Each token passes through all weights, so they are multiplied.",
      like: (params: number, tokens: number) => 6 * (params + tokens),
    },
    {
      id: "one-token",
      of: "trainingFlops",
      says: "This is the cost of a single token. Multiply by their number.",
      like: (params: number) => 6 * params,
    },
    {
      id: "no-utilisation",
      of: "trainingDays",
      says: "The utilisation is missing. A processor that reaches 0.4 of its rated speed needs 1 / 0.4 times as long.",
      when: times(utilisation),
    },
    {
      id: "multiplied",
      of: "trainingDays",
      says: "The time was multiplied by the utilisation. A lower utilisation has to make the run longer: divide by it.",
      when: times((args) => utilisation(args) ** 2),
    },
    { id: "seconds", of: "trainingDays", says: "These are seconds. A day has 86,400.", when: times(86_400) },
    { id: "minutes", of: "trainingDays", says: "These are minutes. A day has 1,440.", when: times(1440) },
    { id: "hours", of: "trainingDays", says: "These are hours. Divide by 24 once more.", when: times(24) },
    {
      id: "percent",
      of: "trainingDays",
      says: "The utilisation is a share from 0 to 1, not a percentage: do not divide it by 100.",
      when: times(100),
    },
    {
      id: "upside-down",
      of: "trainingDays",
      says: "The fraction is upside down. Operations divided by operations per second are seconds.",
      like: (flops: number, flopsPerSecond: number, share: number) => ((flopsPerSecond * share) / flops) * 86_400,
    },
  ],
  hints: [
    "Both are one line. Look at the units: operations = weights x tokens x 6, and seconds = operations / (operations per second).",
    "`trainingFlops` multiplies three numbers. `trainingDays` divides the operations by the speed that is really reached, `flopsPerSecond * utilisation`, which gives seconds; then turn seconds into days.",
    [
      "function trainingFlops(params: number, tokens: number): number {",
      "  return /* operations per weight and token */ * params * tokens;",
      "}",
      "",
      "function trainingDays(flops: number, flopsPerSecond: number, utilisation: number): number {",
      "  const seconds = flops / (/* the speed that is reached */);",
      "  return seconds / /* seconds a day */;",
      "}",
    ].join("\n"),
  ],
};
