/** @file Exercise 1.4, held back: the bigram baseline. Expected values come from `reference/01.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/01.json";

/** A right answer in which one thing is changed. */
function spoiled({
  counted = (train: number[], _validation: number[]): number[] => train,
  above = 1,
  below = 1,
  finish = (sum: number, pairs: number): number => sum / pairs,
}): Record<string, unknown> {
  return {
    bigramLoss(train: number[], validation: number[], vocabSize: number): number {
      const text = counted(train, validation);
      const count = (a: number, b?: number): number =>
        text.filter((x, i) => i + 1 < text.length && x === a && (b === undefined || text[i + 1] === b)).length;
      let loss = 0;
      for (let i = 0; i + 1 < validation.length; i++) {
        const [a, b] = [validation[i]!, validation[i + 1]!];
        loss -= Math.log((count(a, b) + above) / (count(a) + below * vocabSize));
      }
      return finish(loss, validation.length - 1);
    },
  };
}

export const bigramLoss: HeldBack = {
  cases: reference["1.4"],
  right: [
    {
      how: "a matrix of counts that starts with ones",
      answers: {
        bigramLoss(train: number[], validation: number[], vocabSize: number): number {
          const table = Array.from({ length: vocabSize }, () => new Array<number>(vocabSize).fill(1));
          for (let i = 1; i < train.length; i++) table[train[i - 1]!]![train[i]!]!++;
          const losses: number[] = [];
          for (let i = 1; i < validation.length; i++) {
            const row = table[validation[i - 1]!]!;
            losses.push(Math.log(row.reduce((a, b) => a + b)) - Math.log(row[validation[i]!]!));
          }
          return losses.reduce((a, b) => a + b) / losses.length;
        },
      },
    },
    {
      how: "text keys and filter",
      answers: {
        bigramLoss: (train: number[], validation: number[], vocabSize: number): number => {
          const pairs = train.slice(0, -1).map((a, i) => `${a} ${train[i + 1]}`);
          const asked = validation.slice(0, -1).map((a, i) => `${a} ${validation[i + 1]}`);
          const p = (pair: string): number => {
            const first = pair.split(" ")[0];
            const begins = pairs.filter((other) => other.split(" ")[0] === first).length;
            return (pairs.filter((other) => other === pair).length + 1) / (begins + vocabSize);
          };
          return -asked.map((pair) => Math.log2(p(pair)) * Math.LN2).reduce((a, b) => a + b) / asked.length;
        },
      },
    },
  ],
  wrong: [
    {
      how: "counts all positions",
      told: "last-counted",
      answers: {
        bigramLoss(train: number[], validation: number[], vocabSize: number): number {
          const pairs = new Map<string, number>();
          const tokens = new Map<number, number>();
          train.forEach((a, i) => {
            tokens.set(a, (tokens.get(a) ?? 0) + 1);
            pairs.set(`${a} ${train[i + 1]}`, (pairs.get(`${a} ${train[i + 1]}`) ?? 0) + 1);
          });
          let sum = 0;
          for (let i = 1; i < validation.length; i++) {
            const [a, b] = [validation[i - 1]!, validation[i]!];
            sum -= Math.log(((pairs.get(`${a} ${b}`) ?? 0) + 1) / ((tokens.get(a) ?? 0) + vocabSize));
          }
          return sum / (validation.length - 1);
        },
      },
    },
    { how: "the validation text counted", told: "counts-validation", answers: spoiled({ counted: (_, v) => v }) },
    { how: "nothing added", told: "no-smoothing", answers: spoiled({ above: 0, below: 0 }) },
    { how: "1 added above the line only", told: "half-smoothing", answers: spoiled({ below: 0 }) },
    { how: "summed", told: "sum", answers: spoiled({ finish: (sum) => sum }) },
    {
      how: "divided by the tokens",
      told: "divides-by-tokens",
      answers: spoiled({ finish: (sum, n) => sum / (n + 1) }),
    },
    { how: "log2", told: "log2", answers: spoiled({ finish: (sum, n) => sum / n / Math.LN2 }) },
    { how: "plus the logarithm", told: "no-minus", answers: spoiled({ finish: (sum, n) => -sum / n }) },
    { how: "e to that power", told: "perplexity", answers: spoiled({ finish: (sum, n) => Math.exp(sum / n) }) },
    {
      how: "how often the second token occurs",
      told: "unigram",
      answers: {
        bigramLoss(train: number[], validation: number[], vocabSize: number): number {
          const p = (b: number): number => (train.filter((x) => x === b).length + 1) / (train.length + vocabSize);
          const asked = validation.slice(1);
          return -asked.reduce((sum, b) => sum + Math.log(p(b)), 0) / asked.length;
        },
      },
    },
    {
      how: "the same number always",
      told: "constant",
      answers: { bigramLoss: (): number => 0.5 },
    },
  ],
};
