/**
 * @file Runs a learner's answers over cases, in this process. Used by `check` in every notebook. What comes out is plain
 * data, so a grader can put a sandbox in the place of this file and judge its outcomes in the same way.
 * Simplified: a loop without end cannot be stopped from inside its own process; in a notebook one interrupts the kernel.
 */

import { firstDifference } from "./compare";
import { resultsOf } from "./opened";
import { clonePlain, isThenable, type Plain, type Strange, toPlain } from "./plain";
import { type Call, type Case, type CodeExercise, type Signature, signatureOf } from "./table";

/** What a learner hands to `check`: names and functions, e.g. `{ crossEntropy }`. */
export type Answers = Readonly<Record<string, unknown>>;

/** What one case led to. */
export type Outcome =
  | { kind: "value"; value: Plain; strange?: Strange; changed?: string }
  | { kind: "threw"; name: string; message: string }
  | { kind: "too slow"; limitMs: number }
  | { kind: "not done" }
  | { kind: "stopped" };

/** A value now, or later. */
export type MaybeLater<T> = T | Promise<T>;

const DEFAULT_TIME_LIMIT_MS = 10_000;

/** Calls the answers with every case. The outcomes come at once, unless the exercise is asynchronous. */
export function runCases(exercise: CodeExercise, cases: readonly Case[], answers: Answers): MaybeLater<Outcome[]> {
  if (!exercise.async) return cases.map((one) => runCase(exercise, one, answers) as Outcome);
  return (async () => {
    const outcomes: Outcome[] = [];
    for (const one of cases) {
      const stopped = outcomes.at(-1)?.kind === "stopped";
      outcomes.push(stopped ? { kind: "stopped" } : await runCase(exercise, one, answers));
    }
    return outcomes;
  })();
}

/** Does with a value what can be done now, or does it when the value is there. */
export function whenReady<T, R>(value: MaybeLater<T>, then: (value: T) => R): MaybeLater<R> {
  return value instanceof Promise ? value.then(then) : then(value);
}

function runCase(exercise: CodeExercise, one: Case, answers: Answers): MaybeLater<Outcome> {
  const signature = signatureOf(exercise, one.of);
  if (answers[signature.name] === undefined) return { kind: "not done" };
  const args = clonePlain(one.args);
  const look = (value: unknown): Outcome => {
    const copied = toPlain(value);
    const changed = exercise.changesInput ? undefined : changedInput(signature, one.args, args);
    return { kind: "value", ...copied, ...(changed === undefined ? {} : { changed }) };
  };
  try {
    const result = callAnswer(exercise, signature, answers, args);
    if (!exercise.async || !isThenable(result)) {
      if (isThenable(result)) result.then(undefined, () => {}); // it is refused anyway; its failure must not end the kernel
      return look(result);
    }
    const settled = Promise.resolve(result).then(look, (error: unknown) => failure(exercise.id, error));
    return within(settled, exercise.timeLimitMs ?? DEFAULT_TIME_LIMIT_MS);
  } catch (error) {
    return failure(exercise.id, error);
  }
}

function callAnswer(exercise: CodeExercise, signature: Signature, answers: Answers, args: readonly Plain[]): unknown {
  if (exercise.call) return (exercise.call as unknown as UntypedCall)(answers, args);
  const answer = answers[signature.name];
  if (exercise.opens) return resultsOf(answer, exercise.opens(...(args as never[])));
  return signature.parameters && typeof answer === "function" ? answer(...args) : answer;
}

type UntypedCall = (...parameters: [Answers, readonly Plain[]]) => ReturnType<Call>;

async function within(outcome: Promise<Outcome>, limitMs: number): Promise<Outcome> {
  const signal = (globalThis as { interruptSignal?: AbortSignal }).interruptSignal;
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  const otherwise = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "too slow", limitMs }), limitMs);
    stop = () => resolve({ kind: "stopped" });
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([outcome, otherwise]);
  } finally {
    clearTimeout(timer);
    if (stop) signal?.removeEventListener("abort", stop);
  }
}

/** The parameter that no longer holds what was handed over. */
function changedInput(signature: Signature, before: readonly Plain[], after: readonly Plain[]): string | undefined {
  const i = before.findIndex((arg, at) => firstDifference(after[at], arg, {}) !== undefined);
  return i < 0 ? undefined : (signature.parameters?.[i] ?? `argument ${i + 1}`);
}

/** The stub of this very exercise is not done; that of another one, which the answer calls, is an error like others. */
function failure(id: string, thrown: unknown): Outcome {
  try {
    const error = thrown as { name?: unknown; message?: unknown } | null | undefined;
    const message = typeof error?.message === "string" ? error.message : String(thrown);
    if (message.startsWith(`Exercise ${id} is not done yet`)) return { kind: "not done" };
    return { kind: "threw", name: typeof error?.name === "string" ? error.name : "", message };
  } catch {
    return { kind: "threw", name: "", message: "something that cannot be written as text" };
  }
}
