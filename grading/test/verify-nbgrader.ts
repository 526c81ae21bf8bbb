/**
 * Every notebook under real nbgrader: the solution has to get all points, the notebook as it is handed out none.
 * `npm run verify:nbgrader` prints the table; it needs nbgrader (see programs.mjs) and about ten seconds a notebook.
 */

import { rmSync } from "node:fs";
import { findNbgrader, NbgraderCourse } from "./nbgrader-course";

async function main(): Promise<void> {
  const program = findNbgrader();
  if (!program) {
    console.log(
      "LEFT OUT: nbgrader is not installed (python3 -m venv .course/nbgrader; .course/nbgrader/bin/pip install nbgrader==0.9.6).",
    );
    return;
  }
  const course = new NbgraderCourse(program);
  let fine = true;
  for (const name of course.names) {
    let log = await course.nbgrader("generate_assignment", name, "--create");
    course.submit("solution", name, course.read("source", name));
    course.submit("untouched", name, course.read("release", name));
    log += await course.nbgrader("autograde", name);
    const scores = await course.scores();
    const [solved, most] = scores.get(`solution ${name}`) ?? [Number.NaN, Number.NaN];
    const [untouched] = scores.get(`untouched ${name}`) ?? [Number.NaN];
    const right = solved === most && untouched === 0;
    fine &&= right;
    console.log(`${name.padEnd(24)} solution ${solved} of ${most}, untouched ${untouched}${right ? "" : "  WRONG"}`);
    if (!right) console.log(log.slice(-3000));
  }
  rmSync(course.folder, { recursive: true, force: true });
  if (!fine) process.exitCode = 1;
}

void main();
