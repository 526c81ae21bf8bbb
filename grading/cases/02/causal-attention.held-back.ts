/** @file Exercise 2.5, held back: causal attention. Expected values come from `reference/02.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/02.json";

type Rows = number[][];

/** A right answer with loops, in which one thing is changed. */
function spoiled({
  may = (i: number, j: number): boolean => j <= i,
  root = (d: number): number => Math.sqrt(d),
  counts = (_power: number, allowed: boolean): boolean => allowed,
  keep = (_i: number, _j: number): boolean => true,
  values = (_k: Rows, v: Rows): Rows => v,
  futurePower = 0,
}): Record<string, unknown> {
  return {
    causalAttention(q: Rows, k: Rows, v: Rows): Rows {
      const out: Rows = [];
      const given = values(k, v);
      for (let i = 0; i < q.length; i++) {
        const scores: number[] = [];
        for (let j = 0; j < k.length; j++) {
          let score = 0;
          for (let d = 0; d < q[i]!.length; d++) score += q[i]![d]! * k[j]![d]!;
          scores.push(score / root(q[i]!.length));
        }
        const top = Math.max(...scores.filter((_, j) => may(i, j)));
        const powers = scores.map((s, j) => (may(i, j) ? Math.exp(s - top) : futurePower * Math.exp(-top)));
        const sum = powers.filter((p, j) => counts(p, may(i, j)) || futurePower > 0).reduce((a, b) => a + b, 0);
        const row = new Array<number>(given[0]!.length).fill(0);
        for (let j = 0; j < k.length; j++) {
          if (!keep(i, j)) continue;
          for (let d = 0; d < row.length; d++) row[d]! += (powers[j]! / sum) * given[j]![d]!;
        }
        out.push(row);
      }
      return out;
    },
  };
}

const transpose = (m: Rows): Rows => m[0]!.map((_, j) => m.map((row) => row[j]!));
const times = (a: Rows, b: Rows): Rows =>
  a.map((row) => transpose(b).map((column) => row.reduce((sum, x, i) => sum + x * column[i]!, 0)));

export const causalAttention: HeldBack = {
  cases: reference["2.5"],
  right: [
    {
      how: "matrix products and -Infinity",
      answers: {
        causalAttention(q: Rows, k: Rows, v: Rows): Rows {
          const scores = times(q, transpose(k)).map((row, i) =>
            row.map((s, j) => (j > i ? -Infinity : s / Math.sqrt(q[0]!.length))),
          );
          const shares = scores.map((row) => {
            const top = Math.max(...row);
            const powers = row.map((s) => Math.exp(s - top));
            return powers.map((p) => p / powers.reduce((a, b) => a + b));
          });
          return times(shares, v);
        },
      },
    },
    {
      how: "one pass over the past with a running sum",
      answers: {
        causalAttention: (q: Rows, k: Rows, v: Rows): Rows =>
          q.map((query, i) => {
            let top = -Infinity;
            let sum = 0;
            let out = v[0]!.map(() => 0);
            for (let j = 0; j <= i; j++) {
              const s = query.reduce((total, x, d) => total + x * k[j]![d]!, 0) * query.length ** -0.5;
              const next = Math.max(top, s);
              const [old, now] = [Math.exp(top - next), Math.exp(s - next)];
              sum = sum * old + now;
              out = out.map((x, d) => x * old + now * v[j]![d]!);
              top = next;
            }
            return out.map((x) => x / sum);
          }),
      },
    },
  ],
  wrong: [
    { how: "no mask", told: "no-mask", answers: spoiled({ may: () => true }) },
    { how: "no scale", told: "no-scale", answers: spoiled({ root: () => 1 }) },
    { how: "/ D", told: "divides-by-width", answers: spoiled({ root: (d) => d }) },
    { how: "future scores of 0", told: "zero-scores", answers: spoiled({ futurePower: 1 }) },
    {
      how: "zeros after the softmax",
      told: "masked-after-softmax",
      answers: spoiled({ may: () => true, keep: (i, j) => j <= i }),
    },
    { how: "j >= i", told: "past-hidden", answers: spoiled({ may: (i, j) => j >= i }) },
    { how: "j < i, but for the first", told: "not-itself", answers: spoiled({ may: (i, j) => j < i || i === 0 }) },
    { how: "keys for values", told: "keys-as-values", answers: spoiled({ values: (k) => k }) },
    {
      how: "softmax over the queries",
      told: "softmax-down",
      answers: {
        causalAttention(q: Rows, k: Rows, v: Rows): Rows {
          const s = times(q, transpose(k)).map((row) => row.map((x) => x / Math.sqrt(q[0]!.length)));
          const shares = s.map((row) => row.map(() => 0));
          for (let j = 0; j < k.length; j++) {
            const top = Math.max(...s.slice(j).map((row) => row[j]!));
            let sum = 0;
            for (let i = j; i < q.length; i++) sum += Math.exp(s[i]![j]! - top);
            for (let i = j; i < q.length; i++) shares[i]![j] = Math.exp(s[i]![j]! - top) / sum;
          }
          return times(shares, v);
        },
      },
    },
  ],
};
