/**
 * @file How fast a class is graded, by `course grade` and by nbgrader 0.9.6, on the same 200 mixed submissions: solved, half
 * solved, wrong, not compiling, looping for ever, broken files. Kept in bench/results/grading.json.
 *
 *     npx tsx bench/grading.ts [--files 200] [--nbgrader 200] [--seconds 300] [--only ours|nbgrader] [--fresh]
 *
 * nbgrader needs four to five seconds a file. It works through batches of 15 of the same files until `--seconds` are over; a
 * later call goes on with the next batch. It gets our `nbgrader_config.py`, which runs the exercises only and not the
 * training before them, the same five seconds for a loop, and one process, because it has no more.
 */

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { findNbgrader, type Ipynb, NbgraderCourse, sourceOf } from "../grading/test/nbgrader-course";
import { createRandom, type Random } from "../lib/src/random";
import { machine, resultFile, writeAside } from "./keep";

const { values } = parseArgs({
  options: {
    files: { type: "string", default: "200" },
    nbgrader: { type: "string", default: "200" },
    seconds: { type: "string", default: "300" },
    only: { type: "string" },
    fresh: { type: "boolean", default: false },
  },
});
const TARGET = resultFile("grading");
const ROOT = path.join(__dirname, "..");
const BATCH = 15;
const SEED = 8;

interface Batch {
  files: number;
  seconds: number;
}

interface Results {
  command: string;
  machine: string;
  files: number;
  kinds: Record<string, number>;
  /** Each run grades all files into a new gradebook, `course grade` from start to end. */
  ours: {
    seconds: number;

    filesPerSecond: number;
    sandbox: string;
    residentMegabytes: number[];
  }[];
  nbgrader: { files: number; seconds: number; filesPerSecond: number; batches: Batch[] };
  timesFaster: number;
}

interface File {
  learner: string;
  name: string;
  text: string;
}

/** What becomes of one exercise, and how often. */
const FATES = [
  ["solved", 0.64],
  ["stub", 0.2],
  ["wrong", 0.12],
  ["does not compile", 0.035],
  ["loops", 0.005],
] as const;

function fate(random: Random): (typeof FATES)[number][0] {
  let left = random.uniform();
  for (const [name, share] of FATES) {
    left -= share;
    if (left < 0) return name;
  }
  return "solved";
}

/** A mixed submission, and what happened to its exercises. */
function submission(handedOut: Ipynb, solved: Ipynb, random: Random, count: (kind: string) => void): string {
  const notebook = structuredClone(handedOut);
  for (const cell of notebook.cells) {
    if (cell.metadata.course?.kind !== "exercise") continue;
    const solution = sourceOf(solved.cells.find(({ id }) => id === cell.id)!);
    const what = fate(random);
    count(what);
    if (what !== "stub") cell.source = answer(what, solution);
  }
  const text = JSON.stringify(notebook);
  if (random.uniform() < 0.98) return text;
  count("broken file");
  return text.slice(0, Math.floor(text.length * random.uniform()));
}

function answer(what: string, solution: string): string {
  if (what === "does not compile") return `${solution}\n)`;
  // The first line of the body comes before everything else that the function does.
  const early = what === "loops" ? "while (true) {}" : what === "wrong" ? "return undefined as any;" : "";
  return solution.replace("// BEGIN SOLUTION", early);
}

function files(course: NbgraderCourse): { all: File[]; kinds: Record<string, number> } {
  const random = createRandom(SEED);
  const kinds: Record<string, number> = {};
  const names = course.names.filter((name) => /^0[1-4]/.test(name));
  const versions = names.map((name) => [name, course.read("handed_out", name), course.read("source", name)] as const);
  const all = Array.from({ length: Number(values.files) }, (_, i): File => {
    const [name, handedOut, solved] = versions[i % versions.length]!;
    const count = (kind: string): void => {
      kinds[kind] = (kinds[kind] ?? 0) + 1;
    };
    return {
      learner: `learner${String(i).padStart(3, "0")}`,
      name,
      text: submission(handedOut, solved, random, count),
    };
  });
  return { all, kinds };
}

