/**
 * @file Cells share a process with the kernel. Here is what keeps them apart: prints go to the cell that made them, a
 * cell cannot end the process, and an error nobody waits for is shown where it comes from.
 */
import { currentCell } from "./cell";
import { describeError, ForbiddenInCell, Interrupted } from "./errors";

/** Node's own: `exit` without the handlers that a cell may have added. */
const exitProcess = (process as unknown as { reallyExit(code: number): never }).reallyExit.bind(process);
const killProcess = process.kill.bind(process);
const writeToTerminal = process.stderr.write.bind(process.stderr);
const { setTimeout } = globalThis;

/** Time for the last answer to leave. */
const GOODBYE_MS = 50;

/** Writes where the server runs: for what belongs to no cell. */
export function printOnTerminal(text: string): void {
  writeToTerminal(text);
}

export function endKernel(): void {
  setTimeout(() => exitProcess(0), GOODBYE_MS);
}

/** From now on prints reach the cells, and cells are kept from ending the kernel. */
export function installProcess(): void {
  for (const name of ["stdout", "stderr"] as const) redirect(name);

  const guard = (name: "exit" | "reallyExit" | "abort"): void => {
    Object.defineProperty(process, name, {
      configurable: true,
      writable: true,
      value: (code?: number) => (currentCell() ? forbid(`process.${name}(${code ?? ""})`) : exitProcess(code ?? 0)),
    });
  };
  guard("exit");
  guard("reallyExit");
  guard("abort");
  process.kill = (pid, signal) => {
    const endsKernel = pid === process.pid && signal !== 0;
    return endsKernel && currentCell() ? forbid("process.kill of its own process") : killProcess(pid, signal);
  };

  process.on("uncaughtException", showLateError);
  process.on("unhandledRejection", showLateError);
}

/** `COURSE_STDERR=stdout` mixes both streams, for graders that take any text on stderr for a failure. */
function redirect(name: "stdout" | "stderr"): void {
  const target = process.env.COURSE_STDERR === "stdout" ? "stdout" : name;
  type Done = (error?: Error | null) => void;
  const write = (data: string | Uint8Array, encoding?: BufferEncoding | Done, done?: Done): boolean => {
    const text = typeof data === "string" ? data : Buffer.from(data).toString();
    const cell = currentCell();
    if (cell) cell.write(target, text);
    else writeToTerminal(text);
    const callback = typeof encoding === "function" ? encoding : done;
    if (callback) process.nextTick(callback);
    return true;
  };
  process[name].write = write as typeof process.stdout.write;
}

function forbid(what: string): never {
  throw new ForbiddenInCell(`${what} would end the kernel, with all that was trained. Use throw to stop a cell.`);
}

/** An error of a timer, an event or a promise that nobody awaited. The cell may have ended long ago. */
function showLateError(error: unknown): void {
  const cell = currentCell();
  if (!cell) {
    printOnTerminal(`kernel: ${error instanceof Error ? error.stack : String(error)}\n`);
    return;
  }
  if (cell.signal.aborted || error instanceof Interrupted) return; // it was stopped; what fails then is no news
  const origin = `Late error from ${cell.label}, in a timer, an event or a promise that was not awaited:`;
  const text = `${[origin, ...describeError(error, cell.code).traceback].join("\n")}\n`;
  cell.write("stderr", text);
  if (cell.ended) printOnTerminal(text); // programs that run notebooks drop the output of a cell that has ended
}
