/**
 * @file The commands that work with results: `course report`, `marks`, `export`, `worker`, `release` and `nbgrader`.
 * What they load is loaded when they are called. Exit codes: 0 done, 1 done with something to look at, 2 nothing was done.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CourseError } from "@course/lib/errors";
import { type Command, Option } from "commander";
import { guarded, hasGradebook, notebookNumber, type PlaceFlags, placeOf, positive, withPlace } from "./command-line";
import type { FilledSheet } from "./fill-sheet";
import type { Grade } from "./gradebook";
import type { ClassPolicy } from "./policy";
import type { Rung } from "./types";
import { several } from "./words";

/** Adds the commands to the program. */
export function registerResults(program: Command): void {
  withGradebook(program.command("report").description("write feedback pages for learners and a page about the class"))
    .option("--to <dir>", "where the pages go; <out>/report unless told")
    .option("--title <text>", "what the pages are called")
    .action((flags: ReportFlags) => guarded(() => report(flags)));

  withGradebook(
    program.command("marks").description("mark answers in words by hand: write a sheet to fill in, read it back"),
  )
    .argument("[sheet]", "a filled sheet; without it, one is written")
    .option("--to <file>", "the sheet to write; <out>/marks.csv unless told")
    .option("--all", "exercises in code too")
    .action((sheet: string | undefined, flags: MarksFlags) => guarded(() => marks(sheet, flags)));

  withGradebook(program.command("export").description("grades for an LMS or a spreadsheet"))
    .argument("<format>", "canvas, moodle, csv, lti, or gradescope (an autograder to upload)")
    .argument("[sheet]", "for canvas and moodle: the sheet that you exported there, which is filled")
    .option("--column <notebook=title...>", 'the column of a notebook, if its title does not say "Notebook 3"')
    .option("--match <title>", "the column by which learners are found")
    .option("--exercises", "csv: one row an exercise")
    .option("--to <file>", "where it goes; <out>/<format>... unless told")
    .action((format: string, sheet: string | undefined, flags: ExportFlags) =>
      guarded(() => exportAs(format, sheet, flags)),
    );

  program
    .command("worker")
    .description("grade what waits in the queue of a PostgreSQL server, on as many machines as you like")
    .requiredOption("--database <url>", "postgres://user:password@host/database")
    .option("--parallel <count>", "how many submissions at once; one a processor unless told")
    .option("--until-empty", "end when nothing is waiting, instead of waiting for more")
    .addOption(new Option("--rung <rung>", "the sandbox").choices(["bubblewrap", "docker", "podman"]))
    .option("--json", "each result as a line of data")
    .action((flags: WorkerFlags) => guarded(() => worker(flags)));

  program
    .command("release")
    .description("write the course for learners: without solutions, sources and held-back cases")
    .requiredOption("--to <dir>", "an empty or new folder")
    .action(({ to }: { to: string }) =>
      guarded(async () => {
        const { release } = require("./release") as typeof import("./release");
        const { files, notebooks } = release(path.resolve(to));
        console.log(
          `${files} files and ${notebooks.length} notebooks are in ${to}. Nothing in them is held back or solved.`,
        );
        return 0;
      }),
    );

  program
    .command("nbgrader")
    .description("make a folder in which nbgrader 0.9.6 releases and grades the notebooks")
    .argument("<dir>", "the folder")
    .action((dir: string) =>
      guarded(async () => {
        const { nbgraderFolder } = require("./nbgrader-folder") as typeof import("./nbgrader-folder");
        const names = nbgraderFolder(path.resolve(dir));
        console.log(
          `${names.length} notebooks are in ${dir}. Next, there: nbgrader generate_assignment ${names[0]} --create`,
        );
        return 0;
      }),
    );
}

interface GradebookFlags extends PlaceFlags {
  notebook?: string;
  student?: string;
  class?: string;
}

interface ReportFlags extends GradebookFlags {
  to?: string;
  title?: string;
}

interface MarksFlags extends GradebookFlags {
  to?: string;
  all?: boolean;
}

interface ExportFlags extends GradebookFlags {
  column?: string[];
  match?: string;
  exercises?: boolean;
  to?: string;
}

interface WorkerFlags {
  database: string;
  parallel?: string;
  untilEmpty?: boolean;
  rung?: Rung;
  json?: boolean;
}

