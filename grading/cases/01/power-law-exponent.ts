/** @file Exercise 1.7: the exponent of a power law, read off as a slope between logarithms. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";
import { mean, times } from "../foreseen";

/** The slope of the least-squares line through the points. */
function slope(u: readonly number[], v: readonly number[]): number {
  const [mu, mv] = [mean(u), mean(v)];
  const products = u.map((ui, i) => (ui - mu) * (v[i]! - mv));
  return mean(products) / mean(u.map((ui) => (ui - mu) ** 2));
}

const ln = (values: readonly number[]): number[] => values.map(Math.log);

export const powerLawExponent: CodeExercise = {
  id: "1.7",
  title: "Read a scaling law",
  points: 2,
  minutes: 8,
  answers: ["powerLawExponent(x: number[], y: number[]): number"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    {
      args: [
        [1, 10, 100],
        [1000, 100, 10],
      ],
      expected: -1,
      note: "y = 1000 / x",
    },
    {
      args: [
        [1, 2, 4],
        [3, 12, 48],
      ],
      expected: 2,
      note: "y = 3 x^2",
    },
    {
      args: [
        [1, 2, 4, 8],
        [1, 2, 2, 8],
      ],
      expected: 0.9,
      note: "points beside the line",
    },
    {
      args: [
        [1, 2, 4, 8],
        [32, 16, 16, 4],
      ],
      expected: -0.9,
      note: "falling, points beside the line",
    },
    {
      args: [
        [1, 2, 8],
        [1, 4, 2],
      ],
      expected: 3 / 14,
      note: "unevenly spaced",
    },
  ],
  mistakes: [
    {
      id: "linear",
      says: "This is the slope between *x* and *y* themselves. A power law is a straight line between their logarithms.",
      like: (x: number[], y: number[]) => slope(x, y),
    },
    {
      id: "only-y-log",
      says: "Only *y* was turned into logarithms. That gives the rate of an exponential; a power law needs ln *x* as well.",
      like: (x: number[], y: number[]) => slope(x, ln(y)),
    },
    {
      id: "only-x-log",
      says: "Only *x* was turned into logarithms. Take ln *y* as well.",
      like: (x: number[], y: number[]) => slope(ln(x), y),
    },
    { id: "sign", says: "The sign is wrong. A line that falls has a slope below 0.", when: times(-1) },
    {
      id: "through-origin",
      says: "This line was forced through the origin. Take away the means first, so that it may cross the axis anywhere.",
      like: (x: number[], y: number[]) => {
        const [u, v] = [ln(x), ln(y)];
        return mean(u.map((ui, i) => ui * v[i]!)) / mean(u.map((ui) => ui * ui));
      },
    },
    {
      id: "end-points",
      says: "This uses the first and the last point only. Least squares uses all of them.",
      like: (x: number[], y: number[]) => Math.log(y.at(-1)! / y[0]!) / Math.log(x.at(-1)! / x[0]!),
    },
    {
      id: "mean-of-slopes",
      says: "This is the mean of the slopes between neighbours, in which the points between drop out. Use the formula of least squares.",
      like: (x: number[], y: number[]) =>
        mean(x.slice(1).map((xi, i) => Math.log(y[i + 1]! / y[i]!) / Math.log(xi / x[i]!))),
    },
    {
      id: "axes-swapped",
      says: "The axes are swapped: this is the slope of ln *x* on ln *y*. Divide by the spread of ln *x*.",
      like: (x: number[], y: number[]) => slope(ln(y), ln(x)),
    },
    {
      id: "mixed-bases",
      says: "The two logarithms have different bases. Any base will do, but it has to be the same for both.",
      when: (seen) => [Math.log(10), 1 / Math.log(10), Math.LN2, 1 / Math.LN2].some((factor) => times(factor)(seen)),
    },
    {
      id: "correlation",
      says: "This is the correlation, which is always between -1 and 1. For the slope, divide by the spread of ln *x* alone.",
      like: (x: number[], y: number[]) => {
        const [u, v] = [ln(x), ln(y)];
        return Math.sign(slope(u, v)) * Math.sqrt(slope(u, v) * slope(v, u));
      },
    },
  ],
  hints: [
    "If y = c x^k, then ln y = ln c + k ln x. Which number in this line do you look for?",
    "Turn both lists into logarithms and take away their means. The slope is the sum of the products divided by the sum of the squares of the first.",
    [
      "const u = x.map(Math.log);",
      "const v = y.map(Math.log);",
      "const meanU = /* ... */;",
      "const meanV = /* ... */;",
      "let products = 0;",
      "let squares = 0;",
      "for (let i = 0; i < u.length; i++) {",
      "  products += (u[i] - meanU) * (v[i] - meanV);",
      "  squares += /* ... */;",
      "}",
      "return products / squares;",
    ].join("\n"),
  ],
};
