/** @file Exercise 2.4, held back: layer norm. Expected values come from `reference/02.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/02.json";

const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);

/** A right answer in which the last step is another. */
function spoiled(
  finish: (parts: { x: number; mean: number; variance: number; n: number; gain: number; bias: number }) => number,
): Record<string, unknown> {
  return {
    layerNorm(x: number[], gain: number[], bias: number[]): number[] {
      const n = x.length;
      const mean = sum(x) / n;
      let squares = 0;
      for (const value of x) squares += (value - mean) ** 2;
      const parts = { mean, variance: squares / n, n };
      return x.map((value, i) => finish({ ...parts, x: value, gain: gain[i]!, bias: bias[i]! }));
    },
  };
}

export const layerNorm: HeldBack = {
  cases: reference["2.4"],
  right: [
    {
      how: "the variance as the mean of squares around the mean, loops only",
      answers: {
        layerNorm(x: number[], gain: number[], bias: number[]): number[] {
          const y: number[] = [];
          let mean = 0;
          for (const value of x) mean += value / x.length;
          let variance = 1e-5;
          for (const value of x) variance += ((value - mean) * (value - mean)) / x.length;
          const inverse = 1 / Math.sqrt(variance);
          for (let i = 0; i < x.length; i++) y.push(gain[i]! * (x[i]! - mean) * inverse + bias[i]!);
          return y;
        },
      },
    },
    {
      how: "power of -1/2, arrays in steps",
      answers: {
        layerNorm(x: number[], gain: number[], bias: number[]): number[] {
          const centred = x.map((value) => value - sum(x) / x.length);
          const scale = (sum(centred.map((c) => c ** 2)) / x.length + 1e-5) ** -0.5;
          return centred.map((c) => c * scale).map((c, i) => c * gain[i]! + bias[i]!);
        },
      },
    },
  ],
  wrong: [
    {
      how: "no epsilon",
      told: "no-epsilon",
      answers: spoiled(({ x, mean, variance, gain, bias }) => ((x - mean) / Math.sqrt(variance)) * gain + bias),
    },
    {
      how: "epsilon beside the root",
      told: "epsilon-outside",
      answers: spoiled(
        ({ x, mean, variance, gain, bias }) => ((x - mean) / (Math.sqrt(variance) + 1e-5)) * gain + bias,
      ),
    },
    {
      how: "the variance below the line",
      told: "no-root",
      answers: spoiled(({ x, mean, variance, gain, bias }) => ((x - mean) / (variance + 1e-5)) * gain + bias),
    },
    {
      how: "n - 1",
      told: "sample-variance",
      answers: spoiled(
        ({ x, mean, variance, n, gain, bias }) =>
          ((x - mean) / Math.sqrt((variance * n) / (n - 1) + 1e-5)) * gain + bias,
      ),
    },
    {
      how: "RMS norm",
      told: "no-mean",
      answers: spoiled(
        ({ x, mean, variance, gain, bias }) => (x / Math.sqrt(variance + mean * mean + 1e-5)) * gain + bias,
      ),
    },
    {
      how: "the mean left in",
      told: "mean-kept",
      answers: spoiled(({ x, variance, gain, bias }) => (x / Math.sqrt(variance + 1e-5)) * gain + bias),
    },
    {
      how: "no gain",
      told: "no-gain",
      answers: spoiled(({ x, mean, variance, bias }) => (x - mean) / Math.sqrt(variance + 1e-5) + bias),
    },
    {
      how: "no bias",
      told: "no-bias",
      answers: spoiled(({ x, mean, variance, gain }) => ((x - mean) / Math.sqrt(variance + 1e-5)) * gain),
    },
    {
      how: "the bias inside",
      told: "bias-first",
      answers: spoiled(({ x, mean, variance, gain, bias }) => ((x - mean) / Math.sqrt(variance + 1e-5) + bias) * gain),
    },
    { how: "nothing", told: "no-return", answers: { layerNorm: (x: number[]): void => void x.length } },
  ],
};
