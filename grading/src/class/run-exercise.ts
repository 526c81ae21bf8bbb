/**
 * @file Runs the cases of one exercise in a sandbox and returns outcomes, which `judge` compares with what is expected.
 * Arguments go in one case at a time. After a case that ended its process the next one gets a new process; an exercise that
 * uses up its time is stopped, and no other exercise notices.
 */

import { clonePlain } from "../plain";
import type { Outcome } from "../run";
import { type Case, type CodeExercise, signatureOf } from "../table";
import type { Confined, Ended } from "./confined";
import { type Answer, readAnswer, readUse } from "./messages";
import type { RunnerPool } from "./pool";
import { Remote } from "./remote";
import { decode, encode } from "./wire";

/** A learner's answer, compiled. */
export interface Compiled {
  code: string;
  /** True if it imports the course's library. */
  library: boolean;
  /** True if it only computes. Such answers of one learner share a process. */
  plain: boolean;
  /** Modules of the library that hold the answer, and are not there. */
  refused: readonly string[];
}

/** How long it may take. */
export interface TimeLimits {
  caseSeconds: number;
  exerciseSeconds: number;
}

/** What came out, in the order of the cases. */
export interface RunExercise {
  outcomes: Outcome[];
  /** Errors that happened outside of any call: in a timer, in a promise that nobody awaited. */
  lateErrors: string[];
  /** Why processes ended before they were told to. */
  ends: Ended[];
}

/** An exercise is given up after this many cases that ran out of time, and after this many that ended the process. */
const MOST_TIMEOUTS = 2;
const MOST_ENDS = 8;
/** Code that loops in one case mostly loops in the next: after a case that ran out of time the others have this share of it. */
const SHARE_AFTER_TIMEOUT = 0.2;
/** Loading TensorFlow takes a second or two, more on a busy machine. */
const LIBRARY_SECONDS = 15;

/** The process that the plain answers of one submission share. */
export class SharedProcess {
  private process: Confined | undefined;

  constructor(private readonly pool: RunnerPool) {}

  /** The process for an answer: the shared one, or one of its own. */
  async take({ plain, library, refused }: Compiled): Promise<Confined> {
    if (!plain || library) return this.pool.take(library, refused);
    if (!this.process?.alive) this.process = await this.pool.take(false, []);
    return this.process;
  }

  /** Ends a process that belonged to one answer. */
  leave(process: Confined): void {
    if (process !== this.process) process.kill();
  }

  close(): void {
    this.process?.kill();
  }
}

/** Runs the cases one after the other. */
export async function runExercise(
  processes: SharedProcess,
  exercise: CodeExercise,
  cases: readonly Case[],
  compiled: Compiled,
  options: TimeLimits & { seed: number },
): Promise<RunExercise> {
  const run: RunExercise = { outcomes: [], lateErrors: [], ends: [] };
  const mostSeconds = exercise.timeLimitMs ? exercise.timeLimitMs / 1000 : options.caseSeconds;
  const deadline = performance.now() + 1000 * (options.exerciseSeconds + (compiled.library ? LIBRARY_SECONDS : 0));
  let session: Session | undefined;
  try {
    for (let i = 0; i < cases.length; i++) {
      const one = cases[i]!;
      const left = (deadline - performance.now()) / 1000;
      const timeouts = run.ends.filter(({ why }) => why === "time").length;
      if (left <= 0 || timeouts >= MOST_TIMEOUTS || run.ends.length >= MOST_ENDS) {
        run.outcomes.push({ kind: "stopped" });
        continue;
      }
      const caseSeconds = timeouts > 0 ? SHARE_AFTER_TIMEOUT * mostSeconds : mostSeconds;
      if (!session) {
        session = await Session.open(processes, exercise, compiled, {
          ...options,
          caseSeconds: Math.min(mostSeconds, left),
        });
        run.lateErrors.push(...session.lateErrors);
      }
      const seed = (options.seed + i * 7919) >>> 0;
      const answer = session.failed ?? (await session.call(exercise, one, seed, Math.min(caseSeconds, left)));
      if (session.isInDoubt && answer.kind === "ended" && answer.why !== "time") {
        session = undefined;
        i--; // once more, in a new process
        continue;
      }
      if (answer.kind !== "ended") run.lateErrors.push(...(answer.late ?? []));
      run.outcomes.push(outcomeOf(exercise, one, answer, caseSeconds));
      if (answer.kind !== "ended") continue;
      run.ends.push(answer);
      session.close();
      session = undefined;
    }
  } finally {
    session?.close();
  }
  return run;
}

