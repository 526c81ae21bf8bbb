/**
 * Every notebook under real nbgrader: the solution has to get all points, the notebook as it is handed out none.
 * `npm run verify:nbgrader` prints the table (`-- 07 08`: only these); it needs nbgrader (see programs.mjs) and about ten seconds a notebook.
 */

import { rmSync } from "node:fs";
import { findNbgrader, type Ipynb, NbgraderCourse } from "./nbgrader-course";

/** The points that no person has to give: answers in words are marked by hand. */
function automaticPoints(notebook: Ipynb): number {
  const marks = notebook.cells.map(({ metadata: { nbgrader } }) => nbgrader);
  return marks.reduce((sum, one) => sum + (one?.grade && !one.solution ? Number(one.points) : 0), 0);
}

async function main(): Promise<void> {
  const program = findNbgrader();
  if (!program) {
    console.log(
      "LEFT OUT: nbgrader is not installed (python3 -m venv .course/nbgrader; .course/nbgrader/bin/pip install nbgrader==0.9.6).",
    );
    if (process.env.CI) process.exitCode = 1; // what was not looked at has not passed
    return;
  }
  const course = new NbgraderCourse(program);
  let fine = true;
  const wanted = process.argv.slice(2);
  for (const name of course.names.filter(
    (name) => wanted.length === 0 || wanted.some((part) => name.startsWith(part)),
  )) {
    let log = await course.nbgrader("generate_assignment", name, "--create");
    course.submit("solution", name, course.read("source", name));
    course.submit("untouched", name, course.read("release", name));
    log += await course.nbgrader("autograde", name);
    const scores = await course.scores();
    const [solved] = scores.get(`solution ${name}`) ?? [Number.NaN];
    const [untouched] = scores.get(`untouched ${name}`) ?? [Number.NaN];
    const most = automaticPoints(course.read("release", name));
    const right = solved === most && untouched === 0;
    fine &&= right;
    console.log(`${name.padEnd(24)} solution ${solved} of ${most}, untouched ${untouched}${right ? "" : "  WRONG"}`);
    if (!right) console.log(log.slice(-3000));
  }
  rmSync(course.folder, { recursive: true, force: true });
  if (!fine) process.exitCode = 1;
}

void main();
