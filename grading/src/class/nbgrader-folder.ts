/**
 * @file A folder in which real nbgrader releases and grades the notebooks: its configuration, the sources (our solution
 * notebooks), the notebooks as they are handed out, and the way to the course's packages. Used by `course nbgrader`.
 */

import { copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { CourseError } from "@course/lib/errors";
import { repositoryRoot } from "@course/lib/home";
import { untouched } from "./course-copy";

/** Makes the folder, or brings it up to date; what nbgrader keeps there stays. Returns the names of the assignments. */
export function nbgraderFolder(folder: string): string[] {
  const root = repositoryRoot();
  const notebooks = path.join(root, "notebooks");
  const solutions = path.join(notebooks, "solutions");
  const names = existsSync(solutions) ? readdirSync(solutions).filter((name) => /^\d\d-.*\.ipynb$/.test(name)) : [];
  if (names.length === 0) {
    throw new CourseError({
      what: "nbgrader folder",
      expected: "a course with its solutions",
      received: "one without",
    });
  }
  mkdirSync(path.join(folder, "handed_out"), { recursive: true });
  for (const file of ["nbgrader_config.py", "course_nbgrader.py"]) {
    copyFileSync(path.join(root, "grading", "nbgrader", file), path.join(folder, file));
  }
  for (const file of names) {
    const name = file.replace(/\.ipynb$/, "");
    copyFileSync(path.join(root, untouched(`notebooks/${file}`)), path.join(folder, "handed_out", file));
    mkdirSync(path.join(folder, "source", name), { recursive: true });
    copyFileSync(path.join(solutions, file), path.join(folder, "source", name, file));
  }
  // A cell finds `@course/lib` in the node_modules of a folder above it.
  const modules = path.join(folder, "node_modules");
  if (!lstatSync(modules, { throwIfNoEntry: false })) symlinkSync(path.join(root, "node_modules"), modules, "junction");
  return names.map((file) => file.replace(/\.ipynb$/, "")).sort();
}
