/**
 * @file What does the arithmetic of TensorFlow.js: the official native binary, else a native binding compiled against
 * the libraries of a Python wheel, else WebAssembly, else plain JavaScript. Nothing else in the course depends on which
 * of them it is; it decides how long training takes. Used by `npm start`, `npm test` and the doctor.
 *
 * The libraries lie in `.course/native`, where `npm ci` does not reach them; the package in node_modules gets links.
 */

import { existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { SetupError } from "./failure.mjs";
import { installOfficial } from "./native-official.mjs";
import {
  buildFromWheel,
  findCompiler,
  isCurrent,
  ownSources,
  tensorflowVersion,
  wheelTested,
} from "./native-wheel.mjs";
import { generated, logs, root } from "./paths.mjs";
import { run } from "./run.mjs";
import { keyOf, nameWidth, writeWhole } from "./steps.mjs";

const tfjsNode = join(root, "node_modules", "@tensorflow", "tfjs-node");
const native = join(generated, "native");
const resultFile = join(generated, "backend.json");
const measureLog = join(logs, "measure.log");
const linked = ["deps", "lib"];
const binding = (/** @type {string} */ folder) => join(folder, "lib", "napi-v8", "tfjs_binding.node");

/**
 * @typedef {import("./measure.mjs").Measurement} Measurement
 * @typedef {{ way: string, result: string }} Attempt
 * @typedef {Measurement & { way: string, node: string, platform: string, measuredAt: string, attempts: Attempt[] }} Backend
 */

/** What the last set-up chose. @returns {Backend | undefined} */
export function chosenBackend() {
  try {
    return JSON.parse(readFileSync(resultFile, "utf8"));
  } catch {
    return undefined;
  }
}

/** The ways to a native backend, best first. `folder` is where its files are kept. */
function ways() {
  const { version } = JSON.parse(readFileSync(join(tfjsNode, "package.json"), "utf8"));
  const target = `${process.platform}-${process.arch}`;
  const untested = wheelTested() ? "" : " (nobody has tried this on a machine like this one)";
  return [
    {
      name: "the official binary",
      folder: join(native, `official-${version}-${target}`),
      install: installOfficial,
      current: () => true,
    },
    {
      name: `a binding compiled against TensorFlow ${tensorflowVersion}${untested}`,
      folder: join(native, `compiled-${version}-${tensorflowVersion}-${target}`),
      install: buildFromWheel,
      current: isCurrent,
    },
  ];
}

function noBackend() {
  return new SetupError("The course's training runs on no backend of TensorFlow.js.", {
    remedy: "Read the end of the log below; when that is mended, run the same command again.",
    log: measureLog,
  });
}

/**
 * Which backend the notebooks would load now, and how fast it is; `undefined` when training does not run on it.
 *
 * @param {Measurement["name"]} [asked] the one to load; otherwise the best
 */
export async function measure(asked) {
  /** @type {Measurement | undefined} */
  let measured;
  const onLine = (/** @type {string} */ line) => {
    if (line.startsWith("{")) measured = JSON.parse(line);
  };
  const program = join(root, "jupyter", "setup", "measure.mjs");
  await run(process.execPath, ["--no-deprecation", program], {
    log: measureLog,
    env: asked ? { ...process.env, COURSE_BACKEND: asked } : process.env,
    onLine,
    timeoutMs: 120_000,
  });
  return measured;
}

/** True when a program of its own can load the binding: a library for another machine may end it with a signal. */
async function loads(/** @type {string} */ file) {
  const args = ["-e", `require(${JSON.stringify(file)})`];
  const { code } = await run(process.execPath, args, { log: join(logs, "native-load.log"), timeoutMs: 60_000 });
  return code === 0;
}

/** Puts links to `folder` into the package, in place of whatever is there. Programs that have loaded that keep it. */
function link(/** @type {string} */ folder) {
  for (const name of linked) {
    const place = join(tfjsNode, name);
    const old = `${place}.old`;
    const next = `${place}.new`;
    rmSync(old, { recursive: true, force: true });
    rmSync(next, { recursive: true, force: true });
    symlinkSync(relative(tfjsNode, join(folder, name)), next, process.platform === "win32" ? "junction" : "dir");
    if (lstatSync(place, { throwIfNoEntry: false })) renameSync(place, old);
    renameSync(next, place);
    rmSync(old, { recursive: true, force: true });
  }
}

/** Where the package's binding really lies: a folder of `.course/native`, or the package itself. */
function linkedFolder() {
  try {
    return dirname(realpathSync(join(tfjsNode, "lib")));
  } catch {
    return undefined;
  }
}

/**
 * Goes down the ways, those that were built before first, until the course's own training runs on one.
 *
 * @param {(note: string) => void} progress
 * @returns {Promise<{ way: string, attempts: Attempt[], measured?: Measurement }>}
 */
async function install(progress) {
  if (existsSync(binding(tfjsNode)) && linkedFolder() === tfjsNode) {
    const measured = await measure();
    if (measured?.name === "tensorflow") return { way: "what npm installed", attempts: [], measured };
  }
  /** @type {Attempt[]} */
  const attempts = [];
  const builtFirst = ways().sort((a, b) => Number(existsSync(b.folder)) - Number(existsSync(a.folder)));
  for (const { name, folder, install, current } of builtFirst) {
    const older = existsSync(folder) && !current(folder);
    if (older || !existsSync(folder)) {
      const aside = `${folder}.part`;
      if (older) renameSync(folder, aside); // the libraries in it are not downloaded again
      mkdirSync(aside, { recursive: true });
      let failed = await install(aside, { tfjsNode, progress });
      if (!failed && !(await loads(binding(aside)))) failed = "it cannot be loaded on this machine";
      if (failed && !older) {
        attempts.push({ way: name, result: failed });
        continue;
      }
      renameSync(aside, folder);
    }
    if (linkedFolder() !== realpathSync(folder)) link(folder);
    progress("trying a few training steps and measuring");
    const measured = await measure();
    if (measured?.name === "tensorflow") return { way: name, attempts, measured };
    if (!(await measure("wasm"))) throw noBackend(); // the fault lies elsewhere: leave all as it is
    attempts.push({ way: name, result: "training does not run on it" });
  }
  for (const name of linked) rmSync(join(tfjsNode, name), { recursive: true, force: true });
  return { way: "", attempts };
}

const slower = {
  tensorflow: "",
  wasm: "training takes about ten times as long",
  cpu: "training takes about a hundred times as long",
};

/** Why there is no native backend, one line for each way. @returns {string[]} */
export function whyNotNative(/** @type {Attempt[]} */ attempts) {
  return attempts.map(({ way, result }) => `no native speed from ${way}: ${result}`);
}

/** What the set-up says about a backend: `native, 235 GFLOPS`, or what it costs to do without. @param {Backend} backend */
function describeBackend({ name, gflops, way, attempts }) {
  if (name === "tensorflow") return `native, ${gflops} GFLOPS: ${way}`;
  const what = `${name === "wasm" ? "WebAssembly" : "plain JavaScript"}, ${gflops} GFLOPS; ${slower[name]}`;
  return [what, ...whyNotNative(attempts)].join(`\n${"".padEnd(nameWidth + 3)}`);
}

/**
 * @param {{ again?: boolean }} [options] `again` tries the ways that failed once more
 * @returns {import("./steps.mjs").Step}
 */
export function nativeBackend({ again = false } = {}) {
  return {
    again,
    name: "TensorFlow.js",
    doing: "looking for the fastest backend",
    key: keyOf({
      values: [process.platform, process.arch, tensorflowVersion, findCompiler(), process.env.COURSE_BACKEND],
      files: [join(tfjsNode, "package.json"), ...ownSources],
    }),
    stillThere: () => chosenBackend()?.name !== "tensorflow" || existsSync(binding(tfjsNode)),
    work: async (progress) => {
      const unwanted = process.env.COURSE_BACKEND !== undefined && process.env.COURSE_BACKEND !== "tensorflow";
      const chosen = unwanted
        ? { way: "", attempts: [{ way: "native", result: `COURSE_BACKEND is ${process.env.COURSE_BACKEND}` }] }
        : await install(progress);
      progress("measuring its speed");
      const { way, attempts, measured = await measure() } = /** @type {Awaited<ReturnType<typeof install>>} */ (chosen);
      if (!measured) throw noBackend();
      const platform = `${process.platform}-${process.arch}`;
      const backend = {
        ...measured,
        way,
        node: process.version,
        platform,
        measuredAt: new Date().toISOString(),
        attempts,
      };
      writeWhole(resultFile, `${JSON.stringify(backend, undefined, 2)}\n`);
      return describeBackend(backend);
    },
  };
}
