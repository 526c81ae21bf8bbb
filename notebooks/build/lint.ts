/**
 * @file What a source must keep to besides being readable: the rules of a good notebook, each with a message that says
 * what to do. Structure and prose here, code in lint-code.ts.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { findExercise } from "@course/grading/tables";
import { isRelative, isSibling, linksOf } from "./links";
import { lintCode } from "./lint-code";
import { cellTexts } from "./notebook";
import { root, sourceDir } from "./paths";
import { markdown, type Problem, type SourceCell, type SourceNotebook } from "./source";

/** The longest cells: what fits on a screen beside its output. */
export const LIMITS = { codeLines: 30, codeColumns: 120, proseWords: 150, openingWords: 300 } as const;

/** What the case tables know of an exercise. */
export type ExerciseLookup = (id: string) => { title: string; points: number; minutes: number } | undefined;

/** Everything that is wrong with a source, in the order of its lines. `null` for `lookup`: there are no case tables. */
export function lint(source: SourceNotebook, lookup: ExerciseLookup | null = findExercise): Problem[] {
  const regions = source.cells.flatMap((cell) => cellTexts(cell).problems);
  const problems = [
    ...source.problems,
    ...regions,
    ...lintHeadings(source),
    ...lintExercises(source),
    ...lintOrder(source),
    ...source.cells.flatMap((cell) => (cell.kind === "prose" ? lintProse(cell, source) : [])),
    ...lintFigures(source),
    ...(lookup ? lintTable(source, lookup) : []),
    ...lintCode(source, LIMITS),
  ];
  return problems.sort((a, b) => a.line - b.line);
}

interface Heading {
  level: number;
  text: string;
  line: number;
}

function headingsOf(cell: SourceCell): Heading[] {
  const tokens = markdown.parse(cell.text, {});
  return tokens.flatMap((token, i) => {
    if (token.type !== "heading_open") return [];
    const words = (tokens[i + 1]!.children ?? []).filter((child) => !child.type.startsWith("html"));
    const text = words.map((child) => child.content).join("");
    return [{ level: Number(token.tag.slice(1)), text, line: cell.line + token.map![0] }];
  });
}

function lintHeadings(source: SourceNotebook): Problem[] {
  const prose = source.cells.filter((cell) => cell.kind === "prose");
  const headings = prose.flatMap(headingsOf);
  const problems: Problem[] = [];
  const first = source.cells[0];
  if (!first?.text.startsWith("# ")) {
    problems.push({ line: first?.line ?? 1, message: "a notebook begins with its title: `# 1 · Pretraining: ...`" });
  }
  headings.forEach((heading, i) => {
    const { level, line, text } = heading;
    if (level === 1 && i > 0) problems.push({ line, message: `one title a notebook: make "${text}" a section, ##` });
    const above = headings[i - 1]?.level ?? 0;
    if (level > above + 1) {
      problems.push({
        line,
        message: `"${text}" skips a level: after ${"#".repeat(above)} comes ${"#".repeat(above + 1)}`,
      });
    }
  });
  return problems;
}

function lintExercises(source: SourceNotebook): Problem[] {
  const problems: Problem[] = [];
  const complain = (cell: SourceCell, message: string): void => void problems.push({ line: cell.line, message });
  const chapter = String(Number(source.name.slice(0, 2)));
  const place = (kind: "exercise" | "check", number?: string): number =>
    source.cells.findIndex((cell) => cell.kind === kind && cell.attributes[kind] === number);
  source.cells.forEach((cell, i) => {
    const { exercise, check, predict, answer } = cell.attributes;
    const number = exercise ?? check ?? predict ?? answer;
    if (number === undefined) return;
    if (number.split(".")[0] !== chapter) complain(cell, `${number} is no exercise of notebook ${chapter}`);
    if (exercise && place("check", exercise) < i) {
      complain(cell, `exercise ${exercise} has no check below it: add \`\`\`typescript check="${exercise}"`);
    }
    if (check && place("exercise", check) === -1) {
      complain(cell, `check ${check} belongs to no exercise: is there a \`\`\`typescript exercise="${check}"?`);
    }
    if (check && !cell.text.includes(`check("${check}"`))
      complain(cell, `the cell does not call check("${check}", ...)`);
    if (exercise ?? answer) {
      const heading = source.cells.slice(0, i).flatMap(headingsOf).at(-1);
      if (!heading?.text.includes(number)) {
        complain(cell, `the heading above should name it, for the table of contents: ### Exercise ${number} · ...`);
      }
    }
  });
  return problems;
}

