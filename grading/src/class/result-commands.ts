/**
 * @file The commands that work with results: `course report`, `marks`, `export`, `worker`, `release` and `nbgrader`.
 * What they load is loaded when they are called. Exit codes: 0 done, 1 done with something to look at, 2 nothing was done.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Command, Option } from "commander";
import { guarded, type PlaceFlags, placeOf, withPlace } from "./command-line";
import type { FilledSheet } from "./fill-sheet";
import type { Grade } from "./gradebook";
import type { ClassPolicy } from "./policy";
import type { Rung } from "./types";

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

/** The grades that were asked for, with the rules of the class; nothing if there are none. */
async function readGrades(flags: GradebookFlags): Promise<{ grades: Grade[]; policy: ClassPolicy } | undefined> {
  const { gradesOf } = require("./gradebook") as typeof import("./gradebook");
  const { readPolicy } = require("./policy") as typeof import("./policy");
  const { openStore } = require("./store") as typeof import("./store");
  const policy = readPolicy(flags.class ?? path.join(flags.out, "class.json"));
  if (!flags.database && !existsSync(path.join(flags.out, "gradebook"))) {
    console.error(
      `There is no gradebook in ${flags.out}. Grade something first: course grade PATH... --out ${flags.out}`,
    );
    return undefined;
  }
  const store = await openStore(placeOf(flags));
  try {
    const filter = {
      ...(flags.notebook ? { notebook: flags.notebook.padStart(2, "0") } : {}),
      ...(flags.student ? { learner: flags.student } : {}),
    };
    const grades = gradesOf(await store.results(filter), await store.marks(), policy);
    const waiting = await store.waiting();
    if (waiting > 0) console.error(`${waiting} submissions are still waiting to be graded.`);
    if (grades.length > 0) return { grades, policy };
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
  console.log(`${feedback.length} feedback pages are in ${path.join(folder, "feedback")}, one folder a learner.`);
  console.log(`The class: ${classPage}`);
  return 0;
}

async function marks(sheet: string | undefined, flags: MarksFlags): Promise<number> {
  const { marksSheet, readMarks } = require("./marks") as typeof import("./marks");
  const { openStore } = require("./store") as typeof import("./store");
  const found = await readGrades(flags);
  if (!found) return 2;
  if (sheet === undefined) {
    const file = write(
      flags.to ?? path.join(flags.out, "marks.csv"),
      marksSheet(found.grades, { all: flags.all === true }),
    );
    const open = found.grades.reduce((sum, grade) => sum + grade.open, 0);
    console.log(`${file}: ${open} answers to be marked. Fill in "points" and "comment", then: course marks ${file}`);
    return 0;
  }
  const read = readMarks(readFileSync(sheet, "utf8"), found.grades, new Date().toISOString());
  const store = await openStore(placeOf(flags));
  try {
    await store.mark(read);
  } finally {
    await store.close();
  }
  console.log(`${read.length} marks are in the gradebook.`);
  return 0;
}

async function exportAs(format: string, sheet: string | undefined, flags: ExportFlags): Promise<number> {
  const { CourseError } = require("@course/lib/errors") as typeof import("@course/lib/errors");
  if (!["canvas", "moodle", "csv", "lti", "gradescope"].includes(format)) {
    throw new CourseError({ what: "format", expected: "canvas, moodle, csv, lti or gradescope", received: format });
  }
  if (format === "gradescope") {
    const { gradescopeZip } = require("./gradescope") as typeof import("./gradescope");
    const number = flags.notebook?.padStart(2, "0");
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
  const found = await readGrades(flags);
  if (!found) return 2;
  const { grades } = found;
  if (isFilled) {
    const { fillCanvas, fillMoodle } = require("./fill-sheet") as typeof import("./fill-sheet");
    const options = {
      ...(flags.column ? { columns: columnsOf(flags.column) } : {}),
      ...(flags.match ? { match: flags.match } : {}),
    };
    const filled: FilledSheet = (format === "canvas" ? fillCanvas : fillMoodle)(
      readFileSync(sheet!, "utf8"),
      grades,
      options,
    );
    const file = write(flags.to ?? path.join(flags.out, `${format}.csv`), filled.text);
    for (const note of filled.notes) console.error(note);
    console.log(`${file}: ${filled.filled} cells filled; every other cell is as it was.`);
    return filled.notes.length > 0 ? 1 : 0;
  }
  const { exercisesSheet, learnersSheet } = require("./export-csv") as typeof import("./export-csv");
  const { ltiText } = require("./export-lti") as typeof import("./export-lti");
  const [text, name] =
    format === "lti"
      ? [ltiText(grades), "lti.jsonl"]
      : flags.exercises
        ? [exercisesSheet(grades), "exercises.csv"]
        : [learnersSheet(grades), "grades.csv"];
  console.log(write(flags.to ?? path.join(flags.out, name), text));
  return 0;
}

/** `["03=Notebook 3 (12)"]` as an object. */
function columnsOf(pairs: readonly string[]): Record<string, string> {
  const entries = pairs.map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at).padStart(2, "0"), pair.slice(at + 1)] as const;
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
  const parallel = Number(flags.parallel ?? availableParallelism());
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
