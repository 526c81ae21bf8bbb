/**
 * @file Runs another program and keeps what it prints in a log file. Used by every step of the set-up. Whatever is
 * still running when this process ends is ended with it.
 */

import { spawn, spawnSync } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { root } from "./paths.mjs";

/** @type {Set<import("node:child_process").ChildProcess>} */
const alive = new Set();

process.on("exit", () => {
  for (const child of alive) child.kill("SIGTERM");
});

/**
 * @typedef {object} RunOptions
 * @property {string} log the file that receives standard output and standard error
 * @property {boolean} [append] add to the log instead of starting it anew
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {(line: string) => void} [onLine] called with every line printed
 * @property {number} [timeoutMs] the longest time it may take
 * @property {AbortSignal} [signal] ends the program early
 *
 * @typedef {{ code: number | null, signal: NodeJS.Signals | null, timedOut: boolean, error?: Error }} RunResult
 */

/**
 * Runs a program to its end. Never throws: a program that cannot be started gives `{ code: null, error }`.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} options
 * @returns {Promise<RunResult>}
 */
export function run(command, args, { log, append = false, cwd = root, env = process.env, onLine, timeoutMs, signal }) {
  mkdirSync(dirname(log), { recursive: true });
  const file = createWriteStream(log, { flags: append ? "a" : "w" });
  file.write(`$ ${[command, ...args].join(" ")}\n`);
  return new Promise((done) => {
    let timedOut = false;
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    alive.add(child);
    const stop = () => child.kill("SIGTERM");
    const timer = timeoutMs
      ? setTimeout(() => {
          timedOut = true;
          stop();
        }, timeoutMs)
      : undefined;
    signal?.addEventListener("abort", stop);
    for (const stream of [child.stdout, child.stderr]) {
      let rest = "";
      stream.setEncoding("utf8");
      stream.on("data", (/** @type {string} */ text) => {
        file.write(text);
        const lines = (rest + text).split(/\r?\n|\r/);
        rest = lines.pop() ?? "";
        for (const line of lines) onLine?.(line);
      });
    }
    const end = (/** @type {RunResult} */ result) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      alive.delete(child);
      if (result.error) file.write(`${result.error.message}\n`);
      file.end(() => done(result));
    };
    child.once("error", (error) => end({ code: null, signal: null, timedOut, error }));
    child.once("close", (code, by) => end({ code, signal: by, timedOut }));
  });
}

/**
 * Asks a program a short question and returns what it printed, or `undefined` when it is missing or fails.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, timeoutMs?: number }} [options]
 */
export function ask(command, args, { env = process.env, timeoutMs = 20_000 } = {}) {
  const answer = spawnSync(command, args, { cwd: root, env, encoding: "utf8", timeout: timeoutMs });
  return answer.status === 0 ? answer.stdout.trim() : undefined;
}

/** The last lines of a log file, for the message of a step that failed. */
export function tail(/** @type {string} */ log, lines = 12) {
  try {
    return readFileSync(log, "utf8").trimEnd().split(/\r?\n/).slice(-lines).join("\n");
  } catch {
    return "";
  }
}
