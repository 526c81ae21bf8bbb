/** @file Run with: npx tsx --test grading/test/tables.test.ts */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { assertCompiled } from "../src/class/course-copy";
import { close } from "../src/compare";
import { toPlain } from "../src/plain";
import { sourceExercises, sourceOf } from "../src/solution-text";
import { type CaseTable, type CodeExercise, isPrediction, parseSignature, tableFlaws } from "../src/table";
import { findExercise, heldBackCount, heldBackOf, tableNumbers, tableOf } from "../src/tables";

const cases = path.join(__dirname, "..", "cases");

for (const number of tableNumbers()) {
  const { exercises } = tableOf(number)!;

  test(`notebook ${number}: the table is complete`, () => {
    assert.deepEqual(tableFlaws(tableOf(number)!, heldBackOf(number)), []);
  });

  test(`notebook ${number}: everything that goes into a case and comes out of it is plain data`, () => {
    for (const exercise of exercises) {
      if (isPrediction(exercise)) continue;
      for (const { args, expected } of [...exercise.cases, ...heldBackOf(number)[exercise.id]!.cases]) {
        assert.equal(toPlain([args, expected]).strange, undefined, exercise.id);
      }
    }
  });

  test(`notebook ${number}: a held-back case is not a public one`, () => {
    for (const exercise of exercises) {
      if (isPrediction(exercise)) continue;
      const shown = exercise.cases.map(({ of, args }) => JSON.stringify([of, args]));
      for (const { of, args } of heldBackOf(number)[exercise.id]!.cases) {
        assert.ok(!shown.includes(JSON.stringify([of, args])), exercise.id);
      }
    }
  });

  test(`notebook ${number}: the held-back values are those that the Python script computes`, () => {
    const script = path.join(cases, "reference", `${number}.py`);
    const computed = JSON.parse(execFileSync("python3", [script], { encoding: "utf8" })) as unknown;
    const kept = JSON.parse(readFileSync(script.replace(/py$/, "json"), "utf8")) as unknown;
    // 1e-12: the last digits of a decimal logarithm may differ between Python versions.
    const tight = close({ relative: 1e-12, absolute: 0 });
    assert.equal(tight.difference(toPlain(kept).value, toPlain(computed).value, []), undefined);
  });

  test(`notebook ${number}: its source and the table agree on titles, points and minutes, and declare what is asked for`, () => {
    const inSource = sourceExercises(sourceOf(number)!);
    const inTable = exercises.filter((exercise): exercise is CodeExercise => !isPrediction(exercise));
    assert.deepEqual(
      inSource.map(({ attributes }) => attributes),
      inTable.map(({ id, title, points, minutes }) => ({
        exercise: id,
        points: `${points}`,
        minutes: `${minutes}`,
        title,
      })),
    );
    for (const [i, exercise] of inTable.entries()) {
      for (const text of exercise.answers) {
        assert.match(inSource[i]!.solution, new RegExp(`(function|class|const|let) ${parseSignature(text).name}\\b`));
      }
    }
  });
}

test("an exercise is found by its number, and only by its number", () => {
  assert.equal(findExercise("1.3")!.title, "Stable cross-entropy");
  for (const id of ["1.04", "1.99", "01.4", "77.1", "", "../../x.1", "1.4 "])
    assert.equal(findExercise(id), undefined, id);
});

test("what is held back can be counted, and is nothing where a copy has none", () => {
  assert.equal(heldBackCount("1.3"), 6);
  assert.equal(heldBackCount("77.1"), 0);
});

test("a signature in words is taken apart at its own commas and brackets", () => {
  const text =
    "f(pairs: [number, number][], map: (x: number, y: number) => number, rest: { a: number; b: string }): void";
  assert.deepEqual(parseSignature(text).parameters, ["pairs", "map", "rest"]);
  assert.deepEqual(parseSignature("f(): number").parameters, []);
  assert.equal(parseSignature("learningRate: number").parameters, undefined);
});

test("a table with gaps is told which", () => {
  const table: CaseTable = {
    notebook: "01",
    exercises: [
      {
        id: "1.5",
        title: "x",
        points: 0,
        minutes: 1,
        answers: ["f()", "g()"],
        cases: [{ args: [], expected: 1 }],
        mistakes: [{ id: "a", says: "" }],
        hints: ["", "", ""],
      },
    ],
  };
  const flaws = tableFlaws(table, { "1.9": { cases: [], right: [], wrong: [] } }).join("\n");
  for (const part of [
    "is number 1",
    "needs points",
    "which of f, g",
    "`like` or `when`",
    "two public cases",
    "nothing is held back",
    "1.9: is held back but not",
  ]) {
    assert.ok(flaws.includes(part), part);
  }
});

test("a case that was changed and not compiled since is named: grading would go on with the old one", (t) => {
  const root = mkdtempSync(path.join(tmpdir(), "course-compiled-"));
  t.after(() => rmSync(root, { recursive: true }));
  for (const folder of ["grading/cases/03", "grading/dist"]) mkdirSync(path.join(root, folder), { recursive: true });
  const at = (file: string, seconds: number): void => {
    writeFileSync(path.join(root, file), "");
    utimesSync(path.join(root, file), seconds, seconds);
  };
  at("grading/cases/03/step.ts", 1000);
  assertCompiled(root); // nothing was compiled here
  at("grading/dist/tsconfig.tsbuildinfo", 2000);
  assertCompiled(root);
  at("grading/cases/03/step.ts", 3000);
  assert.throws(() => assertCompiled(root), /cases\/03\/step\.ts: expected cases that are compiled.*npm run build/);
});
