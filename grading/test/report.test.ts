/** The feedback pages and the class page as text: what stands in them, and what must not. */

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { feedbackPage } from "../src/class/feedback-page";
import { fileName, writeReport } from "../src/class/report";
import { classGrades } from "./report-fixture";

const folder = mkdtempSync(path.join(tmpdir(), "course-report-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("held-back cases are counted but not shown, unless the rules of the class show them", () => {
  const [hidden] = classGrades("hidden").map((grade) => feedbackPage(grade));
  const [visible] = classGrades("visible").map((grade) => feedbackPage(grade));
  assert.match(hidden!, /of those not shown here, \d of 2 cases/);
  for (const note of ["an empty list", "a long list"]) assert.doesNotMatch(hidden!, new RegExp(note));
  const shown = classGrades("visible")
    .map((grade) => feedbackPage(grade))
    .join("");
  assert.match(shown, /an empty list/);
  assert.doesNotMatch(visible!, /not shown here/);
});

test("a feedback page allows nothing but its own style sheet", () => {
  const text = feedbackPage(classGrades()[39]!);
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1];
  assert.match(policy!, /^default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'$/);
  assert.doesNotMatch(text, /<script|<img|<svg|<a |style="/);
});

test("a late page says what lateness cost, a marked one what the marker wrote", () => {
  const grades = classGrades();
  assert.match(feedbackPage(grades[0]!), /Late by 2 days<\/strong> \(due 2026-10-05 22:00 UTC\): 20 % off/);
  assert.match(feedbackPage(grades[1]!), /In time[\s\S]*marked by hand[\s\S]*Say what happens to the gradient\./);
  assert.match(feedbackPage(grades[2]!), /so far; 1 answer still to be marked/);
});

test("each learner has a folder of their own, whatever the learner is called, and an earlier report is replaced", () => {
  const grades = classGrades();
  const first = writeReport(grades, folder);
  assert.equal(new Set(first.feedback.map(({ file }) => file)).size, 40);
  for (const { file } of first.feedback)
    assert.ok(file.startsWith(path.join(folder, "feedback")) && existsSync(file), file);
  assert.deepEqual(readdirSync(folder).sort(), ["class.html", "feedback"]);
  writeReport(grades.slice(0, 2), folder);
  assert.equal(readdirSync(path.join(folder, "feedback")).length, 2);
  const table = readFileSync(first.classPage, "utf8").split("<h2>Learners</h2>")[1]!.split("</table>")[0]!;
  const links = [...table.matchAll(/href="([^"]*)"/g)].map(([, to]) => to!);
  assert.ok(links.length === 2 && links.every((to) => existsSync(path.join(folder, to))));
});

test("file names are told apart on every system", () => {
  const names = [
    "ada",
    "Ada",
    "ADA",
    "..",
    ".",
    "",
    "con",
    "a/b",
    "a\\b",
    "a b",
    "a_b",
    "nul.txt",
    "é",
    "e\u0301",
    "x".repeat(200),
  ];
  const files = names.map((name) => fileName(name));
  assert.equal(new Set(files.map((file) => file.toLowerCase())).size, names.length);
  for (const file of files) assert.match(file, /^[A-Za-z0-9@_-][A-Za-z0-9@._-]*$/);
});
