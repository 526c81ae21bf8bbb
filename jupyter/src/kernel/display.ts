/**
 * @file Outputs that are more than text: bundles of MIME types, updated in place, offered to libraries as
 * `globalThis[Symbol.for("course.display")]`, so that they need no import of the kernel.
 *
 * A figure is a bundle with Plotly's MIME type. Before a cell ends, each figure gets a picture of its last state, for
 * viewers without Plotly (a saved notebook on the web, a printed page). That happens once a figure and cell, in another
 * process, and never while the cell computes.
 */
import { randomUUID } from "node:crypto";
import util from "node:util";
import { renderFigure } from "../picture/renderer";
import { type Cell, currentCell, type ShownFigure } from "./cell";
import { printOnTerminal } from "./process";
import type { TslabDisplay } from "./tslab";

/** One output in several forms, by MIME type. Bytes become base64. */
export type Bundle = Record<string, unknown>;
export type Metadata = Record<string, unknown>;

/** An output on the page. */
export interface DisplayHandle {
  readonly id: string;
  /** Replaces the output, also from a later cell. */
  update(bundle: Bundle, metadata?: Metadata): DisplayHandle;
}

export interface Display {
  (bundle: Bundle, options?: { id?: string; metadata?: Metadata }): DisplayHandle;
  /** Removes the outputs of the cell; with `wait` only when the next one comes, so that nothing flickers. */
  clear(wait?: boolean): void;
}

const PLOTLY = "application/vnd.plotly.v1+json";
const PNG = "image/png";
/** A value with a method of this name says itself how it is shown. */
const CUSTOM_DISPLAY = Symbol.for("Jupyter.display");

/** A figure that sets no size is drawn in this one, in CSS pixels. */
const PICTURE_SIZE = { width: 700, height: 400 };

export function installDisplay(): void {
  const display: Display = (bundle, { id = randomUUID(), metadata = {} } = {}) => {
    publish("display_data", id, bundle, metadata);
    return handleOf(id);
  };
  display.clear = (wait = false) => currentCell()?.clear(wait);
  Object.defineProperty(globalThis, Symbol.for("course.display"), { value: display, configurable: true });
  console.clear = () => display.clear(true);
}

function handleOf(id: string): DisplayHandle {
  return {
    id,
    update(bundle, metadata = {}) {
      publish("update_display_data", id, bundle, metadata);
      return this;
    },
  };
}

function publish(type: "display_data" | "update_display_data", id: string, bundle: Bundle, metadata: Metadata): void {
  const cell = currentCell();
  if (!cell) return;
  const data = plainBundle(bundle);
  if (data[PLOTLY] && !data[PNG]) cell.figures.set(id, { data, metadata });
  else cell.figures.delete(id);
  send(cell, type, id, { data, metadata });
}

function send(cell: Cell, type: string, id: string, { data, metadata }: ShownFigure): void {
  cell.flush();
  const described = data[PNG] && data["text/plain"] ? { [PNG]: { alt: data["text/plain"] }, ...metadata } : metadata;
  cell.publish(type, { data, metadata: described, transient: { display_id: id } });
}

/** Shows the value of a cell's last expression. */
export function showValue(value: unknown): void {
  const cell = currentCell();
  if (!cell || value === undefined || value === null || isHandle(value)) return;
  const custom = (value as { [CUSTOM_DISPLAY]?: () => Bundle | null })[CUSTOM_DISPLAY];
  const bundle = typeof custom === "function" ? custom.call(value) : (figureBundle(value) ?? textBundle(value));
  if (!bundle) return;
  if (bundle[PLOTLY]) {
    publish("display_data", randomUUID(), bundle, {});
    return;
  }
  cell.flush();
  cell.publish("execute_result", { execution_count: cell.count, data: plainBundle(bundle), metadata: {} });
}

function textBundle(value: unknown): Bundle {
  return { "text/plain": util.inspect(value) };
}

/** A figure as the last value of a cell is shown as one: `{ data, layout, summary }`. */
function figureBundle(value: unknown): Bundle | undefined {
  const { data, layout, summary } = value as { data?: unknown; layout?: unknown; summary?: unknown };
  if (!Array.isArray(data) || typeof layout !== "object" || typeof summary !== "string") return undefined;
  const { summary: _, ...figure } = value as object & { summary: string };
  return { [PLOTLY]: figure, "text/plain": summary };
}

/** What a display function returned is on the page already, and a timer is not a result. */
function isHandle(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const keys = Object.keys(value);
  const isDisplay =
    keys.every((key) => key === "id" || key === "update") && typeof Reflect.get(value, "update") === "function";
  return isDisplay || value.constructor?.name === "Timeout";
}

/** `import * as tslab from "tslab"`: its outputs take the same way. */
export function showTslabDisplay({ data, metadata, transient }: TslabDisplay, update: boolean): void {
  const type = update ? "update_display_data" : "display_data";
  publish(type, transient.display_id ?? randomUUID(), data, metadata);
}

/** Adds a picture to each figure that the cell has shown or updated. A figure that cannot be drawn stays as it is. */
export async function addPictures(cell: Cell): Promise<void> {
  if (cell.figures.size === 0 || process.env.COURSE_PICTURES === "off") return;
  cell.flush();
  cell.drawing = new AbortController();
  for (const [id, shown] of cell.figures) {
    const figure = shown.data[PLOTLY] as { layout?: { width?: number; height?: number } };
    const size = {
      width: figure.layout?.width ?? PICTURE_SIZE.width,
      height: figure.layout?.height ?? PICTURE_SIZE.height,
    };
    try {
      const png = await renderFigure(figure, { ...size, signal: cell.drawing.signal });
      const data = { ...shown.data, [PNG]: Buffer.from(png).toString("base64") };
      const metadata = { [PNG]: { alt: shown.data["text/plain"], ...size }, ...shown.metadata };
      send(cell, "update_display_data", id, { data, metadata });
    } catch (error) {
      if (cell.drawing.signal.aborted) break;
      if (process.env.COURSE_PICTURES === "report")
        printOnTerminal(`kernel: no picture: ${(error as Error).message}\n`);
    }
  }
  cell.figures.clear();
  cell.drawing = undefined;
}

/** A copy as JSON knows it, taken now: what a cell changes later must not change what it has shown. */
function plainBundle(bundle: Bundle): Bundle {
  return Object.fromEntries(
    Object.entries(bundle).map(([type, content]) => [
      type,
      content instanceof Uint8Array ? base64(content) : plain(content),
    ]),
  );
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/** JSON would turn a typed array into an object with numbers as keys. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Float64Array, Number);
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? Number(value) : value;
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return value;
  return Object.fromEntries(Object.entries(value).map(([key, content]) => [key, plain(content)]));
}
