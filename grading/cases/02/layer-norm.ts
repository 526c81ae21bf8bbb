/** @file Exercise 2.4: layer norm at one position. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";
import { mean } from "../foreseen";

type Norm = (x: number[], gain: number[], bias: number[]) => number[];

/** Layer norm with one thing changed. */
function normWith({
  center = mean,
  divisor = (variance: number, _count: number): number => Math.sqrt(variance + 1e-5),
  gains = true,
  biases = true,
  biasFirst = false,
}: {
  center?: (x: number[]) => number;
  divisor?: (variance: number, count: number) => number;
  gains?: boolean;
  biases?: boolean;
  biasFirst?: boolean;
}): Norm {
  return (x, gain, bias) => {
    const centred = x.map((value) => value - mean(x));
    const scale = divisor(mean(centred.map((d) => d * d)), x.length);
    return x.map((value, i) => {
      const n = (value - center(x)) / scale;
      const b = biases ? bias[i]! : 0;
      const g = gains ? gain[i]! : 1;
      return biasFirst ? (n + b) * g : n * g + b;
    });
  };
}

const ONE = 1 / Math.sqrt(1 + 1e-5); // a distance of one standard deviation, when that is 1

export const layerNorm: CodeExercise = {
  id: "2.4",
  title: "Layer norm",
  points: 2,
  minutes: 10,
  answers: ["layerNorm(x: number[], gain: number[], bias: number[]): number[]"],
  compare: close({ relative: 2e-6, absolute: 1e-9 }),
  cases: [
    {
      args: [
        [1, 3],
        [1, 1],
        [0, 0],
      ],
      expected: [-ONE, ONE],
      note: "mean 2, standard deviation 1",
    },
    {
      args: [
        [1, 3],
        [10, 2],
        [0, 5],
      ],
      expected: [-10 * ONE, 2 * ONE + 5],
      note: "each number its own gain and bias",
    },
    {
      args: [
        [5, 5, 1, 1],
        [1, 1, 1, 1],
        [0, 0, 0, 0],
      ],
      expected: [1, 1, -1, -1].map((sign) => (sign * 2) / Math.sqrt(4 + 1e-5)),
      note: "mean 3, standard deviation 2",
    },
    {
      args: [
        [7, 7, 7],
        [1, 2, 3],
        [4, 5, 6],
      ],
      expected: [4, 5, 6],
      note: "all alike: nothing is left but the bias",
    },
    {
      args: [
        [0, 0.002],
        [1, 1],
        [0, 0],
      ],
      expected: [-1e-3 / Math.sqrt(1.1e-5), 1e-3 / Math.sqrt(1.1e-5)],
      note: "hardly any difference: variance 0.000001, smaller than epsilon",
    },
  ],
  mistakes: [
    {
      id: "no-epsilon",
      says: "Epsilon is missing. When all numbers are alike the variance is 0, and 0 / 0 is not a number. Add 0.00001 to the variance.",
      like: normWith({ divisor: Math.sqrt }),
    },
    {
      id: "epsilon-outside",
      says: "Epsilon was added to the standard deviation. It belongs under the root: sqrt(variance + 0.00001).",
      like: normWith({ divisor: (variance) => Math.sqrt(variance) + 1e-5 }),
    },
    {
      id: "no-root",
      says: "You divided by the variance. Divide by its square root.",
      like: normWith({ divisor: (variance) => variance + 1e-5 }),
    },
    {
      id: "sample-variance",
      says: "The sum of squares was divided by n - 1. Layer norm divides by n: these are all the numbers there are, not a sample.",
      like: normWith({ divisor: (variance, n) => Math.sqrt((variance * n) / (n - 1) + 1e-5) }),
    },
    {
      id: "no-mean",
      says: "The mean was not taken away: only the size was made alike. (That is RMS norm, which newer models use.)",
      like: (x: number[], gain: number[], bias: number[]) => {
        const rms = Math.sqrt(mean(x.map((value) => value * value)) + 1e-5);
        return x.map((value, i) => (value / rms) * gain[i]! + bias[i]!);
      },
    },
    {
      id: "mean-kept",
      says: "The deviation was computed with the mean, but the mean was not taken away from the numbers themselves.",
      like: normWith({ center: () => 0 }),
    },
    {
      id: "no-gain",
      says: "The gain is missing: each number is multiplied by its own at the end.",
      like: normWith({ gains: false }),
    },
    {
      id: "no-bias",
      says: "The bias is missing: each number gets its own added at the end.",
      like: normWith({ biases: false }),
    },
    {
      id: "bias-first",
      says: "The bias was added before the gain. First multiply, then add.",
      like: normWith({ biasFirst: true }),
    },
  ],
  hints: [
    "Three steps: take the mean away, divide by the standard deviation, then let gain and bias do their work, each number on its own.",
    "mean = the sum of x / n. variance = the mean of (x - mean) squared. Then (x - mean) / sqrt(variance + 0.00001), times the gain, plus the bias.",
    [
      "const mean = x.reduce((a, b) => a + b, 0) / x.length;",
      "const variance = x.reduce((sum, value) => sum + /* its distance from the mean, squared */, 0) / x.length;",
      "return x.map((value, i) => ((value - mean) / Math.sqrt(/* ... */)) * gain[i] + bias[i]);",
    ].join("\n"),
  ],
};
