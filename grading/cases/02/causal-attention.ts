/** @file Exercise 2.5: causal attention for one head, from queries, keys and values. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";
import { dot, softmax } from "../foreseen";

type Rows = number[][];
type Attend = (q: Rows, k: Rows, v: Rows) => Rows;

/** Weighted sums of the rows of v. */
const mix = (weights: Rows, v: Rows): Rows =>
  weights.map((row) =>
    v[0]!.map((_, d) =>
      dot(
        row,
        v.map((r) => r[d]!),
      ),
    ),
  );

/** Attention with another scale or another rule for what may be looked at. */
function attendWith({
  scale = (d: number): number => 1 / Math.sqrt(d),
  hidden = (i: number, j: number): boolean => j > i,
  hiddenScore = -1e9,
}: {
  scale?: (d: number) => number;
  hidden?: (i: number, j: number) => boolean;
  hiddenScore?: number;
}): Attend {
  return (q, k, v) => {
    const scores = q.map((row, i) =>
      k.map((key, j) => (hidden(i, j) ? hiddenScore : dot(row, key) * scale(row.length))),
    );
    return mix(scores.map(softmax), v);
  };
}

const L3 = 2 * Math.log(3); // with four dimensions, / sqrt(4) makes it ln 3

export const causalAttention: CodeExercise = {
  id: "2.5",
  title: "Causal attention",
  points: 3,
  minutes: 15,
  answers: ["causalAttention(q: number[][], k: number[][], v: number[][]): number[][]"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    { args: [[[1, 2]], [[3, 4]], [[5, 6]]], expected: [[5, 6]], note: "one token can only look at itself" },
    {
      args: [
        [[0], [0], [0]],
        [[1], [2], [3]],
        [[3], [5], [10]],
      ],
      expected: [[3], [4], [6]],
      note: "queries of 0 find all keys alike: each token takes the mean of what it may see",
    },
    {
      args: [
        [
          [0, 0, 0, 0],
          [1, 0, 0, 0],
        ],
        [
          [0, 0, 0, 0],
          [L3, 0, 0, 0],
        ],
        [
          [8, 0, 0, 0],
          [0, 4, 0, 0],
        ],
      ],
      expected: [
        [8, 0, 0, 0],
        [2, 3, 0, 0],
      ],
      note: "scores 0 and ln 3 after dividing by sqrt(4): a quarter and three quarters",
    },
    {
      args: [
        [[1], [1]],
        [[50], [0]],
        [[7], [9]],
      ],
      expected: [[7], [7]],
      note: "the second token finds the first one far more interesting than itself",
    },
    {
      args: [
        [[1], [1]],
        [[0], [Math.log(3)]],
        [[8], [4]],
      ],
      expected: [[8], [5]],
      note: "the first token would like the second one, but may not look there",
    },
  ],
  mistakes: [
    {
      id: "no-mask",
      says: "Each token also looks at those after it. Token i may look at the tokens 0 to i.",
      like: attendWith({ hidden: () => false }),
    },
    {
      id: "no-scale",
      says: "The scores were not divided by the square root of their width D.",
      like: attendWith({ scale: () => 1 }),
    },
    {
      id: "divides-by-width",
      says: "The scores were divided by the width D. It is its square root.",
      like: attendWith({ scale: (d) => 1 / d }),
    },
    {
      id: "zero-scores",
      says: "The future was given the score 0, but e^0 is 1: it still counts. Leave it out, or give it -Infinity.",
      like: attendWith({ hiddenScore: 0 }),
    },
    {
      id: "masked-after-softmax",
      says: "The future was set to 0 after the softmax, so that the shares that are left do not add up to 1. Leave it out before.",
      like: (q: Rows, k: Rows, v: Rows) => {
        const scores = q.map((row) => k.map((key) => dot(row, key) / Math.sqrt(row.length)));
        const weights = scores.map(softmax).map((row, i) => row.map((p, j) => (j > i ? 0 : p)));
        return mix(weights, v);
      },
    },
    {
      id: "past-hidden",
      says: "The mask is the wrong way round: each token looks at itself and at what comes after it.",
      like: attendWith({ hidden: (i, j) => j < i }),
    },
    {
      id: "not-itself",
      says: "Each token looks only at those before it. It may look at itself too: the tokens 0 to i, with i.",
      like: attendWith({ hidden: (i, j) => j >= i && i > 0 }),
    },
    {
      id: "keys-as-values",
      says: "The keys were mixed. Keys decide how much is taken from a token; what is taken is its value.",
      like: (q: Rows, k: Rows) => attendWith({})(q, k, k),
    },
    {
      id: "softmax-down",
      says: "The softmax runs down the columns. The shares that one token gives, a row, add up to 1.",
      like: (q: Rows, k: Rows, v: Rows) => {
        const scores = q.map((row, i) => k.map((key, j) => (j > i ? -1e9 : dot(row, key) / Math.sqrt(row.length))));
        const columns = k.map((_, j) => softmax(scores.map((row) => row[j]!)));
        return mix(
          q.map((_, i) => columns.map((column) => column[i]!)),
          v,
        );
      },
    },
  ],
  hints: [
    "Take one token at a time. For token i: a score for each token j up to i, then shares that add up to 1, then a sum of values.",
    "score[j] = (the sum of q[i][d] * k[j][d]) / sqrt(D) for j = 0 ... i. The shares are the softmax of these i + 1 scores. The output is, for each d, the sum of share[j] * v[j][d].",
    [
      "return q.map((query, i) => {",
      "  const seen = k.slice(0, /* how many may token i see? */);",
      "  const scores = seen.map((key) => dot(query, key) / Math.sqrt(query.length));",
      "  const largest = Math.max(...scores);",
      "  const powers = scores.map((s) => Math.exp(s - largest));",
      "  const sum = powers.reduce((a, b) => a + b, 0);",
      "  return v[0].map((_, d) => /* the sum over j of powers[j] / sum * v[j][d] */);",
      "});",
    ].join("\n"),
  ],
};
