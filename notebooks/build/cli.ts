/**
 * @file The subcommands of `course` for notebooks: `build` makes them from their sources, `run` executes them and
 * reports on several of them on one page.
 * What does the work is loaded when its command is called, so that the other commands start at once.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { root, selectNames } from "./paths";
import type { CheckResult, RunResult } from "./run";
import type { Problem } from "./source";

/** Adds the subcommands to the program. */
export function register(program: Command): void {
  program
    .command("build")
    .description("make the notebooks from their Markdown sources")
    .argument("[notebooks...]", "their numbers or names; without any, all")
    .option("--check", "write nothing; fail when a notebook differs from its source")
    .option("--force", "also replace notebooks in which somebody has worked")
    .option("--types", "also compile the code of the solutions with the strict compiler")
    .action((wanted: string[], options: BuildFlags) => {
      if (!build(selectNames(wanted), options)) process.exitCode = 1;
    });

  program
    .command("run")
    .description("execute notebooks in the course's kernel, without a browser")
    .argument("<notebooks...>", "their numbers or names, or all")
    .option("--solution", "the solution notebook")
    .option("--short", "the short mode of the tests: fewer steps")
    .option("--keep-going", "run the cells after a failing one too")
    .option("--out <dir>", "where the executed notebook and its page go", ".course/runs")
    .option("--timeout <seconds>", "for one cell", "600")
    .action(async (wanted: string[], options: RunFlags) => {
      if (!(await runAll(selectNames(wanted), options))) process.exitCode = 1;
    });
}

interface BuildFlags {
  check?: boolean;
  force?: boolean;
  types?: boolean;
}

/** Builds, lints, and with `--types` compiles; false when something is wrong. Problems are printed as `file:line`. */
function build(names: string[], options: BuildFlags): boolean {
  const { lint } = require("./lint") as typeof import("./lint");
  const { buildFiles } = require("./notebook") as typeof import("./notebook");
  const { readSource } = require("./source") as typeof import("./source");
  let fine = true;
  const print = (name: string, problems: Problem[]): void => {
    fine &&= problems.length === 0;
    for (const { line, message } of problems) console.error(`notebooks/source/${name}.md:${line}  ${message}`);
  };
  const sources = names.map((name) => readSource(name));
  for (const source of sources) {
    const problems = lint(source);
    print(source.name, problems);
    if (source.problems.length > 0) continue;
    for (const { file, changed, kept } of buildFiles(source.name, options)) {
      const shown = path.relative(root, file);
      if (changed && options.check) console.error(`${shown} differs from its source: run \`npx course build\``);
      else if (kept)
        console.error(`${shown} was run or filled in by somebody: \`npx course build --force\` replaces it`);
      else console.log(changed ? `wrote ${shown}` : `${shown} is current`);
      fine &&= !kept && !(changed && options.check);
    }
  }
  if (options.types) {
    const { typeCheck } = require("./tangle") as typeof import("./tangle");
    for (const [name, problems] of typeCheck(sources)) print(name, problems);
  }
  return fine;
}

interface RunFlags {
  solution?: boolean;
  short?: boolean;
  keepGoing?: boolean;
  out: string;
  timeout: string;
}

/** Runs one notebook after the other; false when one failed, or when a solution did not pass all its checks. */
async function runAll(names: string[], flags: RunFlags): Promise<boolean> {
  const { runNotebook } = require("./run") as typeof import("./run");
  const { describeAll, describeResult, isOpenPrediction, ProgressPrinter } =
    require("./run-report") as typeof import("./run-report");
  const outDir = path.resolve(flags.out === ".course/runs" ? path.join(root, flags.out) : flags.out);
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.on("SIGINT", stop).on("SIGTERM", stop);
  const results: RunResult[] = [];
  for (const name of names) {
    if (controller.signal.aborted) break;
    console.log(`${name}${flags.solution ? " (solution)" : ""}`);
    const printer = new ProgressPrinter(process.stdout);
    printer.wait("starting the kernel");
    const result = await runNotebook(name, {
      version: flags.solution ? "solution" : "student",
      short: flags.short === true,
      keepGoing: flags.keepGoing === true,
      outDir,
      timeoutSeconds: Number(flags.timeout),
      onProgress: (progress) => printer.update(progress),
      signal: controller.signal,
    }).finally(() => printer.finish());
    console.log(`\n${describeResult(result)}\n`);
    results.push(result);
  }
  process.off("SIGINT", stop).off("SIGTERM", stop);
  if (results.length > 1) {
    console.log(describeAll(results));
    console.log(`\nReport: ${path.relative(process.cwd(), writeReport(results, flags, outDir))}`);
  }
  const passed = (check: CheckResult): boolean => check.status === "passed" || isOpenPrediction(check);
  const allPassed = results.every(({ checks }) => checks.every(passed));
  return results.length === names.length && results.every(({ ok }) => ok) && (!flags.solution || allPassed);
}

/** Writes the report page beside the executed notebooks and returns its path. */
function writeReport(results: RunResult[], flags: RunFlags, outDir: string): string {
  const { findSnapshots, lineage } = require("@course/lib/snapshot") as typeof import("@course/lib/snapshot");
  const { renderReport } = require("./report-page") as typeof import("./report-page");
  const { homeOf } = require("./run") as typeof import("./run");
  const home = homeOf(flags.solution ? "solution" : "student", flags.short === true);
  const chain = lineage(findSnapshots(path.join(home, "checkpoints"))).map(({ manifest }) => manifest);
  const kind = `${flags.solution ? "Solutions" : "Notebooks of a learner"}${flags.short ? ", in the short mode of the tests" : ""}`;
  const note = `${kind}, ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC, Node ${process.version}.`;
  const file = path.join(outDir, "report.html");
  writeFileSync(file, renderReport(results, { note, chain }));
  return file;
}
