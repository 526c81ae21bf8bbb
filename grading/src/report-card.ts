/**
 * @file The card of `check`: how the exercise stands, what is likely to be wrong, and each wrong case with its input, what
 * was expected and what came. Used by every notebook. Held-back cases are counted, never shown.
 */

import type { Card, Part, Tone } from "./card";
import { formatPair, formatValue, shorten } from "./format";
import type { CaseReport, Report, Status } from "./judge";
import type { CodeExercise } from "./table";

/** What the card says besides the report. */
export interface CardContext {
  /** How many checks there were, this one included. */
  attempts: number;
  /** How many cases only a grader runs. */
  heldBack: number;
  /** Sentences about kept progress. */
  notes: readonly string[];
}

const STATES: Record<Status, { state: string; tone: Tone }> = {
  passed: { state: "passed", tone: "good" },
  wrong: { state: "wrong", tone: "bad" },
  error: { state: "stopped with an error", tone: "bad" },
  "not attempted": { state: "not attempted yet", tone: "open" },
};

const NO_VALUE: Record<Exclude<CaseReport["outcome"]["kind"], "value">, string> = {
  threw: "an error instead of a result",
  "too slow": "no result in time",
  "not done": "not done yet",
  stopped: "not run",
};

/** Wrong cases beyond this many are only counted. */
const SHOWN_CASES = 3;
/** A call longer than this is written one argument a line. */
const CALL_WIDTH = 90;

/** The card for a report. */
export function reportCard(exercise: CodeExercise, report: Report, { attempts, heldBack, notes }: CardContext): Card {
  const { id, status } = report;
  const parts: Part[] = [];
  if (status === "not attempted") {
    parts.push({
      kind: "sentence",
      text: `Put your code in the place of the line that throws, run that cell, then this one. Allow about ${exercise.minutes} minutes. \`hint("${id}")\` gives a nudge.`,
    });
  } else {
    for (const mistake of report.mistakes) parts.push({ kind: "strong", text: mistake.says });
    parts.push({ kind: "sentence", text: score(report) });
    const wrong = report.cases.filter((one) => !one.passed && one.outcome.kind !== "not done");
    for (const one of wrong.slice(0, SHOWN_CASES)) {
      parts.push(caseRows(one, report.cases.indexOf(one) + 1));
      if (one.mistake) parts.push({ kind: "sentence", text: one.mistake.says });
    }
    if (wrong.length > SHOWN_CASES) {
      parts.push({ kind: "sentence", text: `Not shown: ${several(wrong.length - SHOWN_CASES, "more wrong case")}.` });
    }
    if (status !== "passed") parts.push({ kind: "small", text: whereToGo(id, attempts) });
  }
  if (heldBack > 0 && (status === "passed" || status === "wrong")) {
    parts.push({
      kind: "small",
      text: `When the notebook is graded, ${several(heldBack, "further case")} will be run that ${heldBack === 1 ? "is" : "are"} not shown here.`,
    });
  }
  for (const note of notes) parts.push({ kind: "small", text: note });
  return { heading: headingOf(exercise), ...STATES[status], parts };
}

/** The card that stands there while asynchronous answers are awaited. */
export function waitingCard(exercise: CodeExercise): Card {
  return { heading: headingOf(exercise), state: "checking ...", tone: "plain", parts: [] };
}

/** The first line of an exercise's cards. */
export function headingOf(exercise: { id: string; title: string }): string {
  return `Exercise ${exercise.id} · ${exercise.title}`;
}

function score({ passed, total, points, maxPoints, status }: Report): string {
  const cases = status === "passed" ? `All ${total} cases passed` : `${passed} of ${several(total, "case")} passed`;
  return `${cases}: ${points} of ${several(maxPoints, "point")}.`;
}

function caseRows({ one, signature, outcome, expected, difference }: CaseReport, number: number): Part {
  const rows: [string, string][] = callRows(signature.name, signature.parameters, one.args);
  if (outcome.kind !== "value") {
    if ("value" in expected) rows.push(["expected", formatValue(expected.value)]);
    rows.push(["received", NO_VALUE[outcome.kind]]);
  } else if ("rule" in expected) {
    rows.push(["expected", expected.rule], ["received", formatValue(outcome.value)]);
  } else {
    const [wanted, came] = formatPair(expected.value, outcome.value);
    rows.push(["expected", wanted], ["received", came]);
    if (difference?.path) {
      const [there, here] = formatPair(difference.expected, difference.received, { maxChars: 60 });
      rows.push(["differs at", `${difference.path}: expected ${there}, received ${here}`]);
    }
  }
  return { kind: "rows", title: `Case ${number}${one.note ? ` (${one.note})` : ""}: wrong`, rows };
}

function callRows(name: string, parameters: string[] | undefined, args: CaseReport["one"]["args"]): [string, string][] {
  if (!parameters) return [["value", name]];
  const call = `${name}(${args.map((arg) => formatValue(arg)).join(", ")})`;
  if (call.length <= CALL_WIDTH) return [["call", call]];
  const named = args.map((arg, i): [string, string] => [parameters[i] ?? `argument ${i + 1}`, formatValue(arg)]);
  return [["call", shorten(`${name}(${parameters.join(", ")})`, CALL_WIDTH)], ...named];
}

function whereToGo(id: string, attempts: number): string {
  const hint = `\`hint("${id}")\` gives a nudge, then a plan, then nearly the code`;
  return attempts < 2 ? `${hint}.` : `${hint}; \`solution("${id}")\` shows one right answer.`;
}

function several(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
