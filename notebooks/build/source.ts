/**
 * @file Reads the Markdown source of a notebook into cells. Code fences marked `typescript` become code cells; the text
 * between them stays exactly as it was written. The format is described in notebooks/build/README.md.
 * Parsing is markdown-it's, whose tokens carry line ranges; nothing is rendered here.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import MarkdownIt from "markdown-it";
import { type Attributes, parseFenceInfo } from "./fence";
import { sourceDir } from "./paths";

/** What a cell of the source is for. */
export type CellKind = "prose" | "code" | "exercise" | "check" | "predict" | "answer" | "assert";

export interface SourceCell {
  kind: CellKind;
  /** Stable over edits elsewhere: from the heading, the exercise or the `id` of the fence. */
  id: string;
  /** The text as written, without blank lines at its ends. */
  text: string;
  /** The line of the source where the text begins, counted from 1. */
  line: number;
  attributes: Attributes;
}

/** Something wrong with a source, and where. */
export interface Problem {
  line: number;
  message: string;
}

export interface SourceNotebook {
  /** The name of the file without its ending: `01-pretraining`. */
  name: string;
  /** The text of the first heading. */
  title: string;
  cells: SourceCell[];
  /** What was wrong on the way here; a notebook is built only when there is nothing. */
  problems: Problem[];
}

/** Reads `notebooks/source/<name>.md`, or the file of that name in another folder. */
export function readSource(name: string, dir: string = sourceDir): SourceNotebook {
  return parseSource(name, readFileSync(path.join(dir, `${name}.md`), "utf8"));
}

/** One parser for the whole build. HTML is on, as in JupyterLab. */
export const markdown: MarkdownIt.MarkdownIt = new MarkdownIt({ html: true });

/** An ordinary identifier of a heading: `"What it costs, in FLOPs"` is `what-it-costs-in-flops`. */
export function slug(heading: string): string {
  const words = heading
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .match(/[a-z0-9]+/g) ?? ["section"];
  return words.reduce((id, word) => (id.length + word.length < 48 ? `${id}-${word}` : id));
}

/** Cuts a source into cells. */
export function parseSource(name: string, source: string): SourceNotebook {
  const lines = source.replaceAll("\r\n", "\n").split("\n");
  const problems: Problem[] = [];
  const drafts: Draft[] = [];
  let title = "";
  let section = "opening";
  let proseFrom = 0; // first line (from 0) of the prose that has not become a cell yet

  const endProse = (until: number, next: number): void => {
    const draft = cutProse(lines, proseFrom, until);
    if (draft) drafts.push({ ...draft, section });
    proseFrom = next;
  };

  const tokens = markdown.parse(lines.join("\n"), {});
  tokens.forEach((token, i) => {
    const [from, to] = token.map ?? [0, 0];
    if (token.type === "heading_open" && token.level === 0) {
      endProse(from, from);
      const text = plainText(tokens[i + 1]!.content);
      section = title === "" && token.tag === "h1" ? "opening" : slug(text);
      if (title === "" && token.tag === "h1") title = text;
    } else if (token.type === "html_block" && /^\s*<!--\s*cell\s*-->\s*$/.test(token.content)) {
      endProse(from, to);
    } else if (token.type === "fence") {
      const line = from + 1;
      const fence = parseFenceInfo(token.info);
      if (!fence) return; // another language: part of the prose
      problems.push(...fence.problems.map((message) => ({ line, message })));
      if (token.level > 0) {
        problems.push({
          line,
          message:
            "a typescript fence inside a list or a quotation cannot become a cell: move it out, or mark it `ts` to keep it as prose",
        });
        return;
      }
      endProse(from, to);
      const text = token.content.replace(/\n$/, "");
      if (text.trim() === "") problems.push({ line, message: "the code cell is empty" });
      drafts.push({ kind: fence.kind, text, line: line + 1, attributes: fence.attributes, section });
    }
  });
  endProse(lines.length, lines.length);
  return { name, title, cells: nameCells(drafts, problems), problems };
}

type Draft = Omit<SourceCell, "id"> & { section: string };

/** The lines `from` to `until` as one cell of prose, or nothing when they are blank. */
function cutProse(lines: string[], from: number, until: number): Omit<Draft, "section"> | undefined {
  let first = from;
  let end = until;
  while (first < end && lines[first]!.trim() === "") first++;
  while (end > first && lines[end - 1]!.trim() === "") end--;
  if (first === end) return undefined;
  return { kind: "prose", text: lines.slice(first, end).join("\n"), line: first + 1, attributes: {} };
}

function plainText(inline: string): string {
  return inline.replace(/[*_`]/g, "").trim();
}

/**
 * Gives every cell its id: the `id` of the fence, the exercise (`check-1-3`), or the section with a counter of its kind
 * (`tokens-code-2`). A cell added in one section leaves the ids of all others alone.
 */
function nameCells(drafts: Draft[], problems: Problem[]): SourceCell[] {
  const counts = new Map<string, number>();
  const lineOf = new Map<string, number>();
  return drafts.map(({ section, ...cell }) => {
    const id = explicitId(cell) ?? countedId(cell.kind, section, cell.text, counts);
    if (!/^[A-Za-z0-9-_]{1,64}$/.test(id)) {
      problems.push({ line: cell.line, message: `the id "${id}" may hold only letters, digits, - and _, 64 at most` });
    }
    const before = lineOf.get(id);
    if (before !== undefined) {
      const remedy = cell.kind === "prose" ? "give the two headings different words" : "give one of them another `id`";
      problems.push({ line: cell.line, message: `the id "${id}" is taken by the cell at line ${before}: ${remedy}` });
    }
    lineOf.set(id, cell.line);
    return { ...cell, id };
  });
}

function explicitId({ kind, attributes }: Draft | Omit<Draft, "section">): string | undefined {
  if (attributes.id) return attributes.id;
  const exercise = attributes.exercise ?? attributes.check ?? attributes.predict ?? attributes.answer;
  return exercise && `${kind}-${exercise.replaceAll(".", "-")}`;
}

function countedId(kind: CellKind, section: string, text: string, counts: Map<string, number>): string {
  // "### Exercise 1.2" alone must not take the id of the exercise itself.
  if (kind === "prose" && /^#{1,6} /.test(text)) return /^\w+-\d-\d+$/.test(section) ? `${section}-task` : section;
  const stem = `${section}-${kind === "prose" ? "text" : kind}`;
  const count = (counts.get(stem) ?? 0) + 1;
  counts.set(stem, count);
  return `${stem}-${count}`;
}