function withGradebook(command: Command): Command {
  return withPlace(command)
    .option("--notebook <number>", "only this notebook, e.g. 03")
    .option("--student <id>", "only this learner")
    .option("--class <file>", "due dates, lateness, extensions, held-back cases; <out>/class.json unless told");
}

/** The grades that were asked for, with the rules of the class; nothing if there are none. `notes` are to be read by a person. */
async function readGrades(
  flags: GradebookFlags,
): Promise<{ grades: Grade[]; policy: ClassPolicy; notes: string[] } | undefined> {
  const { gradesOf, timeNotes } = require("./gradebook") as typeof import("./gradebook");
  const { readPolicy, strangersIn } = require("./policy") as typeof import("./policy");
  const { openStore } = require("./store") as typeof import("./store");
  const notebook = flags.notebook === undefined ? undefined : notebookNumber(flags.notebook);
  const rules = flags.class ?? path.join(flags.out, "class.json");
  const policy = readPolicy(rules, { isNamed: flags.class !== undefined });
  if (!hasGradebook(flags)) return undefined;
  const store = await openStore(placeOf(flags));
  try {
    const results = await store.results();
    const wanted = results.filter(
      ({ submission }) =>
        (notebook === undefined || submission.notebook === notebook) &&
        (flags.student === undefined || submission.learner === flags.student),
    );
    const grades = gradesOf(wanted, await store.marks(), policy);
    const waiting = await store.waiting();
    if (waiting > 0) console.error(`Still waiting to be graded: ${several(waiting, "submission")}.`);
    const strangers = strangersIn(policy, new Set(results.map(({ submission }) => submission.learner)));
    const unknown = `${rules} names learners of whom nothing is in the gradebook: ${strangers.join(", ")}.`;
    const notes = [...(strangers.length > 0 ? [unknown] : []), ...timeNotes(grades)];
    if (grades.length > 0) return { grades, policy, notes };
    console.error("There is nothing of that in the gradebook.");
    return undefined;
  } finally {
    await store.close();
  }
}

async function report(flags: ReportFlags): Promise<number> {
  const { writeReport } = require("./report") as typeof import("./report");
  const found = await readGrades(flags);
  if (!found) return 2;
  const title = flags.title ?? found.policy.title;
  const folder = flags.to ?? path.join(flags.out, "report");
  const { classPage, feedback } = writeReport(found.grades, folder, title === undefined ? {} : { title });
  for (const note of found.notes) console.error(note);
  console.log(
    `In ${path.join(folder, "feedback")}, one folder a learner: ${several(feedback.length, "feedback page")}.`,
  );
  console.log(`The class: ${classPage}`);
  return found.notes.length > 0 ? 1 : 0;
}

async function marks(sheet: string | undefined, flags: MarksFlags): Promise<number> {
  const { marksSheet, readMarks } = require("./marks") as typeof import("./marks");
  const { readSheet } = require("./sheet") as typeof import("./sheet");
  const { openStore } = require("./store") as typeof import("./store");
  const filled = sheet === undefined ? undefined : readSheet(sheet);
  const found = await readGrades(flags);
  if (!found) return 2;
  if (filled === undefined) {
    const file = write(
      flags.to ?? path.join(flags.out, "marks.csv"),
      marksSheet(found.grades, { all: flags.all === true }),
    );
    const open = found.grades.reduce((sum, grade) => sum + grade.open, 0);
    console.log(
      `${file}: ${several(open, "answer")} to be marked. Fill in "points" and "comment", then: course marks ${file}`,
    );
    return 0;
  }
  const read = readMarks(filled, found.grades, new Date().toISOString());
  const store = await openStore(placeOf(flags));
  try {
    await store.mark(read);
  } finally {
    await store.close();
  }
  console.log(`Taken into the gradebook: ${several(read.length, "mark")}.`);
  return 0;
}

