/**
 * @file Where the labels of a panel stand: at the ends of its lines and along its baselines, none over another.
 * Part of `panel`.
 */

import { escapeHtml, formatNumber } from "../format";
import { type Box, bestPlace, type Candidate, type Pixel, spread, textSize } from "./labels";
import type { Rule, Series } from "./panel";
import { type AxisOptions, coloured, type Marks, marksOf, wrap } from "./style";

/** The size of labels in pixels. */
export const LABEL_FONT = 12;

const LABEL_LETTERS = 22;
const LEADER = 20; // pixels between a line's end and its label

/** From data to pixels. */
export type ToPixel = (x: number, y: number) => Pixel;

/** What labels have to keep clear of. */
export interface Scene {
  series: readonly Series[];
  rules: readonly Rule[];
  toPixel: ToPixel;
  box: Box;
}

/** A label for Plotly, at a place in the data. */
export interface PlacedLabel {
  x: number;
  y: number;
  [option: string]: unknown;
}

/** The pixels of a point in a drawing area with these axes. */
export function pixelOf(x: AxisOptions, y: AxisOptions, box: Box): ToPixel {
  const share = ({ range, log }: AxisOptions, value: number): number => {
    const scale = log ? Math.log10 : (v: number) => v;
    return (scale(value) - scale(range[0])) / (scale(range[1]) - scale(range[0]));
  };
  return (atX, atY) => ({
    x: box.left + share(x, atX) * (box.right - box.left),
    y: box.bottom - share(y, atY) * (box.bottom - box.top),
  });
}

/** The label at a line's end without its symbol: name and last value, in short lines. */
function endText({ label, y, endText }: Series): string {
  const last = y[y.length - 1];
  const value = endText ?? (last === undefined || !Number.isFinite(last) ? "" : formatNumber(last));
  const lines = wrap(value === "" ? label : `${label} ${value}`, LABEL_LETTERS);
  return lines.map(escapeHtml).join("<br>");
}

/** The room that labels at the ends of these lines need to the right of the drawing, in pixels. */
export function endSpace(series: readonly Series[]): number {
  const widths = series.filter((s) => s.label !== "").map((s) => textSize(`x ${endText(s)}`, LABEL_FONT).width);
  return Math.ceil(Math.max(24, ...widths.map((width) => width + LEADER + 6)));
}

interface End {
  point: Pixel & { dataX: number; dataY: number };
  marks: Marks;
  text: string;
  width: number;
  height: number;
}

/**
 * A label for the end of every line. With `margin` all stand to the right of the ends; with `inside` those that find no
 * room there are stacked above the lines; with `around` each stands on whichever side covers least of any line, for paths
 * that turn.
 */
export function placeEnds(
  scene: Scene,
  where: "margin" | "inside" | "around",
): { labels: PlacedLabel[]; boxes: Box[] } {
  const ends = scene.series.flatMap((series, i): End[] => {
    const point = lastPoint(series, scene.toPixel);
    if (!point || series.label === "") return [];
    const text = `${coloured(marksOf(series.look ?? i))} ${endText(series)}`;
    return [{ point, marks: marksOf(series.look ?? i), text, ...textSize(text, LABEL_FONT) }];
  });
  if (where === "around") return gather(around(ends, scene));
  const fits = (end: End): boolean => where === "margin" || end.point.x + LEADER + end.width <= scene.box.right;
  const placed = [
    ...beside(ends.filter(fits), scene),
    ...stacked(
      ends.filter((end) => !fits(end)),
      scene,
    ),
  ];
  return gather(placed);
}

function gather(placed: readonly Placed[]): { labels: PlacedLabel[]; boxes: Box[] } {
  return { labels: placed.map((p) => p.label), boxes: placed.map((p) => p.box) };
}

/** The last point of a line that can be drawn. */
function lastPoint(series: Series, toPixel: ToPixel): End["point"] | undefined {
  for (let k = series.y.length - 1; k >= 0; k--) {
    const pixel = toPixel(series.x[k]!, series.y[k]!);
    if (Number.isFinite(pixel.x + pixel.y)) return { ...pixel, dataX: series.x[k]!, dataY: series.y[k]! };
  }
  return undefined;
}

interface Placed {
  label: PlacedLabel;
  box: Box;
}

/** Labels to the right of the ends, moved apart up and down; a thin line leads from each to its end. */
function beside(ends: readonly End[], { box, rules, toPixel }: Scene): Placed[] {
  // Inside the drawing a label also keeps clear of baselines and of the text above them.
  const within = ends.some((end) => end.point.x + LEADER + end.width <= box.right);
  const fixed = within ? rules.map((rule) => toPixel(1, rule.value).y - 7) : [];
  const at = spread(
    [...ends.map((end) => Math.min(box.bottom, Math.max(box.top, end.point.y))), ...fixed],
    [...ends.map((end) => end.height), ...fixed.map(() => 18)],
    within ? [box.top, box.bottom] : [box.top - 10, box.bottom + 10],
    [...ends.map(() => 1), ...fixed.map(() => 1e6)],
  );
  return ends.map((end, i) => {
    const { point, width, height } = end;
    return {
      label: leading(end, LEADER, Math.round(at[i]! - point.y)),
      box: { left: point.x, right: point.x + LEADER + width, top: at[i]! - height / 2, bottom: at[i]! + height / 2 },
    };
  });
}

