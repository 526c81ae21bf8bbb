/**
 * @file Pictures of figures, without a browser: `renderFigure` turns Plotly data into a PNG.
 * The kernel uses it at the end of a cell; the HTML export and the README use it as they are built.
 *
 * The work is done by a child process (child.ts), which starts with the first picture and ends when none was wanted for
 * a while. So a kernel that shows no figure pays nothing, and a figure that hangs can be given up.
 * Left out: three-dimensional figures and maps. They need WebGL or a network.
 */
import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";

/** A figure as Plotly takes it. */
export interface PlotlyFigure {
  data?: readonly object[];
  layout?: object;
}

export interface RenderOptions {
  /** In CSS pixels. */
  width?: number;
  height?: number;
  /** Pixels of the picture per CSS pixel: 2 is sharp on most screens. */
  scale?: number;
  /** For this picture, the start of the process included. */
  timeLimitMs?: number;
  /** Gives up the picture when it is aborted. */
  signal?: AbortSignal;
}

/** What the child is asked for. */
export interface PictureRequest {
  id: number;
  figure: PlotlyFigure;
  width: number;
  height: number;
  scale: number;
}

/** Its answer: a PNG, or why there is none. */
export interface PictureAnswer {
  id: number;
  png?: Uint8Array;
  problem?: string;
}

interface Pending {
  resolve(png: Uint8Array): void;
  reject(error: Error): void;
}

const TIME_LIMIT_MS = 30_000;
const IDLE_MS = 5 * 60_000;
/** Types of traces that Plotly draws with WebGL or with tiles from the network. Without this, each costs the time limit. */
const CANNOT_BE_DRAWN = /gl$|3d$|geo$|map(box)?$|^(surface|isosurface|volume|cone|streamtube|splom|parcoords)$/;
const DRAWN_ANYWAY = /^(heatmap|treemap)$/;

const { setTimeout, clearTimeout } = globalThis; // a cell may replace them
const pending = new Map<number, Pending>();
let child: ChildProcess | undefined;
let idle: NodeJS.Timeout | undefined;
let requests = 0;

/**
 * Draws a figure on white ground and returns the bytes of a PNG.
 *
 * `fs.writeFileSync("loss.png", await renderFigure(lossCurve(history), { width: 700, height: 400 }))`
 */
export async function renderFigure(figure: PlotlyFigure, options: RenderOptions = {}): Promise<Uint8Array> {
  const { width = 700, height = 400, scale = 2, timeLimitMs = TIME_LIMIT_MS, signal } = options;
  signal?.throwIfAborted();
  const type = undrawableType(figure);
  if (type) throw new Error(`A figure of type ${type} cannot be drawn without a browser.`);

  requests += 1;
  const id = requests;
  const answer = new Promise<Uint8Array>((resolve, reject) => pending.set(id, { resolve, reject }));
  const giveUp = (reason: Error): void => {
    pending.get(id)?.reject(reason);
    endChild("The process was ended because of another picture."); // it may hang, and holds up what comes after
  };
  const timer = setTimeout(() => giveUp(new Error(`No picture within ${timeLimitMs} ms.`)), timeLimitMs);
  const onAbort = (): void => giveUp(signal?.reason);
  signal?.addEventListener("abort", onAbort);
  try {
    const request: PictureRequest = { id, figure: { data: figure.data, layout: figure.layout }, width, height, scale };
    startedChild().send(request);
    return await answer;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    pending.delete(id);
    rest();
  }
}

function undrawableType({ data = [] }: PlotlyFigure): string | undefined {
  const types = data.map((trace) => String((trace as { type?: unknown }).type ?? "scatter"));
  return types.find((type) => CANNOT_BE_DRAWN.test(type) && !DRAWN_ANYWAY.test(type));
}

function startedChild(): ChildProcess {
  clearTimeout(idle);
  if (!child) {
    const started = fork(path.join(__dirname, "child.js"), {
      execArgv: [],
      serialization: "advanced",
      stdio: "ignore",
    });
    started.on("message", ({ id, png, problem }: PictureAnswer) => {
      if (png) pending.get(id)?.resolve(png);
      else pending.get(id)?.reject(new Error(problem ?? "No picture."));
    });
    started.on("error", (error) => endChild(error.message));
    started.on("exit", () => child === started && endChild("The process that draws has ended."));
    child = started;
  }
  child.ref();
  child.channel?.ref();
  return child;
}

/** Nothing to draw: the child must not keep this process from ending, and goes itself after a while. */
function rest(): void {
  if (pending.size > 0 || !child) return;
  child.unref();
  child.channel?.unref();
  clearTimeout(idle);
  idle = setTimeout(() => endChild("Idle."), IDLE_MS);
  idle.unref();
}

function endChild(reason: string): void {
  const ending = child;
  child = undefined;
  ending?.kill("SIGKILL");
  for (const { reject } of pending.values()) reject(new Error(reason));
}
