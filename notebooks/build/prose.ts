/// <reference path="./texmath.d.ts" />
/**
 * @file Prose of an executed notebook as HTML: formulas as MathML (no fonts to fetch), headings with the anchors that
 * JupyterLab gives them, images put into the page, links to other notebooks led to their pages.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import katex from "katex";
import MarkdownIt from "markdown-it";
import texmath from "markdown-it-texmath";
import { isRelative, isSibling } from "./links";

export interface ProseOptions {
  /** The folder that relative images are read from. */
  baseDir: string;
  /** What stands for `.ipynb` in links to other notebooks: `.html`, or `.solution.html`. */
  pageEnding: string;
}

/** A function that turns Markdown into HTML. */
export function proseRenderer({ baseDir, pageEnding }: ProseOptions): (text: string) => string {
  const md = new MarkdownIt({ html: true });
  md.use(texmath, { engine: katex, delimiters: "dollars", katexOptions: { output: "mathml" } });
  md.core.ruler.push("course", (state) => {
    state.tokens.forEach((token, i) => {
      if (token.type === "heading_open") {
        const children = state.tokens[i + 1]?.children ?? [];
        token.attrSet(
          "id",
          children
            .map((child) => child.content)
            .join("")
            .replaceAll(" ", "-"),
        );
      }
      for (const child of token.children ?? []) {
        const href = String(child.attrGet("href") ?? "");
        if (isSibling(href)) child.attrSet("href", href.replace(".ipynb", pageEnding));
        const src = String(child.attrGet("src") ?? "");
        if (child.type === "image" && isRelative(src)) child.attrSet("src", embedded(path.join(baseDir, src)) ?? src);
      }
    });
  });
  return (text) => md.render(text);
}

const IMAGE_TYPES: Record<string, string> = {
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".jpg": "image/jpeg",
  ".gif": "image/gif",
};

/** A file as a `data:` address; nothing when it is not there or no image. */
function embedded(file: string): string | undefined {
  const type = IMAGE_TYPES[path.extname(file).toLowerCase()];
  if (!type || !existsSync(file)) return undefined;
  return `data:${type};base64,${readFileSync(file).toString("base64")}`;
}
