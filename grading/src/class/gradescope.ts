/**
 * @file The autograder for Gradescope: a zip with `setup.sh`, `run_autograder` and the course with its held-back cases.
 * `results.json` is written before anything runs and replaced at the end, so that there is one after a crash too.
 * Used by `course export gradescope`.
 * @see https://gradescope-autograders.readthedocs.io/en/latest/specs/
 */

import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "@course/lib/home";
import { strToU8, type Zippable, zipSync } from "fflate";
import { untouched } from "./course-copy";
import type { CaseResult, ExerciseResult, SubmissionResult } from "./types";
import { several } from "./words";

/** A test as Gradescope shows it. */
export interface GradescopeTest {
  name: string;
  number: string;
  score: number;
  max_score: number;
  status?: "passed" | "failed";
  output: string;
  output_format: "text";
  visibility: "visible" | "after_due_date" | "hidden";
}

/** What Gradescope reads. */
export interface GradescopeResults {
  score?: number;
  execution_time?: number;
  output: string;
  output_format: "text";
  visibility: "visible";
  stdout_visibility: "hidden";
  tests: GradescopeTest[];
}

/** When learners see the held-back cases there. */
export type GradescopeHidden = "hidden" | "after_due_date" | "visible";

/** A result as Gradescope wants it: a test for each exercise, and one for its held-back cases. */
export function gradescopeResults(result: SubmissionResult, hidden: GradescopeHidden = "hidden"): GradescopeResults {
  const notes = result.findings.map(({ says }) => says);
  return {
    execution_time: Math.round(result.seconds),
    output: [`${result.points} of ${several(result.maxPoints, "point")}.`, ...notes].join("\n"),
    output_format: "text",
    visibility: "visible",
    stdout_visibility: "hidden",
    tests: result.exercises.flatMap((exercise) => exerciseTests(exercise, hidden)),
    // Without a test that has points, Gradescope needs the sum itself.
    ...(result.exercises.length === 0 ? { score: 0 } : {}),
  };
}

function exerciseTests(exercise: ExerciseResult, hidden: GradescopeHidden): GradescopeTest[] {
  const { id, title, points, maxPoints, cases, says, findings, kind } = exercise;
  const held = cases.filter((one) => one.hidden);
  const open = cases.filter((one) => !one.hidden);
  const share = cases.length > 0 ? maxPoints / cases.length : 0;
  const test = (
    name: string,
    score: number,
    most: number,
    output: string[],
    visible: GradescopeHidden,
  ): GradescopeTest => ({
    name,
    number: id,
    score: twoDecimals(score),
    max_score: twoDecimals(most),
    ...(kind === "written" ? {} : { status: score >= most ? "passed" : "failed" }),
    output: output.filter(Boolean).join("\n"),
    output_format: "text",
    visibility: visible,
  });
  const head = [...says, ...findings.map((finding) => finding.says)];
  if (held.length === 0) {
    return [test(`${id} ${title}`, points, maxPoints, [...head, ...open.map(caseText)], "visible")];
  }
  const openPoints = Math.min(points, share * open.filter(({ passed }) => passed).length);
  const heldOutput = hidden === "hidden" ? [] : held.map(caseText);
  return [
    test(`${id} ${title}`, openPoints, share * open.length, [...head, ...open.map(caseText)], "visible"),
    // The points are shown, so that the sum is; what the cases are is only shown by the policy.
    test(
      `${id} further cases`,
      points - openPoints,
      share * held.length,
      heldOutput,
      hidden === "hidden" ? "visible" : hidden,
    ),
  ];
}

function caseText({ passed, call, note, message, expected, received }: CaseResult): string {
  if (passed) return `passed: ${note || call}`;
  return `wrong: ${note}\n  ${call}\n  expected ${expected}\n  received ${received}\n  ${message}`;
}

function twoDecimals(points: number): number {
  return Math.round(points * 100) / 100;
}

/** What stands in `results.json` until the grader has ended. */
export const CRASHED: GradescopeResults = {
  score: 0,
  output: "The autograder did not end. This is not your fault: please tell your instructor, who can run it again.",
  output_format: "text",
  visibility: "visible",
  stdout_visibility: "hidden",
  tests: [],
};

const SETUP = `#!/usr/bin/env bash
# Once, when Gradescope builds the image: Node, a sandbox, the course's packages.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends bubblewrap ca-certificates curl nodejs npm
# The distribution's Node may be too old; npm brings a newer one as a package.
if ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'; then
  npm install --global --prefix /opt/node node@20.19.5
  ln -sf /opt/node/bin/node /usr/local/bin/node
fi
cd /autograder/source/course
npm ci --ignore-scripts
node node_modules/typescript/bin/tsc -b lib grading
`;

