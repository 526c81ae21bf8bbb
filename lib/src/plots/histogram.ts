/**
 * @file How often each size occurs: weights, gradients, activations, rewards. Notebooks 2, 3, 4 and 7.
 */

import type { Figure } from "../display";
import { CourseError } from "../errors";
import { escapeHtml, formatNumber } from "../format";
import { type Box, bestPlace, type Pixel, textSize } from "./labels";
import { boxOf, type Rule } from "./panel";
import { pixelOf } from "./panel-labels";
import {
  axis,
  coloured,
  fade,
  figure,
  GREY,
  marksOf,
  paddedRange,
  shorten,
  shortenAll,
  titleSpace,
  withoutUnit,
} from "./style";

/** What {@link histogram} draws. */
export interface HistogramOptions {
  series: readonly { label: string; values: ArrayLike<number> }[];
  /** What is counted, with its unit: `Weight (no unit)`. */
  xLabel: string;
  bins?: number;
  /** The values between which to count; values outside are counted in the outermost bins. By default all. */
  range?: readonly [number, number];
  /** Vertical lines with a label. */
  marks?: readonly Rule[];
  title?: string;
}

/**
 * The share of values in each of equally wide bins, as an outline per series.
 *
 * `histogram({ series: [{ label: "trained", values: weights }], xLabel: "Weight (no unit)" })`
 */
export function histogram({
  series,
  xLabel,
  bins = 50,
  range: given,
  marks = [],
  title: wanted,
}: HistogramOptions): Figure {
  const empty = series.find((s) => s.values.length === 0);
  if (series.length === 0 || empty) {
    throw new CourseError({ what: `series "${empty?.label ?? ""}"`, expected: "at least one value", received: "none" });
  }
  const range =
    given ??
    paddedRange(
      series.map((s) => s.values),
      { air: 0 },
    );
  const edges = Array.from({ length: bins + 1 }, (_, k) => range[0] + ((range[1] - range[0]) * k) / bins);
  const shares = series.map((s) => countShares(s.values, range, bins));
  const spreads = series.map((s) => ({ label: s.label, ...momentsOf(s.values) }));
  const told = spreads.map(
    (m) => `${m.label}: mean ${formatNumber(m.mean)}, standard deviation ${formatNumber(m.deviation)}`,
  );
  const title = wanted ?? spreadTitle(spreads, xLabel);
  const margin = { l: 72, r: 24, t: titleSpace(title), b: 52 };
  const box = boxOf(margin);
  const x = { label: xLabel, range, grid: false };
  const y = { label: "Share of values (%)", range: [0, Math.max(...shares.flat()) * 1.12] as const, suffix: "%" };
  const toPixel = pixelOf(x, y, box);
  const centres = edges.slice(0, bins).map((edge, k) => (edge + edges[k + 1]!) / 2);
  const outlines = shares.map((share) => share.map((s, k) => toPixel(centres[k]!, s)));
  const taken: Box[] = [];
  return figure({
    title,
    margin,
    data: series.map((s, k) => ({
      type: "scatter",
      mode: "lines",
      name: s.label,
      x: shortenAll(edges),
      y: shortenAll([...shares[k]!, shares[k]![bins - 1]!], 3),
      line: { shape: "hv", color: marksOf(k).color, dash: marksOf(k).dash, width: 2 },
      fill: "tozeroy",
      fillcolor: fade(marksOf(k).color, 0.12),
      hovertemplate: `%{y:.2~f}% from %{x:.3~g}<extra>${escapeHtml(s.label)}</extra>`,
    })),
    axes: { xaxis: axis(x), yaxis: axis(y) },
    annotations: [
      ...series.map((s, k) => peakLabel(s.label, k, { centres, share: shares[k]!, outlines, box, taken })),
      ...marks.map((mark) => ({
        x: shorten(mark.value),
        xref: "x",
        y: 1,
        yref: "y domain",
        text: escapeHtml(mark.label),
        showarrow: false,
        xanchor: "left",
        yanchor: "top",
        xshift: 3,
        font: { size: 11 },
      })),
    ],
    shapes: marks.map((mark) => ({
      type: "line",
      layer: "below",
      xref: "x",
      yref: "y domain",
      x0: shorten(mark.value),
      x1: shorten(mark.value),
      y0: 0,
      y1: 1,
      line: { color: GREY, width: 1.2, dash: "dash" },
    })),
    summary: `${title}. Histogram of ${xLabel}. ${told.join("; ")}.`,
  });
}

/** The percentage of the values in each bin: `countShares([0, 1, 1, 2], [0, 2], 2)` is `[25, 75]`. */
export function countShares(values: ArrayLike<number>, range: readonly [number, number], bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  let counted = 0;
  for (let i = 0; i < values.length; i++) {
    const at = Math.floor(((values[i]! - range[0]) / (range[1] - range[0])) * bins);
    if (Number.isNaN(at)) continue;
    counts[Math.min(bins - 1, Math.max(0, at))]!++;
    counted++;
  }
  return counts.map((count) => (count / Math.max(1, counted)) * 100);
}

interface Scene {
  centres: readonly number[];
  share: readonly number[];
  outlines: readonly Pixel[][];
  box: Box;
  taken: Box[];
}

/** A label on one flank of the outline, where it covers no other; a thin line leads to it. */
function peakLabel(label: string, k: number, { centres, share, outlines, box, taken }: Scene): Record<string, unknown> {
  const text = `${coloured(marksOf(k))} ${escapeHtml(label)}`;
  const { width, height } = textSize(text);
  const peak = share.indexOf(Math.max(...share));
  const outline = outlines[k]!;
  const candidates = [0.9, 0.75, 0.6, 0.45, 0.3, 0.15].flatMap((level) =>
    ([1, -1] as const).map((side) => {
      let bin = peak;
      while (share[bin + side] !== undefined && share[bin]! > level * share[peak]!) bin += side;
      const { x, y } = outline[bin]!;
      const left = side === 1 ? x + 26 : x - 26 - width;
      return { box: { left, right: left + width, top: y - height / 2, bottom: y + height / 2 }, place: { bin, side } };
    }),
  );
  const inside = candidates.filter((c) => c.box.left >= box.left && c.box.right <= box.right + 20);
  const best = bestPlace(inside.length > 0 ? inside : candidates, { points: outlines.flat(), boxes: taken });
  taken.push(best.box);
  return {
    x: shorten(centres[best.place.bin]),
    y: shorten(share[best.place.bin]),
    text,
    showarrow: true,
    arrowhead: 0,
    arrowwidth: 1,
    arrowcolor: marksOf(k).color,
    standoff: 2,
    ax: 24 * best.place.side,
    ay: 0,
    xanchor: best.place.side === 1 ? "left" : "right",
    font: { size: 12 },
  };
}

interface Moments {
  label: string;
  mean: number;
  deviation: number;
}

function momentsOf(values: ArrayLike<number>): { mean: number; deviation: number } {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

function spreadTitle(spreads: readonly Moments[], xLabel: string): string {
  const [a, b] = [spreads[0]!, spreads[spreads.length - 1]!];
  const name = withoutUnit(xLabel);
  if (spreads.length === 1)
    return `${name}: mean ${formatNumber(a.mean)}, standard deviation ${formatNumber(a.deviation)}`;
  const [wide, narrow] = a.deviation >= b.deviation ? [a, b] : [b, a];
  const times = wide.deviation / narrow.deviation;
  if (!(times >= 1.05)) return `${name}: ${a.label} and ${b.label} spread equally wide`;
  return `${name}: ${wide.label} spreads ${formatNumber(times, 2)} times as wide as ${narrow.label}`;
}
