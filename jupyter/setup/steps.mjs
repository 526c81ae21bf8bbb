/**
 * @file The steps of a set-up: each says what it does, how far it is and how long it took; a step whose inputs have
 * not changed since it last succeeded costs nothing. Used by `npm start` and `npm test`.
 */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { SetupError } from "./failure.mjs";
import { generated, root } from "./paths.mjs";
import { tail } from "./run.mjs";

const stampFile = join(generated, "setup.json");

/** @returns {Record<string, { key: string, finishedAt: string, elapsedMs: number }>} */
function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, "utf8"));
  } catch {
    return {};
  }
}

/** Writes a file aside and renames it, so that a reader never sees half of it. */
export function writeWhole(/** @type {string} */ file, /** @type {string} */ text) {
  mkdirSync(dirname(file), { recursive: true });
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, text);
  renameSync(aside, file);
}

/**
 * A hash of values and files; it changes when one of them does. A folder stands for all files in it, a missing file
 * for itself.
 *
 * @param {{ values?: unknown[], files?: string[] }} inputs
 */
export function keyOf({ values = [], files = [] }) {
  const hash = createHash("sha256").update(JSON.stringify(values));
  const add = (/** @type {string} */ path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory()) {
      for (const name of readdirSync(path).sort()) add(join(path, name));
    } else {
      hash.update(`\0${relative(root, path)}\0`);
      if (stats) hash.update(readFileSync(path));
    }
  };
  for (const file of files) add(file);
  return hash.digest("hex");
}

/**
 * @typedef {object} Step
 * @property {string} name what it makes ready, e.g. `npm packages`
 * @property {string} doing what it does, shown while it runs
 * @property {string} [key] a hash of its inputs; without one the step always runs
 * @property {boolean} [again] do it though nothing has changed
 * @property {() => boolean} [stillThere] false when what an earlier run made is gone
 * @property {(progress: (note: string) => void) => Promise<string | void> | string | void} work
 *   does it and returns what to say about it
 */

/** The room for the name of a step. */
export const nameWidth = 20;

/** Writes the list of steps: one line each, rewritten in place on a terminal. */
export class Steps {
  /** @param {NodeJS.WriteStream} [out] */
  constructor(out = process.stdout) {
    this.out = out;
  }

  /** Does one step, unless its stamp says that nothing changed. @param {Step} step */
  async run({ name, doing, key, again = false, stillThere = () => true, work }) {
    if (!again && key && readStamps()[name]?.key === key && stillThere()) return;
    const start = Date.now();
    const elapsed = () => `${((Date.now() - start) / 1000).toFixed(1)} s`;
    let note = doing;
    let lastShown = 0;
    const show = () => {
      if (this.out.isTTY) this.rewrite(`  ${name.padEnd(nameWidth)} ${note}  ${elapsed()}`);
      else if (Date.now() - lastShown >= 15_000) {
        this.out.write(`  ${name.padEnd(nameWidth)} ${note}  ${elapsed()}\n`);
        lastShown = Date.now();
      }
    };
    show();
    const timer = setInterval(show, this.out.isTTY ? 200 : 1000);
    try {
      const said = await work((next) => {
        note = next;
      });
      const stamps = readStamps();
      if (key) {
        stamps[name] = { key, finishedAt: new Date().toISOString(), elapsedMs: Date.now() - start };
        writeWhole(stampFile, `${JSON.stringify(stamps, undefined, 2)}\n`);
      }
      this.line(`  ${name.padEnd(nameWidth)} ${said ?? "done"}  (${elapsed()})`);
    } catch (error) {
      this.line(`  ${name.padEnd(nameWidth)} failed after ${elapsed()}`);
      throw error;
    } finally {
      clearInterval(timer);
    }
  }

  /** Writes a whole line, over the one being rewritten. */
  line(/** @type {string} */ text) {
    this.out.write(this.out.isTTY ? `\r\x1b[K${text}\n` : `${text}\n`);
  }

  /** Rewrites the current line of the terminal, cut to its width. @param {string} text */
  rewrite(text) {
    this.out.write(`\r\x1b[K${text.slice(0, (this.out.columns ?? 80) - 1)}`);
  }
}

/** Prints why a run stopped: a sentence, the remedy, and the end of the log. Anything unforeseen keeps its stack. */
export function printFailure(/** @type {unknown} */ error) {
  if (!(error instanceof SetupError)) {
    console.error(error);
    return;
  }
  console.error(`\n${error.message}\n${error.remedy}`);
  const end = error.log && tail(error.log);
  if (end) console.error(`\nThe end of ${relative(root, error.log ?? "")}:\n${end.replace(/^/gm, "  | ")}`);
}
