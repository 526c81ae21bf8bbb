/** @file Run with: npx tsx --test grading/test/mutants.test.ts */

import assert from "node:assert/strict";
import { test } from "node:test";
import { isPrediction } from "../src/table";
import { tableNumbers, tableOf } from "../src/tables";
import { allMutants, mutantsText } from "./mutants";

const mutants = allMutants();

for (const exercise of tableNumbers().flatMap((number) => tableOf(number)!.exercises)) {
  if (isPrediction(exercise)) continue;
  const { id, title } = exercise;

  test(`${id} ${title}: right answers, however they are written, pass all public and held-back cases`, async () => {
    const right = (await mutants).filter((mutant) => mutant.id === id && mutant.kind === "right");
    assert.ok(right.length >= 2);
    assert.deepEqual(
      right.filter((mutant) => mutant.flaw),
      [],
    );
  });

  test(`${id} ${title}: the stub is not attempted`, async () => {
    const stubs = (await mutants).filter((mutant) => mutant.id === id && mutant.kind === "stub");
    assert.deepEqual(
      stubs.map((mutant) => mutant.flaw),
      [undefined],
    );
  });

  test(`${id} ${title}: each wrong answer is rejected, by the held-back cases too, with its message`, async () => {
    const wrong = (await mutants).filter((mutant) => mutant.id === id && mutant.kind === "wrong");
    assert.ok(wrong.length >= 3);
    assert.deepEqual(
      wrong.filter((mutant) => mutant.flaw),
      [],
    );
  });

  test(`${id} ${title}: each mistake that is foreseen is made by one of the wrong answers`, async () => {
    const told = (await mutants).filter((mutant) => mutant.id === id).map((mutant) => mutant.told);
    assert.deepEqual(
      exercise.mistakes.map((mistake) => mistake.id).filter((mistake) => !told.includes(mistake)),
      [],
    );
  });
}

test("the printed table says of each answer whether it is judged as it should be", async () => {
  const [first] = (await mutants).filter((mutant) => mutant.kind === "wrong");
  const text = mutantsText([{ ...first!, flaw: "passed" }]);
  assert.match(text, /FAILS wrong/);
  assert.match(text, /1 of 1 answers judged wrongly/);
});
