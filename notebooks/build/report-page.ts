/**
 * @file The page at the end of `course run all`: what ran, how long it took, which checks passed, which figures of the prose
 * held, and the chain of models that came of it. One file that needs nothing else; the pages of the notebooks stand beside it.
 */
import path from "node:path";
import { escapeHtml } from "@course/lib/format";
import type { Manifest } from "@course/lib/manifest";
import { page } from "./html";
import { joined, type Output } from "./nbformat";
import type { CheckResult, RunResult } from "./run";
import { countChecks, duration } from "./run-report";

/** What a report says besides the results. */
export interface ReportOptions {
  title?: string;
  /** A sentence below the title. */
  note?: string;
  /** The manifests of the models that were made, parents before children. */
  chain?: readonly Manifest[];
}

/** The report on some runs as an HTML page. */
export function renderReport(results: readonly RunResult[], options: ReportOptions = {}): string {
  const { title = "The course, executed", note, chain = [] } = options;
  const parts = [
    `<h1>${escapeHtml(title)}</h1>`,
    note ? `<p class="note">${escapeHtml(note)}</p>` : "",
    `<p>${escapeHtml(verdict(results))}</p>`,
    overview(results),
    chain.length > 0 ? `<h2 id="chain">The chain of models</h2>${chainTable(chain)}` : "",
    ...results.map(section),
  ];
  return page(title, `<main>\n${parts.filter(Boolean).join("\n")}\n</main>`);
}

/** The sentences of the prose that were judged in a run, each with what was measured. */
export function claimsOf(result: RunResult): string[] {
  return outputsOf(result).flatMap((output) =>
    output.output_type === "stream"
      ? joined(output.text)
          .split("\n")
          .filter((line) => line.startsWith("holds: "))
          .map((line) => line.slice("holds: ".length))
      : [],
  );
}

/** The first picture of a notebook, with its words. */
export function firstFigure(result: RunResult): { png: string; text: string } | undefined {
  const output = outputsOf(result).find((one) => one.data?.["image/png"] !== undefined);
  if (!output) return undefined;
  const png = joined(output.data!["image/png"]).replace(/\s/g, "");
  return { png, text: joined(output.data!["text/plain"]) };
}

function outputsOf({ notebook }: RunResult): Output[] {
  return notebook.cells.flatMap((cell) => cell.outputs ?? []);
}

function verdict(results: readonly RunResult[]): string {
  const fine = results.filter(({ ok }) => ok).length;
  const seconds = results.reduce((sum, { elapsedSeconds }) => sum + elapsedSeconds, 0);
  const all = countChecks(results.flatMap(({ checks }) => checks));
  const ran = `${fine} of ${results.length} notebooks ran to the end in ${duration(seconds)}`;
  return `${ran}; ${all.passed} of ${all.total} checks passed, ${all.points} of ${all.maxPoints} points.`;
}

function overview(results: readonly RunResult[]): string {
  const rows = results.map((result) => {
    const { passed, total, points, maxPoints } = countChecks(result.checks);
    return [
      `<a href="#${escapeHtml(result.name)}">${escapeHtml(result.name)}</a>`,
      state(result),
      duration(result.elapsedSeconds),
      String(result.cells.length),
      `${passed} of ${total}`,
      `${points} of ${maxPoints}`,
      String(claimsOf(result).length),
    ];
  });
  return htmlTable("Notebooks", ["notebook", "", "time", "cells", "checks passed", "points", "claims held"], rows, 2);
}

function state(result: RunResult): string {
  return result.ok ? "ran" : result.stopped ? "stopped" : "<strong>failed</strong>";
}

function chainTable(chain: readonly Manifest[]): string {
  const nameOf = (hash: string | null): string =>
    hash === null ? "random weights" : (chain.find((one) => one.weightsHash === hash)?.name ?? hash.slice(0, 12));
  const rows = chain.map((one) => [
    escapeHtml(one.name),
    `<code>${one.weightsHash.slice(0, 12)}</code>`,
    escapeHtml(nameOf(one.parentHash)),
    String(one.steps),
    ...["grammar", "facts", "heuristics"].map((group) => {
      const score = one.evaluation?.groups[group];
      return score ? `${Math.round(100 * score.accuracy)} %` : "–";
    }),
  ]);
  const heads = ["model", "hash", "made from", "updates", "grammar", "facts", "heuristics"];
  return htmlTable("Each model names its parent by the hash of its weights", heads, rows, 3);
}

function section(result: RunResult): string {
  const { name, checks, failures, cells } = result;
  const figure = firstFigure(result);
  const slowest = [...cells].sort((a, b) => b.seconds - a.seconds).slice(0, 3);
  const claims = claimsOf(result);
  return [
    `<section><h2 id="${escapeHtml(name)}">${escapeHtml(name)}</h2>`,
    `<p><a href="${escapeHtml(encodeURI(path.basename(result.page)))}">The executed notebook</a>, ${duration(result.elapsedSeconds)}.`,
    `Slowest cells: ${slowest.map(({ id, seconds }) => `${escapeHtml(id)} ${duration(seconds)}`).join(", ") || "none"}.</p>`,
    ...failures.map(({ cell, error }) => `<p>Cell <code>${escapeHtml(cell)}</code> failed:</p>${pre(error)}`),
    figure
      ? `<figure><img src="data:image/png;base64,${figure.png}" alt="${escapeHtml(figure.text)}"><figcaption>${escapeHtml(figure.text)}</figcaption></figure>`
      : "",
    checks.length > 0 ? htmlTable("Exercises", ["exercise", "result", "points"], checks.map(checkRow), 2) : "",
    claims.length > 0
      ? `<details><summary>${claims.length} ${claims.length === 1 ? "claim" : "claims"} of the prose held</summary><ul>${claims.map((claim) => `<li>${escapeHtml(claim)}</li>`).join("")}</ul></details>`
      : "",
    "</section>",
  ].join("\n");
}

function checkRow({ id, status, points, maxPoints, kind }: CheckResult): string[] {
  const open = kind === "prediction" && status === "not attempted";
  return [
    escapeHtml(id),
    open ? "a prediction, left open" : escapeHtml(status),
    open ? "–" : `${points} of ${maxPoints}`,
  ];
}

/** A table of HTML cells; from column `numbers` on they stand to the right. */
function htmlTable(caption: string, heads: readonly string[], rows: readonly string[][], numbers: number): string {
  const align = (column: number): string => (column >= numbers ? ' class="number"' : "");
  const head = heads.map((text, i) => `<th scope="col"${align(i)}>${escapeHtml(text)}</th>`).join("");
  const body = rows.map(
    (row) =>
      `<tr>${row.map((cell, i) => (i === 0 ? `<th scope="row">${cell}</th>` : `<td${align(i)}>${cell}</td>`)).join("")}</tr>`,
  );
  return `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${body.join("\n")}</tbody></table>`;
}

function pre(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours of a terminal are made of
  return `<pre class="error">${escapeHtml(text.replace(/\u001b\[[\d;]*m/g, ""))}</pre>`;
}
