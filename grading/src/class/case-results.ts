/**
 * @file Turns judged outcomes into what is stored and shown: a result for each case, points for the exercise. Public and
 * held-back cases are judged apart, because what is said about a held-back case may quote what only it contains.
 */

import { formatPair, formatValue, shorten, visible } from "../format";
import { type CaseReport, judge, type Report } from "../judge";
import type { Outcome } from "../run";
import type { Case, CodeExercise } from "../table";
import type { CaseResult, ExerciseResult } from "./types";

const LONGEST_CALL = 400;

/** What the cases of an exercise earned; `findings` and `source` are added by the caller. */
export type Earned = Pick<ExerciseResult, "status" | "points" | "cases" | "mistakes" | "says" | "told">;

/** Judges the outcomes of the public cases and of those held back, which follow them. */
export function earned(
  exercise: CodeExercise,
  open: readonly Case[],
  heldBack: readonly Case[],
  outcomes: readonly Outcome[],
): Earned {
  const shown = judge(exercise, open, outcomes.slice(0, open.length));
  const hidden = heldBack.length > 0 ? judge(exercise, heldBack, outcomes.slice(open.length)) : undefined;
  const all = judge(exercise, [...open, ...heldBack], outcomes);
  const cases = [
    ...shown.cases.map((report, i) => caseResult(shown, report, `public-${i + 1}`, false)),
    ...(hidden?.cases.map((report, i) => caseResult(hidden, report, `held-back-${i + 1}`, true)) ?? []),
  ];
  // (What is shown wins where both have a mistake.)
  const told = Object.fromEntries([...(hidden?.mistakes ?? []), ...shown.mistakes].map(({ id, says }) => [id, says]));
  const mistakes = [...shown.mistakes, ...(hidden?.mistakes ?? [])].map(({ id }) => id);
  const says = shown.mistakes.map((mistake) => mistake.says);
  if (shown.status === "passed" && hidden && hidden.passed < hidden.total) {
    const missed = hidden.total - hidden.passed;
    says.push(
      `All public cases pass, but ${missed} of the ${hidden.total} further cases ${missed === 1 ? "does" : "do"} not.`,
    );
  }
  return {
    status: all.status,
    points: pointsOf(exercise, all, hidden),
    cases,
    mistakes: [...new Set(mistakes)],
    says,
    told,
  };
}

/**
 * The share of the cases that pass, but not more than the share of those held back: whoever knows the public results by
 * heart has solved nothing.
 */
function pointsOf({ points }: CodeExercise, all: Report, hidden: Report | undefined): number {
  const share = Math.min(all.passed / all.total, hidden ? hidden.passed / hidden.total : 1);
  return Math.round(points * share * 100) / 100;
}

/** What is said about one case. */
function caseResult(report: Report, one: CaseReport, name: string, hidden: boolean): CaseResult {
  const { signature, passed, outcome, mistake } = one;
  const [expected, received] = expectedAndReceived(one);
  const args = one.one.args.map((arg) => formatValue(arg)).join(", ");
  const call = signature.parameters ? `${signature.name}(${args})` : signature.name;
  const message = passed
    ? ""
    : (mistake?.says ?? report.mistakes[0]?.says ?? (outcome.kind === "value" ? "The result is another one." : ""));
  return {
    name,
    note: one.one.note ?? "",
    hidden,
    passed,
    call: shorten(call, LONGEST_CALL),
    message: visible(message),
    expected,
    received,
  };
}

function expectedAndReceived({ outcome, expected }: CaseReport): [string, string] {
  const wanted = "rule" in expected ? expected.rule : formatValue(expected.value);
  switch (outcome.kind) {
    case "value":
      if (outcome.strange) return [wanted, visible(outcome.strange.what)];
      return "rule" in expected ? [wanted, formatValue(outcome.value)] : formatPair(expected.value, outcome.value);
    case "threw":
      return [wanted, visible(shorten(`an error: ${outcome.message}`, 300))];
    case "too slow":
      return [wanted, `no result within ${outcome.limitMs / 1000} s`];
    case "not done":
      return [wanted, "nothing: not done yet"];
    case "stopped":
      return [wanted, "nothing: not run"];
  }
}
