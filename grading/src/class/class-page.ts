/**
 * @file The class page: for each notebook the distribution of points, how the exercises went, the hardest cases, the wrong
 * answers that were seen; then every learner, and what a person should look at. Used by `course report`. For the
 * instructor: it names held-back cases.
 */

import { readFileSync } from "node:fs";
import { type ClassFigure, hardestFirst, median, mistakesFigure, pointsFigure, statusFigure } from "./class-figures";
import { type NotebookStatistics, notebookStatistics, type OpenFinding, openFindings } from "./class-statistics";
import { byLearner, type Grade, handedInExample, notebooksIn, round } from "./gradebook";
import { dataElement, html, type Markup, page, sentence } from "./page";
import { formatDate, several } from "./words";

/** Draws what stands in the data element. */
const DRAW = `
for (const [id, figure] of Object.entries(JSON.parse(document.getElementById("figures").textContent))) {
  Plotly.newPlot(id, figure.data, figure.layout, { displaylogo: false, responsive: true, displayModeBar: false });
}`;

/** More findings than this are counted, not listed. */
const MOST_FINDINGS = 200;

export interface ClassPageOptions {
  title?: string;
  /** Where the feedback page of a grade is, from this page. */
  feedback: (grade: Grade) => string;
  now: Date;
}

/** The page. */
export function classPage(
  grades: readonly Grade[],
  { title = "Training vs Inference", feedback, now }: ClassPageOptions,
): string {
  const figures = new Map<string, ClassFigure>();
  const notebooks = [...notebooksIn(grades).keys()].map((notebook) => notebookStatistics(notebook, grades));
  const learners = byLearner(grades);
  const open = grades.reduce((sum, grade) => sum + grade.open, 0);
  const body = html`<header>
<h1>${title}: the class</h1>
<p>${several(learners.size, "learner")}, ${several(grades.length, "graded notebook")}${
    open > 0 ? html`, <strong>${several(open, "answer")} to be marked by hand</strong>` : undefined
  }. As of ${formatDate(now.toISOString())}. This page names held-back cases: it is for instructors.</p>
</header>
<main>
${notebooks.map((statistics) => notebookSection(statistics, figures))}
${learnerTable(learners, notebooks, feedback)}
${findingTable(openFindings(grades))}
</main>
${dataElement("figures", Object.fromEntries(figures))}`;
  const plotly = readFileSync(require.resolve("plotly.js/plotly.min.js"), "utf8");
  return page(`${title}: the class`, body, [{ code: withoutEnd(plotly) }, { code: DRAW }]);
}

function notebookSection(statistics: NotebookStatistics, figures: Map<string, ClassFigure>): Markup {
  const { notebook, points, maxPoints, late, exercises } = statistics;
  const place = (name: string, figure: ClassFigure | undefined): Markup | undefined => {
    if (!figure) return undefined;
    figures.set(`${name}-${notebook}`, figure);
    return html`<figure><div class="plot" id="${name}-${notebook}" role="img" aria-label="${figure.summary}"></div></figure>`;
  };
  const mean = round(points.reduce((sum, one) => sum + one, 0) / Math.max(1, points.length));
  return html`
<section>
<h2 id="notebook-${notebook}">Notebook ${notebook}</h2>
<p>${several(points.length, "learner")}; median ${round(median(points))}, mean ${mean} of ${several(maxPoints, "point")}; ${late} late.</p>
${unknownTimes(statistics)}
${place("points", pointsFigure(statistics))}
${place("status", statusFigure(statistics))}
${hardestCases(statistics)}
${place("mistakes", mistakesFigure(statistics))}
${mistakeTable(exercises)}
</section>`;
}

/** Says whose lateness nobody knows, and what is done about it. */
function unknownTimes({ notebook, whetherLate, howLate }: NotebookStatistics): Markup | undefined {
  if (whetherLate.length + howLate.length === 0) return undefined;
  const about = (learners: readonly string[], says: string): Markup | undefined =>
    learners.length > 0 ? html` ${says}: ${learners.join(", ")}.` : undefined;
  return html`<p><strong>When these were handed in is not known</strong>, as the archive of an LMS tells only when it was
downloaded.${about(whetherLate, "Counted as in time")}${about(howLate, "Late, counted as one day")} Write the times into
class.json: <code>${handedInExample({ learner: (howLate[0] ?? whetherLate[0])!, notebook })}</code>.</p>`;
}

