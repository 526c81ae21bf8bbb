/** Real nbgrader 0.9.6 with our notebooks and our configuration: releasing, validating, grading, feedback, export. */

import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { findNbgrader, type Ipynb, NbgraderCourse, sourceOf } from "./nbgrader-course";

const NAME = "03-gradient-descent";
const POINTS = 14;
let course: NbgraderCourse;
let log = "";
let scores: Map<string, [number, number]>;

/** The solution with the text of some cells replaced. */
function solvedBut(texts: Record<string, string>): Ipynb {
  const notebook = course.read("source", NAME);
  for (const cell of notebook.cells) {
    const { kind, exercise = "" } = cell.metadata.course ?? {};
    if (kind === "exercise" && texts[exercise] !== undefined) cell.source = texts[exercise];
  }
  return notebook;
}

const WITH_SCRIPT = `require("tslab").display.html("<script>window.ran = 1</script><img src=x onerror='window.ran = 1'>");
console.log("<script>window.ran = 2</script>");
function largestStableRate(curvatures: number[]): number {
  return 2 / curvatures[0];
}`;

before(async () => {
  const program = findNbgrader();
  assert.ok(program, "nbgrader was found by npm test");
  course = new NbgraderCourse(program);
  log += await course.nbgrader("generate_assignment", NAME, "--create");
  // The solution, with each exercise copied, the copies in another order, and everything else deleted.
  const solved = course.read("source", NAME);
  const exercises = solved.cells.filter(({ metadata: { course: own } }) => own?.kind === "exercise").reverse();
  const copies = exercises.map((cell, i) => ({ ...cell, id: `copy-${i}` }));
  const markdown = { id: "mine", cell_type: "markdown", source: "<script>window.ran = 3</script>", metadata: {} };
  course.submit("solved", NAME, { ...solved, cells: [markdown, ...copies, ...exercises], metadata: {} });
  // As handed out, but every cell is tagged as one that is not to be run.
  const untouched = course.read("release", NAME);
  for (const cell of untouched.cells) cell.metadata.tags = ["skip-execution"];
  course.submit("untouched", NAME, untouched);
  // Of the four public cases of 3.4, three begin with the largest curvature; 3.5 does not compile.
  course.submit("partial", NAME, solvedBut({ "3.4": WITH_SCRIPT, "3.5": "function momentumStep( { return ; ;) }" }));
  course.submit("truncated", NAME, '{"cells": [{"id": ');
  log += await course.nbgrader("autograde", NAME);
  scores = await course.scores();
});
after(() => rmSync(course.folder, { recursive: true, force: true }));

const scoreOf = (learner: string): [number, number] | undefined => scores.get(`${learner} ${NAME}`);

test("generate_assignment makes, byte for byte, the notebook that the course hands out", () => {
  const [released, ours] = [`release/${NAME}/${NAME}.ipynb`, `handed_out/${NAME}.ipynb`].map((file) =>
    readFileSync(path.join(course.folder, file), "utf8"),
  );
  assert.equal(released, ours, log.slice(-2000));
});

test("the solution gets full points though its cells were copied, moved and deleted", () => {
  assert.deepEqual(scoreOf("solved"), [POINTS, POINTS], log.slice(-2000));
});

test("the untouched notebook gets nothing, not even with the tag skip-execution on every cell", () => {
  assert.deepEqual(scoreOf("untouched"), [0, POINTS]);
});

test("three of four cases are three quarters of the points; code that does not compile costs its own exercise only", () => {
  assert.deepEqual(scoreOf("partial"), [POINTS - 0.5 - 2, POINTS]);
});

test("a file that is no notebook stops nobody else's grading", () => {
  assert.match(log, /truncated/);
  assert.notEqual(scoreOf("truncated")?.[0], POINTS);
});

test("generate_feedback writes a page for each learner in which no script of a learner is left", async () => {
  log += await course.nbgrader("generate_feedback", NAME, "--student", "partial");
  const file = path.join(course.folder, "feedback", "partial", NAME, `${NAME}.html`);
  assert.ok(existsSync(file), log.slice(-2000));
  const page = readFileSync(file, "utf8");
  assert.match(page, /largestStableRate/);
  assert.doesNotMatch(page, /<script>\s*window\.ran|<img[^>]*onerror/);
});

test("validate tells a learner that a solved notebook passes and an unsolved one does not", async () => {
  const validate = async (version: "source" | "release", file: string): Promise<string> => {
    const notebook = course.read(version, NAME);
    notebook.cells = notebook.cells.filter(({ metadata: { nbgrader } }) => nbgrader);
    course.submit(file, NAME, notebook);
    return course.nbgrader("validate", path.join("submitted", file, NAME, `${NAME}.ipynb`));
  };
  assert.match(await validate("source", "for-validate"), /Success! Your notebook passes all the tests/);
  const said = await validate("release", "unsolved-for-validate");
  assert.match(said, /VALIDATION FAILED ON [67] CELL/);
  assert.ok(sourceOf(course.read("release", NAME).cells[0]!).length > 0);
});
