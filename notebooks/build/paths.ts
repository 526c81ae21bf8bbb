/**
 * @file Where things are: the repository, the notebooks' sources, the generated notebooks, and what running them leaves.
 * Used by the build and by `course run`.
 */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { CourseError } from "@course/lib/errors";

/** The folder of the repository. */
export const root: string = path.resolve(__dirname, "../..");

/** The folder of a workspace's own sources; the build reads its Python script from there. */
export const buildDir: string = path.join(root, "notebooks/build");

/** Where the Markdown sources are. */
export const sourceDir: string = path.join(root, "notebooks/source");

/** Which of the two notebooks made from one source. */
export type Version = "student" | "solution";

/** The committed notebook made from a source: `notebooks/01-pretraining.ipynb` or the same under `solutions/`. */
export function notebookPath(name: string, version: Version, dir: string = path.join(root, "notebooks")): string {
  return path.join(dir, version === "solution" ? "solutions" : "", `${name}.ipynb`);
}

/** The same student's notebook once more, in which nobody works: what an answer is compared with, and what is handed out. */
export function handedOutPath(name: string, dir: string = path.join(root, "notebooks")): string {
  return path.join(dir, "handed-out", `${name}.ipynb`);
}

/** Where generated files go that git does not keep: `.course/runs/...`. */
export function coursePath(...parts: string[]): string {
  return path.join(root, ".course", ...parts);
}

/** The names of all sources in order, e.g. `["01-pretraining", "02-weights"]`. */
export function sourceNames(dir: string = sourceDir): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((file) => /^\d\d-[a-z0-9-]+\.md$/.test(file))
    .map((file) => file.slice(0, -".md".length))
    .sort();
}

/**
 * The names that were asked for: numbers, names, or `all`; without any, all.
 *
 * `selectNames(["1", "02"], ["01-pretraining", "02-weights"])` is both names.
 */
export function selectNames(wanted: string[], names: string[] = sourceNames()): string[] {
  if (wanted.length === 0 || wanted.includes("all")) return names;
  return wanted.map((word) => {
    const asked = path.basename(word).replace(/\.(md|ipynb)$/, "");
    const found = names.find((name) => name === asked || name.startsWith(`${asked.padStart(2, "0")}-`));
    if (found) return found;
    throw new CourseError({
      what: "notebook",
      expected: `one of ${names.map((name) => name.slice(0, 2)).join(", ") || "(no notebook has a source yet)"}`,
      received: word,
      remedy: "Give its number, as in `course build 01`, or `all`.",
    });
  });
}

/** The Python of the repository's own virtual environment. */
export function venvPython(): string {
  const inside = process.platform === "win32" ? ".venv/Scripts/python.exe" : ".venv/bin/python";
  const python = process.env.COURSE_PYTHON ?? path.join(root, inside);
  if (existsSync(python)) return python;
  throw new CourseError({
    what: "Python environment",
    expected: inside,
    received: "no such file",
    remedy: "Run `npm start -- --no-browser` once; it sets the environment up.",
  });
}
