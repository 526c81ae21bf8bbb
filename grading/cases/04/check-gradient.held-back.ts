/** @file Exercise 4.7, held back: a gradient checker. Expected values come from `reference/04.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/04.json";

type F = (x: number[]) => number;
type Report = { maxDifference: number; worst: number };

/** Slopes measured by `measure`, judged by `judge`. */
const checker =
  (measure: (f: F, x: number[], i: number) => number, judge: (d: number) => number = Math.abs) =>
  (f: F, x: number[], gradient: number[]): Report => {
    const differences = x.map((_, i) => judge(measure(f, x, i) - gradient[i]!));
    const maxDifference = Math.max(...differences);
    return { maxDifference, worst: differences.indexOf(maxDifference) };
  };

const moved = (x: number[], i: number, by: number): number[] => x.map((value, j) => (i === j ? value + by : value));

export const checkGradient: HeldBack = {
  cases: reference["4.7"],
  right: [
    {
      how: "with a list of all differences",
      answers: { checkGradient: checker((f, x, i) => (f(moved(x, i, 1e-5)) - f(moved(x, i, -1e-5))) / 2e-5) },
    },
    {
      how: "moving one copy and putting it back, h in proportion to x",
      answers: {
        checkGradient(f: F, x: number[], gradient: number[]): Report {
          const copy = [...x];
          const report = { maxDifference: 0, worst: 0 };
          for (const [i, value] of x.entries()) {
            const h = 1e-5 * Math.max(1, Math.abs(value));
            copy[i] = value + h;
            const up = f(copy);
            copy[i] = value - h;
            const difference = Math.abs((up - f(copy)) / (2 * h) - gradient[i]!);
            copy[i] = value;
            if (difference > report.maxDifference) Object.assign(report, { maxDifference: difference, worst: i });
          }
          return report;
        },
      },
    },
    {
      how: "by four points (error of order h^4)",
      answers: {
        checkGradient: checker((f, x, i) => {
          const at = (by: number): number => f(moved(x, i, by));
          return (8 * (at(1e-3) - at(-1e-3)) - at(2e-3) + at(-2e-3)) / 12e-3;
        }),
      },
    },
  ],
  wrong: [
    {
      how: "forward differences",
      told: "not-central",
      answers: { checkGradient: checker((f, x, i) => (f(moved(x, i, 1e-5)) - f(x)) / 1e-5) },
    },
    {
      how: "divided by h",
      told: "h-not-2h",
      answers: { checkGradient: checker((f, x, i) => (f(moved(x, i, 1e-5)) - f(moved(x, i, -1e-5))) / 1e-5) },
    },
    {
      how: "no absolute value",
      told: "signed",
      answers: {
        checkGradient: checker(
          (f, x, i) => (f(moved(x, i, 1e-5)) - f(moved(x, i, -1e-5))) / 2e-5,
          (d) => d,
        ),
      },
    },
    {
      how: "the place counted from 1",
      told: "worst-value",
      answers: {
        checkGradient(f: F, x: number[], gradient: number[]): Report {
          const { maxDifference, worst } = checker((f, x, i) => (f(moved(x, i, 1e-5)) - f(moved(x, i, -1e-5))) / 2e-5)(
            f,
            x,
            gradient,
          );
          return { maxDifference, worst: worst + 1 };
        },
      },
    },
    {
      how: "the mean",
      told: "mean",
      answers: {
        checkGradient(f: F, x: number[], gradient: number[]): Report {
          const all = x.map((_, i) => Math.abs((f(moved(x, i, 1e-5)) - f(moved(x, i, -1e-5))) / 2e-5 - gradient[i]!));
          const maxDifference = all.reduce((a, b) => a + b, 0) / all.length;
          return { maxDifference, worst: all.indexOf(Math.max(...all)) };
        },
      },
    },
    {
      how: "all differences added up",
      told: "sum",
      answers: {
        checkGradient(f: F, x: number[], gradient: number[]): Report {
          const all = x.map((_, i) => Math.abs((f(moved(x, i, 1e-5)) - f(moved(x, i, -1e-5))) / 2e-5 - gradient[i]!));
          return { maxDifference: all.reduce((a, b) => a + b, 0), worst: all.indexOf(Math.max(...all)) };
        },
      },
    },
    {
      how: "all of x moved together",
      told: "all-at-once",
      answers: {
        checkGradient: checker((f, x) => (f(x.map((v) => v + 1e-5)) - f(x.map((v) => v - 1e-5))) / 2e-5),
      },
    },
    {
      how: "divided by the slope",
      told: "relative",
      answers: {
        checkGradient(f: F, x: number[], gradient: number[]): Report {
          const all = x.map((_, i) => {
            const slope = (f(moved(x, i, 1e-5)) - f(moved(x, i, -1e-5))) / 2e-5;
            return Math.abs((slope - gradient[i]!) / slope);
          });
          const maxDifference = Math.max(...all);
          return { maxDifference, worst: all.indexOf(maxDifference) };
        },
      },
    },
    {
      how: "moved and not put back, by a visible amount",
      told: "not-restored",
      answers: {
        checkGradient(f: F, x: number[], gradient: number[]): Report {
          const at = [...x];
          return checker((g, _, i) => {
            at[i]! += 0.01;
            const up = g(at);
            at[i]! -= 0.02;
            return (up - g(at)) / 0.02;
          })(f, x, gradient);
        },
      },
    },
  ],
};
