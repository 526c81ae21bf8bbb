/** @file Every notebook of the course, executed in its kernel in the short mode: for run-student.test.ts and run-solution.test.ts. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import path from "node:path";
import { before, test } from "node:test";
import { ancestry, findSnapshots } from "@course/lib/snapshot";
import { coursePath, sourceNames } from "../build/paths";
import { type RunResult, runHome, runNotebook } from "../build/run";
import { describeResult } from "../build/run-report";
import { readSource } from "../build/source";

const outDir = coursePath("runs", "short");

/** The exercises of a notebook that have a check. */
function checked(name: string): string[] {
  return readSource(name).cells.flatMap((cell) => cell.attributes.check ?? []);
}

/** How each of these exercises stands. A prediction stands there too, but has no right answer, and is left out. */
function statusOf(result: RunResult): string[][] {
  const ids = checked(result.name);
  return result.checks.filter(({ id }) => ids.includes(id)).map(({ id, status }) => [id, status]);
}

/** Tests of the notebooks in one version, one after the other from nothing, as on a fresh clone. */
export function testNotebooks(version: "student" | "solution"): void {
  before(() => rmSync(runHome(version, true), { recursive: true, force: true })); // no checkpoint of an earlier run helps

  for (const name of sourceNames()) {
    test(`${name}: ${version === "student" ? STUDENT : SOLUTION}`, async () => {
      const result = await runNotebook(name, { version, short: true, outDir });
      assert.ok(result.ok, describeResult(result));
      const status = version === "student" ? "not attempted" : "passed";
      assert.deepEqual(
        statusOf(result),
        checked(name).map((id) => [id, status]),
      );
      if (version === "student") return;
      for (const check of result.checks) {
        if (checked(name).includes(check.id)) assert.equal(check.points, check.maxPoints, check.id); // a prediction has none
      }
    });
  }

  test(`run one after the other from an empty folder, the notebooks leave one chain of models (${version})`, () => {
    const manifests = findSnapshots(path.join(runHome(version, true), "checkpoints"));
    const last = manifests.find(({ name }) => name === "07-aligned")!;
    const chain = ancestry(last, manifests).map(({ name }) => name);
    assert.deepEqual(chain, ["01-pretrained", "06-tuned", "07-aligned"]);
  });
}

const STUDENT = `the student's notebook runs to its end unsolved, and every check says "not attempted"`;
const SOLUTION = "the solution runs to its end and passes every check with full points";
