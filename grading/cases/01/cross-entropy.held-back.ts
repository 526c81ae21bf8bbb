/** @file Exercise 1.3, held back: stable cross-entropy. Expected values come from `reference/01.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/01.json";

export const crossEntropy: HeldBack = {
  cases: reference["1.3"],
  right: [
    {
      how: "differences to the target's logit first",
      answers: {
        crossEntropy: (logits: number[], target: number): number => {
          const differences = logits.map((logit) => logit - logits[target]!);
          const largest = Math.max(...differences);
          return largest + Math.log(differences.map((d) => Math.exp(d - largest)).reduce((a, b) => a + b));
        },
      },
    },
    {
      how: "ln(1 + e^d), one logit after the other",
      answers: {
        crossEntropy(logits: number[], target: number): number {
          let total = -Infinity;
          for (const logit of logits) {
            const [high, low] = total > logit ? [total, logit] : [logit, total];
            total = high + Math.log1p(Math.exp(low - high));
          }
          return total - logits[target]!;
        },
      },
    },
  ],
  wrong: [
    {
      how: "softmax as it is written, then the logarithm",
      told: "no-max",
      answers: {
        crossEntropy(logits: number[], target: number): number {
          const powers = logits.map(Math.exp);
          return -Math.log(powers[target]! / powers.reduce((a, b) => a + b, 0));
        },
      },
    },
    {
      how: "ln of the sum minus the logit, without the largest",
      told: "no-max",
      answers: {
        crossEntropy: (logits: number[], target: number): number =>
          Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0)) - logits[target]!,
      },
    },
    {
      how: "a stable softmax, then the logarithm",
      told: "log-of-zero",
      answers: {
        crossEntropy(logits: number[], target: number): number {
          const largest = Math.max(...logits);
          const powers = logits.map((z) => Math.exp(z - largest));
          return -Math.log(powers[target]! / powers.reduce((a, b) => a + b, 0));
        },
      },
    },
    {
      how: "log2 in place of log",
      told: "log2",
      answers: {
        crossEntropy(logits: number[], target: number): number {
          const largest = Math.max(...logits);
          const sum = logits.reduce((total, z) => total + Math.exp(z - largest), 0);
          return Math.log2(sum) + (largest - logits[target]!) / Math.LN2;
        },
      },
    },
    {
      how: "base 10",
      told: "log10",
      answers: {
        crossEntropy(logits: number[], target: number): number {
          const largest = Math.max(...logits);
          const sum = logits.reduce((total, z) => total + Math.exp(z - largest), 0);
          return Math.log10(sum) + (largest - logits[target]!) * Math.LOG10E;
        },
      },
    },
    {
      how: "logit minus log-sum-exp",
      told: "no-minus",
      answers: {
        crossEntropy(logits: number[], target: number): number {
          const largest = Math.max(...logits);
          return logits[target]! - largest - Math.log(logits.reduce((total, z) => total + Math.exp(z - largest), 0));
        },
      },
    },
    {
      how: "the softmax itself",
      told: "probability",
      answers: {
        crossEntropy(logits: number[], target: number): number {
          const largest = Math.max(...logits);
          const powers = logits.map((z) => Math.exp(z - largest));
          return powers[target]! / powers.reduce((a, b) => a + b, 0);
        },
      },
    },
    {
      how: "the mean of all losses",
      told: "averaged",
      answers: {
        crossEntropy(logits: number[]): number {
          const largest = Math.max(...logits);
          const normaliser = largest + Math.log(logits.reduce((total, z) => total + Math.exp(z - largest), 0));
          return normaliser - logits.reduce((a, b) => a + b) / logits.length;
        },
      },
    },
    ...(
      [
        ["1 minus the softmax", "one-minus", (loss: number) => 1 - Math.exp(-loss)],
        ["divided by the vocabulary", "divided", (loss: number, size: number) => loss / size],
      ] as const
    ).map(([how, told, spoil]) => ({
      how,
      told,
      answers: {
        crossEntropy(logits: number[], target: number): number {
          const largest = Math.max(...logits);
          const sum = logits.reduce((total, z) => total + Math.exp(z - largest), 0);
          return spoil(Math.log(sum) + largest - logits[target]!, logits.length);
        },
      },
    })),
    {
      how: "an index from 1",
      told: "nan",
      answers: { crossEntropy: (z: number[], t: number): number => z[t + 9]! * 1 },
    },
  ],
};
