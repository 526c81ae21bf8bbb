/** @file Exercise 7.6: three estimates of a divergence, from samples of the policy. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";
import { mean } from "../foreseen";

interface Estimates {
  k1: number;
  k2: number;
  k3: number;
}

/** The estimates from the log ratios d = log q - log p; what is not given is right. */
const estimates =
  (parts: {
    ratio?: (p: number, q: number) => number;
    k2?: (d: number) => number;
    k3?: (d: number) => number;
    over?: (values: number[]) => number;
  }) =>
  (logP: number[], logQ: number[]): Estimates => {
    const { ratio = (p, q): number => q - p, k2 = (d): number => (d * d) / 2, over = mean } = parts;
    const { k3 = (d): number => Math.exp(d) - 1 - d } = parts;
    const d = logP.map((p, i) => ratio(p, logQ[i]!));
    return { k1: over(d.map((x) => -x)), k2: over(d.map(k2)), k3: over(d.map(k3)) };
  };

const LN2 = Math.LN2;

export const klEstimates: CodeExercise = {
  id: "7.6",
  title: "How far has it moved?",
  points: 2,
  minutes: 10,
  answers: ["klEstimates(logP: number[], logQ: number[]): { k1: number; k2: number; k3: number }"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    { args: [[-1], [-1]], expected: { k1: 0, k2: 0, k3: 0 }, note: "nothing has moved" },
    {
      args: [[Math.log(0.5)], [Math.log(0.25)]],
      expected: { k1: LN2, k2: LN2 ** 2 / 2, k3: LN2 - 0.5 },
      note: "the policy says 1/2, the reference 1/4: d = -ln 2",
    },
    {
      args: [[Math.log(0.25)], [Math.log(0.5)]],
      expected: { k1: -LN2, k2: LN2 ** 2 / 2, k3: 1 - LN2 },
      note: "the other way: k1 is below 0, the others are not",
    },
    {
      args: [
        [Math.log(0.5), Math.log(0.25)],
        [Math.log(0.25), Math.log(0.5)],
      ],
      expected: { k1: 0, k2: LN2 ** 2 / 2, k3: 0.25 },
      note: "two tokens: the mean of each",
    },
  ],
  mistakes: [
    {
      id: "k1-sign",
      says: "k1 has the wrong sign: d is log q - log p, and the distance is the average of log p - log q, which is -d.",
      like: (logP: number[], logQ: number[]) => {
        const right = estimates({})(logP, logQ);
        return { ...right, k1: -right.k1 };
      },
    },
    {
      id: "weighted",
      says: "Each token was weighted with its probability. The tokens were *drawn* from p, so likely ones come more often already: take the plain mean.",
      like: (logP: number[], logQ: number[]) => {
        const weighted = (of: (d: number) => number) =>
          logP.reduce((sum, p, i) => sum + Math.exp(p) * of(logQ[i]! - p), 0);
        return {
          k1: weighted((d) => -d),
          k2: weighted((d) => (d * d) / 2),
          k3: weighted((d) => Math.exp(d) - 1 - d),
        };
      },
    },
    {
      id: "swapped",
      says: "p and q are swapped. The samples come from the policy p, so d = log q - log p.",
      like: estimates({ ratio: (p, q) => p - q }),
    },
    {
      id: "sum",
      says: "These are sums. Divide by the number of tokens.",
      like: estimates({ over: (values) => values.reduce((a, b) => a + b, 0) }),
    },
    { id: "no-half", says: "k2 is *half* the square of d.", like: estimates({ k2: (d) => d * d }) },
    {
      id: "k3-sign",
      says: "In k3 d is taken away, not added: e^d - 1 - d. Then it is 0 at d = 0 and never below.",
      like: estimates({ k3: (d) => Math.exp(d) - 1 + d }),
    },
    {
      id: "k3-without-d",
      says: "k3 lacks its last part: e^d - 1 - d. Without it, it can be below 0.",
      like: estimates({ k3: (d) => Math.exp(d) - 1 }),
    },
    {
      id: "square-of-mean",
      says: "k2 is the mean of the squares. This is the square of the mean, in which tokens cancel each other.",
      like: (logP: number[], logQ: number[]) => {
        const right = estimates({})(logP, logQ);
        return { ...right, k2: right.k1 ** 2 / 2 };
      },
    },
    {
      id: "probabilities",
      says: "The inputs are logarithms already. log q - log p is their difference; no `Math.log` is needed.",
      like: estimates({ ratio: (p, q) => Math.exp(q) - Math.exp(p) }),
    },
  ],
  hints: [
    "All three are made of one number for each token: d = logQ - logP.",
    "k1 is the mean of -d, k2 the mean of d d / 2, k3 the mean of e^d - 1 - d.",
    [
      "const d = logP.map((p, i) => logQ[i] - p);",
      "const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;",
      "return { k1: mean(d.map((x) => -x)), k2: mean(/* ... */), k3: mean(/* ... */) };",
    ].join("\n"),
  ],
};
