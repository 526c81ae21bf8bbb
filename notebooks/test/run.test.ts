/**
 * @file Every notebook of the course, executed in its kernel in the short mode: the student's runs to its end with nothing
 * solved, the solution passes every check.
 */
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

before(() => {
  // From nothing, as on a fresh clone: no checkpoint of an earlier run helps.
  for (const version of ["student", "solution"] as const)
    rmSync(runHome(version, true), { recursive: true, force: true });
});

for (const name of sourceNames()) {
  test(`${name}: the student's notebook runs to its end unsolved, and every check says "not attempted"`, async () => {
    const result = await runNotebook(name, { version: "student", short: true, outDir });
    assert.ok(result.ok, describeResult(result));
    assert.deepEqual(
      statusOf(result),
      checked(name).map((id) => [id, "not attempted"]),
    );
  });

  test(`${name}: the solution runs to its end and passes every check with full points`, async () => {
    const result = await runNotebook(name, { version: "solution", short: true, outDir });
    assert.ok(result.ok, describeResult(result));
    assert.deepEqual(
      statusOf(result),
      checked(name).map((id) => [id, "passed"]),
    );
    for (const check of result.checks) {
      if (checked(name).includes(check.id)) assert.equal(check.points, check.maxPoints, check.id); // a prediction has none
    }
  });
}

for (const version of ["student", "solution"] as const) {
  test(`run one after the other from an empty folder, the notebooks leave one chain of models (${version})`, () => {
    const manifests = findSnapshots(path.join(runHome(version, true), "checkpoints"));
    const last = manifests.find(({ name }) => name === "07-aligned")!;
    const chain = ancestry(last, manifests).map(({ name }) => name);
    assert.deepEqual(chain, ["01-pretrained", "06-tuned", "07-aligned"]);
  });
}
