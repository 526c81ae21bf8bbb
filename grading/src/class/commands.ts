/**
 * @file The commands that grade: `course check` for a learner's own notebook, `course grade` for a class, `course regrade`
 * after a case or a rule has changed. What they load is loaded when they are called.
 *
 * Exit codes. `check`: 0 everything passed, 1 something did not, 2 nothing could be checked. `grade` and `regrade`: 0 all
 * graded, 1 a submission needs a person's look, 2 nothing could be graded.
 */

import path from "node:path";
import type { Command } from "commander";
import {
  guarded,
  hasGradebook,
  notebookNumber,
  type PlaceFlags,
  placeOf,
  positive,
  rungOf,
  withPlace,
} from "./command-line";
import type { GradeOptions, Grader, GradeStore, SubmissionResult } from "./types";

/** Adds the commands to the program. */
export function registerJudging(program: Command): void {
  program
    .command("check")
    .description("run the public cases of a notebook's exercises, as `check` does in the notebook")
    .argument("<notebook>", "its number, e.g. 03")
    .argument("[file]", "your notebook, if it is not the course's own")
    .option("--rung <rung>", "the sandbox: bubblewrap, docker, podman, plain")
    .option("--json", "as data")
    .action((notebook: string, file: string | undefined, flags: SandboxFlags) =>
      guarded(() => check(notebook, file, flags)),
    );

  withSandbox(
    program.command("grade").description("grade submissions: notebooks, folders, archives, downloads of an LMS"),
  )
    .argument("<paths...>", "where they are")
    .option("--notebook <number>", "only this notebook; for files that do not tell which they are")
    .action((paths: string[], flags: GradeFlags) => guarded(() => grade(paths, flags)));

  withSandbox(program.command("regrade").description("grade again what is in the gradebook, and say what changed"))
    .argument("[notebook]", "only this notebook, e.g. 03")
    .action((notebook: string | undefined, flags: GradeFlags) => guarded(() => regrade(notebook, flags)));
}

interface SandboxFlags {
  rung?: string;
  json?: boolean;
}

interface GradeFlags extends SandboxFlags, PlaceFlags {
  notebook?: string;
  student?: string[];
  parallel?: string;
  caseSeconds?: string;
  submissionSeconds?: string;
  memory?: string;
}

function withSandbox(command: Command): Command {
  return withPlace(command)
    .option("--student <id...>", "only these learners")
    .option("--rung <rung>", "the sandbox: bubblewrap, docker, podman, plain (only for your own work)")
    .option("--parallel <count>", "how many submissions at once; one a processor unless told")
    .option("--case-seconds <seconds>", "of processor time for one case, ten times as many by the clock", "2")
    .option("--submission-seconds <seconds>", "for one submission", "60")
    .option("--memory <megabytes>", "for one answer", "512")
    .option("--json", "each result as a line of data");
}

async function check(number: string, file: string | undefined, { rung, json }: SandboxFlags): Promise<number> {
  const { repositoryRoot } = require("@course/lib/home") as typeof import("@course/lib/home");
  const { courseNotebook } = require("./course-copy") as typeof import("./course-copy");
  const { collectFile } = require("./collect") as typeof import("./collect");
  const { gradeSubmission } = require("./grade") as typeof import("./grade");
  const { checkText } = require("./result-text") as typeof import("./result-text");
  const notebook = courseNotebook(notebookNumber(number, "notebook"));
  const own = path.join(repositoryRoot(), "notebooks", `${notebook.name}.ipynb`);
  const collected = await collectFile(file ?? own, { notebook: notebook.number });
  if (!collected.content) {
    for (const { says } of collected.findings) console.error(says);
    return 2;
  }
  const result = await gradeSubmission(collected, { heldBack: false, ...(rung ? { rung: rungOf(rung) } : {}) });
  console.log(json ? JSON.stringify(result) : checkText(result));
  if (result.findings.some(({ level }) => level === "error")) return 2;
  return result.exercises.every(({ kind, status }) => kind !== "code" || status === "passed") ? 0 : 1;
}

async function grade(paths: readonly string[], flags: GradeFlags): Promise<number> {
  const { assertThere, collect } = require("./collect") as typeof import("./collect");
  const { courseNotebook, notebookNumbers } = require("./course-copy") as typeof import("./course-copy");
  const options = {
    ...(flags.notebook ? { notebook: notebookNumber(flags.notebook) } : {}),
    ...(flags.student ? { learners: flags.student } : {}),
  };
  for (const given of paths) assertThere(given);
  const { grader, store } = await openBoth(flags);
  try {
    const versions = new Map(notebookNumbers().map((number) => [number, courseNotebook(number).version]));
    // A result of another version of the course is an old one: that submission is graded again.
    const current = new Set(
      (await store.results())
        .filter(({ submission, courseVersion }) => versions.get(submission.notebook) === courseVersion)
        .map(({ submission }) => submission.learner + submission.notebook + submission.sha256),
    );
    let found = 0;
    let known = 0;
    for await (const collected of collect(paths, options)) {
      const { learner, notebook, sha256 } = collected.submission;
      const isCurrent = current.has(learner + notebook + sha256);
      await store.enqueue(collected, { again: !isCurrent });
      found++;
      if (isCurrent) known++;
    }
    if (found === 0) {
      console.error(await nothingFound(paths, flags));
      return 2;
    }
    if (known > 0) console.error(`${known} of ${found} were graded before and have not changed.`);
    return await work(store, grader, flags);
  } finally {
    await grader.close();
    await store.close();
  }
}

