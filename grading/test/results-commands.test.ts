/** `course report`, `marks` and `export` as an instructor types them, with their exit codes. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { repositoryRoot } from "@course/lib/home";
import { parseSheet } from "../src/class/sheet";
import { openStore } from "../src/class/store";
import { classResults } from "./report-fixture";

const out = mkdtempSync(path.join(tmpdir(), "course-results-"));
const file = (name: string): string => path.join(out, name);

before(async () => {
  const store = await openStore({ out });
  for (const result of classResults()) {
    const key = await store.enqueue({ submission: result.submission, findings: [] });
    await store.finish(key, result);
  }
  await store.close();
  const rules = { title: "Autumn class", late: { perDay: 0.1 }, notebooks: { "03": { due: "2026-10-05T22:00:00Z" } } };
  writeFileSync(file("class.json"), JSON.stringify(rules));
});
after(() => rmSync(out, { recursive: true, force: true }));

/** Runs a command; what it printed and its exit code. */
function course(...args: string[]): { code: number | null; text: string } {
  const command = [path.join(repositoryRoot(), "bin/course.mjs"), ...args, "--out", out];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
  return { code: status, text: stdout + stderr };
}

test("report writes the pages with the rules of class.json", () => {
  const { code, text } = course("report");
  assert.equal(code, 0, text);
  assert.match(text, /40 feedback pages/);
  const page = readFileSync(file("report/feedback/learner00/03.html"), "utf8");
  assert.match(page, /Autumn class[\s\S]*Late by 2 days/);
  assert.ok(existsSync(file("report/class.html")));
});

test("marks writes a sheet, takes it back filled, and the class has one open answer less", () => {
  assert.match(course("marks").text, /40 answers to be marked/);
  const filled = readFileSync(file("marks.csv"), "utf8").replace("too long. ,,3,", "too long. ,3,3,well said");
  writeFileSync(file("filled.csv"), filled);
  const { code, text } = course("marks", file("filled.csv"));
  assert.deepEqual([code, text.trim()], [0, "Taken into the gradebook: 1 mark."]);
  assert.match(course("marks").text, /39 answers to be marked/);
  writeFileSync(file("filled.csv"), filled.replace(",3,3,well", ",9,3,well"));
  const wrong = course("marks", file("filled.csv"));
  assert.equal(wrong.code, 2);
  assert.match(wrong.text, /9 is not between 0 and 3 points[\s\S]*Nothing was taken over/);
});

test("export fills a Canvas sheet and says with exit code 1 what was not written", () => {
  writeFileSync(
    file("canvas.csv.in"),
    "Student,ID,SIS Login ID,Section,Notebook 3 (1)\n    Points Possible,,,,13\nL,7,learner00,A,\n",
  );
  const { code, text } = course("export", "canvas", file("canvas.csv.in"));
  assert.equal(code, 1);
  assert.match(text, /1 cell filled/);
  assert.match(parseSheet(readFileSync(file("canvas.csv"), "utf8"), "sheet").rows[2]![4]!, /^\d+(\.\d+)?$/);
});

test("export csv and lti write a row or a line for each learner", () => {
  assert.equal(course("export", "csv").code, 0);
  assert.equal(parseSheet(readFileSync(file("grades.csv"), "utf8"), "sheet").rows.length, 42);
  assert.equal(course("export", "csv", "--exercises").code, 0);
  assert.equal(parseSheet(readFileSync(file("exercises.csv"), "utf8"), "sheet").rows.length, 241);
  assert.equal(course("export", "lti", "--student", "learner05").code, 0);
  assert.equal(readFileSync(file("lti.jsonl"), "utf8").trim().split("\n").length, 1);
});

test("rules that name a learner whom nobody knows are used, and it is said, with exit code 1", () => {
  writeFileSync(file("typo.json"), JSON.stringify({ extensions: { learner01: { "03": 2 }, leaner02: { "03": 2 } } }));
  const { code, text } = course("export", "csv", "--class", file("typo.json"));
  assert.equal(code, 1);
  assert.match(text, /typo\.json names learners of whom nothing is in the gradebook: leaner02\./);
});

test("what cannot be done ends with exit code 2 and a sentence", () => {
  writeFileSync(file("workbook.csv"), "PK\x03\x04");
  writeFileSync(file("excel.csv"), Buffer.from("learner;points\r\nM\xfcller;3", "latin1"));
  writeFileSync(file("canvas.in"), "Student,ID,Section,Notebook 3 (1)\nL,7,A,\n");
  for (const [args, says] of [
    [["report", "--class", "clas.json"], /clas\.json: expected the rules of a class, received nothing there/],
    [["report", "--notebook", "three"], /--notebook: expected one of 01, 02, .* received three/],
    [["export", "gradescope", "--notebook", "77"], /--notebook: expected one of 01, .* received 77/],
    [["marks", "none.csv"], /none\.csv: expected a file or a folder, received nothing there/],
    [["marks", file("workbook.csv")], /workbook or another archive.*Save As, "CSV UTF-8/],
    [["marks", file("excel.csv")], /in UTF-8, received text in another encoding/],
    [["export", "canvas", file("canvas.in"), "--column", "Homework"], /--column: expected a notebook and a title/],
    [["export", "canvas", file("canvas.in"), "--match", "Mail"], /a column Mail, as --match says/],
    [["export", "csv", "--to", path.join(file("class.json"), "x.csv")], /class\.json: expected a folder.* a file/],
    [["report", "--nope"], /unknown option[\s\S]*--help/],

    [["export", "excel"], /canvas, moodle, csv, lti or gradescope/],
    [["export", "canvas"], /the sheet that you exported there/],
    [["report", "--notebook", "09"], /nothing of that in the gradebook/],
    [["export", "gradescope"], /--notebook 03/],
  ] as const) {
    const { code, text } = course(...args);
    assert.equal(code, 2, text);
    assert.match(text, says);
    assert.doesNotMatch(text, /\n\s+at /);
  }
});
