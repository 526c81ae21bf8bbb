/** @file Exercise 1.1: replace one pair of tokens by a new one, as byte-pair encoding does at each step. */

import { exact } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

export const mergePair: CodeExercise = {
  id: "1.1",
  title: "One merge of byte-pair encoding",
  points: 2,
  minutes: 8,
  answers: ["mergePair(ids: number[], pair: [number, number], newId: number): number[]"],
  compare: exact,
  cases: [
    { args: [[3, 5, 7, 2], [5, 7], 9], expected: [3, 9, 2], note: "one occurrence" },
    { args: [[5, 7, 5, 7, 2, 5, 7], [5, 7], 9], expected: [9, 9, 2, 9], note: "side by side, and at the end" },
    { args: [[1, 1, 1], [1, 1], 9], expected: [9, 1], note: "occurrences that overlap: the left one is taken" },
    { args: [[7, 5, 6, 5], [5, 7], 9], expected: [7, 5, 6, 5], note: "no occurrence: 7 5 is not 5 7" },
    { args: [[256, 101, 6, 101], [6, 101], 257], expected: [256, 101, 257], note: "ids of several digits" },
    { args: [[], [5, 7], 9], expected: [], note: "nothing to merge" },
  ],
  mistakes: [
    {
      id: "overlap",
      says: "One number was used in two merges. When a pair is merged, both of its numbers are used up: go on behind them.",
      like: (ids: number[], [a, b]: [number, number], newId: number) => {
        const starts = ids.map((id, i) => id === a && ids[i + 1] === b);
        return ids.flatMap((id, i) => (starts[i] ? [newId] : starts[i - 1] ? [] : [id]));
      },
    },
    {
      id: "from-right",
      says: "Where occurrences overlap, the right one was taken. Go from left to right: `7 7 7` becomes `new 7`.",
      like: (ids: number[], [a, b]: [number, number], newId: number) => {
        const merged = [...ids];
        for (let i = merged.length - 2; i >= 0; i--) {
          if (merged[i] === a && merged[i + 1] === b) merged.splice(i, 2, newId);
        }
        return merged;
      },
    },
    {
      id: "keeps-second",
      says: "The second number of a merged pair is still there. After a merge, skip it.",
      like: (ids: number[], [a, b]: [number, number], newId: number) =>
        ids.map((id, i) => (id === a && ids[i + 1] === b ? newId : id)),
    },
    {
      id: "only-first",
      says: "Only the first occurrence was replaced. A merge replaces all of them.",
      like: (ids: number[], [a, b]: [number, number], newId: number) => {
        const at = ids.findIndex((id, i) => id === a && ids[i + 1] === b);
        return at < 0 ? ids : [...ids.slice(0, at), newId, ...ids.slice(at + 2)];
      },
    },
    {
      id: "skips-one",
      says: "A number behind a merge got lost, or was not looked at. After a merge go on by two places, not by three.",
      like: (ids: number[], [a, b]: [number, number], newId: number) => {
        const merged: number[] = [];
        for (let i = 0; i < ids.length; i++) {
          const found = ids[i] === a && ids[i + 1] === b;
          merged.push(found ? newId : ids[i]!);
          if (found) i += 2;
        }
        return merged;
      },
    },
    {
      id: "skips-check",
      says: "The number right behind a merge is copied without being looked at. It may begin the next pair.",
      like: (ids: number[], [a, b]: [number, number], newId: number) => {
        const merged: number[] = [];
        for (let i = 0; i < ids.length; i++) {
          const found = ids[i] === a && ids[i + 1] === b;
          merged.push(found ? newId : ids[i]!);
          if (found && i + 2 < ids.length) merged.push(ids[i + 2]!);
          if (found) i += 2;
        }
        return merged;
      },
    },
    {
      id: "first-element-only",
      says: "Only the first number of the pair was compared. Both have to be equal, in this order.",
      like: (ids: number[], [a]: [number, number], newId: number) => {
        const merged: number[] = [];
        for (let i = 0; i < ids.length; i += ids[i] === a ? 2 : 1) merged.push(ids[i] === a ? newId : ids[i]!);
        return merged;
      },
    },
    {
      id: "either-order",
      says: "The pair was found in both orders. 7 5 is another pair than 5 7.",
      like: (ids: number[], [a, b]: [number, number], newId: number) => {
        const merged: number[] = [];
        for (let i = 0; i < ids.length; i++) {
          const found = (ids[i] === a && ids[i + 1] === b) || (ids[i] === b && ids[i + 1] === a);
          merged.push(found ? newId : ids[i]!);
          if (found) i++;
        }
        return merged;
      },
    },
    {
      id: "loses-last",
      says: "The last number is missing. A loop that looks at `ids[i + 1]` still has to copy the number that has no successor.",
      like: (ids: number[], [a, b]: [number, number], newId: number) => {
        const merged: number[] = [];
        for (let i = 0; i < ids.length - 1; i++) {
          const found = ids[i] === a && ids[i + 1] === b;
          merged.push(found ? newId : ids[i]!);
          if (found) i++;
        }
        return merged;
      },
    },
    {
      id: "as-text",
      says: "The ids were searched as text, where 6 is also found at the end of 256. Compare numbers.",
      like: (ids: number[], pair: [number, number], newId: number) => {
        const text = ids.join().replaceAll(pair.join(), String(newId));
        return text === "" ? [] : text.split(",").map(Number);
      },
    },
  ],
  hints: [
    "Walk through `ids` from left to right and build a new list. At each place there are two possibilities: the pair begins here, or it does not.",
    "Use a `for` loop with an index `i`. If `ids[i]` and `ids[i + 1]` are the pair, push `newId` and go on by two; otherwise push `ids[i]` and go on by one.",
    [
      "const merged: number[] = [];",
      "for (let i = 0; i < ids.length; i++) {",
      "  if (/* ids[i] and ids[i + 1] are pair[0] and pair[1] */) {",
      "    merged.push(newId);",
      "    i++; // the second number of the pair is used up",
      "  } else {",
      "    /* push ids[i] */",
      "  }",
      "}",
      "return merged;",
    ].join("\n"),
  ],
};
