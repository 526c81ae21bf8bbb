/**
 * @file The feedback page of one learner and notebook: points, what a tutor says, and each case as far as the rules of the
 * class let it be seen. Used by `course report`. It contains no script, and nothing a learner wrote is more than text.
 */

import type { Grade, GradedExercise } from "./gradebook";
import { html, type Markup, page, sentence } from "./page";
import type { CaseResult, Finding } from "./types";
import { formatDate, several } from "./words";

const STATUS: Record<string, string> = {
  passed: "passed",
  wrong: "wrong",
  error: "stopped with an error",
  "not attempted": "not attempted",
  "to be marked": "to be marked",
};

/** The page. */
export function feedbackPage(grade: Grade, { title = "Training vs Inference" }: { title?: string } = {}): string {
  const { learner, name, notebook, result, exercises } = grade;
  const heading = notebook ? `Notebook ${notebook}` : result.submission.file;
  const body = html`<header>
<p class="soft">${title}</p>
<h1>${heading}: ${name || learner}</h1>
<p class="large"><strong>${grade.points} of ${several(grade.maxPoints, "point")}</strong>${openNote(grade)}</p>
${lateNote(grade)}
<p class="soft">${handedIn(grade)} as ${result.submission.file}. Graded ${formatDate(result.gradedAt)}.</p>
</header>
${findingList(result.findings)}
<main>${exercises.map((exercise) => exerciseSection(exercise, grade.standing.showsHidden))}</main>`;
  return page(`${heading}: ${name || learner}`, body);
}

/** (Where only the time of a download is known, it is nothing to tell a learner.) */
function handedIn({ result: { submission }, standing }: Grade): string {
  if (standing.handedIn) return `Handed in ${formatDate(standing.handedIn)}`;
  return submission.timing ? "Handed in" : `Handed in ${formatDate(submission.submittedAt)}`;
}

function openNote({ open }: Grade): Markup | undefined {
  return open > 0 ? html` so far; ${several(open, "answer")} still to be marked` : undefined;
}

function lateNote({ standing, earned, points }: Grade): Markup | undefined {
  const { due, lateDays, penalty, unknown } = standing;
  if (!due) return undefined;
  if (unknown === "whether late") return html`<p>Due ${formatDate(due)}.</p>`;
  if (lateDays === 0) return html`<p>In time: due ${formatDate(due)}.</p>`;
  const cost =
    penalty > 0 ? `: ${Math.round(penalty * 100)} % off ${earned}, which leaves ${points}` : ", which costs nothing";
  const late = unknown ? "Late" : `Late by ${several(lateDays, "day")}`;
  return html`<p><strong>${late}</strong> (due ${formatDate(due)})${cost}.</p>`;
}

function exerciseSection(exercise: GradedExercise, showsHidden: boolean): Markup {
  const { result, points, mark, isOpen } = exercise;
  const { id, title, status, maxPoints, says, findings, cases, source } = result;
  const state = mark ? (points === maxPoints ? "passed" : "wrong") : status;
  const edge = state === "passed" || state === "wrong" || state === "error" ? state : "open";
  const sum = isOpen ? several(maxPoints, "point") : `${points} of ${several(maxPoints, "point")}`;
  const isAttempted = status !== "not attempted" || mark !== undefined;
  return html`
<section class="exercise ${edge}">
<h2>${id} · ${title}</h2>
<p><strong>${mark ? "marked by hand" : (STATUS[status] ?? status)}</strong>${maxPoints > 0 ? `: ${sum}` : ""}</p>
${mark?.comment ? html`<p class="says">${mark.comment}</p>` : undefined}
${says.map((text) => html`<p class="says">${sentence(text)}</p>`)}
${findingList(findings)}
${isAttempted ? caseList(cases, showsHidden, says) : undefined}
${source && isAttempted ? html`<details><summary>What was handed in</summary><pre>${source}</pre></details>` : undefined}
</section>`;
}

function caseList(cases: readonly CaseResult[], showsHidden: boolean, says: readonly string[]): Markup | undefined {
  if (cases.length === 0) return undefined;
  const shown = cases.filter(({ hidden }) => showsHidden || !hidden);
  const kept = cases.filter(({ hidden }) => !showsHidden && hidden);
  const failed = shown.filter(({ passed }) => !passed);
  const count = (list: readonly CaseResult[]): string =>
    `${list.filter(({ passed }) => passed).length} of ${several(list.length, "case")}`;
  return html`
<p>${count(shown)} passed${kept.length > 0 ? `; of those not shown here, ${count(kept)}` : ""}.</p>
${failed.length > 0 ? html`<ol class="cases">${failed.map((one) => caseItem(one, says))}</ol>` : undefined}`;
}

/** What is said to the exercise as a whole is not said again to each case. */
function caseItem({ call, note, message, expected, received }: CaseResult, says: readonly string[]): Markup {
  const more = says.includes(message) ? "" : message;
  return html`<li>${note ? html`<em>${note}</em>` : undefined}${note && more ? ": " : ""}${sentence(more)}
<dl><dt>call</dt><dd>${call}</dd><dt>expected</dt><dd>${expected}</dd><dt>received</dt><dd>${received}</dd></dl></li>`;
}

function findingList(findings: readonly Finding[]): Markup | undefined {
  if (findings.length === 0) return undefined;
  return html`<ul>${findings.map(({ level, says, line }) => {
    const where = line === undefined ? "" : ` (line ${line})`;
    return html`<li>${level === "note" ? sentence(says) : html`<strong>${sentence(says)}</strong>`}${where}</li>`;
  })}</ul>`;
}
