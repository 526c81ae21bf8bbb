/**
 * @file The kernel's second thread. It notices two things while the main thread is busy: that the learner pressed
 * "Interrupt", and that the process that started the kernel is gone (stock tslab lives on for ever).
 */
import { parentPort, workerData } from "node:worker_threads";

/** Elements of the shared flags: 1 while this thread owns the signal; 1 once the signal has come. */
export const LISTENING = 0;
export const STOP = 1;

export interface WatcherData {
  flags: Int32Array;
  /** Process id of the server, or of whatever started the kernel. */
  parent: number;
}

interface SignalHandle {
  onsignal: () => void;
  start(signal: number): void;
  stop(): void;
  close(): void;
}

const SIGINT = 2;
const PARENT_CHECK_MS = 1000;

/** Node gives signals to the main thread only. Its inner class, which can listen here, needs --expose-internals. */
function signalClass(): (new () => SignalHandle) | undefined {
  try {
    return require("internal/test/binding").internalBinding("signal_wrap").Signal;
  } catch {
    return undefined; // a future Node: a busy loop after an `await` can then not be stopped, everything else can
  }
}

function isGone(parent: number): boolean {
  if (process.ppid !== parent) return true;
  try {
    process.kill(parent, 0); // where an orphan keeps its parent's id: only asks whether that one exists
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function watch({ flags, parent }: WatcherData): void {
  const Signal = signalClass();
  let handle: SignalHandle | undefined;
  setInterval(() => {
    if (isGone(parent)) process.kill(process.pid, "SIGKILL"); // the main thread may be in an endless loop
  }, PARENT_CHECK_MS);
  parentPort?.on("message", (message: "listen" | "stop") => {
    handle?.stop();
    handle?.close();
    handle = undefined;
    if (message === "listen" && Signal) {
      handle = new Signal();
      handle.start(SIGINT);
      handle.onsignal = () => Atomics.store(flags, STOP, 1);
    } else {
      Atomics.store(flags, LISTENING, 0);
      Atomics.notify(flags, LISTENING);
    }
  });
}

if (workerData) watch(workerData as WatcherData);
