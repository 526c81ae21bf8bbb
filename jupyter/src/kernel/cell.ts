/**
 * @file One cell that runs or has run: its text, its output, its interrupt switch. Which cell code belongs to is
 * followed through timers and promises, so output and errors that come late still reach the cell they came from.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { Interrupted } from "./errors";

/** Sends one message on the channel of outputs, as an answer to the request that started the cell. */
export type Publish = (type: string, content: object) => void;

/** The last state of a figure that was shown or updated in a cell. */
export interface ShownFigure {
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
}

// A cell may replace the global timers; output must not depend on that.
const { setTimeout, clearTimeout } = globalThis;

/** Text is collected for this long: about 25 messages a second, whatever a cell prints. */
const FLUSH_EVERY_MS = 40;
const FLUSH_AT_CHARACTERS = 60_000;

let started = 0;

export class Cell {
  /** What a learner sees in a stack trace: `cell [3]`. */
  readonly label: string;
  /** The file name under which V8 knows the code of this cell, different for each run. */
  readonly file: string;
  /** Figures that wait for their picture, by display id. */
  readonly figures: Map<string, ShownFigure> = new Map();
  /** True once the answer to the cell is on its way; what comes now is late. */
  ended = false;
  /** Set while the pictures of the cell's figures are drawn: interrupting then ends the drawing, not the cell. */
  drawing: AbortController | undefined;

  readonly #stop = new AbortController();
  #stream: "stdout" | "stderr" = "stdout";
  #text = "";
  #lastFlush = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly code: string,
    readonly count: number,
    readonly publish: Publish,
  ) {
    started += 1;
    this.label = `cell [${count}]`;
    this.file = `cell-${started}.ts`;
  }

  /** Aborted when the cell is interrupted. Cells and libraries see it as `interruptSignal`. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  interrupt(): void {
    if (this.drawing) this.drawing.abort();
    else if (!this.ended) this.#stop.abort(new Interrupted());
  }

  /** Prints text. The first text after a pause goes out at once, so that a busy loop shows its progress. */
  write(stream: "stdout" | "stderr", text: string): void {
    if (this.#stream !== stream) this.flush();
    this.#stream = stream;
    this.#text += text;
    if (this.#text.length > FLUSH_AT_CHARACTERS || Date.now() - this.#lastFlush > FLUSH_EVERY_MS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_EVERY_MS);
  }

  /** Sends the text collected so far. To be called before any other output, so that the order stays. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#text;
    this.#text = "";
    if (!text) return;
    this.#lastFlush = Date.now();
    this.publish("stream", { name: this.#stream, text });
  }

  /** Clears what the cell has shown; with `wait` only when the next output comes. */
  clear(wait: boolean): void {
    if (wait) this.flush();
    this.#text = "";
    this.figures.clear();
    this.publish("clear_output", { wait });
  }
}

/** The cell whose code, timer or promise is running. `null`: the kernel's own work. */
const owner = new AsyncLocalStorage<Cell | null>();
let newest: Cell | null = null;

/** Runs `work` as part of `cell`, with all that it starts. */
export function runInCell<T>(cell: Cell, work: () => T): T {
  newest = cell;
  return owner.run(cell, work);
}

/** Runs `work` as the kernel's own. */
export function runInKernel<T>(work: () => T): T {
  return owner.run(null, work);
}

/** The cell that runs now; the newest one where that is unknown (a native callback, for example). */
export function currentCell(): Cell | null {
  const cell = owner.getStore();
  return cell === undefined ? newest : cell;
}

/** The cell that was started last, whether it has ended or not. */
export function newestCell(): Cell | null {
  return newest;
}
