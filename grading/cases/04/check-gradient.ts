/** @file Exercise 4.7: a gradient checker, central differences against a gradient that somebody wrote. */

import { satisfies } from "../../src/compare";
import type { Plain } from "../../src/plain";
import type { CodeExercise, Seen } from "../../src/table";

type Report = { maxDifference: number; worst: number };

/** The true gradients of the functions in `call`, written out. */
const EXACT: Record<string, (x: number[]) => number[]> = {
  "x0^2 + 3 x1": (x) => [2 * x[0]!, 3],
  "x0 x1 x2": (x) => [x[1]! * x[2]!, x[0]! * x[2]!, x[0]! * x[1]!],
  "10000 x0^2 + x1": (x) => [20_000 * x[0]!, 1],
  "sum of x^3": (x) => x.map((value) => 3 * value * value),
  "tanh of the sum": (x) => x.map(() => 1 - Math.tanh(x.reduce((a, b) => a + b, 0)) ** 2),
};

const argsOf = ({ args }: Pick<Seen, "args">): { differences: number[]; exact: number[]; gradient: number[] } => {
  const [which, x, gradient] = args as unknown as [string, number[], number[]];
  const exact = EXACT[which]!(x);
  return { exact, gradient, differences: exact.map((slope, i) => slope - gradient[i]!) };
};

const about = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-4 + 1e-4 * Math.abs(b);
const reportOf = (received: Plain): Partial<Report> => (received ?? {}) as unknown as Partial<Report>;

const isReport = satisfies("the largest difference within 0.0001, and its place", (received, _, expected) => {
  const [report, wanted] = [reportOf(received), expected as unknown as Report];
  if (typeof report.maxDifference !== "number" || typeof report.worst !== "number") {
    return "An object { maxDifference, worst } with two numbers is expected.";
  }
  if (!about(report.maxDifference, wanted.maxDifference)) {
    return `maxDifference should be ${wanted.maxDifference}, and ${report.maxDifference} came.`;
  }
  const matters = wanted.maxDifference > 0.001; // where all agree, the worst place is chance
  return !matters || report.worst === wanted.worst || `worst should be ${wanted.worst}, and ${report.worst} came.`;
});

/** Whether the reported difference is what `wrong` makes of the case. */
const says =
  (wrong: (parts: ReturnType<typeof argsOf>) => number) =>
  (seen: Seen): boolean =>
    about(reportOf(seen.received).maxDifference ?? Number.NaN, wrong(argsOf(seen)));

