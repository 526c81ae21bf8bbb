/** Sheets for Canvas, Moodle and spreadsheets, and messages for LTI. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { exercisesSheet, learnersSheet } from "../src/class/export-csv";
import { ltiText } from "../src/class/export-lti";
import { fillCanvas, fillMoodle } from "../src/class/fill-sheet";
import { gradesOf } from "../src/class/gradebook";
import { parseSheet } from "../src/class/sheet";
import type { SubmissionResult } from "../src/class/types";
import { exerciseOf, resultOf, submissionOf } from "./store-fixture";

const AT = "2026-10-01T10:00:00.000Z";

function resultFor(
  learner: string,
  points: number,
  more: { name?: string; lmsId?: string; notebook?: string } = {},
): SubmissionResult {
  const { notebook = "03", ...who } = more;
  const collected = submissionOf(learner, notebook, learner, AT);
  Object.assign(collected.submission, who);
  return resultOf(collected, [exerciseOf(`${Number(notebook)}.1`, points)]);
}

const grades = gradesOf(
  [
    resultFor("ada@example.org", 2, { name: "Ada Lovelace", lmsId: "4001" }),
    resultFor("ben", 1.255, { name: "Ben O'Brien, Jr" }),
    resultFor("eve", 0, { name: "Eve" }),
    resultFor("ben", 1, { notebook: "04", name: "Ben O'Brien, Jr" }),
    resultFor("ghost", 2),
  ],
  [],
);

/** As Canvas exports it: students by id, login and name, a row of possible points, totals that nobody may write. */
const CANVAS = [
  'Student,ID,SIS User ID,SIS Login ID,Section,"Essay, first (11)",Notebook 3 (12),Notebook 4 (13),Current Score',
  "    Points Possible,,,,,10,2,2,(read only)",
  '"Lovelace, Ada",4001,,alove,"A ""one""",7.50,,,61.2',
  '"O\'Brien, Ben",4002,ben,,A,,,,',
  '"Eve, E.",4003,,eve,A,3,EX,,55',
  '"Not, Submitted",4004,,not,B,4,1.5,,40',
  "",
].join("\r\n");

test("the Canvas sheet gets our points by id, SIS id and login; every other cell, quotes and line ends stay", () => {
  const { text, filled, notes } = fillCanvas(CANVAS, grades);
  const expected = CANVAS.replace("7.50,,,61.2", "7.50,2,,61.2").replace("4002,ben,,A,,,,", "4002,ben,,A,,1.26,1,");
  assert.deepEqual(parseSheet(text, "sheet").rows, parseSheet(expected, "sheet").rows);
  assert.ok(text.includes("\r\n") && !text.includes("\n\n"));
  assert.equal(filled, 3);
  assert.deepEqual(notes, ["Not in the sheet, so not written: ghost."]);
});

