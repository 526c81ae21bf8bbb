/** What learners get, what Gradescope gets, and that nothing leaks to the learners. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { repositoryRoot } from "@course/lib/home";
import { strFromU8, unzipSync } from "fflate";
import { CRASHED, type GradescopeResults, gradescopeResults, gradescopeZip } from "../src/class/gradescope";
import { leaksIn, release } from "../src/class/release";
import type { CaseResult } from "../src/class/types";
import { heldBackOf } from "../src/tables";
import { exerciseOf, resultOf, submissionOf } from "./store-fixture";

const root = repositoryRoot();
const folder = mkdtempSync(path.join(tmpdir(), "course-release-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const filesIn = (dir: string): string[] =>
  readdirSync(dir, { recursive: true }).map((file) => String(file).replaceAll("\\", "/"));

test("the release has every notebook and package, and no solution, source, held-back case or expected value of one", () => {
  const to = path.join(folder, "course");
  const { notebooks } = release(to);
  assert.ok(notebooks.includes("notebooks/03-gradient-descent.ipynb"));
  const files = filesIn(to);
  for (const file of [
    "package-lock.json",
    "bin/course.mjs",
    "grading/cases/03.ts",
    "lib/src/gpt.ts",
    "jupyter/setup/start.mjs",
  ]) {
    assert.ok(files.includes(file), file);
  }
  const wrong = files.filter((file) =>
    /held-back|solutions|notebooks\/source|cases\/reference|(^|\/)(test|dist|node_modules)(\/|$)/.test(file),
  );
  assert.deepEqual(wrong, []);
  assert.deepEqual(leaksIn(to), []);
  release(to); // over an earlier one
});

test("every link of a release's own README leads to something in the release", () => {
  const to = path.join(folder, "links");
  release(to);
  const links = [...readFileSync(path.join(to, "README.md"), "utf8").matchAll(/\]\(([^)#:]+)\)/g)].map(
    ([, link]) => link!,
  );
  assert.ok(links.length > 10);
  assert.deepEqual(
    links.filter((link) => !existsSync(path.join(to, link))),
    [],
  );
});

test("`npm test` in a release says that it has none, and installs nothing for it", () => {
  const to = path.join(folder, "untested");
  release(to);
  const { status, stdout } = spawnSync(process.execPath, [path.join(to, "jupyter/setup/test.mjs")], {
    encoding: "utf8",
  });
  assert.equal(status, 1);
  assert.match(stdout, /for learners: its tests were left out/);
  assert.ok(!existsSync(path.join(to, ".course")));
});

test("a leak is found: a solution in a notebook, the values of a held-back case, a file that stays here", () => {
  const to = path.join(folder, "leaking");
  release(to);
  const solved = readFileSync(path.join(root, "notebooks/solutions/03-gradient-descent.ipynb"), "utf8");
  writeFileSync(path.join(to, "notebooks/03-gradient-descent.ipynb"), solved);
  cpSync(path.join(root, "grading/cases/03.held-back.ts"), path.join(to, "grading/cases/03.held-back.ts"));
  const long = Object.values(heldBackOf("03")).flatMap(({ cases }) =>
    cases.map(({ expected }) => JSON.stringify(expected, null, 1)),
  );
  writeFileSync(
    path.join(to, "grading/cases/03/notes.ts"),
    `export const notes = ${long.find((text) => text.length > 100)};`,
  );
  const leaks = leaksIn(to).join("\n");
  assert.match(leaks, /notebooks\/03-gradient-descent\.ipynb contains solution \d+ of 03-gradient-descent\.md/);
  assert.match(leaks, /cases\/03\/notes\.ts contains held-back case \d+ of 3\.\d/);
  assert.match(leaks, /grading\/cases\/03\.held-back\.ts is not handed out/);
});

test("a release goes into no folder with something else in it", () => {
  const other = path.join(folder, "other");
  mkdirSync(other);
  writeFileSync(path.join(other, "notes.txt"), "mine");
  assert.throws(() => release(other), /an empty or new folder.*notes\.txt/);
  const earlier = path.join(folder, "earlier");
  release(earlier);
  mkdirSync(path.join(earlier, "lib/dist"));
  for (const grown of ["lib/dist/gpt.js", "grading/tsconfig.tsbuildinfo"])
    writeFileSync(path.join(earlier, grown), "x");
  release(earlier); // somebody has built it
  writeFileSync(path.join(earlier, "notes.txt"), "mine");
  assert.throws(() => release(earlier), /notes\.txt/);
});

/** A release that is set up: what is compiled and installed there is what is here. */
function classCopy(name: string): string {
  const to = path.join(folder, name);
  release(to);
  const packages = ["bin", "lib", "datasets", "grading", "notebooks", "jupyter"];
  for (const part of packages) {
    const [dist, modules] = [path.join(root, part, "dist"), path.join(root, part, "node_modules")];
    if (existsSync(dist)) cpSync(dist, path.join(to, part, "dist"), { recursive: true });
    if (existsSync(modules)) symlinkSync(modules, path.join(to, part, "node_modules"));
  }
  mkdirSync(path.join(to, "node_modules", "@course"), { recursive: true });
  for (const module of readdirSync(path.join(root, "node_modules"))) {
    const [from, there] = [path.join(root, "node_modules", module), path.join(to, "node_modules", module)];
    if (module === "typescript")
      cpSync(from, there, { recursive: true }); // a sandbox follows no link
    else if (module !== "@course") symlinkSync(from, there);
  }
  for (const part of packages) symlinkSync(path.join(to, part), path.join(to, "node_modules", "@course", part));
  return to;
}

