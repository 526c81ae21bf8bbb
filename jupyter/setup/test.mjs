/**
 * @file `npm test`: set-up, lint, build, types, then every test of every package. `npm test -- lib/test/gpt` runs the
 * test files whose path contains that. The last line printed is always `N passed, N failed`.
 */

import { existsSync } from "node:fs";
import { join, sep } from "node:path";
import { packagesToBuild } from "./packages.mjs";
import { courseEnvironment, logs, root } from "./paths.mjs";
import { run, tail } from "./run.mjs";
import { findTests, programVariables, runTests } from "./run-tests.mjs";
import { setUp } from "./setup.mjs";
import { printFailure } from "./steps.mjs";

/**
 * @typedef {import("./run-tests.mjs").FileResult} FileResult
 * @typedef {import("./run-tests.mjs").LeftOut} LeftOut
 */

const seconds = (/** @type {number} */ ms) => `${(ms / 1000).toFixed(1)} s`;
const sum = (/** @type {number[]} */ numbers) => numbers.reduce((a, b) => a + b, 0);

/** One check of the whole repository: it counts as one test. @returns {Promise<FileResult>} */
async function check(/** @type {string} */ name, /** @type {string[]} */ args) {
  const start = Date.now();
  const log = join(logs, `check-${name.replaceAll(" ", "-")}.log`);
  const { code } = await run(process.execPath, args, { log });
  const failures = code === 0 ? [] : [{ name, error: `It ended with exit code ${code}.` }];
  const output = code === 0 ? "" : tail(log, 100);
  const passed = code === 0 ? 1 : 0;
  return { file: `checks${sep}${name}`, passed, failures, output, elapsedMs: Date.now() - start };
}

const inModules = (/** @type {string[]} */ ...path) => join(root, "node_modules", ...path);
const typescript = inModules("typescript", "bin", "tsc");

/** @type {Record<string, () => Promise<FileResult>>} */
const checks = {
  build: () => check("build", [typescript, "-b", ...packagesToBuild()]),
  lint: () => check("lint and format", [inModules("@biomejs", "biome", "bin", "biome"), "check", "."]),
  testTypes: () => check("types of the tests", [typescript, "-p", "tsconfig.test.json"]),
  setupTypes: () => check("types of the set-up", [typescript, "-p", join("jupyter", "setup")]),
};

function printEnd(/** @type {FileResult} */ { file, passed, failures, elapsedMs }) {
  const result = failures.length > 0 ? `${passed} passed, ${failures.length} FAILED` : `${passed} passed`;
  console.log(`  ${file.padEnd(48)} ${result}  (${seconds(elapsedMs)})`);
}

function printSummary(/** @type {FileResult[]} */ results, /** @type {LeftOut[]} */ leftOut) {
  /** @type {Map<string, FileResult[]>} */
  const packages = new Map();
  for (const result of results) {
    const name = result.file.split(sep)[0] ?? "";
    packages.set(name, [...(packages.get(name) ?? []), result]);
  }
  console.log(`\n  ${"package".padEnd(12)} ${"passed".padStart(7)} ${"failed".padStart(7)} ${"time".padStart(9)}`);
  for (const [name, files] of packages) {
    const passed = sum(files.map((file) => file.passed));
    const failed = sum(files.map((file) => file.failures.length));
    const time = seconds(sum(files.map((file) => file.elapsedMs)));
    console.log(`  ${name.padEnd(12)} ${String(passed).padStart(7)} ${String(failed).padStart(7)} ${time.padStart(9)}`);
  }
  for (const { file, failures, output } of results) {
    if (failures.length === 0) continue;
    console.log(`\nFAILED ${file}`);
    for (const { name, error } of failures) console.log(`\n  ${name}\n${(error ?? "").replace(/^/gm, "    ")}`);
    if (output.trim())
      console.log(`\n  It printed:\n${output.trimEnd().split("\n").slice(-60).join("\n").replace(/^/gm, "  | ")}`);
  }
  if (leftOut.length > 0) console.log("");
  for (const { file, needs, remedy } of leftOut) {
    console.log(`LEFT OUT ${file}, because ${needs} is not installed (${remedy}).`);
  }
}

/** On a machine of continuous integration everything has to run. @returns {FileResult} */
function mayNotBeLeftOut(/** @type {LeftOut} */ { file, needs, remedy }) {
  const error = `It needs ${needs}, which is not installed (${remedy}).`;
  return { file, passed: 0, failures: [{ name: "(the whole file)", error }], output: "", elapsedMs: 0 };
}

async function main(/** @type {string[]} */ patterns) {
  /** @type {FileResult[]} */
  const results = [];
  const record = (/** @type {FileResult} */ result) => {
    results.push(result);
    printEnd(result);
  };
  /** @type {LeftOut[]} */
  let leftOut = [];
  try {
    console.log("Set-up");
    await setUp({ tests: true, buildWith: async () => record(await checks.build()) });
    const found = findTests(patterns);
    leftOut = found.leftOut;
    if (process.env.CI) results.push(...leftOut.map(mayNotBeLeftOut));
    console.log("Tests");
    if (patterns.length === 0) {
      for (const name of /** @type {const} */ (["lint", "setupTypes", "testTypes"])) record(await checks[name]());
    }
    if (found.files.length === 0) {
      const error = patterns.length > 0 ? `No test file has ${patterns.join(" or ")} in its path.` : "There is none.";
      record({
        file: `checks${sep}test files`,
        passed: 0,
        failures: [{ name: "test files", error }],
        output: "",
        elapsedMs: 0,
      });
    }
    const env = { ...courseEnvironment(), ...programVariables(), TF_CPP_MIN_LOG_LEVEL: "3" };
    await runTests(found.files, { env, onEnd: record });
  } catch (error) {
    printFailure(error);
    const failures = [{ name: "set-up", error: error instanceof Error ? error.message : String(error) }];
    results.push({ file: `checks${sep}set-up`, passed: 0, failures, output: "", elapsedMs: 0 });
  }
  printSummary(results, leftOut);
  const passed = sum(results.map((result) => result.passed));
  const failed = sum(results.map((result) => result.failures.length));
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
  console.log(`\n${passed} passed, ${failed} failed`);
}

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
  process.on(signal, () => process.exit(130));
if (existsSync(join(root, ".course-release"))) {
  console.log("This copy of the course is for learners: its tests were left out.");
  console.log(
    "`npm start` opens the notebooks, `npx course check 03` checks the answers of one, `npx course doctor` the set-up.",
  );
  process.exitCode = 1; // nothing was tested
} else await main(process.argv.slice(2));
