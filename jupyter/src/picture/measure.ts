/**
 * @file What jsdom lacks for Plotly: the size of things on the page. jsdom builds a document but lays nothing out, so
 * every box has size zero; Plotly needs the boxes of text for margins, legends and labels, and a canvas for heat maps.
 *
 * Simplified: text is measured with the font that draws it; of shapes only rectangles have a box; transforms are taken
 * as far as Plotly uses them on text (translate and rotate).
 */
import path from "node:path";
import { type Canvas, createCanvas, GlobalFonts } from "@napi-rs/canvas";
import { pathLength, pointAtLength } from "./path-length";

export const FONT_FAMILY = "DejaVu Sans";
const FONT_FOLDER = path.join(path.dirname(require.resolve("dejavu-fonts-ttf/package.json")), "ttf");
export const FONT_FILES: string[] = [
  "DejaVuSans",
  "DejaVuSans-Bold",
  "DejaVuSans-Oblique",
  "DejaVuSans-BoldOblique",
].map((name) => path.join(FONT_FOLDER, `${name}.ttf`));

/** Of DejaVu Sans, in units of the font size: from the baseline to the top and to the bottom of a line. */
const ASCENT = 0.93;
const DESCENT = 0.24;
const DEFAULT_FONT_SIZE = 12;

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

for (const file of FONT_FILES) GlobalFonts.registerFromPath(file, FONT_FAMILY);
const ruler = createCanvas(1, 1).getContext("2d");

/** Gives the elements of a page the methods that return their size. */
export function teachPageToMeasure(window: typeof globalThis): void {
  const svg = window.SVGElement.prototype as unknown as Record<string, unknown>;
  svg.getBBox = function (this: Element) {
    return toRectangle(boxOf(this));
  };
  svg.getBoundingClientRect = svg.getBBox;
  svg.getComputedTextLength = function (this: Element) {
    const { left, right } = boxOf(this);
    return right - left;
  };
  svg.getTotalLength = function (this: Element) {
    return pathLength(this.getAttribute("d") ?? "");
  };
  svg.getPointAtLength = function (this: Element, distance: number) {
    return pointAtLength(this.getAttribute("d") ?? "", distance);
  };
  teachCanvas(window);
  window.URL.createObjectURL = () => "";
}

function toRectangle({ left, top, right, bottom }: Box): object {
  return { x: left, y: top, left, top, right, bottom, width: right - left, height: bottom - top };
}

const EMPTY: Box = { left: 0, top: 0, right: 0, bottom: 0 };
const isEmpty = (box: Box): boolean => box.right === box.left && box.bottom === box.top;

function union(boxes: Box[]): Box {
  const real = boxes.filter((box) => !isEmpty(box));
  if (real.length === 0) return EMPTY;
  return {
    left: Math.min(...real.map((box) => box.left)),
    top: Math.min(...real.map((box) => box.top)),
    right: Math.max(...real.map((box) => box.right)),
    bottom: Math.max(...real.map((box) => box.bottom)),
  };
}

function boxOf(element: Element): Box {
  const name = element.tagName.toLowerCase();
  if (name === "text" || name === "tspan") return textBox(element);
  if (name === "rect" || name === "image") return rectangleBox(element);
  return union([...element.children].map((child) => transformed(boxOf(child), child.getAttribute("transform") ?? "")));
}

const numberAt = (element: Element, attribute: string): number =>
  Number.parseFloat(element.getAttribute(attribute) ?? "") || 0;

function rectangleBox(element: Element): Box {
  const [left, top] = [numberAt(element, "x"), numberAt(element, "y")];
  return { left, top, right: left + numberAt(element, "width"), bottom: top + numberAt(element, "height") };
}

/** Plotly makes one tspan of class "line" for each line of a text, moved down by `dy`, e.g. "1.3em". */
function textBox(element: Element): Box {
  const lines = [...element.querySelectorAll("tspan.line")];
  if (lines.length > 0) return union(lines.map((line) => lineBox(line, element)));
  return lineBox(element, element);
}

