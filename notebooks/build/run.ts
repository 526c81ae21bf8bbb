/**
 * @file Runs a notebook in the real kernel, without a browser: starts run_notebook.py, follows its events, and gathers
 * what came out: the executed notebook, an HTML page of it, the results of the checks, the time of each cell.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { CourseError } from "@course/lib/errors";
import { renderNotebook } from "./html";
import { type Cell, joined, type Notebook } from "./nbformat";
import { buildDir, coursePath, notebookPath, root, type Version, venvPython } from "./paths";
import { readTimes, writeTimes } from "./times";

export interface RunOptions {
  version?: Version;
  /** Fewer steps: the notebook sees `COURSE_SHORT=1`. */
  short?: boolean;
  /** Where the executed notebook and the page go. */
  outDir?: string;
  /** Run the cells after a failing one too. */
  keepGoing?: boolean;
  /** For one cell; a cell marked `slow` gets three times as much. */
  timeoutSeconds?: number;
  /** Told of each cell as it starts and ends. */
  onProgress?: (progress: Progress) => void;
  /** Ends the run, the kernel with it, and keeps what was run so far. */
  signal?: AbortSignal;
  /** A notebook elsewhere than in the repository's folder. */
  file?: string;
}

export type CellStatus = "ok" | "error" | "timeout" | "died" | "stopped";

export interface CellRun {
  id: string;
  status: CellStatus;
  seconds: number;
}

export interface Progress {
  name: string;
  /** The cell, from 1, of `count` code cells. */
  index: number;
  count: number;
  id: string;
  /** Missing while the cell runs. */
  ended?: CellRun;
  /** From the times of earlier runs; missing when there were none. */
  secondsLeft?: number;
}

/** What `check()` said: the MIME part it adds to its output. */
export interface CheckResult {
  id: string;
  status: "passed" | "wrong" | "not attempted" | "error";
  points: number;
  maxPoints: number;
  /** A prediction has no right answer: left open, it counts neither for nor against anything. */
  kind?: "prediction";
}

export const CHECK_MIME = "application/vnd.course.check+json";

export interface Failure {
  cell: string;
  source: string;
  /** The error as the kernel tells it, or why there is none. */
  error: string;
}

export interface RunResult {
  name: string;
  version: Version;
  short: boolean;
  /** Every cell ran without an error, to the end. */
  ok: boolean;
  stopped: boolean;
  cells: CellRun[];
  checks: CheckResult[];
  failures: Failure[];
  elapsedSeconds: number;
  /** The executed notebook. */
  file: string;
  /** The same as a page that needs nothing else. */
  page: string;
  notebook: Notebook;
}

interface Event {
  event: "ready" | "start" | "end" | "died" | "finished" | "stopped";
  cell?: string;
  status?: CellStatus;
  seconds?: number;
  reason?: string;
}

/** Runs one notebook by the name of its source. A failing cell is in the result; only a missing program throws. */
export async function runNotebook(name: string, options: RunOptions = {}): Promise<RunResult> {
  const { version = "student", short = false, outDir = coursePath("runs"), timeoutSeconds = 600 } = options;
  const input = options.file ?? notebookPath(name, version);
  const variant = `${version === "solution" ? ".solution" : ""}${short ? ".short" : ""}`;
  const file = path.join(outDir, `${name}${version === "solution" ? ".solution" : ""}.ipynb`);
  const log = path.join(outDir, `${name}${variant}.log`);
  if (!existsSync(input)) throw notBuilt(name, input);
  const ids = codeCells(readNotebook(input)).map((cell) => cell.id);
  mkdirSync(outDir, { recursive: true });

  const times = readTimes(outDir, `${name}${variant}`);
  const cells: CellRun[] = [];
  let died: string | undefined;
  let stopped = false;
  const began = Date.now();

  const args = [path.join(buildDir, "run_notebook.py"), input, "--out", file, "--log", log];
  args.push("--timeout", String(timeoutSeconds), ...(options.keepGoing ? ["--keep-going"] : []));
  // A process group of its own: Ctrl-C reaches this process only, which then asks Python to stop, and Python the kernel.
  // Python also stops when its standard input closes, however this process ends.
  const python = spawn(venvPython(), args, {
    detached: process.platform !== "win32",
    stdio: ["pipe", "pipe", "pipe"],
    env: environment(version, short),
  });
  const stop = (): void => void python.kill("SIGINT");
  options.signal?.addEventListener("abort", stop, { once: true });
  if (options.signal?.aborted) stop();
  const trouble = collect(python);

  const report = (id: string, ended?: CellRun): void => {
    const index = ids.indexOf(id);
    const left = ids.slice(index + (ended ? 1 : 0)).map((next) => times[next]);
    const known = left.every((seconds) => seconds !== undefined);
    options.onProgress?.({
      name,
      index: index + 1,
      count: ids.length,
      id,
      ...(ended ? { ended } : {}),
      ...(known ? { secondsLeft: left.reduce<number>((sum, seconds) => sum + seconds!, 0) } : {}),
    });
  };
  for await (const line of createInterface({ input: python.stdout })) {
    const event = JSON.parse(line) as Event;
    if (event.event === "start") report(event.cell!);
    if (event.event === "end") {
      const ended: CellRun = { id: event.cell!, status: event.status!, seconds: event.seconds! };
      cells.push(ended);
      report(ended.id, ended);
    }
    if (event.event === "died") died = event.reason ?? "it ended";
    if (event.event === "stopped") stopped = true;
  }
  const ended = await trouble;
  options.signal?.removeEventListener("abort", stop);
  if (ended.code !== 0) throw new Error(`run_notebook.py ended with code ${ended.code}:\n${ended.errors.slice(-4000)}`);

  const notebook = readNotebook(file);
  const page = file.replace(/\.ipynb$/, ".html");
  writeFileSync(page, renderNotebook(notebook, { title: name, note: describeRun(version, short, began) }));
  const failures = failuresOf(notebook, cells);
  if (died !== undefined)
    failures.push({ cell: cells.at(-1)?.id ?? "(start)", source: "", error: kernelDied(died, log) });
  const ok = failures.length === 0 && !stopped && cells.length === ids.length;
  if (ok) writeTimes(outDir, `${name}${variant}`, Object.fromEntries(cells.map(({ id, seconds }) => [id, seconds])));
  const checks = checksOf(notebook);
  const elapsedSeconds = (Date.now() - began) / 1000;
  return { name, version, short, ok, stopped, cells, checks, failures, elapsedSeconds, file, page, notebook };
}

