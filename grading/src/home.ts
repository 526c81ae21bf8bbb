/**
 * @file Where the course is and where it keeps what a learner did. Used by every notebook.
 * `COURSE_HOME` names another folder than `.course` in the repository, so that a test run leaves a learner's progress alone.
 */

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** The folder of the repository: the nearest one above this file whose package.json names workspaces. */
export function repositoryRoot(): string {
  let folder = __dirname;
  while (!hasWorkspaces(path.join(folder, "package.json"))) {
    const above = path.dirname(folder);
    if (above === folder) return process.cwd();
    folder = above;
  }
  return folder;
}

/** A folder for generated files: `courseHome("progress")` is `.course/progress` in the repository. It may not exist yet. */
export function courseHome(...parts: string[]): string {
  return path.join(process.env.COURSE_HOME || path.join(repositoryRoot(), ".course"), ...parts);
}

function hasWorkspaces(file: string): boolean {
  return existsSync(file) && "workspaces" in (JSON.parse(readFileSync(file, "utf8")) as object);
}
