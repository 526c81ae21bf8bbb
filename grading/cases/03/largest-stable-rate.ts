/** @file Exercise 3.4: the largest learning rate with which gradient descent does not run away from a bowl. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

const largest = (values: readonly number[]): number => Math.max(...values);

export const largestStableRate: CodeExercise = {
  id: "3.4",
  title: "The largest stable rate",
  points: 2,
  minutes: 6,
  answers: ["largestStableRate(curvatures: number[]): number"],
  compare: close({ relative: 1e-6, absolute: 0 }),
  cases: [
    { args: [[4]], expected: 0.5, note: "one weight" },
    { args: [[1, 40]], expected: 0.05, note: "the steep direction decides" },
    { args: [[10, 0.5, 8]], expected: 0.2, note: "in no order" },
    { args: [[0.1]], expected: 20, note: "a flat bowl allows a large rate" },
  ],
  mistakes: [
    {
      id: "flattest",
      says: "This is safe for the flattest direction only. The others run away long before: the *largest* curvature decides.",
      like: (c: number[]) => 2 / Math.min(...c),
    },
    {
      id: "one-over",
      says: "At 1 / curvature one step lands exactly at the bottom. It may be twice as much before the error grows.",
      like: (c: number[]) => 1 / largest(c),
    },
    {
      id: "upside-down",
      says: "The fraction is upside down: the more it bends, the smaller the rate has to be.",
      like: (c: number[]) => largest(c) / 2,
    },
    { id: "product", says: "2 is divided by the curvature, not multiplied.", like: (c: number[]) => 2 * largest(c) },
    {
      id: "sum",
      says: "The curvatures were added up. Each direction runs away on its own: the largest one decides.",
      like: (c: number[]) => 2 / c.reduce((a, b) => a + b, 0),
    },
    {
      id: "average",
      says: "This takes the mean of the curvatures. Each direction runs away on its own: the largest one decides.",
      like: (c: number[]) => (2 * c.length) / c.reduce((a, b) => a + b, 0),
    },
    {
      id: "first",
      says: "Only the first direction was looked at. The largest curvature may be anywhere.",
      like: (c: number[]) => 2 / c[0]!,
    },
    {
      id: "each",
      says: "These are the bounds of all directions. One rate serves them all: which one is safe everywhere?",
      like: (c: number[]) => c.map((x) => 2 / x),
    },
  ],
  hints: [
    "A step multiplies the distance along a direction by 1 - rate x curvature. When does that not grow?",
    "Between -1 and 1 nothing grows, so rate x curvature may be at most 2, in every direction. Which direction is the first to break that?",
    "return 2 / Math.max(/* ... */);",
  ],
};
