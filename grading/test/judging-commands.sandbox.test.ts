/** @file Run with: npx tsx --test grading/test/judging-commands.sandbox.test.ts. Needs bubblewrap. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import type { SubmissionResult } from "../src/class/types";
import { courseFile, filledIn, right } from "./submissions";

const course = path.join(__dirname, "..", "..", "bin", "course.mjs");
const dir = mkdtempSync(path.join(tmpdir(), "grade-"));
const out = path.join(dir, "grades");
after(() => rmSync(dir, { recursive: true, force: true }));

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

function run(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [course, ...args], { timeout: 120_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

function put(learner: string, text: string): void {
  mkdirSync(path.join(dir, "class", learner), { recursive: true });
  writeFileSync(path.join(dir, "class", learner, "01.ipynb"), text);
}

const solved = JSON.stringify(filledIn("01", { "1.1": right("1.1"), "1.6": right("1.6") }));
put("alice", solved);
put("bob", JSON.stringify(filledIn("01", { "1.1": "function mergePair() { return [9]; }" })));
put("carol", solved.slice(0, 3000));

test("check: a learner's notebook from the terminal; 0 when all is passed, 1 when not, 2 when it cannot be read", async () => {
  const all = await run("check", "01", courseFile("01", "solution"));
  assert.equal(all.code, 0, all.stderr);
  assert.match(all.stdout, /1\.1 +One merge of byte-pair encoding +passed +2 \/ 2/);
  const wrong = await run("check", "1", path.join(dir, "class/bob/01.ipynb"));
  assert.equal(wrong.code, 1);
  assert.match(
    wrong.stdout,
    /mergePair\(\[3, 5, 7, 2\], \[5, 7\], 9\)[\s\S]*expected {2}\[3, 9, 2\][\s\S]*received {2}\[9\]/,
  );
  const broken = await run("check", "01", path.join(dir, "class/carol/01.ipynb"));
  assert.equal(broken.code, 2);
  assert.match(broken.stdout + broken.stderr, /ends in the middle/);
  assert.equal((await run("check", "77")).code, 2);
});

test("grade: a line for each submission, the sandbox, 1 because a file has to be looked at; a second run grades nothing", async () => {
  const first = await run("grade", path.join(dir, "class"), "--out", out);
  assert.equal(first.code, 1, first.stderr);
  const lines = first.stdout.trim().split("\n").sort();
  assert.equal(lines.length, 3);
  assert.match(lines[0]!, /^alice +01 +4 \/ \d+ .* 2 of \d exercises$/);
  assert.match(lines[2]!, /^carol +01 +0 \/ \d+ .*ends in the middle/);
  assert.match(first.stderr, /Sandbox: bubblewrap/);
  const second = await run("grade", path.join(dir, "class"), "--out", out);
  assert.equal(second.stdout, "");
  assert.match(second.stderr, /3 of 3 were graded before/);
});

test("regrade: one learner alone, as data; a changed file of another learner is graded by the next run", async () => {
  const { code, stdout } = await run("regrade", "01", "--student", "alice", "--out", out, "--json");
  const results = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as SubmissionResult);
  assert.equal(code, 0);
  assert.deepEqual(
    results.map(({ submission, points }) => [submission.learner, points]),
    [["alice", 4]],
  );
  put("bob", solved);
  const again = await run("grade", path.join(dir, "class"), "--out", out, "--student", "bob");
  assert.match(again.stdout, /^bob +01 +4 \//);
});

test("a file that is asked for under another name is not graded, and it is said whose it is", async () => {
  mkdirSync(path.join(dir, "mail"));
  writeFileSync(path.join(dir, "mail", "01-pretraining.ipynb"), solved);
  const { code, stderr } = await run("grade", path.join(dir, "mail"), "--out", out, "--student", "alice");
  assert.equal(code, 2);
  assert.match(stderr, /no notebooks of alice in what was given, but of: mail\. A file belongs to the learner/);
});

test("what cannot be done is said in a sentence, with exit code 2", async () => {
  for (const args of [
    ["grade", "/nowhere", "--out", out],
    ["grade", dir, "--rung", "magic", "--out", out],
    ["grade", dir, "--memory", "lots", "--out", out],
    ["grade", path.join(dir, "class"), "--notebook", "77", "--out", out],
    ["grade", path.join(dir, "class"), "--out", path.join(dir, "class/alice/01.ipynb")], // (it was never ended)
    ["regrade", "09", "--out", path.join(dir, "empty")],
    ["check", "01", "--rung", "magic"],
    ["grade"],
  ]) {
    const { code, stderr } = await run(...args);
    assert.equal(code, 2, args.join(" "));
    assert.doesNotMatch(stderr, /\n\s+at /);
  }
  assert.ok(!existsSync(path.join(dir, "empty")), "nothing is made for a command that reads");
});
