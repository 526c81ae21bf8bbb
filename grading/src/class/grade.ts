/**
 * @file Turns a submission into a result: read, compile, run, judge. Every way in which this can go wrong ends in a result
 * with a finding that a person can read; nothing that a submission does ends the run of the others.
 */

import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { CourseError } from "@course/lib/errors";
import { visible } from "../format";
import type { Plain } from "../plain";
import { flawOf, isOpen, wanted, writePrediction } from "../prediction-kinds";
import { type Case, type CodeExercise, isPrediction, type PredictionExercise } from "../table";
import { heldBackOf } from "../tables";
import { earned } from "./case-results";
import type { CompileTarget, Complaint, Emitted } from "./compile-messages";
import { Compiler } from "./compiler";
import type { Ended } from "./confined";
import { modulesWithAnswer } from "./course-answers";
import { type CourseNotebook, courseNotebook } from "./course-copy";
import { parseIpynb } from "./ipynb";
import { RunnerPool } from "./pool";
import { type FoundAnswer, readSubmission, whichNotebook } from "./read-submission";
import { type Compiled, endSays, type RunExercise, runExercise, SharedProcess } from "./run-exercise";
import { missing, strongestRung } from "./sandbox";
import type {
  CollectedSubmission,
  ExerciseResult,
  Finding,
  GradeOptions,
  Grader,
  Rung,
  Submission,
  SubmissionResult,
} from "./types";
import { decode } from "./wire";

type Module = Emitted["modules"][number];

/** Grades one submission and closes everything again. For more than one, `openGrader` keeps what is slow to start. */
export async function gradeSubmission(
  collected: CollectedSubmission,
  options: GradeOptions = {},
): Promise<SubmissionResult> {
  const grader = openGrader({ ...options, parallel: 1 });
  try {
    return await grader.grade(collected);
  } finally {
    await grader.close();
  }
}

/** Starts a grader. Throws if the rung that was asked for does not work here. */
export function openGrader(options: GradeOptions = {}): Grader {
  return new SandboxGrader(options);
}

/** The number from which random values start for a learner in a notebook; the same in every run. */
export function seedOf({ learner, notebook }: Pick<Submission, "learner" | "notebook">): number {
  return createHash("sha256").update(`${learner}\n${notebook}`).digest().readUInt32LE(0);
}

class SandboxGrader implements Grader {
  readonly rung: Rung;
  private readonly options: Required<Omit<GradeOptions, "rung">>;
  private readonly pool: RunnerPool;
  private readonly compilers: Compiler[];
  private next = 0;

  constructor({ rung, ...options }: GradeOptions) {
    const reason = rung && missing(rung);
    if (reason) throw new CourseError({ what: "sandbox", expected: rung, received: "none", remedy: reason });
    this.rung = rung ?? strongestRung().rung;
    this.options = {
      parallel: availableParallelism(),
      caseSeconds: 2,
      submissionSeconds: 60,
      memoryMegabytes: 512,
      heldBack: true,
      ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    };
    const { parallel, memoryMegabytes } = this.options;
    this.pool = new RunnerPool(this.rung, memoryMegabytes, parallel);
    const compilers = Math.max(1, Math.ceil(parallel / 2));
    this.compilers = Array.from({ length: compilers }, (_, i) => new Compiler(this.rung, 90 + (i % 9)));
    this.pool.fill();
  }