const RUN = `#!/usr/bin/env bash
# For each submission. results.json is there before the learner's code runs, whatever happens afterwards.
set -u
umask 077
mkdir -p /autograder/results
cp /autograder/source/crashed.json /autograder/results/results.json
cd /autograder/source/course
timeout 540 node /autograder/source/run.cjs < /dev/null > /autograder/results/log.txt 2>&1 || true
rm -f /autograder/results/log.txt
exit 0
`;

/** Runs in Gradescope's container; written so that it can run anywhere in a test. */
const RUN_CJS = (
  number: string,
): string => `// Grades what is in the submission's folder and writes it into results.json.
const { chmodSync, ftruncateSync, openSync, readdirSync, readFileSync, writeSync } = require("node:fs");
const { join } = require("node:path");
const base = process.env.AUTOGRADER_FOLDER || "/autograder";
const grading = join(base, "source", "course", "grading");
const code = (name) => require(join(grading, "dist", "src", name));
const { collectFile } = code("class/collect.js");
const { gradeSubmission } = code("class/grade.js");
const { strongestRung } = code("class/sandbox.js");
const { gradescopeResults } = code("class/gradescope.js");
const { heldBackOf } = code("tables.js");

async function main() {
  const folder = join(base, "submission");
  const files = readdirSync(folder, { recursive: true }).map(String).filter((file) => file.endsWith(".ipynb"));
  const results = JSON.parse(readFileSync(join(base, "source", "crashed.json"), "utf8"));
  if (files.length !== 1) {
    results.output = files.length === 0 ? "There is no notebook (.ipynb) in this submission." : "There is more than one notebook in this submission: " + files.join(", ");
    return results;
  }
  const collected = await collectFile(join(folder, files[0]), { notebook: "${number}" });
  try {
    const { users = [], created_at } = JSON.parse(readFileSync(join(base, "submission_metadata.json"), "utf8"));
    if (users[0]) collected.submission.learner = String(users[0].id || users[0].email);
    if (created_at) collected.submission.submittedAt = created_at;
  } catch {}
  const rung = process.env.AUTOGRADER_RUNG || strongestRung().rung;
  if (rung === "plain") leaveRoot();
  return gradescopeResults(await gradeSubmission(collected, { rung }), process.env.AUTOGRADER_HIDDEN || "hidden");
}

// Where a container allows no sandbox inside it: what is held back is in memory by now and on the disk for root only, and
// everything from here on runs as the user that is nobody.
function leaveRoot() {
  if (process.getuid() !== 0) return;
  heldBackOf("${number}");
  for (const top of ["cases", "dist/cases"]) {
    for (const file of readdirSync(join(grading, top), { recursive: true }).map(String)) {
      if (/held-back|reference.*json$/.test(file)) chmodSync(join(grading, top, file), 0o600);
    }
  }
  process.setgroups([]);
  process.setgid(65534);
  process.setuid(65534);
}

const file = openSync(join(base, "results", "results.json"), "r+");
main().then((results) => {
  const text = JSON.stringify(results);
  ftruncateSync(file);
  writeSync(file, text, 0);
});
`;

/** What the autograder needs of the course; the solutions stay here. */
const NEEDED = [
  "package.json",
  "package-lock.json",
  ".npmrc",
  "tsconfig.base.json",
  "bin",
  "lib",
  "datasets",
  "grading",
  "jupyter",
  "notebooks",
];
const LEFT_OUT =
  /(^|\/)(node_modules|dist|test|__pycache__|\.ipynb_checkpoints|solutions|source|images)(\/|$)|\.tsbuildinfo$/;

/** The zip to upload. Same course, same bytes. */
export function gradescopeZip(number: string, root: string = repositoryRoot()): Uint8Array {
  const files: Zippable = {};
  const add = (file: string, content: Uint8Array, mode = 0o644): void => {
    files[file] = [content, { os: 3, attrs: mode << 16, mtime: "2020-01-01T00:00:00" }];
  };
  const walk = (name: string): void => {
    if (LEFT_OUT.test(name)) return;
    const full = path.join(root, name);
    if (statSync(full).isDirectory()) for (const entry of readdirSync(full).sort()) walk(`${name}/${entry}`);
    else add(`course/${name}`, readFileSync(path.join(root, untouched(name))));
  };
  for (const name of NEEDED) walk(name);
  add("setup.sh", strToU8(SETUP), 0o755);
  add("run_autograder", strToU8(RUN), 0o755);
  add("run.cjs", strToU8(RUN_CJS(number)));
  add("crashed.json", strToU8(JSON.stringify(CRASHED)));
  return zipSync(files);
}
