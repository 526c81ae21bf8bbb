/**
 * @file Markdown with formulas for notes in a notebook's output, and the course's small tables.
 * Used by every notebook. Leaves out HTML in Markdown: it is shown as text, so that nothing a learner or a model writes can
 * act on the page. Formulas become MathML, which browsers draw without fonts and screen readers read.
 */

import MarkdownIt from "markdown-it";
import { type Display, show } from "./display";
import { escapeHtml } from "./format";
import type { HtmlBundle } from "./table";

export { type Cell, type HtmlBundle, type TableOptions, table } from "./table";

type Parser = ReturnType<typeof MarkdownIt>;

let parser: Parser | undefined;
let parserWithFormulas: Parser | undefined;

/** Markdown as HTML, with the source as its plain text: `renderMarkdown("a **b**")["text/html"]` is `<p>a <strong>b</strong></p>`. */
export function renderMarkdown(text: string): HtmlBundle {
  const markdown = text.includes("$") ? withFormulas() : plain();
  return { "text/html": markdown.render(text).trim(), "text/plain": text };
}

/**
 * Shows Markdown below the cell; formulas stand between dollars.
 *
 * `markdown("The untrained loss is $\\ln V$: **6.64** nats.")`
 */
export function markdown(text: string): Display {
  return show(renderMarkdown(text));
}

/**
 * A note with a frame and a title: `callout("Look", "The loss falls *before* the facts arrive.")`.
 */
export function callout(title: string, text: string): Display {
  return show(renderCallout(title, text));
}

/** The HTML and text of {@link callout}. */
export function renderCallout(title: string, text: string): HtmlBundle {
  const frame = "border-left:4px solid #0072b2;padding:4px 12px;margin:8px 0";
  const body = renderMarkdown(text)["text/html"];
  return {
    "text/html": `<div role="note" style="${frame}"><p style="font-weight:600;margin:4px 0">${escapeHtml(title)}</p>${body}</div>`,
    "text/plain": `${title}: ${text}`,
  };
}

function plain(): Parser {
  parser ??= new MarkdownIt({ html: false, linkify: false });
  return parser;
}

/** KaTeX is loaded with the first formula: most notes have none. */
function withFormulas(): Parser {
  if (!parserWithFormulas) {
    const texmath = require("markdown-it-texmath");
    parserWithFormulas = new MarkdownIt({ html: false, linkify: false }).use(texmath, {
      engine: require("katex"),
      delimiters: "dollars",
      katexOptions: { output: "mathml", throwOnError: false },
    });
  }
  return parserWithFormulas;
}
