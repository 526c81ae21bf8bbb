/** @file Exercise 7.2: the pairs that a ranking contains, the better response first. */

import { sameItems } from "../../src/compare";
import type { CodeExercise, Seen } from "../../src/table";

/** All pairs for which `keep` says yes; `better` has the smaller rank. */
const pairsWhere = (
  responses: string[],
  ranks: number[],
  keep: (better: number, worse: number) => boolean,
): [string, string][] =>
  responses.flatMap((_, i) =>
    responses.flatMap((__, j): [string, string][] =>
      i !== j && keep(ranks[i]!, ranks[j]!) ? [[responses[i]!, responses[j]!]] : [],
    ),
  );

/** Recognises the pairs of a mistake in whatever order they come. */
const inAnyOrder =
  (mistake: (responses: string[], ranks: number[]) => string[][]): ((seen: Seen) => boolean) =>
  ({ received, args }) => {
    const sorted = (pairs: unknown): string => JSON.stringify((pairs as string[][]).map(String).sort());
    return Array.isArray(received) && sorted(received) === sorted(mistake(args[0] as string[], args[1] as number[]));
  };

export const rankingPairs: CodeExercise = {
  id: "7.2",
  title: "Pairs from a ranking",
  points: 2,
  minutes: 8,
  answers: ["rankingPairs(responses: string[], ranks: number[]): string[][]"],
  compare: sameItems(),
  cases: [
    {
      args: [
        ["yes", "no"],
        [1, 2],
      ],
      expected: [["yes", "no"]],
      note: "one pair, the better first",
    },
    {
      args: [
        ["yes", "no"],
        [2, 1],
      ],
      expected: [["no", "yes"]],
      note: "rank 1 is the best",
    },
    {
      args: [
        ["a", "b", "c"],
        [2, 1, 3],
      ],
      expected: [
        ["b", "a"],
        ["a", "c"],
        ["b", "c"],
      ],
      note: "three responses, three pairs, in any order",
    },
    {
      args: [
        ["a", "b", "c"],
        [2, 3, 1],
      ],
      expected: [
        ["c", "a"],
        ["c", "b"],
        ["a", "b"],
      ],
      note: "ranks[0] is the place of the first response: a is second, b third, c best",
    },
    {
      args: [
        ["a", "b", "c"],
        [1, 1, 2],
      ],
      expected: [
        ["a", "c"],
        ["b", "c"],
      ],
      note: "a tie says nothing",
    },
  ],
  mistakes: [
    {
      id: "ranks-as-order",
      says: "`ranks` was read as a list of who comes first, second, third. It says of each response which place *it* has: ranks[i] belongs to responses[i].",
      when: inAnyOrder((responses: string[], ranks: number[]) => {
        const order = ranks.map((rank) => responses[rank - 1]!);
        return order.flatMap((better, i) => order.slice(i + 1).map((worse) => [better, worse]));
      }),
    },
    {
      id: "places",
      says: "These are the places of the responses in the list. A pair holds the two texts.",
      when: ({ received }) => Array.isArray(received) && received.flat().some((one) => typeof one === "number"),
    },
    {
      id: "objects",
      says: "A pair is a list of two texts here, the better one first: `[better, worse]`.",
      when: ({ received }) =>
        Array.isArray(received) && received.some((one) => !Array.isArray(one) && typeof one === "object"),
    },
    {
      id: "worse-first",
      says: "The pairs are the wrong way round. Rank 1 is the best, so the smaller rank comes first.",
      when: inAnyOrder((responses: string[], ranks: number[]) => pairsWhere(responses, ranks, (a, b) => a > b)),
    },
    {
      id: "ties",
      says: "Two responses with the same rank made a pair. A tie says nothing about which is better: leave it out.",
      when: inAnyOrder((responses: string[], ranks: number[]) =>
        pairsWhere(responses, ranks, (a, b) => a < b).concat(
          responses.flatMap((_, i) =>
            responses.flatMap((__, j): [string, string][] =>
              i < j && ranks[i] === ranks[j] ? [[responses[i]!, responses[j]!]] : [],
            ),
          ),
        ),
      ),
    },
    {
      id: "neighbours",
      says: "Only neighbours in the ranking were compared. The best is also better than the last: that is a pair too.",
      when: inAnyOrder((responses: string[], ranks: number[]) => pairsWhere(responses, ranks, (a, b) => b === a + 1)),
    },
    {
      id: "best-only",
      says: "Only the best response was compared with the others. The second is better than the third: that is a pair too.",
      when: inAnyOrder((responses: string[], ranks: number[]) =>
        pairsWhere(responses, ranks, (a, b) => a === 1 && b > 1),
      ),
    },
    {
      id: "both-ways",
      says: "Each pair came in both directions. Keep the one in which the better response is first.",
      when: inAnyOrder((responses: string[], ranks: number[]) => pairsWhere(responses, ranks, (a, b) => a !== b)),
    },
    {
      id: "as-listed",
      says: "The first of each pair is the one that is listed first, not the one that is better. Compare the ranks.",
      when: inAnyOrder((responses: string[], ranks: number[]) =>
        responses.flatMap((_, i) =>
          responses.flatMap((__, j): [string, string][] =>
            i < j && ranks[i] !== ranks[j] ? [[responses[i]!, responses[j]!]] : [],
          ),
        ),
      ),
    },
  ],
  hints: [
    "Take every response with every other one. When does the first of the two belong in front?",
    "Two loops over the responses, i and j. Keep [responses[i], responses[j]] exactly when ranks[i] is smaller than ranks[j]: then ties and the wrong direction drop out by themselves.",
    [
      "const pairs: string[][] = [];",
      "for (let i = 0; i < responses.length; i++) {",
      "  for (let j = 0; j < responses.length; j++) {",
      "    if (/* i was ranked better than j */) pairs.push([responses[i], responses[j]]);",
      "  }",
      "}",
      "return pairs;",
    ].join("\n"),
  ],
};
