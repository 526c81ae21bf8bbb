/**
 * @file Where the course is, and where it keeps what was made with it: checkpoints, data, results.
 * Used by every notebook, through checkpoints. The place does not depend on the folder a program was started in.
 */

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** The folder of the repository: the nearest one above this file whose package.json names workspaces. */
export function repositoryRoot(): string {
  let folder = __dirname;
  while (!hasWorkspaces(path.join(folder, "package.json"))) {
    const above = path.dirname(folder);
    if (above === folder) return process.cwd(); // the package stands alone
    folder = above;
  }
  return folder;
}

/**
 * A path for generated files: `courseHome("checkpoints")` is `.course/checkpoints` in the repository. It may not exist yet.
 * The environment variable `COURSE_HOME` names another folder in the place of `.course`.
 */
export function courseHome(...parts: string[]): string {
  return path.resolve(process.env.COURSE_HOME || path.join(repositoryRoot(), ".course"), ...parts);
}

function hasWorkspaces(file: string): boolean {
  return existsSync(file) && "workspaces" in (JSON.parse(readFileSync(file, "utf8")) as object);
}