/** Who has done 1.1 looks for 1.2 next: exercises are numbered in the order in which a reader meets them. */
function lintOrder({ cells }: SourceNotebook): Problem[] {
  const numbered = cells.flatMap(({ line, attributes: { exercise, predict, answer } }) => {
    const number = exercise ?? predict ?? answer;
    return number === undefined ? [] : [{ line, number }];
  });
  return numbered.flatMap(({ line, number }, i) => {
    const [chapter, place] = number.split(".");
    if (Number(place) === i + 1) return [];
    return [{ line, message: `${number} is exercise ${i + 1} of the notebook: number it ${chapter}.${i + 1}` }];
  });
}

/** Every exercise that is checked or predicted has its cases in the table of the notebook, under the same heading. */
function lintTable({ name, cells }: SourceNotebook, lookup: ExerciseLookup): Problem[] {
  const table = `grading/cases/${name.slice(0, 2)}.ts`;
  return cells.flatMap(({ line, attributes }) => {
    const number = attributes.exercise ?? attributes.predict;
    if (number === undefined) return [];
    const found = lookup(number);
    if (!found) return [{ line, message: `${number} has no entry in the case table ${table}` }];
    return (["title", "points", "minutes"] as const).flatMap((key) => {
      const [here, there] = [attributes[key], String(found[key])];
      if (here === undefined || here === there) return [];
      return [{ line, message: `${number}: ${key} is "${here}" here and "${there}" in ${table}` }];
    });
  });
}

function lintProse(cell: SourceCell, source: SourceNotebook): Problem[] {
  const problems: Problem[] = [];
  const complain = (message: string, offset = 0): void => void problems.push({ line: cell.line + offset, message });
  const words = cell.text.replace(/^```[\s\S]*?^```/gm, "").match(/\S*[\p{L}\p{N}]\S*/gu)?.length ?? 0;
  const most = cell === source.cells[0] ? LIMITS.openingWords : LIMITS.proseWords;
  if (words > most) {
    complain(`${words} words in one cell, ${most} at most: cut, put code between, or split it with <!-- cell -->`);
  }
  cell.text.split("\n").forEach((line, i) => {
    if (/\[\^[^\]]+\]/.test(line)) complain("JupyterLab shows no footnotes: say it in the text", i);
    if (/^\s*>\s*\[!\w+\]/.test(line)) complain("JupyterLab shows no alerts: write **Note.** or a quotation", i);
    if (/<img\b(?![^>]*\balt="[^"]+")/.test(line)) complain('an image needs alt="what it shows"', i);
  });
  for (const { href, isImage, text } of linksOf(cell.text)) {
    if (isImage && text.trim() === "") complain(`the image ${href} needs words for readers who cannot see it`);
    const missing = missingTarget(decodeURIComponent(href), source);
    if (missing) complain(`the link to ${href} leads nowhere: ${missing}`);
  }
  return problems;
}

/** Why a link has no target; `undefined` when it has one, or lies outside the repository. */
function missingTarget(href: string, source: SourceNotebook): string | undefined {
  if (href.startsWith("#")) {
    const anchors = source.cells
      .filter((cell) => cell.kind === "prose")
      .flatMap(headingsOf)
      .map(anchor);
    return anchors.includes(href.slice(1))
      ? undefined
      : `no heading has the anchor ${href} (JupyterLab: words joined by -)`;
  }
  if (!isRelative(href)) return undefined;
  const [file = ""] = href.split("#");
  const hasSource = isSibling(href) && existsSync(path.join(sourceDir, `${path.basename(file, ".ipynb")}.md`));
  return hasSource || existsSync(path.join(root, "notebooks", file))
    ? undefined
    : "there is no such file beside the notebook";
}

/** The anchor that JupyterLab gives a heading. */
function anchor(heading: Heading): string {
  return heading.text.replaceAll(" ", "-");
}

/** A measured figure in prose, such as `90 %` or `1.88 nats`: it must be asserted when the solution notebook runs. */
function lintFigures(source: SourceNotebook): Problem[] {
  if (source.cells.some((cell) => cell.kind === "assert")) return [];
  const figure = /\d[\d.,]*\s?(?:%|per cent\b|nats?\b|bits?\b|seconds?\b|ms\b|times (?:as|more|faster|slower)\b)/;
  const cell = source.cells.find(({ kind, text }) => kind === "prose" && figure.test(text));
  if (!cell) return [];
  const found = figure.exec(cell.text)![0];
  return [
    {
      line: cell.line,
      message: `the text quotes figures ("${found}") but nothing asserts them: add \`\`\`typescript assert cells with claim(...)`,
    },
  ];
}