/** A process with the learner's code in it. */
class Session {
  /** True if the process has served another answer of the same learner before. */
  private readonly reused: boolean;
  /** Errors that happened while the code was loaded, outside of it. */
  lateErrors: string[] = [];
  /** What loading the code led to, if not to answers: the same then holds for every case. */
  failed: Answer | Ended | undefined;

  private constructor(
    private readonly process: Confined,
    private readonly processes: SharedProcess,
  ) {
    this.reused = process.hasAnswered;
  }

  /** True if it cannot be told whether this answer ended the process, or what another one had left in it. */
  get isInDoubt(): boolean {
    return this.reused && !this.process.alive;
  }

  static async open(
    processes: SharedProcess,
    exercise: CodeExercise,
    compiled: Compiled,
    { seed, caseSeconds }: { seed: number; caseSeconds: number },
  ): Promise<Session> {
    const session = new Session(await processes.take(compiled), processes);
    const { code, library } = compiled;
    const call = exercise.call ? { call: String(exercise.call) } : {};
    const file = `${session.process.root}/notebooks/graded.js`;
    const loaded = await session.ask(
      { kind: "load", code, file, seed, ...call },
      caseSeconds + (library ? LIBRARY_SECONDS : 0),
    );
    if (loaded.kind !== "ended") session.lateErrors = loaded.late ?? [];
    if (loaded.kind !== "loaded") session.failed = loaded;
    return session;
  }

  call(exercise: CodeExercise, one: Case, seed: number, seconds: number): Promise<Answer | Ended> {
    const { name, parameters } = signatureOf(exercise, one.of);
    const isAsync = exercise.async === true;
    const call = { kind: "call", name, isValue: !parameters, isAsync, seed };
    if (!exercise.opens) return this.ask({ ...call, args: encode(one.args) }, seconds);
    // What the objects are made from stays outside with them.
    const remote = new Remote(exercise.opens(...(clonePlain(one.args) as never[])), exercise.withoutReply);
    return this.ask({ ...call, args: encode([]), opened: remote.shapes() }, seconds, remote);
  }

  private ask(request: object, seconds: number, remote?: Remote): Promise<Answer | Ended> {
    const id = this.process.nextId();
    const read = (line: string): Answer | undefined => {
      const use = remote && readUse(line, id);
      if (!use) return readAnswer(line, id);
      this.process.reply(line, remote.use(use));
      return undefined;
    };
    return this.process.ask({ ...request, id }, read, seconds);
  }

  close(): void {
    this.processes.leave(this.process);
  }
}

function outcomeOf(exercise: CodeExercise, one: Case, answer: Answer | Ended, caseSeconds: number): Outcome {
  switch (answer.kind) {
    case "value":
      return valueOutcome(exercise, one, answer);
    case "threw": {
      const { name, message } = answer;
      return message.startsWith(`Exercise ${exercise.id} is not done yet`)
        ? { kind: "not done" }
        : { kind: "threw", name, message };
    }
    case "ended":
      if (answer.why === "time") return { kind: "too slow", limitMs: caseSeconds * 1000 };
      return { kind: "threw", name: "", message: endSays(answer) };
    default:
      return { kind: "not done" };
  }
}

function valueOutcome(
  exercise: CodeExercise,
  one: Case,
  { value, strange, changed }: Extract<Answer, { kind: "value" }>,
): Outcome {
  const { parameters } = signatureOf(exercise, one.of);
  const parameter = changed === undefined ? undefined : (parameters?.[changed] ?? `argument ${changed + 1}`);
  const was = exercise.changesInput || parameter === undefined ? {} : { changed: parameter };
  try {
    return { kind: "value", value: decode(value), ...(strange ? { strange } : {}), ...was };
  } catch (error) {
    const what =
      error instanceof Error && /nested|no value/.test(error.message) ? error.message : "a value that cannot be read";
    return { kind: "value", value: undefined, strange: { path: "", what } };
  }
}

/** Why a process ended, in words. */
export function endSays({ why, how }: Ended): string {
  switch (why) {
    case "time":
      return "it took too long";
    case "memory":
      return "it used more memory than an answer may";
    case "processes":
      return "it started more processes than an answer may";
    case "output":
      return "it printed or returned more than an answer may";
    case "exit":
      return `the program ended before the result was there (${how})`;
  }
}
