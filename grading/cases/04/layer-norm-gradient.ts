/** @file Exercise 4.6: the gradient of layer norm, for one row. */

import { close } from "../../src/compare";
import type { Plain } from "../../src/plain";
import type { CodeExercise } from "../../src/table";
import { mean } from "../foreseen";

const EPSILON = 1e-5;

interface Parts {
  n: number[];
  dn: number[];
  std: number;
  shift: number;
  stretch: number;
  plainStretch: number;
}

type Gradient = { x: number[]; gain: number[]; bias: number[] };

/** The gradient from its parts, with one of them changed. */
const like =
  (
    dx: (parts: Parts) => number[],
    change: { epsilon?: number; outside?: number; sample?: boolean; dn?: "plain" } = {},
  ) =>
  (x: number[], gain: number[], dOut: number[]): Gradient => {
    const { epsilon = EPSILON, outside = 0, sample = false } = change;
    const centre = mean(x);
    const variance = mean(x.map((value) => (value - centre) ** 2)) * (sample ? x.length / (x.length - 1) : 1);
    const std = Math.sqrt(variance + epsilon) + outside;
    const n = x.map((value) => (value - centre) / std);
    const dn = change.dn ? dOut : dOut.map((d, c) => d * gain[c]!);
    const plainStretch = mean(dOut.map((d, c) => d * n[c]!));
    const parts = { n, dn, std, shift: mean(dn), stretch: mean(dn.map((d, c) => d * n[c]!)), plainStretch };
    return { x: dx(parts), gain: n.map((value, c) => value * dOut[c]!), bias: [...dOut] };
  };

const rightDx = ({ n, dn, std, shift, stretch }: Parts): number[] =>
  dn.map((d, c) => (d - shift - n[c]! * stretch) / std);
const right = like(rightDx);

/** With (-1, 1) and epsilon, sqrt(1.00001) is the deviation; the expected values are written with it. */
const STD = Math.sqrt(1 + EPSILON);
const N = 1 / STD;

export const layerNormGradient: CodeExercise = {
  id: "4.6",
  title: "The gradient of layer norm",
  points: 4,
  minutes: 20,
  answers: [
    "layerNormGradient(x: number[], gain: number[], dOut: number[]): { x: number[]; gain: number[]; bias: number[] }",
  ],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    {
      args: [
        [-1, 1],
        [1, 1],
        [1, 1],
      ],
      expected: { x: [0, 0], gain: [-N, N], bias: [1, 1] },
      note: "shifting both shifts the mean along: nothing happens",
    },
    {
      args: [
        [4, 6],
        [1, 1],
        [1, 1],
      ],
      expected: { x: [0, 0], gain: [-N, N], bias: [1, 1] },
      note: "the same, 5 higher",
    },
    {
      args: [
        [-1, 1],
        [2, 3],
        [10, 100],
      ],
      expected: {
        x: [-140 / STD + (140 * N * N) / STD, 140 / STD - (140 * N * N) / STD],
        gain: [-10 * N, 100 * N],
        bias: [10, 100],
      },
      note: "with a gain of (2, 3)",
    },
    {
      args: [
        [-2, -1, 1, 2],
        [1, 1, 1, 1],
        [1, 0, 0, 0],
      ],
      expected: right([-2, -1, 1, 2], [1, 1, 1, 1], [1, 0, 0, 0]) as unknown as Plain,
      note: "one slope only, and yet every x gets one",
    },
    {
      args: [
        [-0.001, 0.001],
        [1, 1],
        [1, 0],
      ],
      expected: right([-0.001, 0.001], [1, 1], [1, 0]) as unknown as Plain,
      note: "a row that hardly varies: epsilon matters",
    },
  ],
  mistakes: [
    {
      id: "fixed-statistics",
      says: "Mean and deviation were treated as constants. They move with every x, and so every x moves every n: take away mean(dn) and n mean(dn n).",
      like: like(({ dn, std }) => dn.map((d) => d / std)),
    },
    {
      id: "no-stretch",
      says: "The part through the mean is there, the one through the deviation is missing: also take away n times mean(dn n).",
      like: like(({ dn, std, shift }) => dn.map((d) => (d - shift) / std)),
    },
    {
      id: "no-shift",
      says: "The part through the deviation is there, the one through the mean is missing: also take away mean(dn).",
      like: like(({ n, dn, std, stretch }) => dn.map((d, c) => (d - n[c]! * stretch) / std)),
    },
    {
      id: "no-division",
      says: "The division by the deviation is missing: n changes 1 / sqrt(var + epsilon) times as fast as x.",
      like: like((parts) => rightDx({ ...parts, std: 1 })),
    },
    {
      id: "no-gain",
      says: "The gain is missing in dx. It stands between n and the result: dn = gain dOut.",
      like: like(rightDx, { dn: "plain" }),
    },
    {
      id: "no-epsilon",
      says: "Epsilon (0.00001) is missing under the root. It keeps a row that hardly varies from being blown up.",
      like: like(rightDx, { epsilon: 0 }),
    },
    {
      id: "epsilon-outside",
      says: "Epsilon (0.00001) was added to the root. It stands under it, beside the variance.",
      like: like(rightDx, { epsilon: 0, outside: EPSILON }),
    },
    {
      id: "stretch-no-gain",
      says: "In the last mean the gain is missing: it is the mean of dn n, with dn = gain dOut, not of dOut n.",
      like: like((parts) => rightDx({ ...parts, stretch: parts.plainStretch })),
    },
    {
      id: "sample-variance",
      says: "The variance was divided by one less than the number of values. Layer norm divides by the number itself.",
      like: like(rightDx, { sample: true }),
    },
    {
      id: "gain-from-x",
      says: "The gain's slope was taken with x. What the gain multiplies is n, the normalised row.",
      like: (x: number[], gain: number[], dOut: number[]) => ({
        ...right(x, gain, dOut),
        gain: x.map((value, c) => value * dOut[c]!),
      }),
    },
    {
      id: "gain-is-dout",
      says: "The gain's slope is n times dOut; the bias's is dOut alone.",
      like: (x: number[], gain: number[], dOut: number[]) => ({ ...right(x, gain, dOut), gain: [...dOut] }),
    },
  ],
  hints: [
    "Three of the four steps are products and sums, which you know: bias, gain, division. The fourth is that one x moves the mean and the deviation, and these move *all* values of n.",
    "Compute n and std as on the way forward, and dn = gain dOut. bias: dOut. gain: n dOut. x: from dn take its own mean, and n times the mean of (dn n); divide by std.",
    [
      "const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;",
      "const m = mean(x);",
      "const std = Math.sqrt(mean(x.map((v) => (v - m) ** 2)) + 1e-5);",
      "const n = x.map((v) => (v - m) / std);",
      "const dn = dOut.map((d, i) => d * /* ... */);",
      "const [shift, stretch] = [mean(dn), mean(dn.map((d, i) => d * n[i]))];",
      "return { x: dn.map((d, i) => (d - shift - /* ... */) / std), gain: /* n times dOut */, bias: [...dOut] };",
    ].join("\n"),
  ],
};
