/** @file Exercise 5.8: attention for one new token, with a cache of the keys and values before it. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";
import { dot, outcomeOf, softmax } from "../foreseen";

type Rows = number[][];
interface Cache {
  keys: Rows;
  values: Rows;
}

/** Feeds the tokens one after the other, with one rule changed. */
function feedWith({
  scale = (d: number): number => 1 / Math.sqrt(d),
  shares = softmax,
  cached = (cache: Cache, k: number[], v: number[]): Cache => ({
    keys: [...cache.keys, k],
    values: [...cache.values, v],
  }),
  seen = (after: Cache, _before: Cache): Cache => after,
  taken = ({ values }: Cache): Rows => values,
}) {
  return (qs: Rows, ks: Rows, vs: Rows): { outputs: Rows; cached: number[] } => {
    let cache: Cache = { keys: [], values: [] };
    const outputs = qs.map((q, t) => {
      const before = cache;
      cache = cached(cache, ks[t]!, vs[t]!);
      const view = seen(cache, before);
      const weights = shares(view.keys.map((key) => dot(q, key) * scale(q.length)));
      const from = taken(view);
      return vs[0]!.map((_, d) =>
        dot(
          weights,
          from.map((row) => row[d]!),
        ),
      );
    });
    return { outputs, cached: [cache.keys.length, cache.values.length] };
  };
}

export const attendNext: CodeExercise = {
  id: "5.8",
  title: "Attention with a cache",
  points: 3,
  minutes: 15,
  answers: [
    "attendNext(cache: { keys: number[][]; values: number[][] }, q: number[], k: number[], v: number[]): number[]",
  ],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  call: (
    { attendNext }: { attendNext: (cache: Cache, q: number[], k: number[], v: number[]) => unknown },
    [qs, ks, vs]: [Rows, Rows, Rows],
  ) => {
    const cache: Cache = { keys: [], values: [] };
    const outputs: unknown[] = [];
    for (const [t, q] of qs.entries()) {
      const output = attendNext(cache, q, ks[t]!, vs[t]!);
      if (output === null || typeof output !== "object" || "then" in output) return output;
      outputs.push(output);
    }
    return { outputs, cached: [cache.keys.length, cache.values.length] };
  },
  cases: [
    {
      args: [[[1, 2]], [[3, 4]], [[5, 6]]],
      expected: { outputs: [[5, 6]], cached: [1, 1] },
      note: "the first token finds only itself",
    },
    {
      args: [
        [[0], [0], [0]],
        [[1], [2], [3]],
        [[3], [5], [10]],
      ],
      expected: { outputs: [[3], [4], [6]], cached: [3, 3] },
      note: "three calls, queries of 0: each token takes the mean of all so far",
    },
    {
      args: [
        [
          [0, 0, 0, 0],
          [1, 0, 0, 0],
        ],
        [
          [0, 0, 0, 0],
          [2 * Math.log(3), 0, 0, 0],
        ],
        [
          [8, 0, 0, 0],
          [0, 4, 0, 0],
        ],
      ],
      expected: {
        outputs: [
          [8, 0, 0, 0],
          [2, 3, 0, 0],
        ],
        cached: [2, 2],
      },
      note: "scores 0 and ln 3 after dividing by sqrt(4): a quarter and three quarters",
    },
    {
      args: [
        [[1], [1]],
        [[50], [0]],
        [[7], [9]],
      ],
      expected: { outputs: [[7], [7]], cached: [2, 2] },
      note: "the second token finds the kept one far more interesting than itself",
    },
  ],
  mistakes: [
    {
      id: "not-itself",
      says: "The new token does not see itself. Put its key and value into the cache first, then look.",
      when: outcomeOf(feedWith({ seen: (_, before) => before })),
    },
    {
      id: "not-kept",
      says: "The cache stays empty: each token sees only itself. Put the key and the value of each new token into it: cache.keys.push(k).",
      when: outcomeOf(feedWith({ cached: () => ({ keys: [], values: [] }), seen: (after) => after })),
    },
    {
      id: "only-itself",
      says: "Key and value were kept, but not looked at: the result is the token's own value. The scores go over all keys in the cache.",
      when: outcomeOf((_: Rows, ks: Rows, vs: Rows) => ({ outputs: vs, cached: [ks.length, vs.length] })),
    },
    {
      id: "forgets",
      says: "The cache holds only the last token: what was in it was replaced, not added to.",
      when: outcomeOf((qs: Rows, _ks: Rows, vs: Rows) => ({ outputs: qs.map((_, t) => vs[t]!), cached: [1, 1] })),
    },
    {
      id: "no-scale",
      says: "The scores were not divided by the square root of their width D.",
      when: outcomeOf(feedWith({ scale: () => 1 })),
    },
    {
      id: "by-width",
      says: "The scores were divided by the width D. Divide by its square root.",
      when: outcomeOf(feedWith({ scale: (d) => 1 / d })),
    },
    {
      id: "keys-as-values",
      says: "The keys were mixed. Keys decide how much is taken from a token; what is taken is its value.",
      when: outcomeOf(feedWith({ taken: ({ keys }) => keys })),
    },
    {
      id: "no-softmax",
      says: "The scores themselves were used as shares. The softmax makes shares of them that add up to 1.",
      when: outcomeOf(feedWith({ shares: (scores) => [...scores] })),
    },
  ],
  hints: [
    "Nothing new has to be learned here: it is one row of the attention of notebook 2. Only the earlier keys and values are not computed, they are there already.",
    "Push k and v into the cache. Score each key of the cache against q, divided by sqrt(D). Softmax. The result is, for each d, the sum of share[j] * cache.values[j][d].",
    [
      "cache.keys.push(k);",
      "cache.values.push(v);",
      "const scores = cache.keys.map((key) => /* q times key, divided by the root of the width */);",
      "const top = Math.max(...scores);",
      "const powers = scores.map((s) => Math.exp(s - top));",
      "const sum = powers.reduce((a, b) => a + b, 0);",
      "return v.map((_, d) => cache.values.reduce((total, row, j) => total + /* share j */ * row[d], 0));",
    ].join("\n"),
  ],
};