test("a learner who works in the course's own notebook is checked against the one handed out, which a release hands on", () => {
  const to = classCopy("class");
  const course = (...args: string[]): { status: number | null; text: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(to, "bin/course.mjs"), ...args], {
      encoding: "utf8",
    });
    return { status, text: stdout + stderr };
  };
  const own = path.join(to, "notebooks/03-gradient-descent.ipynb");
  const handedOut = readFileSync(own);
  cpSync(path.join(root, "notebooks/solutions/03-gradient-descent.ipynb"), own);
  const { status, text } = course("check", "03", "--rung", "plain");
  assert.match(text, /7 of 7 exercises passed/);
  assert.equal(status, 0);
  const next = path.join(folder, "next");
  assert.equal(course("release", "--to", next).status, 0);
  assert.ok(readFileSync(path.join(next, "notebooks/03-gradient-descent.ipynb")).equals(handedOut));
});

const cases: CaseResult[] = ["public-1", "public-2", "held-back-1", "held-back-2"].map((name, i) => ({
  name,
  note: `note ${i + 1}`,
  hidden: name.startsWith("held"),
  passed: i % 2 === 0,
  call: `f(${i})`,
  message: "wrong sign",
  expected: "1",
  received: "-1",
}));
const graded = resultOf(submissionOf("ada", "03", "x", "2026-10-01T10:00:00.000Z"), [
  exerciseOf("3.1", 2, 4, { cases, says: ["Your step goes uphill."] }),
]);

test("Gradescope gets public and held-back cases as two tests whose points add up, the latter without a word about them", () => {
  const { tests } = gradescopeResults(graded);
  assert.deepEqual(
    tests.map(({ score, max_score, visibility }) => [score, max_score, visibility]),
    [
      [1, 2, "visible"],
      [1, 2, "visible"],
    ],
  );
  assert.match(tests[0]!.output, /uphill[\s\S]*wrong: note 2[\s\S]*received -1/);
  assert.doesNotMatch(JSON.stringify(tests), /note 3|note 4/);
  const later = gradescopeResults(graded, "after_due_date").tests[1]!;
  assert.deepEqual([later.visibility, /wrong: note 4/.test(later.output)], ["after_due_date", true]);
});

