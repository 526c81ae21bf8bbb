/**
 * @file The cards that `check`, `hint`, `solution` and `predict` show: once as HTML, once as plain text with the same words.
 * Used by every notebook. A card takes its colours from JupyterLab's theme and is understood without colour: each state is
 * written as a word. All text is escaped; only this file writes markup.
 */

import { type Bundle, type Display, show } from "@course/lib/display";
import { escapeHtml, sentenceHtml, visible } from "./format";

/** What the edge of a card says besides its words. */
export type Tone = "good" | "bad" | "open" | "plain";

/** A part of a card. */
export type Part =
  | { kind: "sentence"; text: string }
  | { kind: "strong"; text: string }
  | { kind: "small"; text: string }
  | { kind: "code"; text: string }
  | { kind: "rows"; title?: string; rows: readonly (readonly [label: string, value: string])[] }
  | { kind: "list"; ordered: boolean; items: readonly string[] };

/** A card: a heading, a state in words, and parts. */
export interface Card {
  heading: string;
  /** One to five words, e.g. `passed`. */
  state: string;
  tone: Tone;
  parts: readonly Part[];
}

/** For each tone a colour of JupyterLab's theme with a value for other viewers, and a line style that differs without colour. */
const EDGES: Record<Tone, string> = {
  good: "6px solid var(--jp-success-color1, #2e7d32)",
  bad: "6px double var(--jp-error-color1, #c62828)",
  open: "6px dotted var(--jp-warn-color1, #b26a00)",
  plain: "6px solid var(--jp-border-color1, #9e9e9e)",
};

const BOX =
  "border:1px solid var(--jp-border-color2, #c0c0c0);padding:0.6em 1em;margin:0.3em 0;max-width:60em;" +
  "color:var(--jp-content-font-color1, inherit);font-family:var(--jp-content-font-family, sans-serif);line-height:1.45";
const CODE = "font-family:var(--jp-code-font-family, monospace);white-space:pre-wrap;overflow-wrap:anywhere";
const TABLE = "margin:0.2em 0 0 1em;border:none;border-collapse:collapse;table-layout:auto;font-size:inherit";
const CELL = "text-align:left;vertical-align:top;padding:0;max-width:none";
const SMALL = "color:var(--jp-content-font-color2, inherit);font-size:0.92em";

/** Shows a card; `data` is added to the same output by MIME type. */
export function showCard(card: Card, data: Bundle = {}): Display {
  return show(cardBundle(card, data));
}

/** A card as an output in several forms. */
export function cardBundle(card: Card, data: Bundle = {}): Bundle {
  return { "text/html": cardHtml(card), "text/plain": cardText(card), ...data };
}

/** A card as HTML. */
export function cardHtml(card: Card): string {
  const label = escapeHtml(`${card.heading}: ${card.state}`);
  return (
    `<div role="group" aria-label="${label}" style="${BOX};border-left:${EDGES[card.tone]}">` +
    `<div><strong>${sentenceHtml(card.heading)}</strong>: <strong>${escapeHtml(card.state)}</strong></div>` +
    `${card.parts.map(partHtml).join("")}</div>`
  );
}

/** A card as plain text. */
export function cardText(card: Card): string {
  return visible([`${card.heading}: ${card.state}`, ...card.parts.map(partText)].join("\n"));
}

function partHtml(part: Part): string {
  switch (part.kind) {
    case "sentence":
      return `<div style="margin-top:0.4em">${sentenceHtml(part.text)}</div>`;
    case "strong":
      return `<div style="margin-top:0.4em;font-weight:600">${sentenceHtml(part.text)}</div>`;
    case "small":
      return `<div style="margin-top:0.4em;${SMALL}">${sentenceHtml(part.text)}</div>`;
    case "code":
      return `<pre style="margin:0.4em 0 0;${CODE}"><code>${escapeHtml(part.text)}</code></pre>`;
    case "list": {
      const tag = part.ordered ? "ol" : "ul";
      const items = part.items.map((item) => `<li>${sentenceHtml(item)}</li>`).join("");
      return `<${tag} style="margin:0.4em 0 0;padding-left:1.6em">${items}</${tag}>`;
    }
    case "rows":
      return rowsHtml(part.title, part.rows);
  }
}

function rowsHtml(title: string | undefined, rows: readonly (readonly [string, string])[]): string {
  const heading = title ? `<div style="margin-top:0.6em">${sentenceHtml(title)}</div>` : "";
  const body = rows.map(
    ([label, value]) =>
      `<tr style="background:none"><th scope="row" style="${CELL};padding-right:1em;font-weight:normal;${SMALL}">` +
      `${escapeHtml(label)}</th><td style="${CELL};${CODE}">${escapeHtml(value)}</td></tr>`,
  );
  return `${heading}<table style="${TABLE}"><tbody>${body.join("")}</tbody></table>`;
}

function partText(part: Part): string {
  switch (part.kind) {
    case "sentence":
    case "strong":
    case "small":
      return part.text;
    case "code":
      return part.text.replace(/^/gm, "    ");
    case "list":
      return part.items.map((item, i) => `  ${part.ordered ? `${i + 1}.` : "-"} ${item}`).join("\n");
    case "rows": {
      const width = Math.max(...part.rows.map(([label]) => label.length));
      const lines = part.rows.map(([label, value]) => `    ${label.padEnd(width)}  ${value}`);
      return [...(part.title ? [`  ${part.title}`] : []), ...lines].join("\n");
    }
  }
}
