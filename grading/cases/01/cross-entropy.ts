/** @file Exercise 1.3: the loss of one prediction, minus the logarithm of the probability of what came, without overflow. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";
import { isAbout, mean, softmax, times } from "../foreseen";

const [LN2, LN3, LN4, LN5] = [2, 3, 4, 5].map(Math.log) as [number, number, number, number];

export const crossEntropy: CodeExercise = {
  id: "1.3",
  title: "Stable cross-entropy",
  points: 3,
  minutes: 12,
  answers: ["crossEntropy(logits: number[], target: number): number"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    { args: [[0, 0, 0, 0], 2], expected: LN4, note: "four equal logits: ln 4" },
    { args: [[LN2, 0, 0], 0], expected: LN2, note: "the target has probability 1/2" },
    { args: [[0, LN3, 0], 2], expected: LN5, note: "the target has probability 1/5" },
    { args: [[1000, 0], 0], expected: 0, note: "sure and right, with a logit of 1000" },
    { args: [[0, 1000], 0], expected: 1000, note: "sure and wrong, with a logit of 1000" },
    { args: [[-1000, -1000], 1], expected: LN2, note: "two equal logits, far below zero" },
  ],
  mistakes: [
    {
      id: "log-of-zero",
      says: "A probability can be so small that it is rounded to 0, and ln 0 is -Infinity. Simplify first: -ln(e^z / sum) = ln(sum) - z.",
      like: (logits: number[], target: number) => -Math.log(softmax(logits)[target]!),
    },
    {
      id: "no-max",
      says: "You forgot to take away the largest logit: e^1000 is too large for a number, and e^-1000 is rounded to 0.",
      when: ({ received, args }) => !Number.isFinite(received) && (args[0] as number[]).some((z) => Math.abs(z) > 700),
    },
    {
      id: "max-not-added-back",
      says: "The largest logit was taken away in the sum but not at the target. Take it away from both, or add it back at the end.",
      like: (logits: number[], target: number) => {
        const largest = Math.max(...logits);
        return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0)) - logits[target]!;
      },
    },
    {
      id: "no-minus",
      says: "The sign is wrong. The logarithm of a probability is never above 0; the loss is minus that.",
      when: times(-1),
    },
    {
      id: "log2",
      says: "This is the loss in bits. Use `Math.log`, the natural logarithm, for nats.",
      when: times(1 / LN2),
    },
    {
      id: "log10",
      says: "This is the loss with logarithms to base 10. Use `Math.log`, the natural logarithm, for nats.",
      when: times(1 / Math.log(10)),
    },
    {
      id: "probability",
      says: "This is the probability of the target. The loss is minus its natural logarithm.",
      when: ({ received, expected }) => isAbout(received, Math.exp(-Number(expected))),
    },
    {
      id: "one-minus",
      says: "This is 1 minus the probability of the target. The loss is minus the logarithm of the probability.",
      when: ({ received, expected }) => isAbout(received, 1 - Math.exp(-Number(expected))),
    },
    {
      id: "divided",
      says: "The result was divided by the size of the vocabulary. One question has one target, so there is nothing to average.",
      when: times(([logits]) => 1 / (logits as number[]).length),
    },
    {
      id: "averaged",
      says: "This is the average over all tokens of the vocabulary. Only the target counts.",
      like: (logits: number[]) => mean(logits.map((logit) => logSumExp(logits) - logit)),
    },
    {
      id: "entropy",
      says: "This is the entropy of the prediction, which does not depend on the target. Take the logarithm at the target only.",
      like: (logits: number[]) => softmax(logits).reduce((sum, p) => (p === 0 ? sum : sum - p * Math.log(p)), 0),
    },
    {
      id: "logit",
      says: "This is the logit with its sign changed. A logit becomes a probability only when it is compared with all the others.",
      like: (logits: number[], target: number) => -logits[target]!,
    },
  ],
  hints: [
    "Write the loss down on paper first: -ln(e^z / (e^z + ...)). A logarithm of a quotient is a difference.",
    "The loss is ln(sum of e^logit) - logits[target]. To keep e^logit small, take the largest logit away from *every* logit first: that changes nothing in the quotient.",
    [
      "const largest = Math.max(...logits);",
      "let sum = 0;",
      "for (const logit of logits) sum += /* e to the power of (logit - largest) */;",
      "return Math.log(sum) - (/* the target's logit, with the same taken away */);",
    ].join("\n"),
  ],
};

function logSumExp(logits: number[]): number {
  const largest = Math.max(...logits);
  return largest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
}
