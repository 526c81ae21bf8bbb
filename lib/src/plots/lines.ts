/**
 * @file Lines over a common axis, each labelled at its end: for any curve of the course, such as learning-rate schedules
 * (notebook 3), time over length (5) or drift over messages (8).
 */

import type { Figure } from "../display";
import { formatList, formatNumber } from "../format";
import { assertSeries, boxOf, panel, type Rule, type Series } from "./panel";
import { endSpace } from "./panel-labels";
import { figure, paddedRange, titleSpace, withoutUnit } from "./style";

/** What {@link lines} draws. */
export interface LinesOptions {
  series: readonly Series[];
  /** With the unit: `Context length (tokens)`. */
  xLabel: string;
  /** With the unit: `Time per token (ms)`. */
  yLabel: string;
  baselines?: readonly Rule[];
  xRange?: readonly [number, number];
  yRange?: readonly [number, number];
  xLog?: boolean;
  yLog?: boolean;
  /** The claim. Without it the title is only "<y> over <x>". */
  title?: string;
  summary?: string;
}

/**
 * Lines over a common axis.
 *
 * `lines({ series: [{ label: "with cache", x: [1, 2], y: [3, 3] }], xLabel: "Length (tokens)", yLabel: "Time (ms)" })`
 */
export function lines(options: LinesOptions): Figure {
  const { series, baselines = [], xLabel, yLabel, xLog = false, yLog = false } = options;
  const title = options.title ?? `${withoutUnit(yLabel)} over ${withoutUnit(xLabel).toLowerCase()}`;
  series.forEach((s) => void assertSeries(s));
  const xRange = options.xRange ?? paddedRange(all(series, "x"), { log: xLog, air: xLog ? 0.04 : 0 });
  const include = baselines.map((rule) => rule.value);
  const yRange = options.yRange ?? paddedRange(all(series, "y"), { include, log: yLog });
  const margin = { l: 68, r: endSpace(series), t: titleSpace(title), b: 52 };
  const parts = panel({
    series,
    rules: baselines,
    x: { label: xLabel, range: xRange, log: xLog, grid: xLog },
    y: { label: yLabel, range: yRange, log: yLog },
    box: boxOf(margin),
  });
  return figure({ title, margin, ...parts, summary: options.summary ?? `${title}. ${describe(series, baselines)}` });
}

/** The first and last values of every line and its baselines, in sentences. */
export function describe(series: readonly Series[], rules: readonly Rule[] = []): string {
  const told = series
    .filter((s) => s.y.length > 0)
    .map((s) => {
      const from = formatNumber(s.y[0]!);
      const to = s.endText || formatNumber(s.y[s.y.length - 1]!);
      return s.y.length === 1 ? `${s.label}: ${to}` : `${s.label}: from ${from} to ${to}`;
    });
  const lines = told.length > 0 ? `${told.join("; ")}.` : "No measurements yet.";
  const baselines = rules.map((rule) => `${rule.label} ${formatNumber(rule.value)}`);
  return rules.length > 0 ? `${lines} Baselines: ${formatList(baselines)}.` : lines;
}

function all(series: readonly Series[], key: "x" | "y"): ArrayLike<number>[] {
  return series.flatMap((s) => (s.behind ? [s[key], s.behind[key]] : [s[key]]));
}
