/** @file The page of an executed notebook: everything in it, nothing outside it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { highlight } from "../build/highlight";
import { renderNotebook } from "../build/html";
import type { Cell, Notebook, Output } from "../build/nbformat";

const code = (source: string, outputs: Output[] = [], metadata: Cell["metadata"] = {}): Cell => ({
  cell_type: "code",
  id: "c",
  metadata,
  source,
  execution_count: 7,
  outputs,
});
const prose = (source: string): Cell => ({ cell_type: "markdown", id: "p", metadata: {}, source });
const page = (...cells: Cell[]): string =>
  renderNotebook({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 } satisfies Notebook, { title: "<T>" });

test("a figure is its picture, with its summary as words", () => {
  const data = { "application/vnd.plotly.v1+json": {}, "image/png": "aGk=\n", "text/plain": 'Loss falls to "2"' };
  const html = page(code("show()", [{ output_type: "display_data", data }]));
  assert.match(html, /<img src="data:image\/png;base64,aGk=" alt="Loss falls to &quot;2&quot;">/);
});

test("a formula becomes MathML, which needs no fonts and no scripts", () => {
  const html = page(prose("The loss is $\\ln V$."));
  assert.match(html, /<math[ >]/);
  assert.doesNotMatch(html, /\$|<script|<link|https?:\/\/(?!www\.w3\.org)/);
});

test("headings carry the anchors of JupyterLab, and links between notebooks lead to pages", () => {
  const html = page(prose("## What it costs\n\n[next](02-weights.ipynb#Heads)"));
  assert.match(html, /<h2 id="What-it-costs">/);
  assert.match(html, /href="02-weights\.html#Heads"/);
});

test("printed text and errors are shown as text, not as HTML, and without the colours of a terminal", () => {
  const html = page(
    code("f()", [
      { output_type: "stream", name: "stdout", text: ["<b>not bold</b>\n"] },
      { output_type: "error", ename: "E", evalue: "v", traceback: ["\u001b[31mE: v\u001b[0m"] },
    ]),
  );
  assert.match(html, /<pre class="stream">&lt;b&gt;not bold/);
  assert.match(html, /<pre class="error">E: v<\/pre>/);
});

test("a folded cell stays folded and can be opened", () => {
  assert.match(page(code("1", [], { jupyter: { source_hidden: true } })), /<details><summary>Code of this cell/);
});

test("code is coloured by what it is, and stays complete", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the string is code
  const source = 'const s = `a ${b /* c */} "d"`; // no "string" here\nreturn /x"y/.test(s) && 1e3 < 2;';
  const html = highlight(source);
  assert.match(html, /<span class="keyword">const<\/span>/);
  assert.match(html, /<span class="comment"> \/\/ no &quot;string&quot; here\n<\/span>/);
  assert.match(html, /<span class="string">\/x&quot;y\/<\/span>/);
  assert.match(html, /<span class="number">1e3<\/span>/);
  const text = html.replace(/<[^>]*>/g, "");
  const restored = text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
  assert.equal(restored, source);
});
