/**
 * @file A notebook opened first, on a machine where nothing was made yet: what it needs of the others is rebuilt. The last one needs most.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { ancestry, findSnapshots } from "@course/lib/snapshot";
import { sourceNames } from "../build/paths";
import { runNotebook } from "../build/run";
import { describeResult } from "../build/run-report";

test("the last notebook, opened first, makes the whole chain of models and runs to its end", async (t) => {
  const home = mkdtempSync(path.join(tmpdir(), "course-alone-"));
  const before = process.env.COURSE_HOME;
  process.env.COURSE_HOME = home;
  t.after(() => {
    if (before === undefined) delete process.env.COURSE_HOME;
    else process.env.COURSE_HOME = before;
    rmSync(home, { recursive: true, force: true });
  });
  const name = sourceNames().find((each) => each.startsWith("09"))!;
  const result = await runNotebook(name, { version: "student", short: true, outDir: path.join(home, "runs") });
  assert.ok(result.ok, describeResult(result));
  const manifests = findSnapshots(path.join(home, "checkpoints"));
  assert.deepEqual(
    ancestry(manifests.find((one) => one.name === "07-aligned")!, manifests).map((one) => one.name),
    ["01-pretrained", "06-tuned", "07-aligned"],
  );
});
