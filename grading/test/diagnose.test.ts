/** @file Run with: npx tsx --test grading/test/diagnose.test.ts */

import assert from "node:assert/strict";
import { test } from "node:test";
import { close } from "../src/compare";
import { judge, type Report } from "../src/judge";
import type { Plain } from "../src/plain";
import { type Outcome, runCases } from "../src/run";
import type { Case, CodeExercise, Mistake } from "../src/table";

function exercise(cases: Case[], mistakes: Mistake[] = []): CodeExercise {
  return {
    id: "1.1",
    title: "t",
    points: 3,
    minutes: 1,
    answers: ["f(x: number): number"],
    compare: close(),
    cases,
    mistakes,
    hints: ["", "", ""],
  };
}

function report(asked: CodeExercise, f: unknown): Report {
  return judge(asked, asked.cases, runCases(asked, asked.cases, { f }) as Outcome[]);
}

/** The general mistake that is named when every case expects `expected` and gets `received`. */
function named(expected: Plain[], received: unknown[]): string | undefined {
  const asked = exercise(expected.map((value, i) => ({ args: [i], expected: value })));
  return report(asked, (i: number) => received[i]).mistakes[0]?.id;
}

const doubled: Case[] = [1, 2, 3].map((x) => ({ args: [x], expected: 2 * x }));

test("of two foreseen mistakes that explain the wrong cases, the one that also agrees with the right ones is named", () => {
  const cases: Case[] = [
    { args: [2], expected: 4 },
    { args: [3], expected: 9 },
  ];
  const mistakes: Mistake[] = [
    { id: "always-six", says: "", like: () => 6 },
    { id: "doubled", says: "", like: (x: number) => 2 * x },
  ];
  assert.deepEqual(
    report(exercise(cases, mistakes), (x: number) => 2 * x).mistakes.map((m) => m.id),
    ["doubled"],
  );
});

test("a foreseen mistake that explains only some of the wrong cases is not named", () => {
  const mistakes: Mistake[] = [{ id: "plus-one", says: "", like: (x: number) => x + 1 }];
  const mixed = (x: number): number => (x === 3 ? 4 : -7);
  assert.deepEqual(
    report(exercise(doubled, mistakes), mixed).mistakes.map((m) => m.id),
    [],
  );
});

test("a foreseen mistake that throws or that is right in a case does not disturb", () => {
  const mistakes: Mistake[] = [
    {
      id: "throws",
      says: "",
      like: () => {
        throw new Error("no");
      },
    },
    {
      id: "half",
      says: "",
      when: () => {
        throw new Error("no");
      },
    },
  ];
  assert.equal(report(exercise(doubled, mistakes), () => 0).mistakes[0]!.id, "constant");
});

test("a foreseen mistake cannot damage the case it is tried on", () => {
  const asked = exercise(
    [
      { args: [[1, 2]], expected: 2 },
      { args: [[5]], expected: 1 },
    ],
    [{ id: "empties", says: "", like: (x: number[]) => x.splice(0).length - 1 }],
  );
  report(asked, () => -3);
  assert.deepEqual(asked.cases[0]!.args, [[1, 2]]);
});

test("general mistakes are named: nothing, NaN, infinity, kind, length, keys, transposed, sign, factor, order", () => {
  const named2 = (expected: Plain, received: unknown): string | undefined =>
    named([expected, expected], [received, received]);
  assert.equal(named2(1, undefined), "no-return");
  assert.equal(named2([1, 2], [1, Number.NaN]), "nan");
  assert.equal(named2(1, Infinity), "infinite");
  assert.equal(named2(1, [1]), "type");
  assert.equal(named2([1, 2], [1, 2, 3]), "length");
  assert.equal(named2({ a: 1 }, { b: 1 }), "keys");
  assert.equal(
    named2(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [
        [1, 4],
        [2, 5],
        [3, 6],
      ],
    ),
    "transposed",
  );
  assert.equal(named([1, -2, 3], [-1, 2, -3]), "sign");
  assert.equal(named([1, 2, 3], [10, 20, 30]), "factor");
  assert.equal(named2([3, 1, 2], [1, 2, 3]), "order");
  assert.equal(named([1, 2, 3], [7, 7, 7]), "constant");
});

test("results that are wrong in no common way get no invented explanation", () => {
  assert.equal(named([1, 2, 3], [5, 8, -1]), undefined);
});

test("partial credit is the share of the cases, to two places", () => {
  const { points, passed, status } = report(exercise(doubled), (x: number) => (x < 2 ? 2 : 0));
  assert.deepEqual({ points, passed, status }, { points: 1, passed: 1, status: "wrong" });
});

test("only when nothing could be judged is the status an error", () => {
  const fails =
    (when: number) =>
    (x: number): number => {
      if (x >= when) throw new Error("no");
      return 2 * x;
    };
  assert.equal(report(exercise(doubled), fails(0)).status, "error");
  assert.equal(report(exercise(doubled), fails(3)).status, "wrong");
});

test("a second right result is accepted", () => {
  const asked = exercise([{ args: [1], expected: 1, alsoRight: [2, 3] }]);
  assert.equal(report(asked, () => 3).status, "passed");
  assert.equal(report(asked, () => 4).status, "wrong");
});

test("an exercise may call its answers in its own way, and may allow a changed input", () => {
  const asked: CodeExercise = {
    ...exercise([{ args: [[1, 2], 3], expected: [8, 16] }]),
    answers: ["double(x: number[]): void"],
    changesInput: true,
    call: ({ double }: { double: (x: number[]) => void }, [x, times]: [number[], number]) => {
      for (let i = 0; i < times; i++) double(x);
      return x;
    },
  };
  const double = (x: number[]): void =>
    x.forEach((_, i) => {
      x[i]! *= 2;
    });
  assert.equal(judge(asked, asked.cases, runCases(asked, asked.cases, { double }) as Outcome[]).status, "passed");
});

test("an answer may be a value instead of a function", () => {
  const asked: CodeExercise = { ...exercise([{ args: [], expected: 0.5 }]), answers: ["rate: number"] };
  const judged = (rate: unknown): string =>
    judge(asked, asked.cases, runCases(asked, asked.cases, { rate }) as Outcome[]).status;
  assert.deepEqual([judged(0.5), judged(0.4), judged(undefined)], ["passed", "wrong", "not attempted"]);
});
