/** @file Exercise 7.2, held back: pairs from a ranking. Expected values come from `reference/07.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/07.json";

/** A right answer, pair by pair, with one decision changed. */
const deciding = (decide: (a: number, b: number) => "ab" | "ba" | "both" | "none"): Record<string, unknown> => ({
  rankingPairs(responses: string[], ranks: number[]): string[][] {
    const pairs: string[][] = [];
    for (let i = 0; i < responses.length; i++) {
      for (let j = i + 1; j < responses.length; j++) {
        const decision = decide(ranks[i]!, ranks[j]!);
        if (decision === "ab" || decision === "both") pairs.push([responses[i]!, responses[j]!]);
        if (decision === "ba" || decision === "both") pairs.push([responses[j]!, responses[i]!]);
      }
    }
    return pairs;
  },
});

export const rankingPairs: HeldBack = {
  cases: reference["7.2"],
  right: [
    { how: "each pair once", answers: deciding((a, b) => (a < b ? "ab" : a > b ? "ba" : "none")) },
    {
      how: "sorted first, then everything behind",
      answers: {
        rankingPairs(responses: string[], ranks: number[]): string[][] {
          const order = responses.map((text, i) => ({ text, rank: ranks[i]! })).sort((a, b) => a.rank - b.rank);
          return order.flatMap((better, i) =>
            order
              .slice(i + 1)
              .filter((worse) => worse.rank > better.rank)
              .map((worse) => [better.text, worse.text]),
          );
        },
      },
    },
  ],
  wrong: [
    {
      how: "ranks as a list of who comes first",
      told: "ranks-as-order",
      answers: {
        rankingPairs(responses: string[], ranks: number[]): string[][] {
          const order = ranks.map((rank) => responses[rank - 1]!);
          return order.flatMap((better, i) => order.slice(i + 1).map((worse) => [better, worse]));
        },
      },
    },
    {
      how: "objects",
      told: "objects",
      answers: {
        rankingPairs(responses: string[], ranks: number[]) {
          return responses.flatMap((chosen, i) =>
            responses.flatMap((rejected, j) => (ranks[i]! < ranks[j]! ? [{ chosen, rejected }] : [])),
          );
        },
      },
    },
    {
      how: "places",
      told: "places",
      answers: {
        rankingPairs(responses: string[], ranks: number[]) {
          return responses.flatMap((_, i) => responses.flatMap((__, j) => (ranks[i]! < ranks[j]! ? [[i, j]] : [])));
        },
      },
    },
    {
      how: "larger is better",
      told: "worse-first",
      answers: deciding((a, b) => (a > b ? "ab" : a < b ? "ba" : "none")),
    },
    { how: "ties as they are listed", told: "ties", answers: deciding((a, b) => (a <= b ? "ab" : "ba")) },
    {
      how: "neighbours only",
      told: "neighbours",
      answers: deciding((a, b) => (b - a === 1 ? "ab" : a - b === 1 ? "ba" : "none")),
    },
    {
      how: "the winner against the rest",
      told: "best-only",
      answers: deciding((a, b) => (a === b ? "none" : a === 1 ? "ab" : b === 1 ? "ba" : "none")),
    },
    { how: "both directions", told: "both-ways", answers: deciding((a, b) => (a === b ? "none" : "both")) },
    { how: "as listed", told: "as-listed", answers: deciding((a, b) => (a === b ? "none" : "ab")) },
  ],
};
