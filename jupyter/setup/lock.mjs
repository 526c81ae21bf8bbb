/**
 * @file One set-up at a time: two of them would install into the same folders.
 */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { generated } from "./paths.mjs";

const file = join(generated, "setup.lock");

/**
 * Waits until no other set-up runs, and returns what lets the next one go on. A lock left by a process that is gone
 * does not count.
 *
 * @param {(by: number) => void} onWait called once, with the process that holds the lock
 * @returns {Promise<() => void>}
 */
export async function lock(onWait) {
  mkdirSync(generated, { recursive: true });
  for (let waited = false; ; ) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    }
    const holder = readHolder();
    if (holder !== undefined && !isRunning(holder)) rmSync(file, { force: true });
    else {
      if (!waited && holder !== undefined) onWait(holder);
      waited ||= holder !== undefined;
      await sleep(300);
    }
  }
  const release = () => {
    if (readHolder() === process.pid) rmSync(file, { force: true });
  };
  process.once("exit", release);
  return release;
}

/** The process that holds the lock; `undefined` while it is being written. */
function readHolder() {
  try {
    return Number(readFileSync(file, "utf8")) || undefined;
  } catch {
    return undefined;
  }
}

function isRunning(/** @type {number} */ pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}
