/** @file Run with: npx tsx --test grading/test/finished-notebooks.sandbox.test.ts. Needs bubblewrap. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { repositoryRoot } from "@course/lib/home";
import { ELSEWHERE, modulesWithAnswer } from "../src/class/course-answers";
import { courseNotebook, notebookNumbers } from "../src/class/course-copy";
import { openGrader } from "../src/class/grade";
import type { SubmissionResult } from "../src/class/types";
import { courseFile, submission } from "./submissions";

const grader = openGrader({ rung: "bubblewrap", caseSeconds: 20, submissionSeconds: 600 });
after(() => grader.close());

const grade = (number: string, version: "student" | "solution"): Promise<SubmissionResult> =>
  grader.grade(submission(readFileSync(courseFile(number, version))));

for (const number of notebookNumbers()) {
  test(`notebook ${number}: the solution earns every point that a program gives, without a warning`, async () => {
    const { exercises, findings } = await grade(number, "solution");
    const code = exercises.filter(({ kind }) => kind === "code");
    assert.ok(code.length > 0);
    assert.deepEqual(
      code.filter(({ points, maxPoints }) => points !== maxPoints).map(({ id, says }) => [id, says]),
      [],
    );
    assert.deepEqual(
      [...findings, ...exercises.flatMap((one) => one.findings)].filter(({ level }) => level !== "note"),
      [],
    );
    for (const one of exercises.filter(({ kind }) => kind === "written")) assert.equal(one.status, "to be marked");
    for (const one of exercises.filter(({ kind }) => kind === "prediction")) assert.equal(one.maxPoints, 0);
  });

  test(`notebook ${number}: the untouched notebook earns nothing, and nothing in it counts as attempted`, async () => {
    const { exercises, points, maxPoints, findings } = await grade(number, "student");
    assert.equal(points, 0);
    assert.ok(maxPoints > 0);
    assert.deepEqual([...new Set(exercises.map(({ status }) => status))], ["not attempted"]);
    assert.deepEqual([...findings, ...exercises.flatMap((one) => one.findings)], []);
  });
}

test("the modules that are said to hold an answer exist, and belong to an exercise", () => {
  const exercises = notebookNumbers().flatMap((number) => courseNotebook(number).exercises);
  for (const [id, modules] of Object.entries(ELSEWHERE)) {
    if (!notebookNumbers().includes(id.split(".")[0]!.padStart(2, "0"))) continue;
    assert.ok(
      exercises.some((exercise) => exercise.id === id),
      id,
    );
    for (const name of modules) readFileSync(`${repositoryRoot()}/lib/src/${name}.ts`);
  }
  assert.deepEqual(modulesWithAnswer({ id: "1.1", names: ["mergePair"] }), ["bpe"]);
});
