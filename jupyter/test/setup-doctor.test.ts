/** @file `npx course doctor`: it finds what is there, and names what is missing with a remedy. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Ended, Fixture, repository } from "./setup-fixture";

function doctor(root: string): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "bin", "course.mjs"), "doctor"], {
    encoding: "utf8",
  });
  return { code: status, printed: stdout + stderr };
}

test("where the set-up has run, nothing is missing and the speed of the backend is told", () => {
  const { code, printed } = doctor(repository);
  assert.equal(code, 0, printed);
  assert.match(printed, /TensorFlow\.js +[\d.]+ GFLOPS/);
  assert.match(printed, /All that the course needs is there\.$/m);
});

test("in a fresh clone it works without any package, names what is missing, and each with a remedy", () => {
  const fixture = new Fixture();
  mkdirSync(fixture.path("bin"));
  for (const file of [join("bin", "course.mjs"), "requirements.txt", "package-lock.json"]) {
    copyFileSync(join(repository, file), fixture.path(file));
  }
  const { code, printed } = doctor(fixture.root);
  assert.equal(code, 1);
  assert.match(printed, /^Missing: npm packages, JupyterLab, kernel, Plotly extension, TensorFlow\.js\.$/m);
  const lines = printed.split("\n");
  const missing = lines.flatMap((line, i) => (line.startsWith("  MISSING") ? [lines[i + 1] ?? ""] : []));
  for (const remedy of missing) assert.match(remedy, /^ +Run `npm start`\.$/);
});
