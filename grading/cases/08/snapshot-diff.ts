/** @file Exercise 8.3: by how much each tensor of a model differs between two snapshots. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

type Tensors = Record<string, number[]>;

const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
const lengthOf = (values: number[]): number => Math.sqrt(sum(values.map((x) => x * x)));

/** A number for each tensor, from its numbers before and their differences. */
function diffWith(change: (before: number[], difference: number[], after: number[]) => number) {
  return (before: Tensors, after: Tensors): Record<string, number> =>
    Object.fromEntries(
      Object.entries(before).map(([name, numbers]) => [
        name,
        change(
          numbers,
          numbers.map((x, i) => after[name]![i]! - x),
          after[name]!,
        ),
      ]),
    );
}

/** The quotient, or 0 where nothing changed. */
const share = (difference: number, before: number): number => (difference === 0 ? 0 : difference / before);

export const snapshotDiff: CodeExercise = {
  id: "8.3",
  title: "The difference of two snapshots",
  points: 2,
  minutes: 10,
  answers: ["snapshotDiff(before: Record<string, number[]>, after: Record<string, number[]>): Record<string, number>"],
  compare: close({ relative: 1e-6, absolute: 1e-12 }),
  cases: [
    {
      args: [{ w: [3, 4] }, { w: [3, 5] }],
      expected: { w: 0.2 },
      note: "a difference of length 1, a tensor of length 5",
    },
    {
      args: [{ w: [3, 4] }, { w: [6, 0] }],
      expected: { w: 1 },
      note: "the difference (3, -4) is as long as the tensor",
    },
    {
      args: [
        { a: [1, 2], b: [0, 2] },
        { a: [1, 2], b: [0, -2] },
      ],
      expected: { a: 0, b: 2 },
      note: "one tensor stays, the other one turns round",
    },
    {
      args: [
        { bias: [0, 0], w: [2] },
        { bias: [0, 0], w: [1] },
      ],
      expected: { bias: 0, w: 0.5 },
      note: "zeros that stay zeros",
    },
    { args: [{ w: [5, 12, 0] }, { w: [5, 12, 26] }], expected: { w: 2 }, note: "26 against 13" },
  ],
  mistakes: [
    {
      id: "per-number",
      says: "The length of the difference was divided by how *many* numbers there are. Divide it by the length of the tensor before.",
      like: diffWith((before, difference) => lengthOf(difference) / before.length),
    },
    {
      id: "zeros",
      says: "A tensor of zeros that did not change gave 0 / 0, which is not a number. If nothing changed, the answer is 0.",
      like: diffWith((before, difference) => lengthOf(difference) / lengthOf(before)),
    },
    {
      id: "absolute",
      says: "This is the length of the difference alone. Divide it by the length of the tensor before, so that large and small tensors can be compared.",
      like: diffWith((_, difference) => lengthOf(difference)),
    },
    {
      id: "signed-sum",
      says: "Differences were added with their signs, so that ups and downs cancel. Square them first.",
      like: diffWith((before, difference) => share(sum(difference), sum(before))),
    },
    {
      id: "lengths",
      says: "The lengths before and after were compared. A tensor can turn round and keep its length: take the length of the difference.",
      like: diffWith((before, _, after) => share(Math.abs(lengthOf(after) - lengthOf(before)), lengthOf(before))),
    },
    {
      id: "no-root",
      says: "The root is missing: this is the square of the answer.",
      like: diffWith((before, difference) => share(lengthOf(difference), lengthOf(before)) ** 2),
    },
    {
      id: "after",
      says: "The difference was divided by the length after. Measure against what was there before.",
      like: diffWith((_, difference, after) => share(lengthOf(difference), lengthOf(after))),
    },
    {
      id: "city-block",
      says: "Sums of absolute values were taken. The length of a tensor is the root of the sum of its squares.",
      like: diffWith((before, difference) => share(sum(difference.map(Math.abs)), sum(before.map(Math.abs)))),
    },
    {
      id: "largest",
      says: "Only the largest difference was taken. All numbers count: the root of the sum of the squares.",
      like: diffWith((before, difference) =>
        share(Math.max(...difference.map(Math.abs)), Math.max(...before.map(Math.abs))),
      ),
    },
    {
      id: "number-by-number",
      says: "Each number was compared with itself before, and the quotients averaged. Then numbers near zero decide everything; compare the whole tensor.",
      like: diffWith(
        (before, difference) => sum(difference.map((d, i) => share(Math.abs(d), Math.abs(before[i]!)))) / before.length,
      ),
    },
    {
      id: "together",
      says: "All tensors got the same number. Compare each one with itself.",
      when: ({ received, expected }) => {
        const values = Object.values((received ?? {}) as Record<string, unknown>);
        const wanted = Object.values(expected as Record<string, number>);
        return values.length > 1 && new Set(values).size === 1 && new Set(wanted).size > 1;
      },
    },
  ],
  hints: [
    "Take one tensor as one long arrow. How long is the arrow from where it was to where it is, and how long was it itself?",
    "The length of an arrow is the root of the sum of its squares. For each name: length of (after - before), divided by the length of before; 0 if nothing changed.",
    [
      "const length = (x: number[]) => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));",
      "return Object.fromEntries(",
      "  Object.keys(before).map((name) => {",
      "    const change = length(before[name].map((x, i) => /* difference */));",
      "    return [name, change === 0 ? 0 : /* against the length before */];",
      "  }),",
      ");",
    ].join("\n"),
  ],
};