test("the zip has setup.sh and run_autograder as programs, the held-back cases, and no solution notebook", () => {
  const zip = unzipSync(gradescopeZip("03"));
  const names = Object.keys(zip);
  for (const name of [
    "setup.sh",
    "run_autograder",
    "run.cjs",
    "crashed.json",
    "course/grading/cases/03.held-back.ts",
    "course/notebooks/03-gradient-descent.ipynb",
  ]) {
    assert.ok(names.includes(name), name);
  }
  assert.deepEqual(
    names.filter((name) => /solutions|node_modules|\/dist\//.test(name)),
    [],
  );
  for (const script of ["setup.sh", "run_autograder"]) {
    const text = strFromU8(zip[script]!);
    assert.ok(text.startsWith("#!/usr/bin/env bash\n") && !text.includes("\r"));
    assert.equal(spawnSync("bash", ["-n"], { input: text }).status, 0, `${script} is a bash script`);
  }
});

/** Gradescope's folders with a submission, and the course as setup.sh leaves it there. */
function gradescopeFolder(name: string, submission: string | undefined): string {
  const base = path.join(folder, name);
  const zip = unzipSync(gradescopeZip("03"));
  for (const part of ["source/course", "submission", "results"]) mkdirSync(path.join(base, part), { recursive: true });
  for (const part of ["run.cjs", "crashed.json", "run_autograder"])
    writeFileSync(path.join(base, "source", part), zip[part]!);
  cpSync(path.join(root, "grading"), path.join(base, "source/course/grading"), {
    recursive: true,
    filter: (file) => !/node_modules/.test(file),
  });
  for (const part of ["node_modules", "lib", "notebooks", "package.json"]) {
    symlinkSync(path.join(root, part), path.join(base, "source/course", part));
  }
  if (submission !== undefined) writeFileSync(path.join(base, "submission", "mine.ipynb"), submission);
  writeFileSync(
    path.join(base, "submission_metadata.json"),
    JSON.stringify({ created_at: "2026-10-01T10:00:00Z", users: [{ id: 7, email: "a@b" }] }),
  );
  writeFileSync(path.join(base, "results", "results.json"), JSON.stringify(CRASHED));
  chmodSync(folder, 0o755);
  return base;
}

/** Runs the autograder as run_autograder does, without its absolute paths. */
function autograde(base: string, rung: string): GradescopeResults {
  const env = { ...process.env, AUTOGRADER_FOLDER: base, AUTOGRADER_RUNG: rung };
  const { stderr } = spawnSync(process.execPath, [path.join(base, "source/run.cjs")], {
    env,
    encoding: "utf8",
    timeout: 120_000,
  });
  const text = readFileSync(path.join(base, "results", "results.json"), "utf8");
  assert.ok(text.startsWith("{"), stderr);
  return JSON.parse(text) as GradescopeResults;
}

const scoreOf = ({ tests }: GradescopeResults): [number, number] => [
  tests.reduce((sum, { score }) => sum + score, 0),
  tests.reduce((sum, { max_score: most }) => sum + most, 0),
];

test("the autograder gives the solution full points and the untouched notebook none, without a sandbox inside the container too", () => {
  const solved = readFileSync(path.join(root, "notebooks/solutions/03-gradient-descent.ipynb"), "utf8");
  const untouched = readFileSync(path.join(root, "notebooks/03-gradient-descent.ipynb"), "utf8");
  const [full, most] = scoreOf(autograde(gradescopeFolder("solved", solved), "plain"));
  assert.ok(most > 10 && Math.abs(full - most) < 0.05, `${full} of ${most}`);
  assert.equal(scoreOf(autograde(gradescopeFolder("untouched", untouched), "plain"))[0], 0);
});

test("there are results after a crash, without a notebook, and for a file that is none", () => {
  assert.match(autograde(gradescopeFolder("nothing", undefined), "plain").output, /no notebook/);
  const broken = autograde(gradescopeFolder("broken", '{"cells": ['), "plain");
  assert.equal(scoreOf(broken)[0], 0);
  assert.ok(broken.output.length > 20);
  const base = gradescopeFolder("crash", undefined);
  rmSync(path.join(base, "source/course"), { recursive: true });
  assert.match(autograde(base, "plain").output, /did not end/);
  assert.ok(existsSync(path.join(base, "results/results.json")));
});
