/**
 * @file Python and its packages (JupyterLab, nbconvert, and for `npm test` what the tests use), in a `.venv` of the
 * repository's own. Used by `npm start`, `npm test` and the doctor.
 */

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { failure, SetupError } from "./failure.mjs";
import { logs, packageEnvironment, root, venv, venvPython } from "./paths.mjs";
import { ask, run, tail } from "./run.mjs";
import { keyOf } from "./steps.mjs";

const oldest = [3, 10];
const question = `
import json, sys, importlib.util as u
has = lambda name: u.find_spec(name) is not None
print(json.dumps({"version": list(sys.version_info[:3]), "venv": has("venv") and has("ensurepip"), "virtualenv": has("virtualenv"), "path": sys.executable}))`;

/**
 * @typedef {{ command: string, args: string[], version: number[], venv: boolean, virtualenv: boolean, path: string }} Python
 */

/** Every Python that answers, in order of preference. `COURSE_PYTHON_BASE` names one to be asked first. */
export function findPythons() {
  const names = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];
  const commands = names.map((name) => ({ command: name, args: /** @type {string[]} */ ([]) }));
  if (process.env.COURSE_PYTHON_BASE) commands.unshift({ command: process.env.COURSE_PYTHON_BASE, args: [] });
  if (process.platform === "win32") commands.push({ command: "py", args: ["-3"] });
  return commands.map(({ command, args }) => {
    const answer = ask(command, [...args, "-c", question], { env: packageEnvironment() });
    return answer ? /** @type {Python} */ ({ command, args, ...JSON.parse(answer) }) : undefined;
  });
}

const isNewEnough = (/** @type {Python} */ { version: [major = 0, minor = 0] }) =>
  major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);

/** The first Python that can make an environment; asks no more of them than it must. */
export function choosePython(pythons = findPythons()) {
  const found = pythons.filter((python) => python !== undefined);
  const usable = found.find((python) => isNewEnough(python) && (python.venv || python.virtualenv));
  if (usable) return usable;
  const why = "JupyterLab runs on Python, which has to be 3.10 or newer and able to make a virtual environment";
  const again = "then run the same command again: it goes on from here";
  const withoutVenv = found.find(isNewEnough);
  if (withoutVenv) {
    const [major, minor] = withoutVenv.version;
    throw new SetupError(`${why}; ${withoutVenv.path} is ${withoutVenv.version.join(".")} but lacks its venv module.`, {
      remedy: `Install it (on Debian and Ubuntu: \`sudo apt-get install python${major}.${minor}-venv\`), ${again}.`,
    });
  }
  const old = found[0];
  throw new SetupError(old ? `${why}; ${old.path} is ${old.version.join(".")}.` : `${why}; no Python was found.`, {
    remedy: `Install Python 3.12 (on Debian and Ubuntu: \`sudo apt-get install python3 python3-venv\`; elsewhere from python.org), ${again}.`,
  });
}

/** Says where the `.venv` was made: its programs hold that path, so one that was moved has to be made anew. */
const placeFile = join(venv, "made-for.txt");

/** The version of the `.venv`'s Python, or `undefined` when there is none that works. */
export function venvVersion() {
  if (!existsSync(venvPython)) return undefined;
  if (existsSync(placeFile) && readFileSync(placeFile, "utf8") !== venv) return undefined;
  return ask(venvPython, ["-c", "import sys, pip; print('.'.join(map(str, sys.version_info[:3])))"]);
}

/**
 * The `.venv` with the packages of one requirements file. `npm start` needs `requirements.txt`, `npm test` both.
 *
 * @param {{ name: string, requirements: string }} options
 * @returns {import("./steps.mjs").Step}
 */
export function pythonPackages({ name, requirements }) {
  return {
    name,
    doing: "looking for Python",
    key: keyOf({ values: [root], files: [join(root, requirements)] }),
    stillThere: () => existsSync(venvPython),
    work: async (progress) => {
      const env = packageEnvironment();
      const log = join(logs, `${requirements.replace(/\.txt$/, "")}.log`);
      if (venvVersion() === undefined) await makeVenv(progress, log);
      let packages = 0;
      progress("asking the package registry");
      const args = ["-m", "pip", "install", "--no-input", "-r", join(root, requirements)];
      const onLine = (/** @type {string} */ line) => {
        const [, wanted] = /^(?:Collecting|Processing) (?:\S*[\\/])?([^\s(]+)/.exec(line) ?? [];
        if (wanted) progress(`package ${++packages}: ${wanted}`);
        if (line.startsWith("Installing collected packages")) progress(`installing ${packages} packages`);
      };
      const { code } = await run(venvPython, args, { log, env, append: true, onLine });
      if (code !== 0)
        throw failure(`The Python packages of ${requirements} could not be installed`, tail(log, 400), log);
      return packages > 0 ? `${packages} Python packages installed` : "all there";
    },
  };
}

async function makeVenv(/** @type {(note: string) => void} */ progress, /** @type {string} */ log) {
  const python = choosePython();
  progress(`making .venv with Python ${python.version.join(".")}`);
  rmSync(venv, { recursive: true, force: true });
  const args = [...python.args, "-m", python.venv ? "venv" : "virtualenv", venv];
  const { code } = await run(python.command, args, { log, env: packageEnvironment() });
  if (code === 0) {
    writeFileSync(placeFile, venv);
    return;
  }
  rmSync(venv, { recursive: true, force: true });
  throw failure(`The Python environment .venv could not be made with ${python.path}`, tail(log, 400), log);
}
