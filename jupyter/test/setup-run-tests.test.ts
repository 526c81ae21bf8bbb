/** @file `npm test` itself: what passes, fails, hangs, dies or cannot run here is told apart, down to the last line. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { before, test } from "node:test";
import { Fixture, repository } from "./setup-fixture";

interface Result {
  file: string;
  passed: number;
  failures: { name: string; error?: string }[];
  output: string;
}

const fixture = new Fixture();
const results = new Map<string, Result>();

const files: Record<string, string> = {
  good: `test("adds", () => assert.equal(1 + 1, 2)); test("subtracts", () => assert.equal(1 - 1, 0));`,
  bad: `console.log("seen before it fails"); test("adds", () => assert.equal(1 + 1, 3)); test("holds", () => {});`,
  hanging: `test("never ends", () => new Promise(() => { setInterval(() => {}, 1000); }));`,
  dying: `test("is killed", () => { process.kill(process.pid, "SIGKILL"); });`,
  empty: ``,
};

before(() => {
  fixture.lendPackages();
  const head = `import assert from "node:assert/strict"; import { test } from "node:test"; assert;\n`;
  for (const [name, body] of Object.entries(files)) fixture.write(`lib/test/${name}.test.ts`, head + body);
  fixture.write("lib/test/page.browser.test.ts", head + files.good);
  const { printed } = fixture.run(`
    import { runTests } from "./run-tests.mjs";
    const files = ${JSON.stringify(Object.keys(files))}.map((name) => "lib/test/" + name + ".test.ts");
    const results = await runTests(files, { env: process.env, onEnd: () => {}, timeoutMs: 6000 });
    console.log(JSON.stringify(results));
  `);
  for (const result of JSON.parse(printed) as Result[])
    results.set(result.file.replace(/^.*\/|\.test\.ts$/g, ""), result);
});

const resultOf = (name: string): Result => results.get(name) as Result;

test("passing tests are counted", () => {
  assert.equal(resultOf("good").passed, 2);
  assert.deepEqual(resultOf("good").failures, []);
});

test("a failing test is kept with its error and with what the file printed", () => {
  const { passed, failures, output } = resultOf("bad");
  assert.equal(passed, 1);
  assert.deepEqual(
    failures.map(({ name }) => name),
    ["adds"],
  );
  assert.match(failures[0]?.error ?? "", /2 !== 3/);
  assert.match(output, /seen before it fails/);
});

test("a file that hangs is ended and counted as failed", () => {
  assert.match(resultOf("hanging").failures[0]?.error ?? "", /did not end within/);
});

test("a file whose process dies is counted as failed", () => {
  assert.match(resultOf("dying").failures[0]?.error ?? "", /SIGKILL/);
});

test("a file without tests is counted as failed", () => {
  assert.match(resultOf("empty").failures[0]?.error ?? "", /contains no test/);
});

test("a file that needs a program which is missing is left out and named, with the remedy", () => {
  const script = `
    import { findTests } from "./run-tests.mjs";
    console.log(JSON.stringify(findTests(["page", "good"])));
  `;
  const { printed } = fixture.run(script, { PATH: fixture.path("nothing"), COURSE_CHROMIUM: "" });
  const { files: found, leftOut } = JSON.parse(printed);
  assert.deepEqual(found, [join("lib", "test", "good.test.ts")]);
  assert.deepEqual(leftOut, [
    { file: join("lib", "test", "page.browser.test.ts"), needs: "Chromium", remedy: "sudo apt-get install chromium" },
  ]);
});

test("npm test fails when no test file has the wanted path, and its last line is the count", () => {
  const { status, stdout } = spawnSync(process.execPath, ["jupyter/setup/test.mjs", "no/such/file"], {
    cwd: repository,
    encoding: "utf8",
  });
  assert.equal(status, 1);
  assert.match(stdout.trimEnd().split("\n").at(-1) ?? "", /^\d+ passed, [1-9]\d* failed$/);
});
