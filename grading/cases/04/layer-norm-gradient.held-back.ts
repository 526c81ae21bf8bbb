/** @file Exercise 4.6, held back: layer norm. Expected values come from `reference/04.py`, by differences in 60 digits. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/04.json";

type Gradient = { x: number[]; gain: number[]; bias: number[] };

const average = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

function statistics(x: number[]): { centred: number[]; inverse: number } {
  const m = average(x);
  const centred = x.map((value) => value - m);
  return { centred, inverse: 1 / Math.sqrt(average(centred.map((c) => c * c)) + 1e-5) };
}

export const layerNormGradient: HeldBack = {
  cases: reference["4.6"],
  right: [
    {
      how: "by the whole matrix of slopes of n by x",
      answers: {
        layerNormGradient(x: number[], gain: number[], dOut: number[]): Gradient {
          const { centred, inverse } = statistics(x);
          const size = x.length;
          const dx = x.map((_, i) =>
            x.reduce((sum, _x, j) => {
              const slope = (Number(i === j) - 1 / size) * inverse - (centred[i]! * centred[j]! * inverse ** 3) / size;
              return sum + slope * gain[j]! * dOut[j]!;
            }, 0),
          );
          return { x: dx, gain: centred.map((c, i) => c * inverse * dOut[i]!), bias: dOut.slice() };
        },
      },
    },
    {
      how: "node by node: variance, mean, difference",
      answers: {
        layerNormGradient(x: number[], gain: number[], dOut: number[]): Gradient {
          const { centred, inverse } = statistics(x);
          const dn = gain.map((g, i) => g * dOut[i]!);
          const dVariance = dn.reduce((sum, d, i) => sum - 0.5 * d * centred[i]! * inverse ** 3, 0);
          const dCentred = dn.map((d, i) => d * inverse + (2 * dVariance * centred[i]!) / x.length);
          const dMean = -dCentred.reduce((a, b) => a + b, 0);
          return {
            x: dCentred.map((d) => d + dMean / x.length),
            gain: dOut.map((d, i) => d * centred[i]! * inverse),
            bias: [...dOut],
          };
        },
      },
    },
  ],
  wrong: [
    {
      how: "mean and deviation as constants",
      told: "fixed-statistics",
      answers: {
        layerNormGradient(x: number[], gain: number[], dOut: number[]): Gradient {
          const { centred, inverse } = statistics(x);
          return {
            x: dOut.map((d, i) => d * gain[i]! * inverse),
            gain: dOut.map((d, i) => d * centred[i]! * inverse),
            bias: [...dOut],
          };
        },
      },
    },
    {
      how: "the deviation as a constant",
      told: "no-stretch",
      answers: {
        layerNormGradient(x: number[], gain: number[], dOut: number[]): Gradient {
          const { centred, inverse } = statistics(x);
          const dn = dOut.map((d, i) => d * gain[i]!);
          return {
            x: dn.map((d) => (d - average(dn)) * inverse),
            gain: dOut.map((d, i) => d * centred[i]! * inverse),
            bias: [...dOut],
          };
        },
      },
    },
    {
      how: "the gain forgotten on the way to x",
      told: "no-gain",
      answers: {
        layerNormGradient(x: number[], _gain: number[], dOut: number[]): Gradient {
          const { centred, inverse } = statistics(x);
          const n = centred.map((c) => c * inverse);
          const stretch = average(dOut.map((d, i) => d * n[i]!));
          return {
            x: dOut.map((d, i) => (d - average(dOut) - n[i]! * stretch) * inverse),
            gain: dOut.map((d, i) => d * n[i]!),
            bias: [...dOut],
          };
        },
      },
    },
  ],
};
