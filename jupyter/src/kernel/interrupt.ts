/**
 * @file "Interrupt" stops a cell wherever it is: Jupyter sends the signal SIGINT to the kernel.
 *
 * | the cell is in                     | who notices                                                              |
 * |------------------------------------|--------------------------------------------------------------------------|
 * | code before its first `await`      | Node, which stops the script (`breakOnSigint` in executor.ts)            |
 * | an `await`                         | the signal handler of the main thread; the cell stops waiting            |
 * | a loop after an `await`            | a second thread raises a flag, which loops of cells look at (repair.ts)  |
 * | a library's loop                   | the same, if the loop looks at `interruptSignal`                         |
 *
 * The second thread (watcher.ts) must not listen during the first phase: while Node guards a script it owns the signal.
 * Library code that never looks cannot be stopped from outside; it runs to its next `await`.
 */
import path from "node:path";
import { Worker } from "node:worker_threads";
import { currentCell, newestCell } from "./cell";
import { LISTENING, STOP, type WatcherData } from "./watcher";

/** Shared with the second thread. `interruptFlags[1]` is raised by it; compiled cells read that element. */
export const interruptFlags: Int32Array = new Int32Array(new SharedArrayBuffer(8));

/** The longest the main thread waits for the other one to let go of the signal. */
const HANDOVER_MS = 500;

let watcher: Worker | undefined;
/** A signal that was noticed by its flag reaches the main thread's handler, too, once that thread is free. */
let handledByFlag = false;

/** Stops the cell that runs, if one does. */
export function interruptNewestCell(): void {
  newestCell()?.interrupt();
}

/** Stops it once the flag is up. Called where the main thread has had no time for the signal itself. */
export function interruptByFlag(): void {
  const cell = newestCell();
  if (!interruptFlags[STOP] || !cell || cell.ended || cell.signal.aborted) return;
  handledByFlag = true;
  cell.interrupt();
}

function onSignal(): void {
  if (!handledByFlag) interruptNewestCell();
  handledByFlag = false;
}

/** Starts the second thread, the signal handler, and gives cells their `interruptSignal`. */
export function installInterrupts(): void {
  const workerData: WatcherData = { flags: interruptFlags, parent: process.ppid };
  watcher = new Worker(path.join(__dirname, "watcher.js"), {
    workerData,
    execArgv: ["--expose-internals", "--no-warnings"],
    resourceLimits: { maxOldGenerationSizeMb: 16 },
  });
  watcher.unref();
  process.on("SIGINT", onSignal);
  Object.defineProperty(globalThis, "interruptSignal", { configurable: true, get: signalOfCurrentCell });
}

function signalOfCurrentCell(): AbortSignal | undefined {
  interruptByFlag();
  return currentCell()?.signal;
}

/** From the first `await` of a cell on. */
export function listenInBackground(): void {
  Atomics.store(interruptFlags, LISTENING, 1);
  watcher?.postMessage("listen");
}

/** Before the next cell: waits until the second thread no longer owns the signal. */
export function stopListeningInBackground(): void {
  if (Atomics.load(interruptFlags, LISTENING)) {
    watcher?.postMessage("stop");
    Atomics.wait(interruptFlags, LISTENING, 1, HANDOVER_MS);
  }
  Atomics.store(interruptFlags, STOP, 0);
  handledByFlag = false;
}
