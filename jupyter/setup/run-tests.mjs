/**
 * @file Runs test files, each in a process of its own, a few at a time, and counts what they report. Used by `npm test`.
 */

import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join, sep } from "node:path";
import { logs, root } from "./paths.mjs";
import { programs } from "./programs.mjs";

const minute = 60_000;
const memoryPerFile = 3 * 2 ** 30;

/**
 * @typedef {{ name: string, error?: string }} Failure
 * @typedef {{ file: string, passed: number, failures: Failure[], output: string, elapsedMs: number }} FileResult
 * @typedef {{ file: string, needs: string, remedy: string }} LeftOut
 */

/** The packages that have tests: the folders with a `test` folder. */
function testFolders() {
  const packages = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return packages.map(({ name }) => join(name, "test")).filter((folder) => existsSync(join(root, folder)));
}

/**
 * The test files whose path contains one of `patterns` (all files when there are none), without those that need a
 * program which is missing: `x.browser.test.ts` needs the entry `browser` of programs.mjs.
 *
 * @param {string[]} [patterns]
 * @returns {{ files: string[], leftOut: LeftOut[] }}
 */
export function findTests(patterns = []) {
  const all = testFolders().flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((file) => join(folder, String(file)))
      .filter((file) => file.endsWith(".test.ts")),
  );
  const wanted = patterns.map((pattern) => pattern.replace(/^\.[\\/]/, "").replaceAll("/", sep));
  // From the last package to the first: the notebooks take longest, and should not be waited for at the end.
  const inOrder = all.sort().reverse();
  const chosen = inOrder.filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
  /** @type {LeftOut[]} */
  const leftOut = [];
  const files = chosen.filter((file) => {
    const missing = needs(file).find(({ find }) => find() === undefined);
    if (missing) leftOut.push({ file, needs: missing.what, remedy: missing.remedy });
    return !missing;
  });
  return { files, leftOut };
}

/** The programs that a test file's name asks for. */
function needs(/** @type {string} */ file) {
  return Object.entries(programs).flatMap(([word, program]) => (file.includes(`.${word}.`) ? [program] : []));
}

/** The environment variables that tell the tests where the programs are. */
export function programVariables() {
  const found = Object.values(programs).map(({ variable, find }) => [variable, find()]);
  return Object.fromEntries(found.filter(([, path]) => path !== undefined));
}

/** How many test files run at once: one a core, as far as the memory goes. */
export function concurrency(cores = availableParallelism(), memory = totalmem()) {
  return Math.max(1, Math.min(cores, Math.floor(memory / memoryPerFile), 4));
}

/** @type {Set<import("node:child_process").ChildProcess>} */
const alive = new Set();
process.on("exit", () => {
  for (const child of alive) killGroup(child);
});

/** Ends a test file with everything it has started. */
function killGroup(/** @type {import("node:child_process").ChildProcess} */ child) {
  try {
    if (child.pid && process.platform !== "win32") process.kill(-child.pid, "SIGKILL");
    else child.kill("SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/**
 * Runs every file and returns their results in the order they ended.
 *
 * @param {string[]} files
 * @param {{ env: NodeJS.ProcessEnv, onEnd: (result: FileResult) => void, timeoutMs?: number }} options
 */
export async function runTests(files, { env, onEnd, timeoutMs = 40 * minute }) {
  const waiting = [...files];
  /** @type {FileResult[]} */
  const results = [];
  const worker = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      const result = await runFile(file, env, timeoutMs);
      results.push(result);
      onEnd(result);
    }
  };
  await Promise.all(Array.from({ length: concurrency() }, worker));
  return results;
}

/** @returns {Promise<FileResult>} */
function runFile(/** @type {string} */ file, /** @type {NodeJS.ProcessEnv} */ env, /** @type {number} */ timeoutMs) {
  const folder = join(logs, "tests");
  mkdirSync(folder, { recursive: true });
  const name = file.replaceAll(sep, "-").replace(/\.test\.ts$/, "");
  const events = join(folder, `${name}.jsonl`);
  const log = join(folder, `${name}.log`);
  rmSync(events, { force: true });
  const output = openSync(log, "w");
  const reporter = new URL("./test-events.mjs", import.meta.url).href;
  const args = ["--import", "tsx", `--test-reporter=${reporter}`, `--test-reporter-destination=${events}`, file];
  const start = Date.now();
  return new Promise((done) => {
    let timedOut = false;
    // A process group of its own: what a test leaves running is ended with it.
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...env, NODE_TEST_CONTEXT: undefined }, // set when tests run tests; it would redirect their reports
      stdio: ["ignore", output, output],
      detached: process.platform !== "win32",
    });
    alive.add(child);
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup(child);
    }, timeoutMs);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      killGroup(child);
      alive.delete(child);
      closeSync(output);
      const ended = timedOut
        ? `did not end within ${timeoutMs / minute} minutes`
        : `ended with ${signal ? `signal ${signal}` : `exit code ${code}`}`;
      const { passed, failures } = count(events, code === 0 ? undefined : ended);
      done({ file, passed, failures, output: readFileSync(log, "utf8"), elapsedMs: Date.now() - start });
    });
  });
}

/**
 * Counts the tests that a file reported. A file that reports none, or that ends badly though no test of it failed, is
 * a failure itself; so is a skipped test, since a test that does not run proves nothing.
 *
 * @param {string} events the file of test-events.mjs
 * @param {string} [badEnd] how the process ended, unless it ended well
 * @returns {{ passed: number, failures: Failure[] }}
 */
export function count(events, badEnd) {
  const lines = existsSync(events) ? readFileSync(events, "utf8").split("\n").filter(Boolean) : [];
  /** @type {import("./test-events.mjs").TestEvent[]} */
  const reported = lines.map((line) => JSON.parse(line));
  const tests = reported.filter(({ suite }) => !suite);
  /** @type {Failure[]} */
  const failures = tests.flatMap(({ name, passed, skipped, error }) =>
    skipped ? [{ name, error: "This test was skipped." }] : passed ? [] : [{ name, error }],
  );
  const brokenSuites = reported.filter(({ suite, passed }) => suite && !passed);
  if (failures.length === 0) failures.push(...brokenSuites.map(({ name, error }) => ({ name, error })));
  if (failures.length === 0 && badEnd) failures.push({ name: "(the whole file)", error: `The test file ${badEnd}.` });
  if (failures.length === 0 && tests.length === 0) {
    failures.push({ name: "(the whole file)", error: "The test file contains no test." });
  }
  return { passed: tests.filter(({ passed, skipped }) => passed && !skipped).length, failures };
}
