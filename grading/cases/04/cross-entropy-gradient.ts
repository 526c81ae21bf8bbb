/** @file Exercise 4.4: the gradient of softmax with cross-entropy, what was said less what was right. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";
import { softmax } from "../foreseen";

const [LN2, LN3] = [Math.log(2), Math.log(3)];

const right = (logits: number[], target: number): number[] => softmax(logits).map((p, i) => p - (i === target ? 1 : 0));

export const crossEntropyGradient: CodeExercise = {
  id: "4.4",
  title: "The gradient of softmax with cross-entropy",
  points: 3,
  minutes: 10,
  answers: ["crossEntropyGradient(logits: number[], target: number): number[]"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    { args: [[0, 0], 0], expected: [-0.5, 0.5], note: "two equal logits" },
    { args: [[5, 5, 5, 5], 2], expected: [0.25, 0.25, -0.75, 0.25], note: "four equal logits" },
    { args: [[LN2, 0, 0], 1], expected: [0.5, -0.75, 0.25], note: "probabilities 1/2, 1/4, 1/4" },
    { args: [[0, LN3], 1], expected: [0.25, -0.25], note: "the right answer has 3/4" },
    { args: [[1000, 0], 1], expected: [1, -1], note: "sure and wrong, with a logit of 1000" },
    { args: [[1000, 0], 0], expected: [0, 0], note: "sure and right: nothing to change" },
  ],
  mistakes: [
    {
      id: "no-onehot",
      says: "These are the probabilities. What was right is still to be taken away: 1 at the target, 0 elsewhere.",
      like: softmax,
    },
    {
      id: "no-max",
      says: "e^1000 is too large for a number. Take the largest logit away from all of them first; the probabilities stay the same.",
      when: ({ received, args }) =>
        Array.isArray(received) &&
        received.some((value) => !Number.isFinite(value)) &&
        (args[0] as number[]).some((z) => Math.abs(z) > 700),
    },
    {
      id: "opposite",
      says: "The sign is wrong. A larger logit of the target makes the loss *smaller*, so its slope is below 0; all others are above.",
      like: (logits: number[], target: number) => right(logits, target).map((g) => -g),
    },
    {
      id: "target-only",
      says: "Only the target got a slope. Every other logit takes probability away from it, so each has a slope of its own: its probability.",
      like: (logits: number[], target: number) => right(logits, target).map((g, i) => (i === target ? g : 0)),
    },
    {
      id: "averaged",
      says: "The result was divided by the size of the vocabulary. One question has one target: there is nothing to average.",
      like: (logits: number[], target: number) => right(logits, target).map((g) => g / logits.length),
    },
    {
      id: "logits-not-probs",
      says: "1 was taken from the target's *logit*. First make probabilities of the logits (softmax), then take 1 away.",
      like: (logits: number[], target: number) => logits.map((z, i) => z - (i === target ? 1 : 0)),
    },
    {
      id: "softmax-slope",
      says: "This is the slope of the target's probability. The loss is minus its logarithm: that divides by the probability and turns the sign.",
      like: (logits: number[], target: number) => {
        const p = softmax(logits);
        return p.map((pi, i) => p[target]! * ((i === target ? 1 : 0) - pi));
      },
    },
    {
      id: "times-p",
      says: "Each slope has been multiplied with a probability once more. The slope of the loss is just p - 1 at the target, and p elsewhere.",
      like: (logits: number[], target: number) => {
        const p = softmax(logits);
        return right(logits, target).map((g, i) => g * p[i]!);
      },
    },
  ],
  hints: [
    "Write the loss as ln(sum of e^z) - z[target], and ask for the slope of each of the two parts by one logit.",
    "The first part's slope by z[i] is e^z[i] / sum, which is the probability p[i]. The second part's is 1 at the target and 0 elsewhere. So: the probabilities, with 1 taken away at the target. Use exp(z - largest) to stay finite.",
    [
      "const largest = Math.max(...logits);",
      "const powers = logits.map((z) => Math.exp(z - largest));",
      "const sum = powers.reduce((a, b) => a + b, 0);",
      "return powers.map((power, i) => /* probability */ - (i === target ? /* ... */ : 0));",
    ].join("\n"),
  ],
};
