/** @file Exercise 3.1: the slope by every weight, measured by moving each of them a little ahead and a little back. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

/** A loss as plain data, a sum of terms: `[c, p, q]` stands for c w0^p w1^q. */
type Terms = number[][];
type Loss = (w: number[]) => number;

/** The loss itself. Tests of the table hand over the function that an answer gets. */
const lossOf =
  (loss: Terms | Loss): Loss =>
  (w) =>
    typeof loss === "function"
      ? loss(w)
      : loss.reduce((sum, [c = 0, ...powers]) => sum + powers.reduce((term, p, i) => term * w[i]! ** p, c), 0);
const moved = (w: readonly number[], i: number, by: number): number[] => w.map((x, j) => (j === i ? x + by : x));

export const numericalGradient: CodeExercise = {
  id: "3.1",
  title: "Measure the slope",
  points: 2,
  minutes: 10,
  answers: ["numericalGradient(loss: (w: number[]) => number, w: number[], h: number): number[]"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  call: (
    { numericalGradient }: { numericalGradient: (loss: (w: number[]) => number, w: number[], h: number) => unknown },
    [terms, w, h]: [number[][], number[], number],
  ) => {
    const loss = (at: number[]): number =>
      terms.reduce((sum, [c = 0, ...powers]) => sum + powers.reduce((term, p, i) => term * at[i]! ** p, c), 0);
    return numericalGradient(loss, w, h);
  },
  cases: [
    { args: [[[3, 1]], [5], 0.5], expected: [3], note: "loss = 3 w: the slope is 3 everywhere" },
    { args: [[[1, 2]], [3], 0.5], expected: [6], note: "loss = w^2 at 3: (3.5^2 - 2.5^2) / 1" },
    {
      args: [
        [
          [1, 2, 0],
          [4, 0, 1],
        ],
        [1, 7],
        0.5,
      ],
      expected: [2, 4],
      note: "loss = a^2 + 4 b: a slope for each weight",
    },
    { args: [[[1, 1, 1]], [3, 5], 0.25], expected: [5, 3], note: "loss = a b: the slope by a is b" },
    { args: [[[1, 3]], [0], 1], expected: [1], note: "loss = w^3 at 0 with h = 1: (1 - (-1)) / 2" },
  ],
  mistakes: [
    {
      id: "ahead-only",
      says: "You compared the loss ahead with the loss here. Compare ahead with *behind*, and divide by 2h: the error then shrinks as h², not as h.",
      like: (terms: Terms | Loss, w: number[], h: number) =>
        w.map((_, i) => (lossOf(terms)(moved(w, i, h)) - lossOf(terms)(w)) / h),
    },
    {
      id: "divided-by-h",
      says: "From h behind to h ahead are two h: divide by `2 * h`.",
      like: (terms: Terms | Loss, w: number[], h: number) =>
        w.map((_, i) => (lossOf(terms)(moved(w, i, h)) - lossOf(terms)(moved(w, i, -h))) / h),
    },
    {
      id: "not-divided",
      says: "This is by how much the loss differs. A slope is that, divided by how far apart the two places are: `2 * h`.",
      like: (terms: Terms | Loss, w: number[], h: number) =>
        w.map((_, i) => lossOf(terms)(moved(w, i, h)) - lossOf(terms)(moved(w, i, -h))),
    },
    {
      id: "precedence",
      says: "`/ 2 * h` divides by 2 and then multiplies by h. Write `/ (2 * h)`.",
      like: (terms: Terms | Loss, w: number[], h: number) =>
        w.map((_, i) => ((lossOf(terms)(moved(w, i, h)) - lossOf(terms)(moved(w, i, -h))) / 2) * h),
    },
    {
      id: "all-moved",
      says: "All weights were moved together, so this is one slope for all of them. Move one weight at a time and leave the others where they are.",
      like: (terms: Terms | Loss, w: number[], h: number) =>
        w.map(() => (lossOf(terms)(w.map((x) => x + h)) - lossOf(terms)(w.map((x) => x - h))) / (2 * h)),
    },
    {
      id: "not-put-back",
      says: "A weight that was moved was not put back before the next one, so the later slopes were measured in another place.",
      like: (terms: Terms | Loss, w: number[], h: number) => {
        const at = [...w];
        return at.map((_, i) => {
          at[i]! += h;
          const ahead = lossOf(terms)(at);
          at[i]! -= 2 * h;
          return (ahead - lossOf(terms)(at)) / (2 * h);
        });
      },
    },
    {
      id: "uphill",
      says: "The two losses are the wrong way round: ahead minus behind.",
      like: (terms: Terms | Loss, w: number[], h: number) =>
        w.map((_, i) => (lossOf(terms)(moved(w, i, -h)) - lossOf(terms)(moved(w, i, h))) / (2 * h)),
    },
  ],
  hints: [
    "One weight at a time: how does the loss change when only this one moves?",
    "For each index i make two copies of `w`, one with `w[i] + h` and one with `w[i] - h`. The slope is the difference of their losses, divided by `2 * h`.",
    [
      "return w.map((_, i) => {",
      "  const ahead = [...w];",
      "  const behind = [...w];",
      "  ahead[i] += h;",
      "  /* the same, the other way */",
      "  return (loss(ahead) - loss(behind)) / (/* how far apart they are */);",
      "});",
    ].join("\n"),
  ],
};
