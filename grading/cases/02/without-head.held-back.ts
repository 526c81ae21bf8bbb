/** @file Exercise 2.6, held back: silencing a head. Expected values come from `reference/02.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/02.json";

type Rows = number[][];

/** Zeros in the rows from `from` to `to`, counted with loops. */
function zeros(
  from: (head: number, D: number, nHead: number) => number,
  to: (head: number, D: number, nHead: number) => number,
  step = (_: number): number => 1,
): Record<string, unknown> {
  return {
    withoutHead(weight: Rows, head: number, nHead: number): Rows {
      const D = weight.length / nHead;
      const copy = weight.map((row) => row.slice());
      for (let i = from(head, D, nHead); i < Math.min(to(head, D, nHead), copy.length); i += step(nHead)) {
        if (i >= 0) copy[i]!.fill(0);
      }
      return copy;
    },
  };
}

export const withoutHead: HeldBack = {
  cases: reference["2.6"],
  right: [
    {
      how: "three slices put together",
      answers: {
        withoutHead(weight: Rows, head: number, nHead: number): Rows {
          const D = weight.length / nHead;
          const silent = weight.slice(head * D, head * D + D).map((row) => row.map(() => 0));
          return [...weight.slice(0, head * D), ...silent, ...weight.slice((head + 1) * D)];
        },
      },
    },
    {
      how: "a factor for each row",
      answers: {
        withoutHead: (weight: Rows, head: number, nHead: number): Rows =>
          weight.map((row, i) => row.map((x) => x * Number(Math.floor((i * nHead) / weight.length) !== head))),
      },
    },
    {
      how: "a copy and a loop",
      answers: zeros(
        (h, D) => h * D,
        (h, D) => (h + 1) * D,
      ),
    },
  ],
  wrong: [
    {
      how: "columns",
      told: "columns",
      answers: {
        withoutHead(weight: Rows, head: number, nHead: number): Rows {
          const D = weight.length / nHead;
          return weight.map((row) => row.map((x, j) => (j >= head * D && j < head * D + D ? 0 : x)));
        },
      },
    },
    {
      how: "all but the head",
      told: "only-head",
      answers: {
        withoutHead(weight: Rows, head: number, nHead: number): Rows {
          const D = weight.length / nHead;
          return weight.map((row, i) => (i < head * D || i >= (head + 1) * D ? row.map(() => 0) : row.slice()));
        },
      },
    },
    {
      how: "rows in turn",
      told: "interleaved",
      answers: zeros(
        (h) => h,
        () => Infinity,
        (nHead) => nHead,
      ),
    },
    {
      how: "the row with the head's number",
      told: "one-row",
      answers: zeros(
        (h) => h,
        (h) => h + 1,
      ),
    },
    {
      how: "the head's first row",
      told: "first-row",
      answers: zeros(
        (h, D) => h * D,
        (h, D) => h * D + 1,
      ),
    },
    {
      how: "blocks of nHead",
      told: "rows-of-nhead",
      answers: zeros(
        (h, _, n) => h * n,
        (h, _, n) => (h + 1) * n,
      ),
    },
    {
      how: "from 1",
      told: "counts-from-one",
      answers: zeros(
        (h, D) => (h - 1) * D,
        (h, D) => h * D,
      ),
    },
    {
      how: "from row 0",
      told: "up-to-head",
      answers: zeros(
        () => 0,
        (h, D) => (h + 1) * D,
      ),
    },
    {
      how: "writes into the weights it was given",
      told: "changes-input",
      answers: {
        withoutHead(weight: Rows, head: number, nHead: number): Rows {
          const D = weight.length / nHead;
          for (let i = head * D; i < (head + 1) * D; i++) weight[i]!.fill(0);
          return weight;
        },
      },
    },
  ],
};
