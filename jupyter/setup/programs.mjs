/**
 * @file Programs that only some tests need, and where to find them. A test file whose name says that it needs one,
 * such as `figure.browser.test.ts`, is left out where the program is missing, and `npm test` says so.
 */

import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root } from "./paths.mjs";

/** The first of `names` on the path (or the first absolute path among them that exists). */
export function findProgram(/** @type {string[]} */ ...names) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const endings = process.platform === "win32" ? [".exe", ".cmd", ""] : [""];
  for (const name of names) {
    const paths = /[\\/]/.test(name) ? [name] : folders.flatMap((f) => endings.map((ending) => join(f, name + ending)));
    const found = paths.find(isExecutable);
    if (found) return found;
  }
  return undefined;
}

function isExecutable(/** @type {string} */ path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function findPostgres() {
  const versions = "/usr/lib/postgresql";
  const installed = existsSync(versions) ? readdirSync(versions).map((v) => join(versions, v, "bin", "postgres")) : [];
  return findProgram("postgres", ...installed.reverse());
}

/**
 * By the word in a test file's name: what it needs, how it is found, how it is installed, and the variable under which
 * the tests find its path.
 *
 * @type {Record<string, { what: string, find: () => string | undefined, remedy: string, variable: string }>}
 */
export const programs = {
  browser: {
    what: "Chromium",
    find: () =>
      findProgram(
        ...(process.env.COURSE_CHROMIUM ? [process.env.COURSE_CHROMIUM] : []),
        "chromium",
        "chromium-browser",
        "google-chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      ),
    remedy: "sudo apt-get install chromium",
    variable: "COURSE_CHROMIUM",
  },
  sandbox: {
    what: "bubblewrap",
    find: () => findProgram("bwrap"),
    remedy: "sudo apt-get install bubblewrap",
    variable: "COURSE_BUBBLEWRAP",
  },
  postgres: {
    what: "PostgreSQL",
    find: findPostgres,
    remedy: "sudo apt-get install postgresql",
    variable: "COURSE_POSTGRES",
  },
  nbgrader: {
    what: "nbgrader",
    find: () => findProgram(join(root, ".course", "nbgrader", "bin", "nbgrader"), "nbgrader"),
    remedy: "python3 -m venv .course/nbgrader; .course/nbgrader/bin/pip install nbgrader==0.9.6",
    variable: "COURSE_NBGRADER",
  },
};