/** Resident memory of a process and of all that it started, in megabytes. */
function residentMegabytes(pid: number): number {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // it has ended
    }
  }
  const belongs = (one: number): boolean => one === pid || (parents.has(one) && one > 1 && belongs(parents.get(one)!));
  let kilobytes = 0;
  for (const one of parents.keys()) {
    if (!belongs(one)) continue;
    try {
      kilobytes += Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${one}/status`, "utf8"))?.[1] ?? 0);
    } catch {
      // it has ended
    }
  }
  return Math.round(kilobytes / 1024);
}

async function ours(all: readonly File[]): Promise<Results["ours"][number]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "course-bench-"));
  for (const { learner, name, text } of all) {
    mkdirSync(path.join(folder, "submitted", learner), { recursive: true });
    writeFileSync(path.join(folder, "submitted", learner, `${name}.ipynb`), text);
  }
  const start = performance.now();
  const args = [
    path.join(ROOT, "bin/course.mjs"),
    "grade",
    path.join(folder, "submitted"),
    "--out",
    path.join(folder, "grades"),
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  let done = 0;
  const samples: { done: number; megabytes: number }[] = [];
  child.stderr.on("data", (text) => {
    errors += text;
  });
  child.stdout.on("data", (text) => {
    done += String(text).split("\n").length - 1;
  });
  const timer = setInterval(() => samples.push({ done, megabytes: residentMegabytes(child.pid!) }), 500);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearInterval(timer);
  const seconds = (performance.now() - start) / 1000;
  if (code === 2 || done < all.length)
    throw new Error(`course grade ended with ${code} after ${done} files:\n${errors.slice(-2000)}`);
  rmSync(folder, { recursive: true, force: true });
  // The largest value in each quarter of the files: flat if the last is not above the others.
  const quarters = [0, 1, 2, 3].map((quarter) => {
    const inside = samples.filter((one) => Math.min(3, Math.floor((4 * one.done) / all.length)) === quarter);
    return Math.max(0, ...inside.map(({ megabytes }) => megabytes));
  });
  const sandbox = /Sandbox: (\w+)/.exec(errors)?.[1] ?? "?";
  return {
    seconds: round(seconds),
    filesPerSecond: round(all.length / seconds),
    sandbox,
    residentMegabytes: quarters,
  };
}

/** One batch: its files alone are in nbgrader's folder. */
async function nbgrader(course: NbgraderCourse, batch: readonly File[]): Promise<Batch> {
  for (const name of ["submitted", "autograded"])
    rmSync(path.join(course.folder, name), { recursive: true, force: true });
  for (const { learner, name, text } of batch) course.submit(learner, name, text);
  let seconds = 0;
  for (const name of new Set(batch.map((file) => file.name))) {
    await course.nbgrader("generate_assignment", name, "--create", "--force"); // not counted
    const start = performance.now();
    await course.nbgrader("autograde", name, "--Execute.timeout=5");
    seconds += (performance.now() - start) / 1000;
  }
  return { files: batch.length, seconds: round(seconds) };
}

const round = (value: number): number => Math.round(value * 100) / 100;

function write(results: Results): void {
  writeAside(TARGET, `${JSON.stringify(results, null, 1)}\n`);
}

async function main(): Promise<void> {
  const began = performance.now();
  const program = findNbgrader();
  if (!program)
    throw new Error(
      "nbgrader is not installed: python3 -m venv .course/nbgrader; .course/nbgrader/bin/pip install nbgrader==0.9.6",
    );
  const course = new NbgraderCourse(program);
  const { all, kinds } = files(course);
  // A batch has one notebook, so that nbgrader starts once for it.
  const parts = [...new Set(all.map(({ name }) => name))].map((name) => all.filter((file) => file.name === name));
  const ordered = Array.from({ length: 20 }, (_, i) => i).flatMap((i) =>
    parts.flatMap((part) => part.slice(i * BATCH, (i + 1) * BATCH)),
  );
  const known = existsSync(TARGET) && !values.fresh ? (JSON.parse(readFileSync(TARGET, "utf8")) as Results) : undefined;
  const kept = known?.files === all.length ? known : undefined;
  const runs = [...(kept?.ours ?? []), ...(values.only === "nbgrader" ? [] : [await ours(all)])];
  const batches = [...(kept?.nbgrader.batches ?? [])];
  const result = (): Results => {
    const [graded, seconds] = [sum(batches, ({ files }) => files), sum(batches, (batch) => batch.seconds)];
    const speed = sum(runs, ({ filesPerSecond }) => filesPerSecond) / runs.length;
    return {
      command: "npx tsx bench/grading.ts",
      machine: machine(),
      files: all.length,
      kinds,
      ours: runs,
      nbgrader: {
        files: graded,
        seconds: round(seconds),
        filesPerSecond: round(graded / seconds),
        batches,
      },
      timesFaster: round(speed / (graded / seconds)),
    };
  };
  console.log(JSON.stringify(runs.at(-1)));
  write(result());
  for (
    let at = sum(batches, ({ files }) => files);
    values.only !== "ours" && at < Math.min(all.length, Number(values.nbgrader));
    at += BATCH
  ) {
    if ((performance.now() - began) / 1000 > Number(values.seconds)) break;
    batches.push(await nbgrader(course, ordered.slice(at, at + BATCH)));
    console.log(JSON.stringify(batches.at(-1)));
    write(result());
  }
  rmSync(course.folder, { recursive: true, force: true });
  console.log(`${result().timesFaster} times nbgrader's throughput`);
}

function sum<T>(items: readonly T[], pick: (item: T) => number): number {
  return items.reduce((total, item) => total + pick(item), 0);
}

void main();
