/** The feedback pages and the class page as text: what stands in them, and what must not. */

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { earned } from "../src/class/case-results";
import { mistakesFigure, statusFigure } from "../src/class/class-figures";
import { classPage } from "../src/class/class-page";
import { notebookStatistics } from "../src/class/class-statistics";
import { feedbackPage } from "../src/class/feedback-page";
import { type Grade, gradesOf } from "../src/class/gradebook";
import { fileName, writeReport } from "../src/class/report";
import type { ExerciseResult } from "../src/class/types";
import type { Outcome } from "../src/run";
import type { CodeExercise } from "../src/table";
import { heldBackOf, tableOf } from "../src/tables";
import { classGrades } from "./report-fixture";
import { exerciseOf, resultOf, submissionOf } from "./store-fixture";

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

/** Grades of notebook 3 for learners with these exercises. */
function gradesWith(...learners: readonly ExerciseResult[][]): Grade[] {
  return gradesOf(
    learners.map((exercises, i) =>
      resultOf(submissionOf(`learner${i}`, "03", `${i}`, "2026-10-01T10:00:00Z"), exercises),
    ),
    [],
  );
}

test("a feedback page says what is wrong once, and shows no cell that was left as it came", () => {
  const uphill = "This goes up the slope.";
  const failed = {
    note: "n",
    hidden: false,
    passed: false,
    call: "f()",
    message: uphill,
    expected: "1",
    received: "2",
  };
  const [grade] = gradesWith([
    exerciseOf("3.1", 0, 2, {
      status: "wrong",
      says: [uphill],
      cases: ["public-1", "public-2"].map((name) => ({ ...failed, name })),
    }),
    exerciseOf("3.2", 0, 1, { status: "not attempted", source: "the stub" }),
    exerciseOf("3.3", 0, 0, { status: "not attempted", kind: "prediction" }),
  ]);
  const text = feedbackPage(grade!);
  assert.equal(text.split(uphill).length - 1, 1);
  assert.doesNotMatch(text, /the stub|0 of 0 points/);
});

test("the class page tells each mistake what was said to it, also to one that only held-back cases showed", () => {
  const exercise = tableOf("03")!.exercises.find(({ id }) => id === "3.2") as CodeExercise;
  const heldBack = heldBackOf("03")["3.2"]!.cases;
  const step = (sign: number, [w, grad, rate]: readonly unknown[]): Outcome => ({
    kind: "value",
    value: (w as number[]).map((one, i) => one + sign * (rate as number) * (grad as number[])[i]!),
  });
  const outcomes = [...exercise.cases.map(({ args }) => step(-1, args)), ...heldBack.map(({ args }) => step(1, args))];
  const { says, told, mistakes } = earned(exercise, exercise.cases, heldBack, outcomes);
  assert.deepEqual(mistakes, ["uphill"]);
  assert.match(says[0]!, /All public cases pass/);
  assert.match(told!.uphill!, /slope/);
  const grades = gradesWith([exerciseOf("3.2", 0, 1, { status: "wrong", mistakes, says, told: told! })]);
  assert.match(notebookStatistics("03", grades).exercises[0]!.mistakes[0]!.says, /slope/);
});

test("the class page claims no hardest exercise where all is solved, and no most frequent mistake where there is none", () => {
  const solved = notebookStatistics("03", gradesWith([exerciseOf("3.1", 2, 2)], [exerciseOf("3.1", 2, 2)]));
  const titleOf = ({ layout }: { layout: Record<string, unknown> }): string => (layout.title as { text: string }).text;
  assert.equal(titleOf(statusFigure(solved)), "Whoever tried an exercise solved it");
  const open = exerciseOf("3.1", 0, 2, { kind: "written", status: "to be marked" });
  assert.equal(titleOf(statusFigure(notebookStatistics("03", gradesWith([open])))), "No exercise is graded yet");
  const wrong = (...mistakes: string[]) => [exerciseOf("3.1", 0, 2, { status: "wrong", mistakes, says: [], told: {} })];
  const tie = notebookStatistics("03", gradesWith(wrong("sign"), wrong("no-rate", "stopped")));
  assert.equal(titleOf(mistakesFigure(tie)!), "No wrong answer was more frequent than 3.1 sign");
  assert.equal(tie.exercises[0]!.mistakes.length, 2, "a case that was not run is no mistake");
});

test("the class page names those of whom nobody knows when they handed in, and how to put it right", () => {
  const results = (["late", "unknown", "in time"] as const).map((timing, i) => {
    const collected = submissionOf(`learner${i}`, "03", `${i}`, "2026-10-20T10:00:00Z");
    return resultOf({ ...collected, submission: { ...collected.submission, timing } }, [exerciseOf("3.1", 2, 2)]);
  });
  const grades = gradesOf(results, [], { notebooks: { "03": { due: "2026-10-05T22:00:00Z" } } });
  const text = classPage(grades, { feedback: () => "x", now: new Date("2026-11-01T00:00:00Z") });
  const plain = text.split("When these were handed in")[1]!.split("</p>")[0]!.replaceAll("&quot;", '"');
  assert.match(
    plain,
    /Counted as in time: learner1\. Late, counted as one day: learner0\..*"handedIn": \{ "learner0": \{ "03":/s,
  );
  assert.doesNotMatch(plain, /learner2/);
  assert.doesNotMatch(feedbackPage(grades[1]!), /In time|2026-10-20/);
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
