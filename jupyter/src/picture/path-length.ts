/**
 * @file Lengths along an SVG path, which jsdom cannot tell: Plotly shortens arrows by them and puts labels on contours.
 *
 * Simplified: a curve is taken as 16 straight pieces. Commands are the absolute ones that Plotly writes, without arcs.
 */

export interface Point {
  x: number;
  y: number;
}

const PIECES_OF_A_CURVE = 16;

/** `pathLength("M0,0L3,4")` is 5. */
export function pathLength(path: string): number {
  return lengthOf(corners(path));
}

/** The point at a distance from the start: `pointAtLength("M0,0H10", 4)` is `{ x: 4, y: 0 }`. */
export function pointAtLength(path: string, distance: number): Point {
  const points = corners(path);
  let remaining = Math.max(0, distance);
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1]!, points[i]!];
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    if (remaining <= length && length > 0) return between(from, to, remaining / length);
    remaining -= length;
  }
  return points.at(-1) ?? { x: 0, y: 0 };
}

function lengthOf(points: Point[]): number {
  return points.slice(1).reduce((sum, { x, y }, i) => sum + Math.hypot(x - points[i]!.x, y - points[i]!.y), 0);
}

function between(a: Point, b: Point, share: number): Point {
  return { x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y) };
}

/** The path as a line with corners. */
function corners(path: string): Point[] {
  const points: Point[] = [];
  let start: Point = { x: 0, y: 0 };
  for (const [, command, list] of path.matchAll(/([MLHVQCZ])([^A-Z]*)/g)) {
    const numbers = (list!.match(/-?\d*\.?\d+(?:e[-+]?\d+)?/gi) ?? []).map(Number);
    const last = points.at(-1) ?? start;
    if (command === "Z") points.push(start);
    else if (command === "H") points.push(...numbers.map((x) => ({ x, y: last.y })));
    else if (command === "V") points.push(...numbers.map((y) => ({ x: last.x, y })));
    else if (command === "Q" || command === "C") points.push(...curves(last, pairs(numbers), command === "Q" ? 2 : 3));
    else points.push(...pairs(numbers));
    if (command === "M") start = points.at(-1) ?? start;
  }
  return points;
}

function pairs(numbers: number[]): Point[] {
  return Array.from({ length: Math.floor(numbers.length / 2) }, (_, i) => ({
    x: numbers[2 * i]!,
    y: numbers[2 * i + 1]!,
  }));
}

/** Bézier curves one after the other, each with `degree` points besides the one where it starts. */
function curves(from: Point, controls: Point[], degree: number): Point[] {
  const points: Point[] = [];
  let start = from;
  for (let i = 0; i + degree <= controls.length; i += degree) {
    const control = [start, ...controls.slice(i, i + degree)];
    for (let piece = 1; piece <= PIECES_OF_A_CURVE; piece++) points.push(onCurve(control, piece / PIECES_OF_A_CURVE));
    start = control.at(-1)!;
  }
  return points;
}

/** De Casteljau: halve (or divide by `share`) the lines between the points until one point is left. */
function onCurve(control: Point[], share: number): Point {
  if (control.length === 1) return control[0]!;
  return onCurve(
    control.slice(1).map((point, i) => between(control[i]!, point, share)),
    share,
  );
}
