/**
 * @file Two or more values on one row, joined by a line: before and after, one mix of texts against another.
 * Notebooks 1 (loss per domain), 6 and 7 (before and after). Its axis need not start at zero, as bars would have to.
 */

import type { Figure } from "../display";
import { CourseError } from "../errors";
import { formatLoss, formatNumber } from "../format";
import { textSize } from "./labels";
import {
  axis,
  figure,
  GREY,
  keyLine,
  labelText,
  marksOf,
  paddedRange,
  rowAxis,
  shorten,
  titleSpace,
  wrap,
} from "./style";

/** What {@link dumbbells} draws. */
export interface DumbbellOptions {
  /** One a row. */
  rows: readonly string[];
  /** The same rows measured several times: one dot a row each. */
  series: readonly { label: string; values: readonly number[] }[];
  /** With the unit: `Loss (nats per token)`. */
  xLabel: string;
  title?: string;
  summary?: string;
  format?: (value: number) => string;
  range?: readonly [number, number];
  /** After each tick, e.g. `%`. */
  suffix?: string;
}

/**
 * One row a thing, one dot a measurement, a line between the dots; the outer values are written beside them.
 *
 * `dumbbells({ rows: ["facts", "grammar"], series: [{ label: "before", values: [93, 95] }, { label: "after", values: [16, 55] }],
 * xLabel: "Right answers (%)" })`
 */
export function dumbbells(options: DumbbellOptions): Figure {
  const { rows, series, xLabel, format = formatNumber, suffix = "" } = options;
  for (const { label, values } of series) {
    if (values.length === rows.length) continue;
    throw new CourseError({
      what: `series "${label}"`,
      expected: `${rows.length} values, one a row`,
      received: `${values.length}`,
    });
  }
  const title = options.title ?? widestGap(options);
  const subtitle = keyLine(series.map((s) => s.label));
  const names = rows.map((row) =>
    wrap(row, 26)
      .map((line) => labelText(line, 30))
      .join("<br>"),
  );
  const left = Math.ceil(Math.max(...names.map((name) => textSize(name).width)) + 16);
  const right = Math.ceil(
    Math.max(...series.flatMap((s) => s.values).map((value) => textSize(`${format(value)}${suffix}`).width)),
  );
  const margin = { l: left, r: right + 14, t: titleSpace(title, { subtitle }), b: 52 };
  const range =
    options.range ??
    paddedRange(
      series.map((s) => s.values),
      { air: 0.14 },
    );
  const ends = rows.map((_, i) => {
    const values = series.map((s) => s.values[i]!).filter(Number.isFinite);
    return { low: Math.min(...values), high: Math.max(...values) };
  });
  const known = ends.flatMap((end, i) => (Number.isFinite(end.low) ? [{ ...end, i }] : []));
  return figure({
    title,
    subtitle,
    height: Math.max(200, margin.t + margin.b + 34 * rows.length),
    margin,
    data: [
      {
        type: "scatter",
        mode: "lines",
        x: known.flatMap(({ low, high }) => [shorten(low), shorten(high), null]),
        y: known.flatMap(({ i }) => [i, i, null]),
        line: { color: GREY, width: 2 },
        hoverinfo: "skip",
      },
      ...series.map((s, k) => ({
        type: "scatter",
        mode: "markers+text",
        name: s.label,
        x: s.values.map((value) => shorten(value)),
        y: rows.map((_, i) => i),
        marker: { color: marksOf(k).color, symbol: marksOf(k).symbol, size: 11 },
        text: s.values.map((value, i) => {
          const outer = value === ends[i]!.low || value === ends[i]!.high;
          const told = series.slice(0, k).some((before) => before.values[i] === value);
          return outer && !told ? labelText(`${format(value)}${suffix}`) : "";
        }),
        textposition: s.values.map((value, i) => (value === ends[i]!.high ? "middle right" : "middle left")),
        textfont: { size: 12 },
        cliponaxis: false,
        hovertemplate: `%{x:.4~g}${suffix}<extra>${labelText(s.label)}</extra>`,
      })),
    ],
    axes: {
      xaxis: axis({ label: xLabel, range, suffix }),
      yaxis: rowAxis(names),
    },
    summary: options.summary ?? `${title}. ${xLabel}: ${rowsInWords(options)}.`,
  });
}

/** What {@link domainBars} draws. */
export interface DomainBarsOptions {
  /** The kinds of held-out text. */
  domains: readonly string[];
  /** Models trained on different mixes of texts, and their loss on each domain. */
  mixes: readonly { label: string; lossNats: readonly number[] }[];
  title?: string;
}

/**
 * The loss on each kind of text for models trained on different mixes.
 *
 * `domainBars({ domains: ["tales", "code"], mixes: [{ label: "tales only", lossNats: [1.1, 4.2] },
 * { label: "half code", lossNats: [1.3, 1.9] }] })`
 */
export function domainBars({ domains, mixes, title }: DomainBarsOptions): Figure {
  return dumbbells({
    rows: domains,
    series: mixes.map((mix) => ({ label: mix.label, values: mix.lossNats })),
    xLabel: "Loss on held-out text (nats per token)",
    format: formatLoss,
    title,
  });
}

/** The claim of the widest row: `Largest difference: code, 4.20 (tales only) against 1.90 (half code)`. */
function widestGap({ rows, series, format = formatNumber, suffix = "" }: DumbbellOptions): string {
  const [a, b] = [series[0], series[series.length - 1]];
  if (!a || !b || rows.length === 0) return "Nothing measured yet";
  const gap = (i: number): number => Math.abs(a.values[i]! - b.values[i]!) || 0;
  const widest = rows.reduce((best, _, i) => (gap(i) > gap(best) ? i : best), 0);
  const told = [a, b].map((s) => `${format(s.values[widest]!)}${suffix} (${s.label})`);
  return `Largest difference: ${rows[widest]}, ${told.join(" against ")}`;
}

function rowsInWords({ rows, series, format = formatNumber, suffix = "" }: DumbbellOptions): string {
  return rows
    .map((row, i) => `${row} ${series.map((s) => `${format(s.values[i]!)}${suffix} (${s.label})`).join(", ")}`)
    .join("; ");
}