  async grade({ submission, content, findings }: CollectedSubmission): Promise<SubmissionResult> {
    const started = performance.now();
    const about = { ...submission };
    const all = [...findings];
    let notebook: CourseNotebook | undefined;
    let exercises: ExerciseResult[] = [];
    try {
      const found = content ? parseIpynb(content) : undefined;
      all.push(...(found?.findings ?? []));
      about.notebook ||= (found && whichNotebook(found, submission.file)) ?? "";
      notebook = about.notebook ? courseNotebook(about.notebook) : undefined;
      if (!notebook) {
        if (found && found.cells.length > 0) all.push(unknownNotebook);
      } else if (found && found.cells.length > 0) {
        const { answers, findings: more } = readSubmission(found, notebook);
        all.push(...more);
        exercises = await this.gradeAnswers(answers, notebook, seedOf(about));
      } else
        exercises = notebook.exercises.map((exercise) =>
          nothing({ exercise, source: "", attempted: false, findings: [] }),
        );
    } catch (error) {
      const says = `The grader itself failed, and nothing was judged: ${error instanceof Error ? error.message : String(error)}`;
      all.push({ id: "grader-failed", level: "error", says });
    }
    const sum = (pick: (one: ExerciseResult) => number): number =>
      Math.round(exercises.reduce((total, one) => total + pick(one), 0) * 100) / 100;
    return {
      submission: about,
      exercises,
      points: sum((one) => one.points),
      maxPoints: sum((one) => one.maxPoints),
      findings: all,
      rung: this.rung,
      seconds: Math.round(performance.now() - started) / 1000,
      gradedAt: new Date().toISOString(),
      courseVersion: notebook?.version ?? "",
      seed: seedOf(about),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.pool.close(), ...this.compilers.map((compiler) => compiler.close())]);
  }

  private async gradeAnswers(
    answers: readonly FoundAnswer[],
    notebook: CourseNotebook,
    seed: number,
  ): Promise<ExerciseResult[]> {
    const { cells, targets } = toCompile(answers, notebook);
    const compiler = this.compilers[this.next++ % this.compilers.length]!;
    const { modules, types } = await compiler.compile(cells, targets);
    const results: ExerciseResult[] = [];
    const processes = new SharedProcess(this.pool);
    const exerciseSeconds = Math.max(5 * this.options.caseSeconds, this.options.submissionSeconds / answers.length);
    const how: RunningAnswer = { seed, exerciseSeconds, notebook, processes };
    try {
      for (const answer of answers) {
        results.push(await this.gradeAnswer(answer, modules.get(answer.exercise.id), how));
      }
    } finally {
      processes.close();
    }
    addTypeErrors(results, targets, await types);
    return results;
  }

  private async gradeAnswer(
    answer: FoundAnswer,
    module: Module | undefined,
    options: RunningAnswer,
  ): Promise<ExerciseResult> {
    const { exercise } = answer.exercise;
    if (!answer.attempted || !exercise) return nothing(answer);
    if (!module) {
      const says = "The compiler did not come to an end with this cell. It was not run.";
      return {
        ...nothing(answer),
        status: "error",
        findings: [...answer.findings, { id: "compiler-time", level: "error", says }],
      };
    }
    if (isPrediction(exercise)) return this.gradePrediction(answer, exercise, module, options);

    const open = exercise.cases;
    const heldBack = this.options.heldBack ? (heldBackOf(options.notebook.number)[exercise.id]?.cases ?? []) : [];
    const refused = modulesWithAnswer(answer.exercise);
    const library = module.modules.length > 0;
    const run = await this.run(
      exercise,
      [...open, ...heldBack],
      { code: module.code, library, refused, plain: module.plain ?? false },
      options,
    );
    const judged = earned(exercise, open, heldBack, run.outcomes);
    return { ...nothing(answer), ...judged, findings: [...answer.findings, ...runFindings(module, answer, run)] };
  }

  /** A prediction counts when a valid guess was written down. Most state it; one that computes it is run like an answer. */
  private async gradePrediction(
    answer: FoundAnswer,
    exercise: PredictionExercise,
    module: Module,
    options: RunningAnswer,
  ): Promise<ExerciseResult> {
    let value: Plain;
    if (module.stated !== undefined) value = decode(module.stated);
    else if (module.declared.length > 0) {
      const asked: CodeExercise = {
        ...exercise,
        answers: ["prediction()"],
        cases: [],
        mistakes: [],
        hints: ["", "", ""],
      };
      const one: Case = { args: [], expected: undefined };
      const run = await this.run(
        asked,
        [one],
        { code: module.code, library: false, refused: [], plain: false },
        options,
      );
      const outcome = run.outcomes[0];
      value = outcome?.kind === "value" ? outcome.value : undefined;
    }
    if (isOpen(value)) return nothing(answer);
    const flaw = flawOf(exercise.predict, value);
    const received = writePrediction(value);
    if (flaw) return { ...nothing(answer), status: "wrong", says: [`${flaw} ${wanted(exercise.predict)}`] };
    return { ...nothing(answer), status: "passed", points: answer.exercise.points, says: [`Predicted: ${received}.`] };
  }

  private run(
    exercise: CodeExercise,
    cases: readonly Case[],
    compiled: Compiled,
    { seed, exerciseSeconds, processes }: RunningAnswer,
  ): Promise<RunExercise> {
    const { caseSeconds } = this.options;
    return runExercise(processes, exercise, cases, compiled, { seed, caseSeconds, exerciseSeconds });
  }
}

/** What all answers of a submission have in common while they run. */
interface RunningAnswer {
  seed: number;
  exerciseSeconds: number;
  notebook: CourseNotebook;
  processes: SharedProcess;
}

