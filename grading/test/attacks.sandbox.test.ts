/** @file Run with: npx tsx --test grading/test/attacks.sandbox.test.ts. Needs bubblewrap. */

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { openGrader } from "../src/class/grade";
import type { Grader, SubmissionResult } from "../src/class/types";
import { attacks } from "./attacks";
import { filledIn, right, submission } from "./submissions";

const outside = mkdtempSync(path.join(tmpdir(), "attacked-"));
let connections = 0;
const server = net.createServer((socket) => {
  connections++;
  socket.destroy();
});
let grader: Grader;
let honest: SubmissionResult;

/** The port is needed before the tests are declared. */
const port = 20_000 + (process.pid % 10_000);
const all = attacks({ outside, port });
const results: Promise<SubmissionResult>[] = [];
let next = 0;
let lanes: Promise<unknown> = Promise.resolve();
const settle: ((result: Promise<SubmissionResult>) => void)[] = [];
for (const _ of all) results.push(new Promise((resolve) => settle.push(resolve)));

before(async () => {
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  grader = openGrader({ rung: "bubblewrap", parallel: 2, caseSeconds: 3, memoryMegabytes: 300 });
  const lane = async (): Promise<void> => {
    for (let i = next++; i < all.length; i = next++) {
      const { cell = right("1.1"), change } = all[i]!;
      const notebook = filledIn("01", { "1.1": cell, "1.6": right("1.6") }, change);
      const result = grader.grade(submission(notebook, `learner-${i}`));
      settle[i]!(result);
      await result.catch(() => {});
    }
  };
  lanes = Promise.all([lane(), lane()]);
});

for (const [i, attack] of all.entries()) {
  test(`row ${attack.row}: ${attack.how}: ${attack.points} of 2 points, and the other exercise keeps its own`, async () => {
    const result = await results[i]!;
    const attacked = result.exercises.find(({ id }) => id === "1.1")!;
    const other = result.exercises.find(({ id }) => id === "1.6")!;
    const why = JSON.stringify({ ...attacked, source: "" }).slice(0, 1500);
    assert.equal(attacked.points, attack.points, why);
    assert.equal(other.points, 2, JSON.stringify(other));
    assert.equal(result.points, attack.points + 2);
    assert.equal(result.rung, "bubblewrap");
    assert.deepEqual(
      result.findings.filter(({ level }) => level === "error"),
      [],
    );
    if (attack.finding)
      assert.ok(
        attacked.findings.some(({ id }) => id === attack.finding),
        why,
      );
    if (attack.says) assert.match(attacked.cases[0]!.received, attack.says, why);
  });
}

test("no row of the list is without an attack (22 to 25 are files, in collect.test.ts and malformed.test.ts)", () => {
  const rows = new Set(all.map(({ row }) => row));
  const wanted = Array.from({ length: 32 }, (_, i) => i + 1).filter((row) => row < 22 || row > 25);
  assert.deepEqual(
    wanted.filter((row) => !rows.has(row)),
    [],
  );
});

test("after all attacks an honest answer earns all it did before, by the same grader", async () => {
  await Promise.all(results);
  honest = await grader.grade(
    submission(filledIn("01", { "1.1": right("1.1"), "1.3": right("1.3"), "1.6": right("1.6") })),
  );
  assert.deepEqual(
    honest.exercises.filter(({ points }) => points > 0).map(({ id, status }) => [id, status]),
    [
      ["1.1", "passed"],
      ["1.3", "passed"],
      ["1.6", "passed"],
    ],
  );
});

test("after all attacks nothing was written outside, nobody was called, and no value of this process is changed", async () => {
  await Promise.all(results);
  assert.deepEqual(readdirSync(outside), []);
  for (const folder of ["/", "/root", "/home", "/usr/lib", process.cwd()]) {
    assert.ok(!existsSync(path.join(folder, "written-by-an-answer")), folder);
  }
  assert.equal(connections, 0);
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
});

test("a grader that is closed leaves no process behind", async () => {
  await Promise.all(results);
  await grader.close();
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(descendants(), []);
});

after(async () => {
  next = all.length; // (where only some of the tests are run, the other attacks are left out)
  await lanes;
  server.close();
  await grader.close();
  rmSync(outside, { recursive: true, force: true });
});

/** The command lines of sandboxed processes that this process started and that still run. */
function descendants(): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      return parent === process.pid && /bwrap/.test(command) ? [command] : [];
    } catch {
      return [];
    }
  });
}