async function exportAs(format: string, sheet: string | undefined, flags: ExportFlags): Promise<number> {
  if (!["canvas", "moodle", "csv", "lti", "gradescope"].includes(format)) {
    throw new CourseError({ what: "format", expected: "canvas, moodle, csv, lti or gradescope", received: format });
  }
  if (format === "gradescope") {
    const { gradescopeZip } = require("./gradescope") as typeof import("./gradescope");
    const number = flags.notebook === undefined ? undefined : notebookNumber(flags.notebook);
    if (!number) throw new CourseError({ what: "gradescope", expected: "--notebook 03", received: "no notebook" });
    const file = flags.to ?? path.join(flags.out, `gradescope-${number}.zip`);
    console.log(`${write(file, gradescopeZip(number))}: upload it as the autograder of the assignment.`);
    return 0;
  }
  const isFilled = format === "canvas" || format === "moodle";
  if (isFilled && sheet === undefined) {
    throw new CourseError({
      what: `export ${format}`,
      expected: "the sheet that you exported there",
      received: "no file",
      remedy: `course export ${format} grades-from-${format}.csv`,
    });
  }
  const { readSheet } = require("./sheet") as typeof import("./sheet");
  const text = sheet !== undefined && isFilled ? readSheet(sheet) : undefined;
  const options = {
    ...(flags.column ? { columns: columnsOf(flags.column) } : {}),
    ...(flags.match ? { match: flags.match } : {}),
  };
  const found = await readGrades(flags);
  if (!found) return 2;
  const { grades } = found;
  if (text !== undefined) {
    const { fillCanvas, fillMoodle } = require("./fill-sheet") as typeof import("./fill-sheet");
    const filled: FilledSheet = (format === "canvas" ? fillCanvas : fillMoodle)(text, grades, options);
    const file = write(flags.to ?? path.join(flags.out, `${format}.csv`), filled.text);
    const notes = [...found.notes, ...filled.notes];
    for (const note of notes) console.error(note);
    console.log(`${file}: ${several(filled.filled, "cell")} filled; every other cell is as it was.`);
    return notes.length > 0 ? 1 : 0;
  }
  const { exercisesSheet, learnersSheet } = require("./export-csv") as typeof import("./export-csv");
  const { ltiText } = require("./export-lti") as typeof import("./export-lti");
  const [ours, name] =
    format === "lti"
      ? [ltiText(grades), "lti.jsonl"]
      : flags.exercises
        ? [exercisesSheet(grades), "exercises.csv"]
        : [learnersSheet(grades), "grades.csv"];
  for (const note of found.notes) console.error(note);
  console.log(write(flags.to ?? path.join(flags.out, name), ours));
  return found.notes.length > 0 ? 1 : 0;
}

/** `["03=Notebook 3 (12)"]` as an object. */
function columnsOf(pairs: readonly string[]): Record<string, string> {
  const entries = pairs.map((pair) => {
    const at = pair.indexOf("=");
    if (at >= 0) return [notebookNumber(pair.slice(0, at), "--column"), pair.slice(at + 1)] as const;
    throw new CourseError({
      what: "--column",
      expected: 'a notebook and a title, as in 03="Notebook 3 (12)"',
      received: pair,
    });
  });
  return Object.fromEntries(entries);
}

async function worker(flags: WorkerFlags): Promise<number> {
  const { availableParallelism, hostname } = require("node:os") as typeof import("node:os");
  const { openGrader } = require("./grade") as typeof import("./grade");
  const { strongestRung } = require("./sandbox") as typeof import("./sandbox");
  const { openStore } = require("./store") as typeof import("./store");
  const { workOff } = require("./work") as typeof import("./work");
  const { rung: strongest, without } = strongestRung();
  const rung = flags.rung ?? strongest;
  if (rung === "plain") {
    console.error(`A worker runs the code of strangers, and no sandbox works here: ${without.join("; ")}.`);
    return 2;
  }
  const parallel = flags.parallel === undefined ? availableParallelism() : positive("--parallel", flags.parallel);
  const store = await openStore({ database: flags.database });
  const grader = openGrader({ rung, parallel });
  const name = `${hostname()} ${process.pid}`;
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  if (!flags.json)
    console.error(`Worker ${name}, sandbox ${grader.rung}, ${await store.waiting()} submissions waiting.`);
  try {
    const graded = await workOff(store, grader, {
      worker: name,
      parallel,
      untilEmpty: flags.untilEmpty === true,
      signal: controller.signal,
      onResult(result) {
        const { learner, notebook } = result.submission;
        const line = `${learner} ${notebook || "?"}: ${result.points} of ${result.maxPoints}`;
        console.log(flags.json ? JSON.stringify(result) : line);
      },
    });
    if (!flags.json) console.error(`${graded} graded.`);
    return 0;
  } finally {
    await grader.close();
    await store.close();
  }
}

function write(file: string, content: string | Uint8Array): string {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  writeFileSync(file, content);
  return file;
}
