/**
 * @file How fast a class is graded, by `course grade` and by nbgrader 0.9.6, on the same mixed submissions of all notebooks:
 * solved, half solved, wrong, not compiling, looping for ever, broken files. Kept in bench/results/grading.json when there are
 * 200 files. Then it fails when `course grade` has less than ten times nbgrader's throughput, or when its
 * memory grows with the class.
 *
 *     npx tsx bench/grading.ts [--files 200] [--sample 27]
 *
 * `course grade` gets all files. nbgrader would need up to an hour for them; it gets a sample of the same files in
 * the same run, drawn by chance, as many of each notebook. It has our `nbgrader_config.py`, which runs the exercises only and
 * not the training before them, five seconds for a cell, and one process, because it has no more. What it needs to start is not
 * counted, because in a whole class it would count once a notebook. The result says how many files of the sample have a loop.
 */

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { findNbgrader, type Ipynb, NbgraderCourse, sourceOf } from "../grading/test/nbgrader-course";
import { createRandom, type Random } from "../lib/src/random";
import { keep } from "./keep";

const { values } = parseArgs({
  options: { files: { type: "string", default: "200" }, sample: { type: "string", default: "27" } },
});
const ROOT = path.join(__dirname, "..");
const CLASS = 200;
const LOOP = "while (true) {}";
/** What is asked of `course grade`. */
const LEAST_TIMES_FASTER = 10;
const MOST_GROWTH = 1.25;
const SEED = 8;

/** `course grade` from start to end, into a new gradebook. */
interface Ours {
  files: number;
  seconds: number;
  filesPerMinute: number;
  sandbox: string;
  /** The most that was resident until so many files were graded, in megabytes: of the grader itself, and with all sandboxes. */
  peakMegabytes: { files: number; grader: number; withSandboxes: number }[];
}

/** nbgrader on a sample of the same files. */
interface Theirs {
  sample: string;
  files: number;
  seconds: number;
  filesPerMinute: number;
  /** So many of these have a loop that never ends. */
  loops: number;
  /** Of these, it could not grade so many: those that are no notebooks any more. */
  failed: number;
  /** Not in `seconds`: what it takes to start, each time. */
  startSeconds: number;
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
  const early = what === "loops" ? LOOP : what === "wrong" ? "return undefined as any;" : "";
  return solution.replace("// BEGIN SOLUTION", early);
}

function files(course: NbgraderCourse): { all: File[]; kinds: Record<string, number> } {
  const random = createRandom(SEED);
  const kinds: Record<string, number> = {};
  const count = (kind: string): void => {
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  };
  const versions = course.names.map(
    (name) => [name, course.read("handed_out", name), course.read("source", name)] as const,
  );
  const all = Array.from({ length: Number(values.files) }, (_, i): File => {
    const [name, handedOut, solved] = versions[i % versions.length]!;
    const learner = `learner${String(i).padStart(3, "0")}`;
    return { learner, name, text: submission(handedOut, solved, random, count) };
  });
  return { all, kinds };
}

/** Resident memory in megabytes: of a process, and with all that it started. */
function resident(pid: number): { grader: number; withSandboxes: number } {
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
  const withSandboxes = sum([...parents.keys()].filter(belongs), megabytes);
  return { grader: Math.round(megabytes(pid)), withSandboxes: Math.round(withSandboxes) };
}

function megabytes(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0; // it has ended
  }
}

async function ours(all: readonly File[]): Promise<Ours> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "course-bench-"));
  for (const { learner, name, text } of all) {
    mkdirSync(path.join(folder, "submitted", learner), { recursive: true });
    writeFileSync(path.join(folder, "submitted", learner, `${name}.ipynb`), text);
  }
  const [submitted, grades] = [path.join(folder, "submitted"), path.join(folder, "grades")];
  const start = performance.now();
  const args = [path.join(ROOT, "bin/course.mjs"), "grade", submitted, "--out", grades];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  let done = 0;
  const samples: { done: number; grader: number; withSandboxes: number }[] = [];
  child.stderr.on("data", (text) => {
    errors += text;
  });
  child.stdout.on("data", (text) => {
    done += String(text).split("\n").length - 1;
  });
  const timer = setInterval(() => samples.push({ done, ...resident(child.pid!) }), 500);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearInterval(timer);
  const seconds = (performance.now() - start) / 1000;
  if (code === 2 || done < all.length)
    throw new Error(`course grade ended with ${code} after ${done} files:\n${errors.slice(-2000)}`);
  rmSync(folder, { recursive: true, force: true });
  const peak = (files: number): Ours["peakMegabytes"][number] => {
    const until = samples.filter((sample) => sample.done < files);
    const most = (of: "grader" | "withSandboxes"): number => Math.max(0, ...until.map((sample) => sample[of]));
    return { files, grader: most("grader"), withSandboxes: most("withSandboxes") };
  };
  return {
    files: all.length,
    seconds: round(seconds),
    filesPerMinute: round((60 * all.length) / seconds),
    sandbox: /Sandbox: (\w+)/.exec(errors)?.[1] ?? "?",
    peakMegabytes: [1, 2, 3, 4].map((quarter) => peak(Math.ceil((quarter * all.length) / 4))),
  };
}

