/**
 * @file `npx course doctor`: looks at everything the course needs and says, row by row, how to mend what is missing.
 * Needs nothing installed itself.
 */

import { existsSync, readdirSync, readFileSync, statfsSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import { smollm2File } from "./data.mjs";
import { installedKernels } from "./kernel.mjs";
import { chosenBackend, measure, whyNotNative } from "./native.mjs";
import { npmCommand, packagesInstalled } from "./packages.mjs";
import { courseEnvironment, root, venv, venvPython } from "./paths.mjs";
import { choosePython, findPythons, venvVersion } from "./python.mjs";
import { ask } from "./run.mjs";

/** @typedef {{ what: string, state: "ok" | "could be better" | "missing", found: string, remedy?: string }} Row */

const gigabytes = (/** @type {number} */ bytes) => `${(bytes / 2 ** 30).toFixed(1)} GB`;
const start = "Run `npm start`.";

/** @returns {Row} */
function row(
  /** @type {string} */ what,
  /** @type {string | undefined} */ found,
  /** @type {string} */ remedy,
  /** @type {Row["state"]} */ otherwise = "missing",
) {
  return found === undefined ? { what, state: otherwise, found: "not found", remedy } : { what, state: "ok", found };
}

/** @returns {Row} */
function python() {
  try {
    const { version, path } = choosePython(findPythons());
    return { what: "Python", state: "ok", found: `${version.join(".")} (${path})` };
  } catch (error) {
    const { message, remedy } = /** @type {import("./failure.mjs").SetupError} */ (error);
    // A .venv that works needs no other Python.
    return { what: "Python", state: venvVersion() ? "could be better" : "missing", found: message, remedy };
  }
}

/** @returns {Row} */
function jupyterLab() {
  const question = "import jupyterlab, sys; print(jupyterlab.__version__)";
  const version = existsSync(venvPython) ? ask(venvPython, ["-c", question], { env: courseEnvironment() }) : undefined;
  const wanted = /^jupyterlab==(.*)$/m.exec(readFileSync(join(root, "requirements.txt"), "utf8"))?.[1];
  if (version !== undefined && version !== wanted) {
    return { what: "JupyterLab", state: "could be better", found: `${version}, tested with ${wanted}`, remedy: start };
  }
  return row("JupyterLab", version, start);
}

/** The course's kernel has to name a Node and a program that exist. @returns {Row} */
function kernelRow() {
  const name = installedKernels().find((kernel) => kernel !== "python3");
  if (!name) return row("kernel", undefined, start);
  const file = join(venv, "share", "jupyter", "kernels", name, "kernel.json");
  /** @type {{ argv: string[] }} */
  const { argv } = JSON.parse(readFileSync(file, "utf8"));
  const gone = argv.find((argument) => /^([\\/]|[A-Z]:)/.test(argument) && !existsSync(argument));
  if (gone) return { what: "kernel", state: "missing", found: `${name}, but ${gone} is gone`, remedy: start };
  return { what: "kernel", state: "ok", found: name };
}

function extension() {
  const folder = join(venv, "share", "jupyter", "labextensions");
  const name = existsSync(folder) && readdirSync(folder).find((entry) => entry.includes("plotly"));
  return name && existsSync(join(folder, name, "static", "plotly.min.js")) ? name : undefined;
}

/** @returns {Promise<Row>} */
async function backend() {
  const measured = existsSync(join(root, "lib", "dist", "tf.js")) ? await measure() : undefined;
  if (!measured) return row("TensorFlow.js", undefined, start);
  const found = `${measured.gflops} GFLOPS, ${measured.description}`;
  if (measured.name === "tensorflow") return { what: "TensorFlow.js", state: "ok", found };
  const reasons = whyNotNative(chosenBackend()?.attempts ?? []).join("; ");
  const remedy = `All works, only slower (${reasons}). Once that is mended: \`npm start -- --retry-native\`.`;
  return { what: "TensorFlow.js", state: "could be better", found, remedy };
}

/** The data sets that are not in the repository and not in an npm package. @returns {Row} */
function shakespeare() {
  const found = existsSync(join(root, ".course", "data", "shakespeare.txt")) ? "fetched" : undefined;
  return row("Shakespeare", found, "Optional: `npx course fetch shakespeare`.", "could be better");
}

/** A real chat model, to stand beside the learner's own. Offered, never fetched without being asked. @returns {Row} */
function smollm2() {
  const found = existsSync(smollm2File) ? "fetched" : undefined;
  return row("SmolLM2", found, "Optional, 93 MB: `npx course fetch smollm2`.", "could be better");
}

/** Everything the course needs, one row each. */
export async function examine() {
  const npm = npmCommand();
  const { bavail, bsize } = statfsSync(root);
  const free = bavail * bsize;
  const memory = totalmem();
  /** @type {Row[]} */
  const rows = [
    { what: "Node.js", state: "ok", found: process.version },
    row("npm", ask(npm.command, [...npm.args, "--version"]), "Install npm; it comes with Node.js."),
    row("npm packages", packagesInstalled() ? "as package-lock.json says" : undefined, start),
    python(),
    jupyterLab(),
    kernelRow(),
    row("Plotly extension", extension(), start),
    await backend(),
    shakespeare(),
    smollm2(),
    free > 2 * 2 ** 30
      ? { what: "disk", state: "ok", found: `${gigabytes(free)} free` }
      : {
          what: "disk",
          state: "could be better",
          found: `${gigabytes(free)} free`,
          remedy: "Free some space: 3 GB are needed.",
        },
    memory > 3.5 * 2 ** 30
      ? { what: "memory", state: "ok", found: gigabytes(memory) }
      : {
          what: "memory",
          state: "could be better",
          found: gigabytes(memory),
          remedy: "4 GB are needed to train; close other programs.",
        },
  ];
  return rows;
}

/** Prints the table; false when something needed is missing. */
export async function doctor() {
  const rows = await examine();
  const mark = { ok: "ok", "could be better": "--", missing: "MISSING" };
  for (const { what, state, found, remedy } of rows) {
    console.log(`  ${mark[state].padEnd(8)} ${what.padEnd(17)} ${found}`);
    if (remedy) console.log(`  ${"".padEnd(26)} ${remedy}`);
  }
  const missing = rows.filter(({ state }) => state === "missing").map(({ what }) => what);
  console.log(missing.length > 0 ? `\nMissing: ${missing.join(", ")}.` : "\nAll that the course needs is there.");
  return missing.length === 0;
}
