/**
 * @file Programs that take turns, so that whatever slows the machine slows all of them: the way every row of `npm run bench`
 * is measured. Each program stays loaded in a process of its own, says "ready", and for a line "n" does its work n times and
 * answers with n times in milliseconds.
 */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { createRandom } from "../lib/src/random";
import { median } from "../lib/src/timing";

/** A program that is measured. */
export interface Program {
  name: string;
  command: string;
  args: string[];
  /** How often it works in a turn, and how often before that does not count, where this differs (a slow peer). */
  times?: number;
  warm?: number;
}

/** What was measured of one program: all rounds, in milliseconds. */
export interface Measured {
  name: string;
  rounds: number[][];
}

/** Why a program is not in the table. */
export interface LeftOut {
  name: string;
  reason: string;
}

interface Running extends Measured {
  child: ChildProcessWithoutNullStreams;
  lines: AsyncIterator<string>;
  program: Program;
}

/** A worker of this folder in TypeScript, with its task. */
export function courseWorker(name: string, file: string, task: object): Program {
  const args = ["--import", "tsx", path.join(__dirname, "workers", file), JSON.stringify(task)];
  return { name, command: process.execPath, args };
}

/** A worker of this folder in Python, with its task. */
export function pythonWorker(name: string, python: string, file: string, task: object): Program {
  return { name, command: python, args: [path.join(__dirname, "workers", file), JSON.stringify(task)] };
}

/** The processor's share in use during a quarter of a second; 0 where the system does not tell. */
async function load(): Promise<number> {
  if (!existsSync("/proc/stat")) return 0;
  const read = (): [number, number] => {
    const ticks = readFileSync("/proc/stat", "utf8").split("\n")[0]!.trim().split(/\s+/).slice(1, 9).map(Number);
    return [ticks.reduce((a, b) => a + b), ticks[3]! + ticks[4]!];
  };
  const [total, idle] = read();
  await wait(250);
  const [totalNow, idleNow] = read();
  return 1 - (idleNow - idle) / (totalNow - total);
}

/** Waits until the processor is quiet, ten seconds at most. Returns the seconds waited. */
export async function quiet(): Promise<number> {
  const began = performance.now();
  for (let tries = 0; tries < 40 && (await load()) > 0.12; tries++);
  return (performance.now() - began) / 1000;
}

async function start(program: Program): Promise<Running | LeftOut> {
  const { name, command, args } = program;
  const child = spawn(command, args, { cwd: path.join(__dirname, "..") });
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  let complaint = "";
  child.stderr.on("data", (data) => {
    complaint = `${complaint}${data}`.slice(-2000);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  for (let line = await lines.next(); !line.done; line = await lines.next()) {
    if (line.value === "ready") return { name, child, lines, rounds: [], program };
  }
  const reason = complaint.trim().split("\n").at(-1) || `${command} could not be started`;
  return { name, reason };
}

/**
 * Lets programs take turns in random order, `rounds` times, each time working `times` times after `warm` that do not count.
 *
 *     const { measured, leftOut } = await takeTurns(programs, { rounds: 5, times: 12 });
 */
export async function takeTurns(
  programs: readonly Program[],
  { rounds, times, warm = 2 }: { rounds: number; times: number; warm?: number },
): Promise<{ measured: Measured[]; leftOut: LeftOut[] }> {
  const running: Running[] = [];
  const leftOut: LeftOut[] = [];
  for (const program of programs) {
    const started = await start(program);
    if ("child" in started) running.push(started);
    else leftOut.push(started);
  }
  const random = createRandom("order of turns");
  for (let round = 0; round < rounds; round++) {
    for (const program of random.shuffle([...running])) {
      await quiet();
      const { times: counted = times, warm: skipped = warm } = program.program;
      program.child.stdin.write(`${counted + skipped}\n`);
      const { value } = await program.lines.next();
      if (value === undefined) throw new Error(`${program.name} ended in the middle of a turn.`);
      program.rounds.push(String(value).split(" ").map(Number).slice(skipped));
    }
  }
  for (const { child } of running) child.stdin.end();
  return { measured: running.map(({ name, rounds }) => ({ name, rounds })), leftOut };
}

/** The median of all times of a program. */
export function medianOf({ rounds }: Measured): number {
  return median(rounds.flat());
}

/** How many times as fast `a` is as `b`: the median over rounds of the ratio of the medians in the same round. */
export function timesFaster(a: Measured, b: Measured): number {
  return median(a.rounds.map((times, round) => median(b.rounds[round]!) / median(times)));
}
