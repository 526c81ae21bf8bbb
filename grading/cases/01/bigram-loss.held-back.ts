/** @file Exercise 1.5, held back: the bigram baseline. Expected values come from `reference/01.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/01.json";

export const bigramLoss: HeldBack = {
  cases: reference["1.5"],
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
    ...(
      [
        ["the validation text counted", "counts-validation", (_: number[], v: number[]) => v, 1, true, false],
        ["nothing added", "no-smoothing", (t: number[]) => t, 0, false, false],
        ["1 added above the line only", "half-smoothing", (t: number[]) => t, 1, false, false],
        ["summed", "sum", (t: number[]) => t, 1, true, true],
      ] as const
    ).map(([how, told, pick, added, below, summed]) => ({
      how,
      told,
      answers: {
        bigramLoss(train: number[], validation: number[], vocabSize: number): number {
          const text = pick(train, validation);
          const count = (a: number, b?: number): number =>
            text.filter((x, i) => i + 1 < text.length && x === a && (b === undefined || text[i + 1] === b)).length;
          let loss = 0;
          for (let i = 0; i + 1 < validation.length; i++) {
            const [a, b] = [validation[i]!, validation[i + 1]!];
            loss -= Math.log((count(a, b) + added) / (count(a) + (below ? vocabSize : 0)));
          }
          return summed ? loss : loss / (validation.length - 1);
        },
      },
    })),
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