function hardestCases({ exercises }: NotebookStatistics): Markup | undefined {
  const all = hardestFirst(exercises).flatMap(({ id, cases }) => cases.map((one) => ({ ...one, id })));
  const hardest = all
    .filter(({ failed }) => failed > 0)
    .sort((a, b) => b.failed / b.attempted - a.failed / a.attempted)
    .slice(0, 10);
  if (hardest.length === 0) return undefined;
  return html`<h3>The hardest cases</h3>
<div class="wide"><table><thead><tr><th>exercise</th><th>case</th><th>what it is there for</th><th class="number">wrong</th></tr></thead>
<tbody>${hardest.map(
    ({ id, name, note, failed, attempted }) =>
      html`<tr><td>${id}</td><td>${name}</td><td>${note}</td><td class="number">${failed} of ${attempted}</td></tr>`,
  )}</tbody></table></div>`;
}

function mistakeTable(exercises: NotebookStatistics["exercises"]): Markup | undefined {
  const rows = exercises.flatMap(({ id, mistakes }) => mistakes.map((mistake) => ({ ...mistake, exercise: id })));
  if (rows.length === 0) return undefined;
  return html`<details><summary>All wrong answers that were recognised, and what each was told</summary>
<div class="wide"><table><thead><tr><th>exercise</th><th>mistake</th><th>what is said to it</th><th class="number">learners</th></tr></thead>
<tbody>${rows.map(
    ({ exercise, id, says, count }) =>
      html`<tr><td>${exercise}</td><td>${id}</td><td>${sentence(says)}</td><td class="number">${count}</td></tr>`,
  )}</tbody></table></div></details>`;
}

function learnerTable(
  learners: Map<string, Grade[]>,
  notebooks: readonly NotebookStatistics[],
  feedback: ClassPageOptions["feedback"],
): Markup {
  const cell = (grade: Grade | undefined): Markup => {
    if (!grade) return html`<td class="number soft">none</td>`;
    const { standing, open, points } = grade;
    const isLate = standing.lateDays > 0 ? "late" : standing.unknown ? "late?" : "";
    const notes = [isLate, open > 0 ? "to mark" : ""].filter(Boolean).join(", ");
    return html`<td class="number"><a href="${feedback(grade)}">${points}</a>${notes ? html` <span class="soft">(${notes})</span>` : undefined}</td>`;
  };
  const rows = [...learners].map(([learner, own]) => {
    const unknown = own.filter(({ notebook }) => notebook === "");
    return html`<tr><th scope="row">${learner}</th><td>${own[0]!.name}</td>${notebooks.map(({ notebook }) =>
      cell(own.find((grade) => grade.notebook === notebook)),
    )}<td class="number">${round(own.reduce((sum, { points }) => sum + points, 0))}</td><td>${unknown.map(
      (grade) => html`<a href="${feedback(grade)}">could not be read</a> `,
    )}</td></tr>`;
  });
  return html`<section><h2>Learners</h2>
<div class="wide"><table><thead><tr><th>learner</th><th>name</th>${notebooks.map(
    ({ notebook, maxPoints }) => html`<th class="number">${notebook} (${maxPoints})</th>`,
  )}<th class="number">all</th><th></th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function findingTable(findings: readonly OpenFinding[]): Markup | undefined {
  if (findings.length === 0) return undefined;
  const more = findings.length - MOST_FINDINGS;
  return html`<section><h2>To look at</h2>
<div class="wide"><table><thead><tr><th>learner</th><th>where</th><th>finding</th></tr></thead>
<tbody>${findings
    .slice(0, MOST_FINDINGS)
    .map(
      ({ learner, notebook, exercise, finding: { id, says } }) =>
        html`<tr><td>${learner}</td><td>${exercise ?? (notebook || "file")}</td><td>${sentence(says)} <span class="soft">(${id})</span></td></tr>`,
    )}</tbody></table></div>${more > 0 ? html`<p>Not listed: ${several(more, "more finding")}.</p>` : undefined}</section>`;
}

/** A script inside a page must not contain the end of its element. */
function withoutEnd(code: string): string {
  return code.replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "<\\!--");
}
