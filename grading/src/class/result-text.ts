/**
 * @file Results as text for a terminal: a line for each submission, the end of a run, a learner's own check. All text of
 * learners has been made visible before, so that nothing of it steers the terminal.
 */

import { numberText, shorten, visible } from "../format";
import type { CaseResult, ExerciseResult, Finding, Rung, SubmissionResult } from "./types";

/** `alice  03  12.5 / 14  0.8 s  1.4 wrong; 2 to look at`. */
export function resultLine({ submission, points, maxPoints, seconds, exercises, findings }: SubmissionResult): string {
  const count = (status: ExerciseResult["status"]): number => exercises.filter((one) => one.status === status).length;
  const code = exercises.filter(({ kind }) => kind === "code");
  const looks = [...findings, ...exercises.flatMap((one) => one.findings)].filter(
    ({ level }) => level !== "note",
  ).length;
  const errors = findings.filter(({ level }) => level === "error");
  const notes = [
    `${code.filter(({ status }) => status === "passed").length} of ${code.length} exercises`,
    ...(count("to be marked") > 0 ? [`${count("to be marked")} to be marked`] : []),
    ...(errors.length > 0 ? [errors[0]!.says] : looks > 0 ? [`${looks} to look at`] : []),
  ];
  return [
    visible(submission.learner).padEnd(24),
    (submission.notebook || "?").padEnd(3),
    `${numberText(points)} / ${numberText(maxPoints)}`.padStart(11),
    `${seconds.toFixed(1)} s`.padStart(7),
    notes.join("; "),
  ].join("  ");
}

/** What is said at the end of a run. */
export function summaryText(results: readonly SubmissionResult[], rung: Rung, place: string): string {
  if (results.length === 0) return "Nothing was waiting.";
  const bad = results.filter(({ findings }) => findings.some(({ level }) => level === "error"));
  const lines = [`${results.length} graded (sandbox: ${rung}).`];
  if (bad.length > 0) {
    lines.push(`${bad.length} could not be graded as they are:`);
    for (const { submission, findings } of bad.slice(0, 20)) {
      const reason = findings.find(({ level }) => level === "error")!;
      lines.push(`  ${visible(submission.learner)}  ${submission.file}  ${reason.says}`);
    }
    if (bad.length > 20) lines.push(`  ... and ${bad.length - 20} more`);
  }
  lines.push(`Pages for learners and class: npx course report ${place}`);
  return lines.join("\n");
}

/** What changed in a regrade; nothing if the points are the same. */
export function changeText(before: SubmissionResult | undefined, after: SubmissionResult): string | undefined {
  if (!before || before.points === after.points) return undefined;
  const { learner, notebook } = after.submission;
  const which = after.exercises.flatMap((one) => {
    const old = before.exercises.find(({ id }) => id === one.id);
    return old && old.points !== one.points
      ? [`${one.id}: ${numberText(old.points)} to ${numberText(one.points)}`]
      : [];
  });
  return `  ${visible(learner)}  ${notebook}  ${numberText(before.points)} to ${numberText(after.points)}  (${which.join(", ")})`;
}

/** A learner's own check, exercise by exercise. */
export function checkText(result: SubmissionResult): string {
  const { exercises, findings, submission, rung } = result;
  const widest = Math.max(...exercises.map(({ title }) => title.length));
  const lines = exercises.flatMap((one) => {
    const { id, title, kind, status, points, maxPoints } = one;
    const earned = kind === "code" ? `${numberText(points)} / ${numberText(maxPoints)}` : "";
    const state = kind === "prediction" ? (status === "passed" ? "predicted" : "not predicted") : status;
    return [`${id.padEnd(5)} ${title.padEnd(widest)}  ${state.padEnd(14)} ${earned}`.trimEnd(), ...detailLines(one)];
  });
  const code = exercises.filter(({ kind }) => kind === "code");
  const passed = code.filter(({ status }) => status === "passed").length;
  return [
    `Notebook ${Number(submission.notebook)}, public cases (sandbox: ${rung})`,
    ...findings.map(findingLine),
    "",
    ...lines,
    "",
    `${passed} of ${code.length} exercises passed. When the notebook is graded, further cases are run.`,
  ].join("\n");
}

function detailLines({ status, says, cases, findings }: ExerciseResult): string[] {
  if (status === "not attempted" || status === "passed") return findings.map(findingLine);
  const failed = cases.find(({ passed }) => !passed);
  return [...says.map((text) => `      ${text}`), ...(failed ? caseLines(failed) : []), ...findings.map(findingLine)];
}

function caseLines({ note, call, expected, received }: CaseResult): string[] {
  return [
    `      ${shorten(call, 160)}${note ? `  (${note})` : ""}`,
    `        expected  ${shorten(expected, 160)}`,
    `        received  ${shorten(received, 160)}`,
  ];
}

function findingLine({ level, says }: Finding): string {
  return `      ${level === "note" ? "Note" : level === "warning" ? "Look" : "Error"}: ${visible(says)}`;
}