const unknownNotebook: Finding = {
  id: "unknown-notebook",
  level: "error",
  says: "None of the cells belongs to an exercise of this course, and the file's name tells no notebook either.",
};

/** The course's own cells with the learner's answers in their places, and what is to be compiled of them. */
function toCompile(
  answers: readonly FoundAnswer[],
  notebook: CourseNotebook,
): { cells: { source: string; exercise?: string }[]; targets: CompileTarget[] } {
  const byCell = new Map(answers.map((answer) => [answer.exercise.cellId, answer]));
  const isChecked = /\bfrom "@course\/grading"/;
  const cells = notebook.cells.map(({ id, isCode, source }) => {
    const answer = byCell.get(id);
    if (answer) return { source: answer.source, exercise: answer.exercise.id };
    return { source: isCode && !isChecked.test(source) ? source : "" };
  });
  const targets = answers.flatMap(({ exercise, attempted }): CompileTarget[] => {
    if (!attempted || exercise.kind === "written") return [];
    const cell = notebook.cells.findIndex(({ id }) => id === exercise.cellId);
    const prediction = exercise.kind === "prediction" ? { prediction: true } : {};
    return [{ exercise: exercise.id, cell, names: exercise.names, ...prediction }];
  });
  return { cells, targets };
}

/** The result of an exercise without points; an answer in words waits for its mark. */
function nothing({ exercise, source, attempted, findings }: FoundAnswer): ExerciseResult {
  const { id, title, kind, points: maxPoints } = exercise;
  const status = attempted && kind === "written" ? "to be marked" : "not attempted";
  return { id, title, kind, status, points: 0, maxPoints, cases: [], mistakes: [], says: [], findings, source };
}

/** What a person should know about how an answer ran. */
function runFindings(
  module: Module,
  { exercise }: FoundAnswer,
  { outcomes, lateErrors, ends }: RunExercise,
): Finding[] {
  const findings: Finding[] = [];
  for (const complaint of module.complaints.slice(0, 5)) findings.push(explained("syntax-error", complaint));
  const undeclared = exercise.names.filter((name) => !module.declared.includes(name));
  if (undeclared.length > 0) {
    const says = `The cell does not declare ${undeclared.map((name) => `\`${name}\``).join(", ")}.`;
    findings.push({ id: "not-declared", level: "warning", says });
  }
  if (outcomes.some((outcome) => outcome.kind === "threw" && outcome.name === "CourseAnswer")) {
    const says =
      "The answer calls the course's own answer, which is not there when it is graded. What counts is one's own.";
    findings.push({ id: "lib-answer", level: "warning", says });
  }
  if (lateErrors.length > 0) {
    const says = `An error happened outside of the call, in a timer or in a promise that nobody awaited: ${visible(lateErrors[0]!).replace(/\s+/g, " ")}.`;
    findings.push({ id: "late-error", level: "note", says });
  }
  for (const why of new Set(ends.map((end) => end.why)))
    findings.push(endFinding(ends.find((end) => end.why === why)!));
  return findings;
}

function endFinding(end: Ended): Finding {
  const ids: Record<Ended["why"], string> = {
    time: "timed-out",
    memory: "memory",
    processes: "processes",
    output: "output",
    exit: "process-ended",
  };
  return { id: ids[end.why], level: "warning", says: `The answer was stopped: ${endSays(end)}.` };
}

function addTypeErrors(
  results: readonly ExerciseResult[],
  targets: readonly CompileTarget[],
  found: { exercise: string; complaints: Complaint[] }[] | undefined,
): void {
  for (const result of results) {
    if (!targets.some(({ exercise, prediction }) => exercise === result.id && !prediction)) continue;
    if (!found) {
      const says = "The types were not checked: TypeScript did not come to an end with this notebook.";
      result.findings.push({ id: "types-unchecked", level: "note", says });
      continue;
    }
    const complaints = found.find(({ exercise }) => exercise === result.id)?.complaints ?? [];
    for (const complaint of complaints) result.findings.push(explained("type-error", complaint));
  }
}

/** What the compiler says, with the line it says it of. */
function explained(id: "syntax-error" | "type-error", { code, line, text, says }: Complaint): Finding {
  const place = text ? `Line ${line}, \`${visible(text).replaceAll("\t", " ")}\`: ` : `Line ${line}: `;
  const number = code ? ` (TS${code})` : "";
  const note =
    id === "type-error"
      ? " The notebook does not run a cell with such an error; here its cases were run all the same."
      : " The notebook does not run such a cell.";
  return { id, level: "warning", line, says: `${place}${visible(says).replace(/\.$/, "")}${number}.${note}` };
}
