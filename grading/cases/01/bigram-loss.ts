/** @file Exercise 1.4: the loss of a model that looks one token back and knows nothing but counts. */

import { close } from "../../src/compare";
import type { Plain } from "../../src/plain";
import type { CodeExercise } from "../../src/table";
import { isAbout, mean, times } from "../foreseen";

const [LN2, LN3, LN4] = [2, 3, 4].map(Math.log) as [number, number, number];

type Pair = readonly [number, number];

const pairsOf = (tokens: readonly number[]): Pair[] => tokens.slice(1).map((b, i) => [tokens[i]!, b]);
const countPair = (tokens: readonly number[], [a, b]: Pair): number =>
  pairsOf(tokens).filter((pair) => pair[0] === a && pair[1] === b).length;
const countFirst = (tokens: readonly number[], a: number): number =>
  pairsOf(tokens).filter((pair) => pair[0] === a).length;
const countToken = (tokens: readonly number[], a: number): number => tokens.filter((token) => token === a).length;

/** The exercise with another rule for the probability of a pair. */
function lossWith(probability: (pair: Pair, train: number[], vocabSize: number, validation: number[]) => number) {
  return (train: number[], validation: number[], vocabSize: number): number =>
    mean(pairsOf(validation).map((pair) => -Math.log(probability(pair, train, vocabSize, validation))));
}

const pairCount = (args: readonly Plain[]): number => (args[1] as number[]).length - 1;

export const bigramLoss: CodeExercise = {
  id: "1.4",
  title: "The bigram baseline",
  points: 2,
  minutes: 10,
  answers: ["bigramLoss(train: number[], validation: number[], vocabSize: number): number"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    { args: [[0, 1, 0, 1, 0], [0, 1], 2], expected: LN4 - LN3, note: "two 0s, 1 followed both: p = 3/4" },
    { args: [[0, 1, 0, 1, 0], [0, 0], 2], expected: LN4, note: "0 0 was never seen: p = 1/4" },
    { args: [[0, 1, 0, 1, 0], [0, 1, 1], 2], expected: LN4 - LN3 / 2, note: "the mean of two pairs" },
    { args: [[0, 0, 1, 2, 0, 1], [0, 1], 3], expected: LN2, note: "three 0s, 1 followed two of them: p = 3/6" },
    { args: [[0, 1, 2], [2, 0], 3], expected: LN3, note: "the last token of the training text has no successor" },
    { args: [[], [3, 1, 0], 4], expected: LN4, note: "nothing was read: all four are equally likely" },
  ],
  mistakes: [
    {
      id: "counts-validation",
      says: "The pairs were counted in the validation text. What a model may learn from is the training text; the other one is for judging.",
      like: lossWith(
        (pair, _, v, validation) => (countPair(validation, pair) + 1) / (countFirst(validation, pair[0]) + v),
      ),
    },
    {
      id: "no-smoothing",
      says: "Without the added 1, a pair that was never seen gets probability 0, and the loss becomes infinite.",
      like: lossWith((pair, train) => countPair(train, pair) / countFirst(train, pair[0])),
    },
    {
      id: "half-smoothing",
      says: "You added 1 to the count of the pair, but not `vocabSize` below the line. Each of the `vocabSize` possible pairs gets its 1.",
      like: lossWith((pair, train) => (countPair(train, pair) + 1) / countFirst(train, pair[0])),
    },
    {
      id: "last-counted",
      says: "The last training token was counted as a first token too, but nothing follows it.",
      like: lossWith((pair, train, v) => (countPair(train, pair) + 1) / (countToken(train, pair[0]) + v)),
    },
    {
      id: "counts-as-second",
      says: "Below the line you counted how often the token is the *second* of a pair. It has to be the first.",
      like: lossWith((pair, train, v) => (countPair(train, pair) + 1) / (countToken(train.slice(1), pair[0]) + v)),
    },
    {
      id: "divides-by-all",
      says: "You divided by the number of all pairs. Given the first token, only the pairs that begin with it count.",
      like: lossWith((pair, train, v) => (countPair(train, pair) + 1) / (Math.max(0, train.length - 1) + v)),
    },
    {
      id: "unigram",
      says: "This is how often the second token occurs at all. A bigram model looks at the token before it.",
      like: lossWith(([, b], train, v) => (countToken(train, b) + 1) / (train.length + v)),
    },
    {
      id: "reversed",
      says: "The pair is the wrong way round: this is the probability of the first token given the second.",
      like: lossWith(([a, b], train, v) => (countPair(train, [b, a]) + 1) / (countFirst(train, b) + v)),
    },
    {
      id: "sum",
      says: "This is the sum over the pairs. Divide by their number for the mean.",
      when: times(pairCount),
    },
    {
      id: "divides-by-tokens",
      says: "You divided by the number of tokens. *n* tokens have *n* - 1 pairs.",
      when: times((args) => pairCount(args) / (pairCount(args) + 1)),
    },
    { id: "log2", says: "This is the loss in bits. `Math.log` gives nats.", when: times(1 / LN2) },
    { id: "no-minus", says: "The sign is wrong: a loss is minus a logarithm, and never below 0.", when: times(-1) },
    {
      id: "perplexity",
      says: "This is the perplexity, *e* to the power of the loss.",
      when: ({ received, expected }) => isAbout(received, Math.exp(Number(expected))),
    },
  ],
  hints: [
    "Two walks: one through `train`, which only counts, and one through `validation`, which only looks up and adds.",
    "Count each pair, and each token that has a successor. Then add `-Math.log((pair + 1) / (first + vocabSize))` for each pair of the validation text, and divide by the number of its pairs.",
    [
      "const key = (a: number, b: number) => a * vocabSize + b; // one number for each pair",
      "const pairs = new Map<number, number>();",
      "const firsts = new Map<number, number>();",
      "for (let i = 0; i + 1 < train.length; i++) {",
      "  const pair = key(train[i], train[i + 1]);",
      "  pairs.set(pair, (pairs.get(pair) ?? 0) + 1);",
      "  /* the same for train[i] in firsts */",
      "}",
      "let sum = 0;",
      "for (let i = 0; i + 1 < validation.length; i++) {",
      "  const pair = pairs.get(key(validation[i], validation[i + 1])) ?? 0;",
      "  const first = /* how often validation[i] was a first token, or 0 */;",
      "  sum -= Math.log(/* the smoothed probability */);",
      "}",
      "return sum / (validation.length - 1);",
    ].join("\n"),
  ],
};