export const checkGradient: CodeExercise = {
  id: "4.7",
  title: "A gradient checker",
  points: 3,
  minutes: 15,
  answers: [
    "checkGradient(f: (x: number[]) => number, x: number[], gradient: number[]): { maxDifference: number; worst: number }",
  ],
  compare: isReport,
  call: (
    { checkGradient }: { checkGradient: (f: (x: number[]) => number, x: number[], gradient: number[]) => unknown },
    [which, x, gradient]: [string, number[], number[]],
  ) => {
    const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
    const functions: Record<string, (x: number[]) => number> = {
      "x0^2 + 3 x1": (x) => x[0]! ** 2 + 3 * x[1]!,
      "x0 x1 x2": (x) => x[0]! * x[1]! * x[2]!,
      "10000 x0^2 + x1": (x) => 10_000 * x[0]! ** 2 + x[1]!,
      "sum of x^3": (x) => sum(x.map((value) => value ** 3)),
      "tanh of the sum": (x) => Math.tanh(sum(x)),
    };
    return checkGradient(functions[which]!, x, gradient);
  },
  cases: [
    { args: ["x0^2 + 3 x1", [2, 1], [4, 3]], expected: { maxDifference: 0, worst: 0 }, note: "a right gradient" },
    {
      args: ["x0^2 + 3 x1", [2, 1], [4, 5]],
      expected: { maxDifference: 2, worst: 1 },
      note: "the second slope is 2 too large",
    },
    {
      args: ["x0^2 + 3 x1", [2, 1], [1, 3]],
      expected: { maxDifference: 3, worst: 0 },
      note: "the first is 3 too small",
    },
    {
      args: ["x0 x1 x2", [2, 3, 5], [15, 10, 6]],
      expected: { maxDifference: 0, worst: 0 },
      note: "right, where each moves all",
    },
    {
      args: ["x0 x1 x2", [2, 3, 5], [16, 8, 6]],
      expected: { maxDifference: 2, worst: 1 },
      note: "one too large by 1, one too small by 2",
    },
    {
      args: ["10000 x0^2 + x1", [1, 1], [20_000, 1]],
      expected: { maxDifference: 0, worst: 0 },
      note: "strongly bent: one-sided differences are not enough",
    },
  ],
  mistakes: [
    {
      id: "worst-value",
      says: "`maxDifference` is right, `worst` is not: it is the place of the largest difference, an index from 0.",
      when: ({ received, expected }) =>
        about(reportOf(received).maxDifference ?? Number.NaN, (expected as unknown as Report).maxDifference),
    },
    {
      id: "h-not-2h",
      says: "f(x + h) and f(x - h) lie 2h apart. Divide their difference by 2h, not by h.",
      when: says(({ exact, gradient }) => Math.max(...exact.map((slope, i) => Math.abs(2 * slope - gradient[i]!)))),
    },
    {
      id: "signed",
      says: "Differences below 0 were overlooked. Compare their sizes: Math.abs.",
      when: (seen) =>
        says(({ differences }) => Math.max(...differences))(seen) ||
        says(({ differences }) => Math.max(...differences.map((d) => -d)))(seen) ||
        says(({ differences }) => Math.max(0, ...differences))(seen) ||
        says(({ differences }) => Math.max(0, ...differences.map((d) => -d)))(seen),
    },
    {
      id: "mean",
      says: "This is the mean of the differences. One wrong slope among a million right ones would not be seen in it: report the largest.",
      when: says(({ differences }) => differences.reduce((sum, d) => sum + Math.abs(d), 0) / differences.length),
    },
    {
      id: "sum",
      says: "This is the sum of the differences. Report the largest one.",
      when: says(({ differences }) => differences.reduce((sum, d) => sum + Math.abs(d), 0)),
    },
    {
      id: "all-at-once",
      says: "All numbers of x were moved together, which gives the sum of all slopes. Move one at a time, and leave the others as they are.",
      when: says(({ exact, gradient }) => {
        const all = exact.reduce((a, b) => a + b, 0);
        return Math.max(...gradient.map((slope) => Math.abs(all - slope)));
      }),
    },
    {
      id: "relative",
      says: "This is the difference as a share of the slope. Here the plain difference is asked for.",
      when: says(({ differences, exact }) => Math.max(...differences.map((d, i) => Math.abs(d / exact[i]!)))),
    },
    {
      id: "not-restored",
      says: "The measured slopes are far off. Is x[i] put back before the next one is moved? Work on a fresh copy for each value of f.",
      when: ({ received, args }) =>
        (args[1] as number[]).length > 2 && (reportOf(received).maxDifference ?? Number.NaN) > 0.01,
    },
    {
      id: "not-central",
      says: "The gradient is right, but the measured one is not exact enough. Take (f(x + h) - f(x - h)) / 2h with h = 0.00001: one-sided differences, or a large h, see the bend of the function.",
      when: ({ received, expected }) =>
        (expected as unknown as Report).maxDifference === 0 && (reportOf(received).maxDifference ?? Number.NaN) > 1e-4,
    },
  ],
  hints: [
    "For each number of x: what is the slope when you simply try? Move that one number a little up and a little down, and leave the others as they are.",
    "Loop over i. Make two copies of x, one with x[i] + h, one with x[i] - h (h = 1e-5). The slope is (f(up) - f(down)) / (2 h). Keep the largest |slope - gradient[i]| and its i.",
    [
      "const h = 1e-5;",
      "let [maxDifference, worst] = [0, 0];",
      "for (let i = 0; i < x.length; i++) {",
      "  const moved = (by: number) => f(x.map((value, j) => (j === i ? value + by : value)));",
      "  const slope = (moved(h) - moved(/* ... */)) / /* ... */;",
      "  const difference = Math.abs(slope - gradient[i]);",
      "  if (difference > maxDifference) { /* keep both */ }",
      "}",
      "return { maxDifference, worst };",
    ].join("\n"),
  ],
};
