/**
 * @file The frame of the pages that grading writes: one file each, a policy that forbids everything the page does not need,
 * and all text escaped. Used by the feedback pages and the class page; only these files write markup.
 */

import { createHash } from "node:crypto";
import { escapeHtml, sentenceHtml } from "../format";

/** Markup that was made from escaped text. Only `html` makes it, so that plain text cannot be taken for it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | undefined | false | readonly Part[];

/** Markup with values in it: html`<b>${text}</b>`. Texts are escaped, markup is not, lists are put one after the other. */
export function html(strings: TemplateStringsArray, ...values: Part[]): Markup {
  return new Markup(strings.map((text, i) => text + (i < values.length ? write(values[i]) : "")).join(""));
}

/** A sentence of a tutor: escaped, with `code` between backticks as code and *x* between stars in italics. */
export function sentence(text: string): Markup {
  return new Markup(sentenceHtml(text));
}

function write(value: Part): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "string" || typeof value === "number") return escapeHtml(String(value));
  return value.map(write).join("");
}

/** A script of ours, which may run by its hash. */
export interface PageScript {
  code: string;
}

/** A whole page. Without scripts nothing at all can run in it. */
export function page(title: string, body: Markup, scripts: readonly PageScript[] = []): string {
  const codes = scripts.map(({ code }) => `\n${code}\n`);
  // Plotly sets styles on its elements; a page without figures allows this one style sheet only.
  const style = scripts.length > 0 ? "'unsafe-inline'" : hashOf(`\n${STYLE}\n`);
  const policy = [
    "default-src 'none'",
    `style-src ${style}`,
    ...(codes.length > 0 ? [`script-src ${codes.map(hashOf).join(" ")}`, "img-src data: blob:"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>
${STYLE}
</style>
</head>
<body>
${body.text}
${codes.map((code) => `<script>${code}</script>`).join("\n")}
</body>
</html>
`;
}

/** Data for a script of the page, as text that cannot end its element. */
export function dataElement(id: string, data: unknown): Markup {
  const text = JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return new Markup(`<script type="application/json" id="${escapeHtml(id)}">${text}</script>`);
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --good: #2e7d32; --bad: #c62828; --open: #9a5b00; }
@media (prefers-color-scheme: dark) { :root { --good: #81c784; --bad: #ef9a9a; --open: #ffcc80; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 0 auto; padding: 1.5rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0 0 0.3rem; } h2 { font-size: 1.25rem; margin: 2.2rem 0 0.5rem; } h3 { font-size: 1rem; margin: 1.2rem 0 0.3rem; }
p { margin: 0.4rem 0; } .soft { opacity: 0.75; } .large { font-size: 1.3rem; }
section.exercise { border: 1px solid var(--line); border-left-width: 6px; padding: 0.6rem 1rem 0.8rem; margin: 1rem 0; }
section.passed { border-left: 6px solid var(--good); } section.wrong, section.error { border-left: 6px double var(--bad); }
section.open { border-left: 6px dotted var(--open); } section h2 { margin: 0; font-size: 1.1rem; }
.says { font-weight: 600; }
table { border-collapse: collapse; margin: 0.5rem 0; } th, td { text-align: left; vertical-align: top; padding: 0.2rem 0.9rem 0.2rem 0; border-bottom: 1px solid var(--line); }
thead th { border-bottom-width: 2px; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } th { overflow-wrap: normal; } th[scope=row], td { overflow-wrap: anywhere; } td.number { overflow-wrap: normal; }
.wide { overflow-x: auto; }
pre, code { font: 0.88em/1.45 ui-monospace, monospace; } pre { background: var(--soft); padding: 0.6rem 0.8rem; margin: 0.4rem 0; white-space: pre-wrap; }
details > summary { cursor: pointer; } ol.cases { padding-left: 1.4rem; } ol.cases > li { margin: 0.5rem 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 0.9rem; margin: 0.2rem 0 0; } dt { opacity: 0.75; } dd { margin: 0; font: 0.88em/1.6 ui-monospace, monospace; white-space: pre-wrap; }
figure { margin: 0.8rem 0 1.4rem; } figcaption { opacity: 0.75; font-size: 0.92em; } .plot { min-height: 6rem; }
@media (max-width: 46rem) { .wide table { min-width: 34rem; } .plot { min-width: 38rem; } figure { overflow-x: auto; } }
@media print { details { display: block; } }
`.trim();