/** Why nothing was graded: a file belongs to the learner whose folder it lies in, not to the one that was asked for. */
async function nothingFound(paths: readonly string[], { student }: GradeFlags): Promise<string> {
  if (!student) return "There are no notebooks in what was given.";
  const { collect } = require("./collect") as typeof import("./collect");
  const { shorten } = require("../format") as typeof import("../format");
  const others = new Set<string>();
  for await (const { submission } of collect(paths)) others.add(submission.learner);
  const whose = student.join(", ");
  if (others.size === 0) return `There are no notebooks of ${whose} in what was given, and none of anybody else.`;
  const found = shorten([...others].join(", "), 300);
  return (
    `There are no notebooks of ${whose} in what was given, but of: ${found}. ` +
    "A file belongs to the learner after whom its folder is named: put it into such a folder."
  );
}

async function regrade(notebook: string | undefined, flags: GradeFlags): Promise<number> {
  const { changeText } = require("./result-text") as typeof import("./result-text");
  const number = notebook ? { notebook: notebookNumber(notebook, "notebook") } : {};
  if (!hasGradebook(flags)) return 2;
  const { grader, store } = await openBoth(flags);
  try {
    const filters = flags.student?.map((learner) => ({ ...number, learner })) ?? [number];
    const before = new Map((await store.results()).map((result) => [keyOf(result), result]));
    let found = 0;
    for (const filter of filters) {
      for await (const collected of store.submissions(filter)) {
        await store.enqueue(collected, { again: true });
        found++;
      }
    }
    if (found === 0) {
      console.error("There is nothing of that in the gradebook.");
      return 2;
    }
    const changed: string[] = [];
    const code = await work(store, grader, flags, (result) => {
      const text = changeText(before.get(keyOf(result)), result);
      if (text) changed.push(text);
    });
    console.error(changed.length > 0 ? `Changed:\n${changed.sort().join("\n")}` : "No points changed.");
    return code;
  } finally {
    await grader.close();
    await store.close();
  }
}

/** Grades what is waiting, with a line for each submission and a bar below them. */
async function work(
  store: GradeStore,
  grader: Grader,
  flags: GradeFlags,
  onResult: (result: SubmissionResult) => void = () => {},
): Promise<number> {
  const { progressBar } = require("@course/lib/progress") as typeof import("@course/lib/progress");
  const { availableParallelism, hostname } = require("node:os") as typeof import("node:os");
  const { resultLine, summaryText } = require("./result-text") as typeof import("./result-text");
  const { several } = require("./words") as typeof import("./words");
  const { workOff } = require("./work") as typeof import("./work");
  const total = await store.waiting();
  const bar =
    total > 0
      ? progressBar({ label: "grading", total, ...(flags.json ? { display: "none" as const } : {}) })
      : undefined;
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const results: SubmissionResult[] = [];
  await workOff(store, grader, {
    worker: `${hostname()} ${process.pid}`,
    parallel: Number(flags.parallel ?? availableParallelism()),
    untilEmpty: true,
    signal: controller.signal,
    onResult(result) {
      results.push(result);
      onResult(result);
      if (process.stderr.isTTY && !flags.json) process.stderr.write("\r\x1b[K");
      console.log(flags.json ? JSON.stringify(result) : resultLine(result));
      bar?.update(results.length);
    },
  });
  process.off("SIGINT", stop).off("SIGTERM", stop);
  bar?.finish();
  const place = flags.database ? "--database ..." : `--out ${flags.out}`;
  if (!flags.json) console.error(summaryText(results, grader.rung, place));
  if (controller.signal.aborted) {
    const left = several(await store.waiting(), "submission");
    console.error(`Stopped, with ${left} still to be graded. The same command goes on from here.`);
    return 1;
  }
  return results.some(({ findings }) => findings.some(({ level }) => level === "error")) ? 1 : 0;
}

/** The sandbox and the gradebook; without the second the first is closed again, as its processes keep this one alive. */
async function openBoth(flags: GradeFlags): Promise<{ grader: Grader; store: GradeStore }> {
  const { assertCompiled } = require("./course-copy") as typeof import("./course-copy");
  const { openStore } = require("./store") as typeof import("./store");
  assertCompiled();
  const grader = await openGraderFor(flags);
  try {
    return { grader, store: await openStore(placeOf(flags)) };
  } catch (error) {
    await grader.close();
    throw error;
  }
}

async function openGraderFor(flags: GradeFlags): Promise<Grader> {
  const { CourseError } = require("@course/lib/errors") as typeof import("@course/lib/errors");
  const { openGrader } = require("./grade") as typeof import("./grade");
  const { strongestRung } = require("./sandbox") as typeof import("./sandbox");
  let rung = flags.rung === undefined ? undefined : rungOf(flags.rung);
  if (!rung) {
    const { rung: strongest, without } = strongestRung();
    if (strongest === "plain") {
      throw new CourseError({
        what: "sandbox",
        expected: "one that holds against the code of strangers",
        received: `none (${without.join("; ")})`,
        remedy: "On Debian and Ubuntu: `apt-get install bubblewrap`. For your own work alone: `--rung plain`.",
      });
    }
    rung = strongest;
  }
  const options: GradeOptions = {
    rung,
    caseSeconds: positive("--case-seconds", flags.caseSeconds ?? "2"),
    submissionSeconds: positive("--submission-seconds", flags.submissionSeconds ?? "60"),
    memoryMegabytes: positive("--memory", flags.memory ?? "512"),
    ...(flags.parallel ? { parallel: positive("--parallel", flags.parallel) } : {}),
  };
  const grader = openGrader(options);
  if (!flags.json)
    console.error(
      `Sandbox: ${grader.rung}${grader.rung === "plain" ? " (only for your own work: Node gives no guarantee for it)" : ""}`,
    );
  return grader;
}

function keyOf({ submission }: SubmissionResult): string {
  return `${submission.learner}\n${submission.notebook}`;
}
