/**
 * @file Tests the tables: every right answer has to pass all cases, every wrong one has to be rejected with the mistake it
 * is meant to show. Besides the answers in the tables: the solution in the notebook, each foreseen mistake as an answer,
 * and mistakes that can be made in any exercise. `npm run mutants` prints the result.
 */

import ts from "typescript";
import { judge, type Report } from "../src/judge";
import type { Plain } from "../src/plain";
import { type Answers, runCases } from "../src/run";
import { solutionText } from "../src/solution-text";
import { type CodeExercise, type HeldBack, isPrediction, parseSignature } from "../src/table";
import { heldBackOf, tableNumbers, tableOf } from "../src/tables";

/** One answer, what should become of it, and what does. */
export interface Mutant {
  id: string;
  kind: "right" | "stub" | "wrong";
  how: string;
  /** The mistake that should be named. */
  told?: string;
  /** What was said instead of what should have been; missing if all is well. */
  flaw?: string;
  /** What the learner reads. */
  says: string;
}

/** Judges every answer of every table. */
export async function allMutants(): Promise<Mutant[]> {
  const mutants: Mutant[] = [];
  for (const number of tableNumbers()) {
    for (const exercise of tableOf(number)!.exercises) {
      if (!isPrediction(exercise)) mutants.push(...(await mutantsOf(exercise, heldBackOf(number)[exercise.id]!)));
    }
  }
  return mutants;
}

/** Judges every answer of one exercise. */
export async function mutantsOf(exercise: CodeExercise, heldBack: HeldBack): Promise<Mutant[]> {
  const { id } = exercise;
  const mutants: Mutant[] = [];
  const text = solutionText(id);
  const right = [
    ...heldBack.right,
    ...(text ? [{ how: "the notebook's solution", answers: compile(exercise, text) }] : []),
  ];
  for (const { how, answers } of right) {
    const report = await judged(exercise, [...exercise.cases, ...heldBack.cases], answers);
    mutants.push({
      id,
      kind: "right",
      how,
      says: "",
      ...(report.status === "passed" ? {} : { flaw: describe(report) }),
    });
  }

  const stub = await judged(exercise, exercise.cases, stubOf(exercise));
  const flaw = stub.status === "not attempted" ? {} : { flaw: describe(stub) };
  mutants.push({ id, kind: "stub", how: "the stub", says: "", ...flaw });

  for (const { how, answers, told } of [
    ...heldBack.wrong,
    ...foreseen(exercise, right[0]!.answers),
    ...general(exercise, right[0]!.answers),
  ]) {
    const report = await judged(exercise, exercise.cases, answers);
    const named = report.mistakes.find((mistake) => mistake.id === told);
    const rejected =
      report.status !== "passed" && (await judged(exercise, heldBack.cases, answers)).status !== "passed";
    mutants.push({
      id,
      kind: "wrong",
      how,
      told,
      says: named?.says ?? "",
      ...(rejected && named ? {} : { flaw: describe(report) }),
    });
  }
  const learned = await judged(exercise, [...exercise.cases, ...heldBack.cases], lookedUp(exercise));
  const undetected = learned.status === "passed" ? { flaw: "passes the held-back cases" } : {};
  mutants.push({ id, kind: "wrong", how: "the public results by heart", says: "", ...undetected });
  return mutants;
}

async function judged(exercise: CodeExercise, cases: CodeExercise["cases"], answers: Answers): Promise<Report> {
  return judge(exercise, cases, await runCases(exercise, cases, answers));
}

function describe({ status, passed, total, mistakes, cases }: Report): string {
  const named = mistakes.map((mistake) => mistake.id).join(", ") || "no mistake named";
  const failed = cases
    .filter((one) => !one.passed)
    .map(({ one, outcome }) => `${one.note}: ${JSON.stringify(outcome)}`);
  return `${status}, ${passed} of ${total}, ${named}; ${failed.join("; ")}`.slice(0, 400);
}

/** The exercise as the learner finds it. */
export function stubOf(exercise: CodeExercise): Answers {
  const stub = (): never => {
    throw new Error(`Exercise ${exercise.id} is not done yet.`);
  };
  return Object.fromEntries(names(exercise).map((name) => [name, stub]));
}