test("a learner whose folder is called as the sheet calls them is found by that name", () => {
  const own = gradesOf([resultFor("Müller, Jürgen O'Neil", 2)], []);
  const { text, notes } = fillCanvas('Student,ID,Section,Notebook 3 (12)\n"Müller, Jürgen O\'Neil",7,A,\n', own);
  assert.match(text, /O'Neil",7,A,2\n/);
  assert.deepEqual(notes, []);
});

test("a Canvas sheet with semicolons and a byte order mark keeps both and gets decimal commas", () => {
  const german = `\u{feff}${CANVAS.replaceAll(",", ";")}`;
  const { text } = fillCanvas(german, grades);
  assert.ok(text.startsWith("\u{feff}Student;ID;"));
  assert.match(text, /;1,26;1;/);
});

test("a column can be named, and a sheet without a column for us is refused", () => {
  const own = CANVAS.replace("Notebook 3 (12)", "Gradient descent (12)");
  const { text } = fillCanvas(own, grades, { columns: { "03": "Gradient descent (12)" } });
  assert.match(text, /7\.50,2,,61\.2/);
  assert.throws(() => fillCanvas(own.replace("Notebook 4 (13)", "Other"), grades), /a column for a notebook/);
  assert.throws(() => fillCanvas("Name,Notebook 3\nAda,\n", grades), /exported from Canvas/);
});

test("a notebook that has grades and no column in the sheet is told", () => {
  const { notes } = fillCanvas(CANVAS.replace("Notebook 4 (13)", "Other"), grades);
  assert.match(notes[0]!, /no column for notebook 04, so not written/);
});

test("points that are worth something else in Canvas are told", () => {
  const { notes } = fillCanvas(CANVAS.replace("10,2,2,", "10,100,2,"), grades);
  assert.match(notes[0]!, /"Notebook 3 \(12\)" is worth 100 there and 2 here/);
});

test("answers that nobody has marked yet leave their cell as it is", () => {
  const open = resultOf(submissionOf("ben", "03", "x", AT), [
    exerciseOf("3.7", 0, 2, { kind: "written", status: "to be marked" }),
  ]);
  const { text, filled, notes } = fillCanvas(CANVAS, gradesOf([open], []));
  assert.deepEqual(parseSheet(text, "sheet").rows, parseSheet(CANVAS, "sheet").rows);
  assert.equal(filled, 0);
  assert.match(notes[0]!, /still to be marked by hand, so not written: ben/);
});

const MOODLE = [
  "Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,Last modified (submission),Last modified (grade),Feedback comments",
  'Participant 4001,Ada Lovelace,ada@example.org,Submitted for grading,,100.00,Yes,"Thursday, 1 October 2026, 12:00 PM",-,"<p>kept</p>"',
  "Participant 4002,Ben O'Brien Jr,b@example.org,Submitted for grading,,100.00,Yes,-,-,",
  "Participant 4009,Nobody,n@example.org,No submission,-,100.00,Yes,-,-,",
].join("\n");

test("Moodle's offline worksheet gets points on its own scale by participant and name; feedback and dates stay", () => {
  const third = grades.filter(({ notebook }) => notebook === "03");
  const { text, filled } = fillMoodle(MOODLE, third);
  const expected = MOODLE.replace('grading,,100.00,Yes,"Thu', 'grading,100,100.00,Yes,"Thu').replace(
    "grading,,100.00,Yes,-",
    "grading,63,100.00,Yes,-",
  );
  assert.deepEqual(parseSheet(text, "sheet").rows, parseSheet(expected, "sheet").rows);
  assert.equal(filled, 2);
  assert.throws(() => fillMoodle(MOODLE, grades), /worksheet of one assignment.*--notebook 03/s);
});

test("Moodle's exported gradebook gets a column a notebook", () => {
  const sheet =
    "First name,Last name,ID number,Email address,Assignment: Notebook 3 (Real),Assignment: Notebook 4 (Real)\nBen,O,ben,x,-,-\nAda,L,,ada@example.org,-,-\n";
  const { text } = fillMoodle(sheet, grades);
  assert.equal(text, sheet.replace("ben,x,-,-", "ben,x,1.26,1").replace("ada@example.org,-,-", "ada@example.org,2,-"));
});

test("our own sheet has a row a learner and a row of possible points, and no formula a learner wrote", () => {
  const sheet = learnersSheet(
    gradesOf([resultFor("=cmd|' /C calc'!A0", 1, { name: "@SUM(1)" }), resultFor("-1+1", 2)], []),
  );
  assert.deepEqual(parseSheet(sheet, "sheet").rows, [
    ["learner", "name", "03", "total"],
    ["points possible", "", "2", "2"],
    ["'=cmd|' /C calc'!A0", "'@SUM(1)", "1", "1"],
    ["'-1+1", "", "2", "2"],
  ]);
  assert.equal(parseSheet(exercisesSheet(grades), "sheet").rows.length, 6);
});

test("LTI messages are one JSON a line with the names of the specification", () => {
  const lines = ltiText(grades)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(lines.length, 5);
  assert.deepEqual(lines[0], {
    lineItem: { label: "Notebook 03", scoreMaximum: 2, resourceId: "notebook-03", tag: "grade" },
    score: {
      userId: "4001",
      scoreGiven: 2,
      scoreMaximum: 2,
      activityProgress: "Submitted",
      gradingProgress: "FullyGraded",
      timestamp: "2026-10-02T12:00:00.000Z",
      comment: "2 of 2 points.",
    },
  });
});