/** As many files of each notebook, drawn by chance. */
function sampleOf(all: readonly File[], course: NbgraderCourse): File[][] {
  const random = createRandom("sample");
  const each = Math.ceil(Number(values.sample) / course.names.length);
  const ofNotebook = course.names.map((name) => all.filter((file) => file.name === name));
  return ofNotebook.filter((part) => part.length > 0).map((part) => random.sample(part, Math.min(each, part.length)));
}

async function nbgrader(course: NbgraderCourse, sample: readonly (readonly File[])[]): Promise<Theirs> {
  let seconds = 0;
  const starts: number[] = [];
  const timed = async (...args: string[]): Promise<number> => {
    const start = performance.now();
    await course.nbgrader(...args);
    return (performance.now() - start) / 1000;
  };
  for (const part of sample) {
    const { name } = part[0]!;
    for (const { learner, text } of part) course.submit(learner, name, text);
    await course.nbgrader("generate_assignment", name, "--create", "--force"); // not counted
    const start = await timed("autograde", "--version");
    const both = await timed("autograde", name, "--Execute.timeout=5");
    starts.push(start);
    seconds += both - start;
    console.log(`nbgrader, ${name}: ${part.length} files in ${round(both)} s, of which ${round(start)} s to start`);
  }
  const files = sum(sample, (part) => part.length);
  const graded = sum(sample.flat(), ({ learner, name }) =>
    existsSync(path.join(course.folder, "autograded", learner, name, `${name}.ipynb`)) ? 1 : 0,
  );
  return {
    sample: `${files} of the same files, drawn by chance, as many of each notebook`,
    files,
    loops: sum(sample.flat(), ({ text }) => Number(text.includes(LOOP))),
    failed: files - graded,
    seconds: round(seconds),
    filesPerMinute: round((60 * files) / seconds),
    startSeconds: round(sum(starts, (one) => one) / starts.length),
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;

async function main(): Promise<void> {
  const program = findNbgrader();
  if (!program) {
    throw new Error(
      "nbgrader is not installed: python3 -m venv .course/nbgrader; .course/nbgrader/bin/pip install nbgrader==0.9.6 (or COURSE_NBGRADER=its program)",
    );
  }
  const course = new NbgraderCourse(program);
  try {
    const { all, kinds } = files(course);
    const mine = await ours(all);
    console.log(JSON.stringify(mine));
    const theirs = await nbgrader(course, sampleOf(all, course));
    console.log(JSON.stringify(theirs));
    const timesFaster = round(mine.filesPerMinute / theirs.filesPerMinute);
    const command = `npx tsx bench/grading.ts --files ${all.length} --sample ${theirs.files}`;
    if (all.length === CLASS) keep("grading", { command, kinds, ours: mine, nbgrader: theirs, timesFaster });
    console.log(`${timesFaster} times nbgrader's throughput`);
    // (In a smaller class the start is most of the time.)
    for (const flaw of all.length === CLASS ? flaws(timesFaster, mine) : []) {
      console.error(flaw);
      process.exitCode = 1;
    }
  } finally {
    rmSync(course.folder, { recursive: true, force: true });
  }
}

/** What is not as it has to be, in sentences. */
function flaws(timesFaster: number, { peakMegabytes }: Ours): string[] {
  const found: string[] = [];
  if (timesFaster < LEAST_TIMES_FASTER) {
    found.push(`Throughput: ${LEAST_TIMES_FASTER} times nbgrader's expected, ${timesFaster} measured.`);
  }
  const [first, last] = [peakMegabytes[0]!, peakMegabytes.at(-1)!];
  for (const of of ["grader", "withSandboxes"] as const) {
    if (last[of] <= MOST_GROWTH * first[of]) continue;
    found.push(
      `Memory (${of}): ${first[of]} MB until ${first.files} files, ${last[of]} MB until ${last.files}; ${MOST_GROWTH} times as much expected at most.`,
    );
  }
  return found;
}

function sum<T>(items: readonly T[], pick: (item: T) => number): number {
  return items.reduce((total, item) => total + pick(item), 0);
}

void main();