function lineBox(line: Element, text: Element): Box {
  const size = fontSize(line);
  const width = textWidth(line);
  const x = numberAt(line, "x") || numberAt(text, "x");
  const baseline = (numberAt(line, "y") || numberAt(text, "y")) + shiftDown(line, size);
  const anchor = style(line, "text-anchor") ?? "start";
  const left = anchor === "middle" ? x - width / 2 : anchor === "end" ? x - width : x;
  return { left, top: baseline - ASCENT * size, right: left + width, bottom: baseline + DESCENT * size };
}

function shiftDown(line: Element, size: number): number {
  const shift = line.getAttribute("dy") ?? "0";
  const amount = Number.parseFloat(shift) || 0;
  return shift.endsWith("em") ? amount * size : amount;
}

/** Bold, italic and small parts of a line are elements inside it. */
function textWidth(node: Element): number {
  let width = 0;
  for (const child of node.childNodes) {
    if (child.nodeType === 3) width += measured(child.textContent ?? "", node);
    else if (child.nodeType === 1) width += textWidth(child as Element);
  }
  return width;
}

function measured(text: string, element: Element): number {
  if (!text) return 0;
  const weight = style(element, "font-weight") ?? "normal";
  const slant = style(element, "font-style") ?? "normal";
  ruler.font = `${slant} ${weight} ${fontSize(element)}px "${FONT_FAMILY}"`;
  return ruler.measureText(text).width;
}

function fontSize(element: Element): number {
  return Number.parseFloat(style(element, "font-size") ?? "") || DEFAULT_FONT_SIZE;
}

/** The value of a property that is inherited: from `style="..."` or an attribute of the nearest ancestor that has it. */
function style(element: Element, property: string): string | undefined {
  for (let up: Element | null = element; up; up = up.parentElement) {
    const inline = (up as HTMLElement).style?.getPropertyValue(property);
    const value = inline || up.getAttribute(property);
    if (value) return value;
  }
  return undefined;
}

/** `translate(10,20)`, `rotate(-45,10,20)` and both together, applied to the corners of a box. */
function transformed(box: Box, transform: string): Box {
  if (!transform || isEmpty(box)) return box;
  let corners = [box.left, box.right].flatMap((x) => [box.top, box.bottom].map((y) => ({ x, y })));
  for (const [, name, list] of [...transform.matchAll(/(\w+)\(([^)]*)\)/g)].reverse()) {
    const [a = 0, b = 0, c = 0] = list!.split(/[\s,]+/).map(Number);
    if (name === "translate") corners = corners.map(({ x, y }) => ({ x: x + a, y: y + b }));
    if (name === "rotate") corners = corners.map(({ x, y }) => rotate(x, y, { degrees: a, centreX: b, centreY: c }));
  }
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

function rotate(
  x: number,
  y: number,
  { degrees, centreX, centreY }: { degrees: number; centreX: number; centreY: number },
): { x: number; y: number } {
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const [dx, dy] = [x - centreX, y - centreY];
  return { x: centreX + cos * dx - sin * dy, y: centreY + sin * dx + cos * dy };
}

/** Heat maps are painted on a canvas and put into the SVG as an image. */
function teachCanvas(window: typeof globalThis): void {
  const canvases = new WeakMap<HTMLCanvasElement, Canvas>();
  const real = (element: HTMLCanvasElement): Canvas => {
    const known = canvases.get(element);
    if (known) return known;
    const made = createCanvas(element.width || 1, element.height || 1);
    canvases.set(element, made);
    return made;
  };
  const prototype = window.HTMLCanvasElement.prototype as unknown as Record<string, unknown>;
  prototype.getContext = function (this: HTMLCanvasElement, kind: string) {
    return kind === "2d" ? real(this).getContext("2d") : null;
  };
  prototype.toDataURL = function (this: HTMLCanvasElement) {
    return real(this).toDataURL("image/png");
  };
}