/** The label of a line's end, shifted from it by some pixels, with a thin line between. */
function leading({ point, marks, text }: End, ax: number, ay: number): PlacedLabel {
  return {
    x: point.dataX,
    y: point.dataY,
    text,
    align: "left",
    xanchor: ax < 0 ? "right" : "left",
    yanchor: "middle",
    showarrow: true,
    arrowhead: 0,
    arrowwidth: 1,
    arrowcolor: marks.color,
    standoff: 5,
    ax,
    ay,
    font: { size: LABEL_FONT },
  };
}

const SHIFTS = [LEADER, 40, 70, 100].flatMap((far) =>
  [0, -0.5, 0.5, -1, 1, -1.5, 1.5].flatMap((up) => [far, -far].map((ax) => ({ ax, ay: Math.round(up * far) }))),
);

/** Labels on the side of their ends where they cover the fewest points of the lines, near rather than far. */
function around(ends: readonly End[], { box, series, toPixel }: Scene): Placed[] {
  const points = series.flatMap((s) => alongLine(s, toPixel));
  const boxes: Box[] = [];
  return ends.map((end) => {
    const { point, width, height } = end;
    const candidates = SHIFTS.map(({ ax, ay }): Candidate<PlacedLabel> => {
      const left = ax < 0 ? point.x + ax - width : point.x + ax;
      const top = point.y + ay - height / 2;
      const air = 4; // symbols are wider than the points they mark
      const room = { left: left - air, right: left + width + air, top: top - air, bottom: top + height + air };
      return { box: room, place: leading(end, ax, ay) };
    });
    const { left, right, top, bottom } = box;
    const inside = candidates.filter((c) => c.box.left >= left && c.box.top >= top && c.box.bottom <= bottom);
    const free = inside.filter((c) => c.box.right <= right);
    const best = bestPlace(free.length > 0 ? free : candidates, { points, boxes });
    boxes.push(best.box);
    return { label: best.place, box: best.box };
  });
}

/** Labels one above the other, right-aligned, above everything that is drawn under them. */
function stacked(ends: readonly End[], { box, series, toPixel }: Scene): Placed[] {
  const left = box.right - Math.max(...ends.map((end) => end.width));
  const drawn = series
    .flatMap((s) => [s, ...(s.behind ? [{ ...s, ...s.behind }] : [])])
    .flatMap((s) => alongLine(s, toPixel))
    .filter((p) => p.x >= left);
  let floor = Math.min(...drawn.map((p) => p.y), box.bottom) - 4;
  const lowestFirst = [...ends].sort((a, b) => b.point.y - a.point.y);
  return lowestFirst.map(({ point, text, width, height }) => {
    const bottom = floor;
    floor -= height;
    return {
      label: {
        x: point.dataX,
        y: point.dataY,
        text,
        showarrow: false,
        xanchor: "right",
        yanchor: "bottom",
        xshift: 6,
        yshift: Math.round(point.y - bottom),
        font: { size: LABEL_FONT },
      },
      box: { left: point.x - width, right: point.x, top: bottom - height, bottom },
    };
  });
}

/** Points every few pixels along a line. */
function alongLine(series: Series, toPixel: ToPixel): Pixel[] {
  const corners = Array.from(series.x, (x, k) => toPixel(x, series.y[k]!)).filter((p) => Number.isFinite(p.x + p.y));
  return corners.flatMap((to, k) => {
    const from = corners[k - 1];
    if (!from) return [to];
    const steps = Math.max(1, Math.min(40, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 6)));
    return Array.from({ length: steps }, (_, s) => ({
      x: from.x + ((to.x - from.x) * (s + 1)) / steps,
      y: from.y + ((to.y - from.y) * (s + 1)) / steps,
    }));
  });
}

/** A baseline's label for Plotly, on the height of its value. */
export interface RuleLabel {
  value: number;
  [option: string]: unknown;
}

/** A place for every baseline's label: above or below its line, right, left or in the middle, where it covers least. */
export function placeRules({ series, rules, toPixel, box }: Scene, boxes: readonly Box[]): RuleLabel[] {
  const points = series.flatMap((s) => alongLine(s, toPixel));
  const taken = [...boxes];
  const heights = rules.map((rule) => toPixel(1, rule.value).y);
  // Other baselines are obstacles too.
  const across = heights.map((y) =>
    Array.from({ length: 60 }, (_, i) => ({ x: box.left + ((box.right - box.left) * i) / 59, y })),
  );
  return rules.map((rule, i) => {
    const text = `${escapeHtml(rule.label)}${rule.label.includes(":") ? " =" : ":"} ${formatNumber(rule.value)}${rule.suffix ?? ""}`;
    const { width, height } = textSize(text, LABEL_FONT - 1);
    const y = heights[i]!;
    const candidates: Candidate<object>[] = [1, 0, 0.5, 0.25, 0.75].flatMap((x) =>
      [true, false].map((above) => {
        const left = box.left + x * (box.right - box.left - width);
        const top = above ? y - 2 - height : y + 2;
        const xanchor = x === 1 ? "right" : x === 0 ? "left" : "center";
        return {
          box: { left, right: left + width, top, bottom: top + height },
          place: { x, xanchor, yanchor: above ? "bottom" : "top", xshift: x === 0 ? 4 : 0 },
        };
      }),
    );
    const inside = candidates.filter((c) => c.box.bottom <= box.bottom + 1 && c.box.top >= box.top - height);
    const others = across.filter((_, j) => j !== i).flat();
    const best = bestPlace(inside.length > 0 ? inside : candidates, { points: [...points, ...others], boxes: taken });
    taken.push(best.box);
    return { value: rule.value, text, ...best.place };
  });
}
