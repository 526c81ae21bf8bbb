/** @file Running a notebook in the course's kernel: outputs, errors, limits, and that nothing is left running. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { joined, type Notebook, serialize } from "../build/nbformat";
import { buildNotebook } from "../build/notebook";
import { type Progress, type RunOptions, type RunResult, runNotebook } from "../build/run";
import { describeResult } from "../build/run-report";
import { parseSource, readSource } from "../build/source";

const folder = mkdtempSync(path.join(tmpdir(), "course run "));
after(() => rmSync(folder, { recursive: true, force: true }));

function notebookOf(...cells: string[]): Notebook {
  const fences = cells.map((text, i) => `\`\`\`typescript id="c${i + 1}"\n${text}\n\`\`\`\n`);
  return buildNotebook(parseSource("00-test", `# 0 · Test\n\n${fences.join("\n")}`), "student");
}

let files = 0;
async function run(notebook: Notebook, options: RunOptions = {}): Promise<RunResult> {
  const file = path.join(folder, `${++files}.ipynb`);
  writeFileSync(file, serialize(notebook));
  return runNotebook(`00-test-${files}`, { file, outDir: path.join(folder, "out"), ...options });
}

const textOf = (result: RunResult, id: string): string => {
  const outputs = result.notebook.cells.find((cell) => cell.id === id)?.outputs ?? [];
  return outputs.map((output) => joined(output.text) + joined(output.data?.["text/plain"])).join("|");
};

/** Processes whose command line mentions `word`. */
function processesWith(word: string): string[] {
  const list = execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" }).split("\n");
  return list.filter((line) => line.includes(word) && !line.includes("ps -eo"));
}

async function until(condition: () => boolean, seconds: number): Promise<boolean> {
  for (let i = 0; i < seconds * 10 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 100));
  return condition();
}

test("the fixture's solution runs, its outputs are saved, and the page shows them", async () => {
  const fixture = readSource("01-fixture", path.join(__dirname, "fixtures"));
  const seen: Progress[] = [];
  const result = await run(buildNotebook(fixture, "solution"), { onProgress: (progress) => seen.push(progress) });
  assert.equal(result.ok, true, describeResult(result));
  assert.equal(textOf(result, "last"), "[ 0.5, 1, 1.5 ]");
  assert.match(readFileSync(result.page, "utf8"), /\[ 0\.5, 1, 1\.5 \]/);
  assert.deepEqual(seen.map((progress) => `${progress.index} ${progress.ended?.status ?? "runs"}`).slice(0, 4), [
    "1 runs",
    "1 ok",
    "2 runs",
    "2 ok",
  ]);
});

test("a failing cell ends the run, and the report shows its code and the error", async () => {
  const result = await run(notebookOf("const a = 1;", 'throw new Error("the kettle is empty");', "a"));
  assert.equal(result.ok, false);
  assert.deepEqual(
    result.cells.map((cell) => cell.status),
    ["ok", "error"],
  );
  const report = describeResult(result);
  assert.match(report, /Cell "c2" failed:\n {2}\| throw new Error\("the kettle is empty"\);/);
  assert.match(report, /Error: the kettle is empty/);
});

test("with keepGoing the cells after a failing one run too, none of them is skipped", async () => {
  const result = await run(notebookOf('throw new Error("first");', "1 + 1", 'throw new Error("third");', "2 + 2"), {
    keepGoing: true,
  });
  assert.deepEqual(
    result.cells.map((cell) => cell.status),
    ["error", "ok", "error", "ok"],
  );
  assert.equal(textOf(result, "c4"), "4");
  assert.equal(result.failures.length, 2);
});

test("a cell that does not end is interrupted at its limit, and the kernel goes on", async () => {
  const result = await run(notebookOf("for (;;) {}", "2 + 2"), { timeoutSeconds: 2, keepGoing: true });
  assert.deepEqual(
    result.cells.map((cell) => cell.status),
    ["timeout", "ok"],
  );
  assert.match(describeResult(result), /stopped after \d+ s; --timeout gives it longer/);
});

