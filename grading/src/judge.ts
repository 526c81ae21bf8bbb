/**
 * @file Judges outcomes: which cases are accepted, what went wrong in the others, how many points that makes. Used by
 * `check` in every notebook over the public cases, and by a grader over the held-back ones.
 */

import type { Comparator, Difference } from "./compare";
import { commonPattern, comparatorOf, type Diagnosis, type Failure, foreseenMistake, generalMistake } from "./diagnose";
import type { Plain } from "./plain";
import type { Outcome } from "./run";
import { type Case, type CodeExercise, type Signature, signatureOf } from "./table";

/** How an exercise stands. `error`: there was nothing to judge, because each case threw or none could be called. */
export type Status = "passed" | "wrong" | "not attempted" | "error";

/** What is said about one case. */
export interface CaseReport {
  signature: Signature;
  one: Case;
  passed: boolean;
  outcome: Outcome;
  /** What was expected; a sentence if the case has a condition instead of a value. */
  expected: { value: Plain } | { rule: string };
  difference?: Difference;
  /** What is likely to be wrong in this case, if that is not said for the whole exercise. */
  mistake?: Diagnosis;
}

/** What is said about an exercise. */
export interface Report {
  id: string;
  title: string;
  status: Status;
  passed: number;
  total: number;
  points: number;
  maxPoints: number;
  cases: CaseReport[];
  /** The likely mistakes, one for each answer that has one. */
  mistakes: Diagnosis[];
}

/** Compares each outcome with its case and looks for the mistakes behind those that differ. */
export function judge(exercise: CodeExercise, cases: readonly Case[], outcomes: readonly Outcome[]): Report {
  const reports = cases.map((one, i) => judgeCase(exercise, one, outcomes[i]!));
  const mistakes: Diagnosis[] = [];
  for (const name of new Set(reports.map((report) => report.signature.name))) {
    const failed = reports.filter((report) => report.signature.name === name && !report.passed);
    if (failed.length === 0) continue;
    const mistake = explain(exercise, cases, outcomes, failed);
    if (mistake) mistakes.push(mistake);
  }
  const passed = reports.filter((report) => report.passed).length;
  return {
    id: exercise.id,
    title: exercise.title,
    status: statusOf(reports),
    passed,
    total: cases.length,
    points: Math.round(((exercise.points * passed) / cases.length) * 100) / 100,
    maxPoints: exercise.points,
    cases: reports,
    mistakes,
  };
}

function judgeCase(exercise: CodeExercise, one: Case, outcome: Outcome): CaseReport {
  const signature = signatureOf(exercise, one.of);
  const comparator = comparatorOf(exercise, one);
  const difference = outcome.kind === "value" ? differenceOf(comparator, one, outcome.value) : undefined;
  const passed = outcome.kind === "value" && !difference && !outcome.strange && outcome.changed === undefined;
  const expected = difference?.kind === "condition" ? { rule: comparator.rule } : { value: one.expected };
  return { signature, one, passed, outcome, expected, ...(difference ? { difference } : {}) };
}

function differenceOf(comparator: Comparator, one: Case, received: Plain): Difference | undefined {
  const difference = comparator.difference(received, one.expected, one.args);
  const alsoRight = one.alsoRight?.some((other) => !comparator.difference(received, other, one.args));
  return alsoRight ? undefined : difference;
}

/** Finds what is wrong with one answer; puts into the reports what concerns single cases only. */
function explain(
  exercise: CodeExercise,
  cases: readonly Case[],
  outcomes: readonly Outcome[],
  failed: CaseReport[],
): Diagnosis | undefined {
  const failures: Failure[] = failed.map(({ one, outcome, difference }) => ({
    one,
    outcome,
    ...(difference ? { difference } : {}),
  }));
  const foreseen = foreseenMistake(exercise, cases, outcomes, failures);
  const general = failures.map((failure) => generalMistake(exercise, failure));
  const overall = foreseen ?? general[0] ?? commonPattern(failures, cases) ?? general.find((mistake) => mistake);
  // The same sentence under each case would be noise: a case gets its own only where that says something else.
  for (const [i, report] of failed.entries()) {
    const own = general[i];
    const explained = foreseen !== undefined && report.difference !== undefined;
    if (own && own.says !== overall?.says && !explained) report.mistake = own;
  }
  return overall;
}

function statusOf(reports: readonly CaseReport[]): Status {
  const kinds = reports.map((report) => report.outcome.kind);
  if (kinds.every((kind) => kind === "not done")) return "not attempted";
  if (reports.every((report) => report.passed)) return "passed";
  return kinds.includes("value") ? "wrong" : "error";
}
