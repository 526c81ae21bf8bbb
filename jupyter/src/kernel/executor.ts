/**
 * @file Runs one cell: compile with tslab, run in this process, keep its variables for the cells to come.
 * Takes the place of tslab's executor, which prints errors and results as text instead of returning them.
 */
import util from "node:util";
import vm from "node:vm";
import type { Cell } from "./cell";
import { currentCell } from "./cell";
import { examine } from "./cell-source";
import { mergeDeclarations } from "./declarations";
import { CompileError, ForbiddenInCell, Interrupted } from "./errors";
import { interruptByFlag, interruptFlags, listenInBackground, stopListeningInBackground } from "./interrupt";
import { CellModules } from "./modules";
import { FLAG, HELPERS } from "./repair";
import { registerCell, registerModule } from "./trace";
import { type CompletionInfo, type Converter, type ConvertResult, createConverter, getCodeMetadata } from "./tslab";
import { onCompiledModule, takeCellMaps } from "./typescript";
import { type Link, Variables } from "./variables";

export class Executor {
  readonly #converter: Converter = createConverter({ isJS: false, isBrowser: false });
  readonly #modules = new CellModules();
  readonly #variables = new Variables();
  /** What earlier cells declared, as the text of a .d.ts. */
  #declarations = "";

  /** `folder` is the notebook's: imports of cells are resolved from there. */
  constructor(folder: string) {
    onCompiledModule(registerModule);
    const helpers = {
      share: (links: Record<string, Link>) => this.#variables.share(links),
      alive: stopOrPass,
      stopIfAsked,
    };
    // The arguments of every compiled cell. A script can be interrupted only while it runs itself, so the function
    // that a cell is wrapped in has to be called by the script, with something that the script can name.
    const scope = [this.#variables.exports, this.#modules.requireFrom(folder), interruptFlags, helpers];
    Object.defineProperty(globalThis, "__course__", { value: scope, configurable: true });
  }

  /** Runs a cell and returns the value of its last expression. Throws what the cell throws, or a CompileError. */
  async run(cell: Cell): Promise<unknown> {
    const { module, mode, ...options } = getCodeMetadata(cell.code);
    if (mode === "browser") throw new ForbiddenInCell("Cells for the browser (@browser) cannot be run by this kernel.");
    if (module) return failIfAny(this.#converter.addModule(module, cell.code, options));

    const source = examine(cell.code);
    const compiled = this.#converter.convert(this.#declarations, source.text);
    const maps = takeCellMaps();
    if (maps) registerCell(cell.file, cell.label, cell.code, maps);
    this.#modules.add(compiled.sideOutputs);
    failIfAny(compiled.diagnostics);
    if (!compiled.output) {
      this.#declarations = compiled.declOutput ?? ""; // types only
      return undefined;
    }

    this.#variables.begin(source.names);
    let finished = false;
    try {
      await evaluate(cell, compiled, {
        isAsync: compiled.hasToplevelAwait || source.awaits,
        shared: source.changeable,
      });
      finished = true;
    } finally {
      const unset = this.#variables.end({ finished });
      const after = compiled.declOutput ?? "";
      this.#declarations = finished ? after : mergeDeclarations(this.#declarations, after, unset);
    }
    return compiled.lastExpressionVar && this.#variables.take(compiled.lastExpressionVar);
  }

  /** Names that could stand at `position` in `code`. */
  complete(code: string, position: number): CompletionInfo {
    return this.#converter.complete(this.#declarations, code, position);
  }

  /** What TypeScript knows about the name at `position`, for tslab's `printQuickInfo`. */
  inspect(code: string, position: number): unknown {
    return this.#converter.inspect(this.#declarations, code, position);
  }

  close(): void {
    this.#converter.close();
  }
}

function failIfAny(diagnostics: ConvertResult["diagnostics"]): void {
  if (diagnostics.length > 0) throw new CompileError(diagnostics);
}

/** Runs compiled code. The wrapper stands on a line of its own, which `lineOffset` takes away from stack traces. */
async function evaluate(
  cell: Cell,
  compiled: ConvertResult,
  { isAsync, shared }: { isAsync: boolean; shared: string[] },
): Promise<void> {
  const links = shared.map((name) => `${name}: [() => ${name}, (value) => { ${name} = value; }]`);
  const code = [
    `(${isAsync ? "async " : ""}function (exports, require, ${FLAG}, ${HELPERS}) { ${HELPERS}.share({ ${links} });`,
    compiled.output,
    "})(...globalThis.__course__)",
  ].join("\n");

  stopListeningInBackground(); // `breakOnSigint` needs the signal for itself
  const script = new vm.Script(code, { filename: cell.file, lineOffset: -1 });
  let result: unknown;
  try {
    result = script.runInThisContext({ breakOnSigint: true, displayErrors: false });
  } catch (error) {
    const stopped = (error as NodeJS.ErrnoException | null)?.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED";
    if (stopped) cell.interrupt();
    throw stopped ? new Interrupted() : error;
  }
  if (!util.types.isPromise(result)) return;

  listenInBackground();
  result.catch(() => {}); // when the cell is interrupted nobody waits for it any more
  await Promise.race([result, rejectWhenAborted(cell.signal)]);
}

function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

/** `await x` in a cell is `await __cell.alive(x)`: work that was interrupted stops here, also in the background. */
function stopOrPass<T>(awaited: T): T {
  currentCell()?.signal.throwIfAborted();
  return awaited;
}

/** Called by a loop of a cell once the interrupt flag is up. */
function stopIfAsked(): void {
  interruptByFlag();
  currentCell()?.signal.throwIfAborted();
}
