/** @file Exercise 1.6, held back: what training costs. Expected values come from `reference/01.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/01.json";

export const trainingCost: HeldBack = {
  cases: reference["1.6"],
  right: [
    {
      how: "2 forwards and 4 backwards; days from hours",
      answers: {
        trainingFlops: (params: number, tokens: number): number => 2 * params * tokens + 4 * params * tokens,
        trainingDays: (flops: number, speed: number, share: number): number => flops / speed / share / 60 / 60 / 24,
      },
    },
    {
      how: "operations in a day first",
      answers: {
        trainingFlops(params: number, tokens: number): number {
          return tokens * (params * 6);
        },
        trainingDays(flops: number, flopsPerSecond: number, utilisation: number): number {
          const flopsPerDay = flopsPerSecond * utilisation * 24 * 3600;
          return flops / flopsPerDay;
        },
      },
    },
  ],
  wrong: (
    [
      ["2ND", "forward-only", (n, d) => 2 * n * d, (c, s, u) => c / (s * u) / 86_400],
      ["ND", "no-factor", (n, d) => n * d, (c, s, u) => c / (s * u) / 86_400],
      ["no utilisation", "no-utilisation", (n, d) => 6 * n * d, (c, s) => c / s / 86_400],
      ["multiplied by the utilisation", "multiplied", (n, d) => 6 * n * d, (c, s, u) => ((c / s) * u) / 86_400],
      ["hours", "hours", (n, d) => 6 * n * d, (c, s, u) => c / (s * u) / 3600],
      ["minutes", "minutes", (n, d) => 6 * n * d, (c, s, u) => c / (s * u) / 60],
      ["a share taken as a percentage", "percent", (n, d) => 6 * n * d, (c, s, u) => c / (s * (u / 100)) / 86_400],
      ["seconds", "seconds", (n, d) => 6 * n * d, (c, s, u) => c / (s * u)],
      ["months of 30 days", "factor", (n, d) => 6 * n * d, (c, s, u) => c / (s * u) / 86_400 / 30],
      ["no return", "no-return", (n, d) => void (6 * n * d), (c, s, u) => c / (s * u) / 86_400],
      ["a list", "type", (n, d) => 6 * n * d, (c, s, u) => [c / (s * u) / 86_400]],
    ] as [string, string, (n: number, d: number) => unknown, (c: number, s: number, u: number) => unknown][]
  ).map(([how, told, trainingFlops, trainingDays]) => ({ how, told, answers: { trainingFlops, trainingDays } })),
};
