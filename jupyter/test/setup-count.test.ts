/** @file The counting of `npm test`: nothing that did not run may count as passed. */

import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const load = () => import("../setup/run-tests.mjs");

function eventFile(events: object[]): string {
  const file = join(mkdtempSync(join(tmpdir(), "events-")), "events.jsonl");
  writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  return file;
}

const passing = { name: "adds", nesting: 0, suite: false, passed: true, skipped: false, elapsedMs: 1 };

test("passing tests are counted, the suites around them are not", async () => {
  const { count } = await load();
  const file = eventFile([passing, passing, { ...passing, name: "sums", suite: true }]);
  assert.deepEqual(count(file), { passed: 2, failures: [] });
});

test("a skipped test counts as failed", async () => {
  const { count } = await load();
  const { passed, failures } = count(eventFile([passing, { ...passing, name: "later", skipped: true }]));
  assert.equal(passed, 1);
  assert.deepEqual(
    failures.map(({ name }) => name),
    ["later"],
  );
});

test("a file without tests is a failure", async () => {
  const { count } = await load();
  assert.equal(count(eventFile([])).failures.length, 1);
});

test("a file that dies after its tests have passed is a failure", async () => {
  const { count } = await load();
  const { passed, failures } = count(eventFile([passing]), "ended with signal SIGSEGV");
  assert.equal(passed, 1);
  assert.match(failures[0]?.error ?? "", /SIGSEGV/);
});
