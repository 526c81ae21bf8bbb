/**
 * @file One panel of lines: the lines, a label at the end of each, dashed baselines with their labels. Loss curves, probe
 * curves, scaling laws and `lines` are made of it. Leaves out the title: a figure may hold several panels.
 */

import { CourseError } from "../errors";
import { escapeHtml } from "../format";
import type { Box } from "./labels";
import { LABEL_FONT, pixelOf, placeEnds, placeRules, type Scene } from "./panel-labels";
import { type AxisOptions, axis, fade, GREY, marksOf, PAGE, shorten, shortenAll } from "./style";

/** One line. */
export interface Series {
  /** Stands at the line's end. */
  label: string;
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /** The value to print after the label; by default the last `y`. Empty text for none. */
  endText?: string;
  /** A faint line behind this one, e.g. the same before smoothing. */
  behind?: { x: ArrayLike<number>; y: ArrayLike<number> };
  /** Which of the house's looks to use; by default the position in the list. */
  look?: number;
  /** Draw only the symbols (measured points) or only the line (a fitted curve). Default both. */
  draw?: "line" | "points" | "both";
}

/** A baseline: a dashed line across the panel with its label on it. */
export interface Rule {
  label: string;
  value: number;
  /** After the value, e.g. `%`. */
  suffix?: string;
}

/** What {@link panel} draws. */
export interface PanelOptions {
  series: readonly Series[];
  rules?: readonly Rule[];
  x: AxisOptions;
  y: AxisOptions;
  /** The drawing area on a page of 700 pixels. */
  box: Box;
  /** 1 draws on `xaxis` and `yaxis`, 2 on `xaxis2` and `yaxis2`, and so on. */
  index?: number;
  /**
   * Labels to the right of the drawing (`margin`), above the ends of the lines where that has no room (`inside`), or on
   * the side of each end where they cover least (`around`).
   */
  ends?: "margin" | "inside" | "around";
  /** The unit for hovering, e.g. `nats`. */
  unit?: string;
}

/** The parts of a figure that belong to one panel. */
export interface Panel {
  data: Record<string, unknown>[];
  axes: Record<string, unknown>;
  annotations: Record<string, unknown>[];
  shapes: Record<string, unknown>[];
}

/** Draws lines, baselines and labels into one pair of axes. */
export function panel(options: PanelOptions): Panel {
  const { series, rules = [], x, y, box, index = 1, unit = "" } = options;
  const suffix = index === 1 ? "" : String(index);
  const axes = { xaxis: `x${suffix}`, yaxis: `y${suffix}` };
  const toPixel = pixelOf(x, y, box);
  const data = series.flatMap((s, i) => traces(s, i, axes, unit));
  const rulesShown = rules.filter((rule) => rule.value >= y.range[0] && rule.value <= y.range[1]);
  const scene: Scene = { series, rules: rulesShown, toPixel, box };
  const ends = placeEnds(scene, options.ends ?? "margin");
  const ruleLabels = placeRules(scene, ends.boxes);
  const logged = (value: number, log?: boolean): number | null => shorten(log ? Math.log10(value) : value, 5);
  return {
    data,
    axes: {
      [`xaxis${suffix}`]: { ...axis(x), anchor: axes.yaxis },
      [`yaxis${suffix}`]: { ...axis(y), anchor: axes.xaxis },
    },
    annotations: [
      ...ends.labels.map(({ x: atX, y: atY, ...label }) => ({
        xref: axes.xaxis,
        yref: axes.yaxis,
        x: logged(atX, x.log),
        y: logged(atY, y.log),
        ...label,
      })),
      ...ruleLabels.map(({ value, ...label }) => ({
        xref: `${axes.xaxis} domain`,
        yref: axes.yaxis,
        y: logged(value, y.log),
        showarrow: false,
        font: { size: LABEL_FONT - 1 },
        ...label,
      })),
    ],
    shapes: rulesShown.map(({ value }) => ({
      type: "line",
      layer: "below",
      xref: `${axes.xaxis} domain`,
      yref: axes.yaxis,
      x0: 0,
      x1: 1,
      y0: shorten(value, 5),
      y1: shorten(value, 5),
      line: { color: GREY, width: 1.2, dash: "dash" },
    })),
  };
}

/** The drawing area that a margin leaves on the page. */
export function boxOf(margin: { l: number; r: number; t: number; b: number }, height: number = PAGE.height): Box {
  return { left: margin.l, right: PAGE.width - margin.r, top: margin.t, bottom: height - margin.b };
}

/** Throws unless a line has as many `y` as `x`. */
export function assertSeries({ label, x, y }: Series): void {
  if (x.length === y.length) return;
  throw new CourseError({
    what: `series "${label}"`,
    expected: `${x.length} y values, one for each x`,
    received: `${y.length}`,
  });
}

/** The traces of a line: the faint one behind, then the line with symbols at a few of its points. */
function traces(series: Series, i: number, axes: object, unit: string): Record<string, unknown>[] {
  const { color, dash, symbol } = marksOf(series.look ?? i);
  const { draw = "both", behind, label, x, y } = series;
  const sparse = draw === "both" && x.length > 24 ? { maxdisplayed: 9 } : {};
  const line: Record<string, unknown> = {
    type: "scatter",
    ...axes,
    name: label,
    mode: draw === "both" ? "lines+markers" : draw === "line" ? "lines" : "markers",
    x: orGap(shortenAll(x, 6)),
    y: orGap(shortenAll(y)),
    ...(draw === "points" ? {} : { line: { color, dash, width: 2.2 } }),
    ...(draw === "line"
      ? {}
      : { cliponaxis: false, marker: { color, symbol, size: draw === "points" ? 10 : 7, ...sparse } }),
    hovertemplate: `%{y:.4~g}${unit ? ` ${unit}` : ""}<br>at %{x:,}<extra>${escapeHtml(label)}</extra>`,
  };
  if (!behind) return [line];
  const faint = {
    type: "scatter",
    ...axes,
    mode: "lines",
    x: shortenAll(behind.x, 6),
    y: shortenAll(behind.y, 3),
    line: { color: fade(color, 0.35), width: 1 },
    hoverinfo: "skip",
  };
  return [faint, line];
}

/** A list with at least a gap in it: Plotly drops a trace without points, and a live figure starts with none. */
function orGap(values: (number | null)[]): (number | null)[] {
  return values.length > 0 ? values : [null];
}
