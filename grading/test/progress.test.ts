/** @file Run with: npx tsx --test grading/test/progress.test.ts */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { courseHome } from "@course/lib/home";
import { Command } from "commander";
import { check } from "../src/check";
import { register } from "../src/cli";
import { hint } from "../src/hints";
import { predict } from "../src/predictions";
import { history, parseRecords, progressFile, remember, standingOf } from "../src/progress";
import { openNotebook } from "./notebook";

const right = (n: number, d: number): number => 6 * n * d;
const days = (c: number, s: number, u: number): number => c / (s * u) / 86_400;

/** Another notebook: a process that writes `count` records. */
function writer(home: string, name: string, count: number): ChildProcess {
  const code = `
    const { remember } = require(${JSON.stringify(path.join(__dirname, "..", "src", "progress"))});
    for (let i = 0; i < ${count}; i++) remember("1.1", { kind: "prediction", value: ["${name}", i, "${name}".repeat(300)] });`;
  const env = { ...process.env, COURSE_HOME: home };
  return spawn(process.execPath, ["--import", "tsx", "-e", code], { env, stdio: ["ignore", "ignore", "inherit"] });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once("exit", () => resolve()));
}

test("two notebooks that write at once lose nothing and mix no lines", async (t) => {
  const { home } = openNotebook(t);
  await Promise.all([ended(writer(home, "a", 300)), ended(writer(home, "b", 300))]);
  const { records, notes } = history();
  assert.deepEqual([records.length, notes], [600, []]);
  for (const name of ["a", "b"]) {
    const order = records.flatMap((r) =>
      r.kind === "prediction" && (r.value as string[])[0] === name ? [(r.value as number[])[1]] : [],
    );
    assert.deepEqual(
      order,
      Array.from({ length: 300 }, (_, i) => i),
    );
  }
});

test("a process killed while it writes leaves a file that is read and written on", async (t) => {
  const { home } = openNotebook(t);
  const child = writer(home, "k", 1_000_000);
  while (history().records.length < 20) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill("SIGKILL");
  await ended(child);
  const before = history().records.length;
  remember("1.1", { kind: "solution" });
  const { records } = history();
  assert.equal(records.length, before + 1);
  assert.equal(records.at(-1)!.kind, "solution");
});

test("whatever a record is cut off at, only that record is lost, and the next one is whole", (t) => {
  openNotebook(t);
  remember("1.1", { kind: "hint", level: 1 });
  const whole = readFileSync(progressFile(), "utf8");
  for (let cut = 1; cut < whole.length; cut++) {
    writeFileSync(progressFile(), `${whole}${whole.slice(0, cut)}`);
    remember("1.1", { kind: "solution" });
    assert.deepEqual(
      history().records.map((record) => record.kind),
      ["hint", "solution"],
      `cut at ${cut}`,
    );
  }
});

test("damaged lines are left out, with a note", (t) => {
  const notebook = openNotebook(t);
  remember("1.6", { kind: "hint", level: 2 });
  appendFileSync(
    progressFile(),
    '\n\u0000\u0000\n[]\nnull\n{"id":"1.6"}\n{"time":"x","id":"1.6","kind":"hint","level":"two"}\n',
  );
  check("1.6", { trainingFlops: right, trainingDays: days });
  assert.match(notebook.text(), /5 damaged lines in .*progress\.jsonl left out/);
  assert.equal(standingOf("1.6", history().records).hints, 2);
});

test("a folder that cannot be written does not stop anything: progress lasts until the kernel ends, and a card says so", (t) => {
  const notebook = openNotebook(t);
  writeFileSync(path.join(notebook.home, "progress"), "a file where the folder should be");
  hint("1.6");
  hint("1.6");
  assert.match(notebook.text(), /hint 2 of 3/);
  check("1.6", { trainingFlops: right, trainingDays: days });
  assert.match(notebook.text(), /passed[\s\S]*only until the kernel ends/);
});

test("a file that cannot be read is said, not thrown", (t) => {
  const notebook = openNotebook(t);
  mkdirSync(progressFile(), { recursive: true });
  check("1.6", { trainingFlops: right });
  assert.match(notebook.text(), /cannot be read/);
});

test("an exercise that was passed once stays passed, and the stub is no attempt", (t) => {
  openNotebook(t);
  check("1.6", { trainingFlops: () => 1, trainingDays: () => 1 });
  check("1.6", { trainingFlops: right, trainingDays: days });
  check("1.6", {});
  const { best, points, attempts } = standingOf("1.6", history().records);
  assert.deepEqual({ best, points, attempts }, { best: "passed", points: 2, attempts: 2 });
});

test("NaN and the infinities survive as words, because JSON has no such numbers", (t) => {
  openNotebook(t);
  remember("1.5", { kind: "reveal", actual: [1, Infinity] });
  assert.deepEqual(
    parseRecords(readFileSync(progressFile(), "utf8")).records.map((r) => r.kind === "reveal" && r.actual),
    [[1, "Infinity"]],
  );
});

test("COURSE_HOME names another folder than .course in the repository", (t) => {
  const { home } = openNotebook(t);
  assert.equal(courseHome("progress"), path.join(home, "progress"));
  delete process.env.COURSE_HOME;
  assert.equal(courseHome("progress"), path.join(__dirname, "..", "..", ".course", "progress"));
});

/** What `course progress` prints. */
function run(...args: string[]): string {
  const lines: unknown[] = [];
  const { log } = console;
  console.log = (line: unknown) => void lines.push(line);
  try {
    const program = new Command();
    register(program);
    program.parse(["progress", ...args], { from: "user" });
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}

test("course progress shows exercises, points and predictions, as a table and as data", (t) => {
  openNotebook(t);
  check("1.6", { trainingFlops: right, trainingDays: () => 1 });
  predict("1.5", ["facts", "grammar", "rules", "sums"]);
  const text = run("01"); // the sum over all notebooks grows with the course
  assert.match(text, /1\.6 +What does training cost\? +wrong +1\.33 \/ 2 +1/);
  assert.match(text, /all +2\.33 \/ 14/);
  assert.match(text, /predicted {2}facts, grammar, rules, sums/);
  const data = JSON.parse(run("01", "--json")) as { exercises: { id: string }[]; predictions: unknown[] };
  assert.deepEqual(
    data.exercises.map(({ id }) => id),
    ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"],
  );
  assert.equal(data.predictions.length, 1);
});

test("course progress adds up each notebook: exercises passed, points, predictions made", (t) => {
  openNotebook(t);
  check("1.6", { trainingFlops: right, trainingDays: days });
  predict("1.5", ["facts", "grammar", "rules", "sums"]);
  const text = run();
  assert.match(text, /notebook +exercises +points +predictions\n1 +1 of 6 +3 \/ 14 +1 of 1\n2 +0 of \d/);
  const { notebooks } = JSON.parse(run("1", "--json")) as { notebooks: object[] };
  assert.deepEqual(notebooks, [
    { notebook: "1", done: 1, exercises: 6, points: 3, maxPoints: 14, predicted: 1, predictions: 1 },
  ]);
});

test("course progress says which notebooks have exercises when asked for another one", (t) => {
  openNotebook(t);
  assert.match(run("77"), /There are no exercises for 77/);
  process.exitCode = 0;
});