/** Each foreseen mistake that is written as code, in the place of the answer it concerns. */
function foreseen(exercise: CodeExercise, right: Answers): HeldBack["wrong"] {
  return exercise.mistakes
    .filter((mistake) => mistake.like)
    .map(({ id, of, like }) => ({
      how: "as foreseen",
      told: id,
      answers: { ...right, [of ?? names(exercise)[0]!]: like },
    }));
}

/** An answer that knows the public cases and nothing else. */
function lookedUp(exercise: CodeExercise): Answers {
  const lookUp =
    (name: string) =>
    (...args: unknown[]): unknown => {
      const key = JSON.stringify(args);
      return exercise.cases.find((one) => (one.of ?? name) === name && JSON.stringify(one.args) === key)?.expected;
    };
  return Object.fromEntries(names(exercise).map((name) => [name, lookUp(name)]));
}

type Callable = (...args: unknown[]) => unknown;

/** What can go wrong in any exercise, made from a right answer. */
function general(exercise: CodeExercise, right: Answers): HeldBack["wrong"] {
  const changed = (change: (answer: Callable) => Callable): Answers =>
    Object.fromEntries(Object.entries(right).map(([name, answer]) => [name, change(answer as Callable)]));
  const wrong: HeldBack["wrong"][number][] = [
    { how: "nothing returned", told: "no-return", answers: changed(() => () => undefined) },
    {
      how: "an error",
      told: "threw",
      answers: changed(() => () => {
        throw new TypeError("Cannot read properties of undefined (reading '0')");
      }),
    },
    { how: "a function returned", told: "strange", answers: changed((answer) => () => answer) },
  ];
  if (!exercise.async) {
    wrong.push({
      how: "a promise returned",
      told: "promise",
      answers: changed(
        (f) =>
          async (...args) =>
            f(...args),
      ),
    });
  }
  if (
    !exercise.changesInput &&
    exercise.cases.some((one) => one.args.some((arg) => Array.isArray(arg) && arg.length > 1))
  ) {
    const spoil =
      (f: Callable): Callable =>
      (...args) => {
        const result = f(...args);
        for (const arg of args) if (Array.isArray(arg)) arg.push(arg.shift());
        return result;
      };
    wrong.push({ how: "right, but the input is changed", told: "changes-input", answers: changed(spoil) });
  }
  return wrong;
}

function names(exercise: CodeExercise): string[] {
  return exercise.answers.map((text) => parseSignature(text).name);
}

/** Compiles a cell of a notebook and takes the answers out of it. */
function compile(exercise: CodeExercise, cell: string): Answers {
  const { outputText } = ts.transpileModule(cell, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  });
  const take = `${outputText}\nreturn { ${names(exercise).join(", ")} };`;
  return new Function("require", "exports", take)(require, {}) as Record<string, Plain>;
}

/** The table that `npm run mutants` prints. */
export function mutantsText(mutants: readonly Mutant[]): string {
  const lines: string[] = [];
  for (const id of new Set(mutants.map((mutant) => mutant.id))) {
    const of = (kind: Mutant["kind"]): Mutant[] => mutants.filter((mutant) => mutant.id === id && mutant.kind === kind);
    const share = (kind: Mutant["kind"]): string =>
      `${of(kind).filter((mutant) => !mutant.flaw).length} of ${of(kind).length}`;
    lines.push(
      `${id}  right answers accepted: ${share("right")}; wrong answers rejected with their message: ${share("wrong")}; stub not attempted: ${share("stub")}`,
    );
    for (const { kind, how, told, flaw, says } of [...of("right"), ...of("wrong")]) {
      lines.push(`  ${flaw ? "FAILS" : "ok   "} ${kind.padEnd(5)} ${(told ?? "").padEnd(20)} ${how}`);
      if (says) lines.push(`                   ${says}`);
      if (flaw) lines.push(`                   got: ${flaw}`);
    }
  }
  const flaws = mutants.filter((mutant) => mutant.flaw).length;
  lines.push(
    "",
    flaws
      ? `${flaws} of ${mutants.length} answers judged wrongly`
      : `all ${mutants.length} answers judged as they should be`,
  );
  return lines.join("\n");
}