/**
 * Where a solution or a short run keeps its progress and checkpoints (`COURSE_HOME`): the learner's own must not be
 * replaced by a model that was trained for five steps.
 */
export function runHome(version: Version, short: boolean): string {
  return coursePath(
    "runs",
    ["home", version === "solution" ? version : "", short ? "short" : ""].filter(Boolean).join("-"),
  );
}

/** Where a run really keeps them: `COURSE_HOME` of the environment goes before {@link runHome}, the learner's own comes last. */
export function homeOf(version: Version, short: boolean): string {
  return process.env.COURSE_HOME || (version === "solution" || short ? runHome(version, short) : coursePath());
}

function environment(version: Version, short: boolean): NodeJS.ProcessEnv {
  return {
    JUPYTER_RUNTIME_DIR: coursePath("jupyter", "runtime"),
    JUPYTER_PREFER_ENV_PATH: "1",
    PYTHONUNBUFFERED: "1",
    ...(version === "solution" || short ? { COURSE_HOME: runHome(version, short) } : {}),
    ...process.env,
    COURSE_SHORT: short ? "1" : "0",
  };
}

function notBuilt(name: string, file: string): CourseError {
  return new CourseError({
    what: `notebook ${name}`,
    expected: path.relative(root, file),
    received: "no such file",
    remedy: `Make it with \`npx course build ${name.slice(0, 2)}\`.`,
  });
}

function collect(child: ChildProcess): Promise<{ code: number | null; errors: string }> {
  let errors = "";
  child.stderr!.on("data", (chunk) => {
    errors += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, errors }));
  });
}

function readNotebook(file: string): Notebook {
  return JSON.parse(readFileSync(file, "utf8")) as Notebook;
}

function codeCells(notebook: Notebook): Cell[] {
  return notebook.cells.filter((cell) => cell.cell_type === "code" && joined(cell.source).trim() !== "");
}

function describeRun(version: Version, short: boolean, began: number): string {
  const kind = version === "solution" ? "the solution notebook" : "the notebook";
  const effort = short ? ", in the short mode of the tests" : "";
  return `An executed copy of ${kind}${effort}, ${new Date(began).toISOString().slice(0, 16).replace("T", " ")} UTC.`;
}

function kernelDied(reason: string, log: string): string {
  const last = readFileSync(log, "utf8").trimEnd().split("\n").slice(-20).join("\n");
  return `The kernel is gone: ${reason}.${last ? ` It had said:\n${last}` : ""}`;
}

function failuresOf(notebook: Notebook, cells: CellRun[]): Failure[] {
  return cells.flatMap(({ id, status, seconds }) => {
    if (status !== "error" && status !== "timeout") return [];
    const cell = notebook.cells.find((candidate) => candidate.id === id);
    const raised = cell?.outputs?.find((output) => output.output_type === "error");
    const error =
      (raised?.traceback ?? []).join("\n") || `${raised?.ename ?? "Error"}: ${raised?.evalue ?? "(no message)"}`;
    const late = `The cell was stopped after ${seconds.toFixed(0)} s; --timeout gives it longer.`;
    return [{ cell: id, source: joined(cell?.source), error: status === "timeout" ? late : error }];
  });
}

/** The last result of each check, in the order of the notebook. */
export function checksOf(notebook: Notebook): CheckResult[] {
  const outputs = notebook.cells.flatMap((cell) => cell.outputs ?? []);
  const results = outputs.flatMap((output) => (output.data?.[CHECK_MIME] as CheckResult | undefined) ?? []);
  return [...new Map(results.map((result) => [result.id, result])).values()];
}
