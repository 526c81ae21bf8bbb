/** @file Exercise 5.8, held back: attention with a cache. Expected values come from `reference/05.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/05.json";

type Rows = number[][];
interface Cache {
  keys: Rows;
  values: Rows;
}

/** A right answer in one pass with a running sum, in which one thing is changed. */
function spoiled({
  root = (d: number): number => Math.sqrt(d),
  keep = (cache: Cache, k: number[], v: number[]): void => {
    cache.keys.push(k);
    cache.values.push(v);
  },
  view = (cache: Cache, _k: number[], _v: number[]): Cache => ({ keys: [...cache.keys], values: [...cache.values] }),
  keepFirst = true,
  from = ({ values }: Cache): Rows => values,
  power = Math.exp,
  whole = (sum: number): number => sum,
}): Record<string, unknown> {
  return {
    attendNext(cache: Cache, q: number[], k: number[], v: number[]): number[] {
      if (keepFirst) keep(cache, k, v);
      const { keys, values } = view(cache, k, v);
      if (!keepFirst) keep(cache, k, v);
      const scores = keys.map((key) => q.reduce((total, x, d) => total + x * key[d]!, 0) / root(q.length));
      const top = power === Math.exp ? Math.max(...scores) : 0;
      let sum = 0;
      const out = v.map(() => 0);
      scores.forEach((score, j) => {
        const p = power(score - top);
        sum += p;
        from({ keys, values })[j]!.forEach((x, d) => {
          out[d]! += p * x;
        });
      });
      return out.map((x) => x / whole(sum));
    },
  };
}

export const attendNext: HeldBack = {
  cases: reference["5.8"],
  right: [
    { how: "one pass with a running sum", answers: spoiled({}) },
    {
      how: "softmax first, then matrix products",
      answers: {
        attendNext({ keys, values }: Cache, q: number[], k: number[], v: number[]): number[] {
          keys.push([...k]);
          values.push([...v]);
          const scores = keys.map((key) => key.reduce((total, x, d) => total + x * q[d]!, 0) * q.length ** -0.5);
          const top = Math.max(...scores);
          const total = scores.reduce((sum, s) => sum + Math.exp(s - top), 0);
          const shares = scores.map((s) => Math.exp(s - top) / total);
          return v.map((_, d) => shares.reduce((sum, share, j) => sum + share * values[j]![d]!, 0));
        },
      },
    },
  ],
  wrong: [
    { how: "divided by D", told: "by-width", answers: spoiled({ root: (d) => d }) },
    {
      how: "looks before it keeps",
      told: "not-itself",
      answers: spoiled({ keepFirst: false, whole: (sum) => sum || 1 }),
    },
    {
      how: "nothing kept or seen",
      told: "not-kept",
      answers: spoiled({ keep: () => {}, whole: (sum) => sum || 1 }),
    },
    {
      how: "sees only the new one",
      told: "only-itself",
      answers: spoiled({ view: (_, k, v) => ({ keys: [k], values: [v] }) }),
    },
    {
      how: "replaced",
      told: "forgets",
      answers: spoiled({
        keep: (cache, k, v) => {
          cache.keys = [k];
          cache.values = [v];
        },
      }),
    },
    { how: "no root", told: "no-scale", answers: spoiled({ root: () => 1 }) },
    { how: "keys for values", told: "keys-as-values", answers: spoiled({ from: ({ keys }) => keys }) },
    {
      how: "scores as shares",
      told: "no-softmax",
      answers: spoiled({ power: (score: number) => score, whole: () => 1 }),
    },
  ],
};
