/**
 * @file The course as learners get it: everything that is needed to work, without solutions, notebook sources, held-back
 * cases and their expected values. What was written is searched for them afterwards. Used by `course release`.
 */

import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CourseError } from "@course/lib/errors";
import { repositoryRoot } from "@course/lib/home";
import { isPrediction } from "../table";
import { heldBackOf, tableNumbers, tableOf } from "../tables";
import { untouched } from "./course-copy";

/** What is handed out, by its path in the repository. A folder is handed out with what is in it, except for `KEPT`. */
const HANDED_OUT = [
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "bench/RESULTS.md"],
  ...["package.json", "package-lock.json", ".npmrc", ".gitignore", "requirements.txt"],
  ...["tsconfig.base.json", "biome.json", "bin", "lib", "datasets", "grading", "jupyter", "notebooks"],
];

/** What comes to be in a release when somebody starts or uses it. The next release leaves it there. */
const GROWN = /(^|\/)(node_modules|dist|\.course|\.venv|__pycache__|\.ipynb_checkpoints)(\/|$)|\.tsbuildinfo$/;

/** What stays here, by its path. */
const KEPT: readonly RegExp[] = [
  GROWN,
  /(^|\/)test(\/|$)/,
  /^notebooks\/(solutions|source)(\/|$)/,
  /\.held-back\.ts$/,
  /^grading\/cases\/reference(\/|$)/,
  /^grading\/nbgrader(\/|$)/,
];

/** Says that a folder was made by a release, so that the next one may replace it. */
const MARKER = ".course-release";

/** Where learners must not find a solution: everywhere but in lib, whose own version later cells use. */
const SEARCHED = /^(notebooks|grading|bin|jupyter|datasets)\//;

/** Writes the release into an empty folder, or over an earlier one. */
export function release(folder: string, root: string = repositoryRoot()): { files: number; notebooks: string[] } {
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(path.join(folder, MARKER))) {
    const received = `${folder} with ${readdirSync(folder)[0]} in it`;
    throw new CourseError({ what: "release", expected: "an empty or new folder, or an earlier release", received });
  }
  const files = HANDED_OUT.flatMap((start) => filesUnder(root, start));
  const old = existsSync(folder) ? filesUnder(folder, ".", [GROWN]) : [];
  const stray = old.filter((file) => file !== MARKER && !files.includes(file));
  if (stray.length > 0) {
    throw new CourseError({
      what: "release",
      expected: "a folder with nothing but an earlier release in it",
      received: `${stray[0]}${stray.length > 1 ? ` and ${stray.length - 1} more` : ""}`,
    });
  }
  for (const file of files) {
    const to = path.join(folder, file);
    mkdirSync(path.dirname(to), { recursive: true });
    copyFileSync(path.join(root, untouched(file)), to);
  }
  writeFileSync(path.join(folder, MARKER), "Made by `course release`.\n");
  const leaks = leaksIn(folder, root);
  if (leaks.length > 0)
    throw new CourseError({ what: "release", expected: "nothing held back", received: leaks.join("; ") });
  const notebooks = files.filter((file) => /^notebooks\/[^/]+\.ipynb$/.test(file));
  return { files: files.length, notebooks };
}

/** What a folder contains that learners must not find: file and reason. */
export function leaksIn(folder: string, root: string = repositoryRoot()): string[] {
  const secrets = [...solutions(root), ...heldBackCases()];
  return filesUnder(folder, ".", [GROWN]).flatMap((file) => {
    if (KEPT.some((pattern) => pattern.test(file))) return [`${file} is not handed out`];
    if (!SEARCHED.test(file) || !/\.(ts|mjs|cjs|js|json|md|ipynb|py)$/.test(file)) return [];
    const raw = readFileSync(path.join(folder, file), "utf8");
    const text = withoutSpace(file.endsWith(".ipynb") ? sourcesOf(raw) : raw);
    return secrets.filter(({ text: secret }) => text.includes(secret)).map(({ what }) => `${file} contains ${what}`);
  });
}

interface Secret {
  what: string;
  text: string;
}

/** The text between the marks of each solution, without white space; too short a one would be found by chance. */
function solutions(root: string): Secret[] {
  const folder = path.join(root, "notebooks", "source");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .flatMap((name) => {
      const source = readFileSync(path.join(folder, name), "utf8");
      const regions = source.matchAll(/^[ \t]*\/\/ BEGIN SOLUTION\n([\s\S]*?)^[ \t]*\/\/ (?:STUB|END SOLUTION)/gm);
      return [...regions].map(([, text], i) => ({ what: `solution ${i + 1} of ${name}`, text: withoutSpace(text!) }));
    })
    .filter(({ text }) => text.length >= 40);
}

/** The inputs and expected values of held-back cases, those long enough not to be found by chance. */
function heldBackCases(): Secret[] {
  const shown = new Set(
    tableNumbers().flatMap((number) =>
      tableOf(number)!.exercises.flatMap((exercise) =>
        isPrediction(exercise) ? [] : exercise.cases.flatMap(({ args, expected }) => [...args, expected].map(written)),
      ),
    ),
  );
  return tableNumbers().flatMap((number) =>
    Object.entries(heldBackOf(number)).flatMap(([id, { cases }]) =>
      cases.flatMap(({ args, expected }, i) =>
        [...args, expected]
          .filter((value) => !shown.has(written(value)))
          .map((value) => ({
            what: `held-back case ${i + 1} of ${id}`,
            text: withoutSpace(JSON.stringify(value) ?? ""),
          }))
          .filter(({ text }) => text.length >= 40),
      ),
    ),
  );
}

function written(value: unknown): string {
  return JSON.stringify(value) ?? "";
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/g, "");
}

/** The text of all cells: what JSON escapes in it would hide a solution. */
function sourcesOf(text: string): string {
  const { cells } = JSON.parse(text) as { cells: { source: string | string[]; outputs?: unknown }[] };
  return cells.map(({ source, outputs }) => `${[source].flat().join("")}\n${JSON.stringify(outputs ?? "")}`).join("\n");
}

/** The files in a folder or the file itself, as paths from `root`, without those that are kept. */
function filesUnder(root: string, start: string, kept: readonly RegExp[] = KEPT): string[] {
  const here = path.join(root, start);
  const name = start.split(path.sep).join("/").replace(/^\.\//, "");
  if (!existsSync(here) || kept.some((pattern) => pattern.test(name))) return [];
  const entries = start === "." || isFolder(here) ? readdirSync(here) : undefined;
  if (!entries) return [name];
  return entries.sort().flatMap((entry) => filesUnder(root, start === "." ? entry : `${start}/${entry}`, kept));
}

function isFolder(file: string): boolean {
  try {
    readdirSync(file);
    return true;
  } catch {
    return false;
  }
}