test("a kernel that dies ends the run with what it did, not with a hang", async () => {
  const kill = '(await import("node:child_process")).execSync("kill -9 " + process.pid);';
  const result = await run(notebookOf("1 + 1", `${kill}\nawait new Promise(() => {});`, "3"));
  assert.equal(result.ok, false);
  assert.deepEqual(
    result.cells.map((cell) => cell.status),
    ["ok", "died"],
  );
  assert.match(describeResult(result), /The kernel is gone: its process ended/);
  assert.equal(textOf(result, "c1"), "2");
});

test("ten thousand printed lines arrive whole, and a late line belongs to the cell that caused it", async () => {
  const result = await run(
    notebookOf(
      'for (let i = 0; i < 10000; i++) console.log("line", i);',
      'setTimeout(() => console.log("late"), 300);',
      "await new Promise((resolve) => setTimeout(resolve, 600));",
    ),
  );
  assert.equal(result.ok, true, describeResult(result));
  assert.equal(textOf(result, "c1"), Array.from({ length: 10000 }, (_, i) => `line ${i}\n`).join(""));
  assert.equal(textOf(result, "c2"), "late\n");
});

test("a display that is updated in place is saved in its last state", async () => {
  const result = await run(
    notebookOf(
      'const show = (globalThis as any)[Symbol.for("course.display")];\nconst shown = show({ "text/plain": "first" });',
      'shown.update({ "text/plain": "second" });',
    ),
  );
  assert.equal(result.ok, true, describeResult(result));
  assert.equal(textOf(result, "c1"), "second");
});

test("the checks of a run are counted from what check() adds to its output, the last one of each exercise", async () => {
  const mime = '"application/vnd.course.check+json"';
  const cell = (status: string, points: number): string =>
    `(globalThis as any)[Symbol.for("course.display")]({ ${mime}: { id: "1.1", status: "${status}", points: ${points}, maxPoints: 2 } });`;
  const result = await run(notebookOf(cell("wrong", 0), cell("passed", 2)));
  assert.deepEqual(result.checks, [{ id: "1.1", status: "passed", points: 2, maxPoints: 2 }]);
  assert.match(describeResult(result), /Checks: 1 of 1 passed, 2 of 2 points/);
});

test("a short run tells the notebook so, and keeps its files apart from the learner's", async () => {
  const show = '[process.env.COURSE_SHORT, process.env.COURSE_HOME ?? "the learner\'s"].join(" ")';
  assert.match(textOf(await run(notebookOf(show), { short: true }), "c1"), /^'1 .*home-short'$/);
  assert.equal(textOf(await run(notebookOf(show)), "c1"), '"0 the learner\'s"');
});

test("stopping a run saves what was run and leaves no kernel behind", async () => {
  const controller = new AbortController();
  const marker = `stop-${process.pid}`;
  const result = await run(notebookOf("1 + 1", `/* ${marker} */ await new Promise(() => {});`), {
    signal: controller.signal,
    onProgress: ({ id }) => id === "c2" && setTimeout(() => controller.abort(), 300),
  });
  assert.equal(result.stopped, true);
  assert.equal(result.ok, false);
  assert.equal(textOf(result, "c1"), "2");
  assert.ok(await until(() => processesWith(`${files}.ipynb`).length === 0, 10));
});

test("killing the command ends Python and the kernel as well", async () => {
  const file = path.join(folder, "killed.ipynb");
  const pidFile = path.join(folder, "kernel.pid");
  const write = `(await import("node:fs")).writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));`;
  writeFileSync(file, serialize(notebookOf(`${write}\nawait new Promise(() => {});`)));
  const script = `require(${JSON.stringify(path.join(__dirname, "../build/run"))}).runNotebook("00-killed", ${JSON.stringify(
    { file, outDir: path.join(folder, "out") },
  )})`;
  const command = spawn(process.execPath, ["--import", "tsx", "-e", script], { stdio: "ignore" });
  assert.ok(await until(() => existsSync(pidFile) && readFileSync(pidFile, "utf8") !== "", 60));
  const kernel = Number(readFileSync(pidFile, "utf8"));
  assert.doesNotThrow(() => process.kill(kernel, 0));
  command.kill("SIGKILL");
  const gone = (): boolean => {
    try {
      process.kill(kernel, 0);
      return false;
    } catch {
      return true;
    }
  };
  assert.ok(await until(gone, 20), "the kernel still runs");
  assert.ok(await until(() => processesWith("killed.ipynb").length === 0, 20), "Python still runs");
});
