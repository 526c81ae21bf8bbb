/** @file Run with: npx tsx --test grading/test/watchdog.test.ts. What `ps` says of a process is the measure. */

import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { type Limits, type Passed, watch } from "../src/class/watchdog";

const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** Starts a program, and waits until it has printed something. */
async function started(program: string): Promise<number> {
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  return child.pid!;
}

function passedBy(pid: number, limits: Partial<Limits>): Promise<Passed> {
  return new Promise((resolve) => {
    const unwatch = watch(pid, { memoryMegabytes: 4096, processes: 64, seconds: 600, ...limits }, (why) => {
      unwatch();
      resolve(why);
    });
  });
}

/** Processor time of a process, in seconds. */
function cpuSeconds(pid: number): number {
  if (process.platform !== "linux") return Number(execFileSync("ps", ["-o", "cputimes=", "-p", String(pid)]));
  const [ns] = readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ");
  return Number(ns) / 1e9;
}

const SPIN = "for (;;) {}";
const spinFor = (seconds: number): string =>
  `while (process.cpuUsage().user + process.cpuUsage().system < ${seconds} * 1e6) {} console.log("spent");`;

/** Watches a process that computes; fails if it is told earlier than after its processor time, or ten times that by the clock. */
async function assertHasItsSeconds(pid: number, seconds: number): Promise<void> {
  const [before, started] = [cpuSeconds(pid), performance.now()];
  assert.equal(await passedBy(pid, { seconds }), "time");
  const [used, elapsed] = [cpuSeconds(pid) - before, (performance.now() - started) / 1000];
  assert.ok(used >= seconds || elapsed >= 10 * seconds, `${used} s of processor time, ${elapsed} s by the clock`);
}

test("a process that computes has its seconds of processor time, and those it used before do not count", async () => {
  await assertHasItsSeconds(await started(`${spinFor(1)} ${SPIN}`), 0.5);
});

test("processes that are kept from the processor by others have their seconds too", async () => {
  const pids = await Promise.all(Array.from({ length: 4 }, () => started(`console.log(); ${SPIN}`)));
  await Promise.all(pids.map((pid) => assertHasItsSeconds(pid, 0.5)));
});

test("a process that waits for nothing is told without having computed", async () => {
  const pid = await started("console.log(); setTimeout(() => {}, 1e9);");
  const before = cpuSeconds(pid);
  assert.equal(await passedBy(pid, { seconds: 0.5 }), "time");
  assert.ok(cpuSeconds(pid) - before < 0.4);
});

test("memory and processes count with all that a process has started", async () => {
  const heavy = 'process.on("disconnect", process.exit); globalThis.held = Buffer.alloc(300e6, 1); console.log();';
  const parent = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(heavy)}], { stdio: ["ignore", "inherit", "inherit", "ipc"] });`;
  const pid = await started(parent);
  assert.equal(await passedBy(pid, { memoryMegabytes: 250 }), "memory");
  assert.equal(await passedBy(pid, { processes: 1 }), "processes");
});
