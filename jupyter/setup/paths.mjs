/**
 * @file Where things are, and the environment in which the course's programs run: everything they write stays in the
 * repository. Used by every step of the set-up, by the doctor and by the tests.
 */

import { accessSync, constants, existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));
/** Everything the course writes at run time, besides `node_modules`, `.venv` and each package's `dist`. */
export const generated = join(root, ".course");
export const logs = join(generated, "logs");
export const venv = join(root, ".venv");

const windows = process.platform === "win32";
const venvBin = join(venv, windows ? "Scripts" : "bin");
/** The Python of the repository's own environment. */
export const venvPython = join(venvBin, windows ? "python.exe" : "python");

/** True when `path`, or the nearest folder above it that exists, can be written. */
export function isWritable(/** @type {string} */ path) {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}

/**
 * The environment of npm and pip. Their caches stay where the learner has them; where that cannot be written
 * (a read-only home), they move into `.course/cache`.
 *
 * @param {NodeJS.ProcessEnv} [from]
 * @returns {NodeJS.ProcessEnv}
 */
export function packageEnvironment(from = process.env) {
  const env = { ...from };
  const home = from.HOME ?? homedir();
  if (!isWritable(from.npm_config_cache ?? join(home, ".npm"))) env.npm_config_cache = join(generated, "cache", "npm");
  const pipCache = from.PIP_CACHE_DIR ?? join(from.XDG_CACHE_HOME ?? join(home, ".cache"), "pip");
  if (!isWritable(pipCache)) env.PIP_CACHE_DIR = join(generated, "cache", "pip");
  // A Python set up for something else must not leak into the course's own.
  delete env.PYTHONPATH;
  delete env.PYTHONHOME;
  return { ...env, PIP_DISABLE_PIP_VERSION_CHECK: "1", PYTHONNOUSERSITE: "1", PYTHONUNBUFFERED: "1" };
}

/**
 * The environment of JupyterLab, its kernels and the tests: the `.venv` comes first, and whatever Jupyter would write
 * into the home folder goes to `.course/jupyter`.
 *
 * @param {NodeJS.ProcessEnv} [from]
 * @returns {NodeJS.ProcessEnv}
 */
export function courseEnvironment(from = process.env) {
  const jupyter = join(generated, "jupyter");
  return {
    ...packageEnvironment(from),
    PATH: [venvBin, from.PATH].filter(Boolean).join(delimiter),
    VIRTUAL_ENV: venv,
    COURSE_PYTHON: venvPython,
    JUPYTER_CONFIG_DIR: join(jupyter, "config"),
    JUPYTER_DATA_DIR: join(jupyter, "data"),
    JUPYTER_RUNTIME_DIR: join(jupyter, "runtime"),
    JUPYTERLAB_SETTINGS_DIR: join(jupyter, "settings"),
    JUPYTERLAB_WORKSPACES_DIR: join(jupyter, "workspaces"),
    IPYTHONDIR: join(jupyter, "ipython"),
    JUPYTER_PREFER_ENV_PATH: "1",
    JUPYTER_PLATFORM_DIRS: "1",
  };
}
