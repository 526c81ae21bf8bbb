/**
 * @file An executed notebook as one HTML page that needs nothing else: no network, no scripts, no fonts. Figures are the
 * pictures that the kernel keeps beside their data. Leaves out interaction: for that there is the notebook.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { escapeHtml } from "@course/lib/format";
import { highlight } from "./highlight";
import { type Cell, joined, type Notebook, type Output } from "./nbformat";
import { buildDir, root } from "./paths";
import { proseRenderer } from "./prose";

export interface PageOptions {
  title: string;
  /** A sentence below the title: what this page is. */
  note?: string;
  /** The folder of the notebook, for its images. */
  baseDir?: string;
  /** What stands for `.ipynb` in links between notebooks. */
  pageEnding?: string;
}

/** The page of a notebook. */
export function renderNotebook(notebook: Notebook, options: PageOptions): string {
  const { baseDir = path.join(root, "notebooks"), pageEnding = ".html" } = options;
  const prose = proseRenderer({ baseDir, pageEnding });
  const cells = notebook.cells.map((cell) =>
    cell.cell_type === "markdown"
      ? `<section class="prose">${prose(joined(cell.source))}</section>`
      : renderCode(cell, prose),
  );
  const note = options.note ? `<p class="note">${escapeHtml(options.note)}</p>` : "";
  return page(options.title, `${note}<main>\n${cells.join("\n")}\n</main>`);
}

/** A page around `body`, in the course's own style. */
export function page(title: string, body: string): string {
  const style = readFileSync(path.join(buildDir, "page.css"), "utf8");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

function renderCode(cell: Cell, prose: (text: string) => string): string {
  const code = `<pre class="code"><code>${highlight(joined(cell.source))}</code></pre>`;
  const folded = cell.metadata.jupyter?.source_hidden === true;
  const input = folded ? `<details><summary>Code of this cell</summary>${code}</details>` : code;
  const outputs = (cell.outputs ?? []).map((output) => `<div class="output">${renderOutput(output, prose)}</div>`);
  const label = cell.execution_count ? `<span class="count">[${cell.execution_count}]</span>` : "";
  return `<section class="cell" id="${escapeHtml(cell.id)}">${label}${input}${outputs.join("")}</section>`;
}

function renderOutput(output: Output, prose: (text: string) => string): string {
  if (output.output_type === "stream") return pre(joined(output.text), output.name === "stderr" ? "stderr" : "stream");
  if (output.output_type === "error") return pre((output.traceback ?? []).join("\n"), "error");
  const data = output.data ?? {};
  const text = joined(data["text/plain"]);
  if (data["text/html"] !== undefined) return joined(data["text/html"]);
  if (data["image/svg+xml"] !== undefined) return joined(data["image/svg+xml"]);
  for (const type of ["image/png", "image/jpeg"]) {
    if (data[type] === undefined) continue;
    const source = `data:${type};base64,${joined(data[type]).replace(/\s/g, "")}`;
    return `<figure><img src="${source}" alt="${escapeHtml(text)}"><figcaption>${escapeHtml(text)}</figcaption></figure>`;
  }
  if (data["text/markdown"] !== undefined) return prose(joined(data["text/markdown"]));
  return text ? pre(text, "result") : "";
}

/** Text as a terminal would show it, without its colours. */
function pre(text: string, className: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours of a terminal are made of
  return `<pre class="${className}">${escapeHtml(text.replace(/\u001b\[[\d;]*m/g, ""))}</pre>`;
}
