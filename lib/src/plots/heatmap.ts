/**
 * @file Tables of numbers as shades: attention of one head or of many, similarities, responsibilities.
 * Notebooks 2, 4 and 5. Shades run from the page's own background to one colour, so they read on light and dark pages.
 */

import type { Figure } from "../display";
import { CourseError } from "../errors";
import { formatNumber, formatPercent, visibleToken } from "../format";
import { assertShape } from "../shape";
import { textSize } from "./labels";
import { fade, figure, labelText, marksOf, PAGE, shorten, titleSpace } from "./style";

/** What {@link heatmap} draws. */
export interface HeatmapOptions {
  /** One row of numbers a row of the picture. (rows, columns) */
  values: readonly ArrayLike<number>[];
  rows: readonly string[];
  columns: readonly string[];
  /** What the rows are, e.g. `token that looks`. */
  yLabel: string;
  xLabel: string;
  /** What a number means, with its unit: `Attention (share)`. */
  valueLabel: string;
  /** The number of the deepest shade. By default the largest. With numbers below zero, those get a second colour. */
  max?: number;
  format?: (value: number) => string;
  title?: string;
  summary?: string;
}

const CELLS_WITH_NUMBERS = 12; // a side

/**
 * A table of numbers as shades, with the numbers in the cells while they fit.
 *
 * `heatmap({ values: [[1, 0], [0.3, 0.7]], rows: ["the", "goat"], columns: ["the", "goat"], yLabel: "looks", xLabel: "at",
 * valueLabel: "Attention (share)" })`
 */
export function heatmap(options: HeatmapOptions): Figure {
  const { values, rows, columns, yLabel, xLabel, valueLabel, format = (value) => formatNumber(value, 2) } = options;
  assertTable(values, rows.length, columns.length);
  const flat = values.flatMap((row, i) => Array.from(row, (value, j) => ({ value, i, j })));
  const known = flat.filter(({ value }) => Number.isFinite(value));
  const top = known.reduce((best, cell) => (Math.abs(cell.value) > Math.abs(best.value) ? cell : best), known[0]!);
  const where = `${visibleToken(rows[top.i]!)} × ${visibleToken(columns[top.j]!)}`;
  const title = options.title ?? `Strongest: ${where}, ${format(top.value)}`;
  const labels = {
    rows: rows.map((row) => labelText(row, 16)),
    columns: columns.map((column) => labelText(column, 16)),
  };
  const slanted = columns.length * Math.max(...labels.columns.map((label) => textSize(label).width)) > 480;
  const widest = (texts: readonly string[]): number => Math.max(...texts.map((text) => textSize(text).width));
  const margin = {
    l: Math.ceil(widest(labels.rows)) + 46,
    r: 90,
    t: titleSpace(title),
    b: 46 + (slanted ? Math.ceil(widest(labels.columns) * 0.75) : 16),
  };
  const side = Math.min(34, Math.max(14, (PAGE.width - margin.l - margin.r) / columns.length));
  return figure({
    title,
    margin,
    height: Math.round(margin.t + margin.b + Math.min(420, Math.max(90, side * rows.length))),
    data: [
      shades(values, { ...options, ...labels }),
      ...(Math.max(rows.length, columns.length) <= CELLS_WITH_NUMBERS ? [numbers(known, format)] : []),
    ],
    axes: {
      xaxis: { ...cellAxis(labels.columns, xLabel), tickangle: slanted ? -45 : 0 },
      yaxis: { ...cellAxis(labels.rows, yLabel), autorange: "reversed" },
    },
    summary:
      options.summary ??
      `${title}. Table of ${valueLabel}: ${rows.length} rows (${yLabel}) by ${columns.length} columns (${xLabel}). ` +
        `Strongest: ${strongest(known, 5)
          .map(({ value, i, j }) => `${visibleToken(rows[i]!)} × ${visibleToken(columns[j]!)} ${format(value)}`)
          .join("; ")}.`,
  });
}

/** What {@link attentionMap} draws. */
export interface AttentionMapOptions {
  /** How much each token looks at each other: rows add up to 1, nothing above the diagonal. (T, T) */
  weights: readonly ArrayLike<number>[];
  tokens: readonly string[];
  title?: string;
}

/**
 * Where one attention head looks.
 *
 * `attentionMap({ weights: [[1, 0], [0.2, 0.8]], tokens: ["The", " goat"] })`
 */
export function attentionMap({ weights, tokens, title }: AttentionMapOptions): Figure {
  assertTable(weights, tokens.length, tokens.length);
  const cells = weights.flatMap((row, i) => Array.from(row, (value, j) => ({ value, i, j })));
  const elsewhere = cells.filter(({ i, j }) => j < i);
  const top = elsewhere.length > 0 ? strongest(elsewhere, 1)[0] : undefined;
  const claim = top
    ? `“${visibleToken(tokens[top.i]!)}” looks at “${visibleToken(tokens[top.j]!)}” with ${formatPercent(top.value)} of its attention`
    : "A single token can only look at itself";
  return heatmap({
    values: weights.map((row, i) => Array.from(row, (value, j) => (j > i ? Number.NaN : value))),
    rows: tokens,
    columns: tokens,
    yLabel: "Token that looks",
    xLabel: "Token looked at (empty: the future)",
    valueLabel: "Attention (share)",
    max: 1,
    format: (value) => (value >= 0.005 ? value.toFixed(2).replace(/^0/, "") : "0"),
    title: title ?? claim,
  });
}

/** What {@link attentionHeads} draws. */
export interface AttentionHeadsOptions {
  heads: readonly { label: string; weights: readonly ArrayLike<number>[] }[];
  tokens: readonly string[];
  columns?: number;
  title?: string;
}

/** The maps of many heads over the same text, small and side by side; hovering names the tokens. */
export function attentionHeads({ heads, tokens, columns = 4, title: given }: AttentionHeadsOptions): Figure {
  const title = given ?? `${heads.length} heads look at the same ${tokens.length} tokens`;
  heads.forEach((head) => void assertTable(head.weights, tokens.length, tokens.length));
  const rows = Math.max(1, Math.ceil(heads.length / columns));
  const gap = { x: 0.03, y: 26 };
  const margin = { l: 16, r: 16, t: titleSpace(title) + 20, b: 34 };
  const width = (1 - gap.x * (columns - 1)) / columns;
  const side = Math.round(width * (PAGE.width - margin.l - margin.r));
  const inner = rows * side + (rows - 1) * gap.y;
  const names = tokens.map((token) => labelText(token, 16));
  const axes: Record<string, unknown> = {};
  const data = heads.map(({ weights }, k) => {
    const suffix = k === 0 ? "" : String(k + 1);
    const [column, row] = [k % columns, Math.floor(k / columns)];
    const left = column * (width + gap.x);
    const top = 1 - (row * (side + gap.y)) / inner;
    const bare = { showticklabels: false, ticks: "", showgrid: false, zeroline: false, showline: true, mirror: true };
    axes[`xaxis${suffix}`] = { ...bare, domain: ends(left, left + width), anchor: `y${suffix}` };
    axes[`yaxis${suffix}`] = {
      ...bare,
      autorange: "reversed",
      domain: ends(top - side / inner, top),
      anchor: `x${suffix}`,
    };
    const z = weights.map((row, i) => Array.from(row, (value, j) => (j > i ? null : shorten(value, 2))));
    return {
      type: "heatmap",
      z,
      xaxis: `x${suffix}`,
      yaxis: `y${suffix}`,
      zmin: 0,
      zmax: 1,
      colorscale: SHADES,
      showscale: false,
      // Up to 1,000 cells carry their tokens for hovering; more would make the notebook large.
      ...(tokens.length ** 2 * heads.length <= 1000
        ? {
            customdata: names.map((looks) => names.map((at) => `${looks} looks at ${at}`)),
            hovertemplate: "%{customdata}: %{z:.2f}<extra></extra>",
          }
        : { hovertemplate: "token %{y} looks at token %{x}: %{z:.2f}<extra></extra>" }),
    };
  });
  return figure({
    title,
    margin,
    height: margin.t + margin.b + inner,
    data,
    axes,
    annotations: [
      ...heads.map(({ label }, k) => ({
        text: labelText(label),
        xref: `x${k === 0 ? "" : k + 1} domain`,
        yref: `y${k === 0 ? "" : k + 1} domain`,
        x: 0,
        y: 1,
        xanchor: "left",
        yanchor: "bottom",
        showarrow: false,
        font: { size: 12 },
      })),
      {
        text: "Down: token that looks. Across: token looked at. Deeper: more attention (none to all).",
        xref: "paper",
        yref: "paper",
        x: 0,
        y: 0,
        yshift: -8,
        xanchor: "left",
        yanchor: "top",
        showarrow: false,
        font: { size: 12 },
      },
    ],
    summary: `${title}. ${heads
      .map(({ label, weights }) => `${label} gives ${formatPercent(toPrevious(weights))} to the token before`)
      .join("; ")}.`,
  });
}

const BLUE = marksOf(0).color;
const ORANGE = marksOf(1).color;
// Faint at first, then quickly deeper: small shares stay visible on a dark page.
const DEPTHS = [
  [0, 0],
  [0.1, 0.25],
  [0.35, 0.55],
  [1, 0.95],
] as const;
const SHADES = DEPTHS.map(([at, opacity]) => [at, fade(BLUE, opacity)]);
const TWO_SIDED = [
  ...DEPTHS.map(([at, opacity]) => [0.5 - at / 2, fade(ORANGE, opacity)]).reverse(),
  ...DEPTHS.map(([at, opacity]) => [0.5 + at / 2, fade(BLUE, opacity)]),
];

interface TableCell {
  value: number;
  i: number;
  j: number;
}

function shades(values: readonly ArrayLike<number>[], options: HeatmapOptions): Record<string, unknown> {
  const all = values.flatMap((row) => Array.from(row)).filter(Number.isFinite);
  const max = options.max ?? Math.max(...all.map(Math.abs), 1e-12);
  const signed = all.some((value) => value < 0);
  return {
    type: "heatmap",
    z: values.map((row) => Array.from(row, (value) => shorten(value, 3))),
    zmin: signed ? -max : 0,
    zmax: max,
    colorscale: signed ? TWO_SIDED : SHADES,
    xgap: 1,
    ygap: 1,
    customdata: options.rows.map((row) => options.columns.map((column) => `${row} × ${column}`)),
    hovertemplate: "%{customdata}: %{z}<extra></extra>",
    colorbar: {
      title: { text: options.valueLabel, font: { size: 12 }, side: "right" },
      thickness: 12,
      outlinewidth: 0,
    },
  };
}

/** The numbers as text over the shades: in the theme's colour, which a heatmap's own text would not take. */
function numbers(cells: readonly TableCell[], format: (value: number) => string): Record<string, unknown> {
  return {
    type: "scatter",
    mode: "text",
    x: cells.map((cell) => cell.j),
    y: cells.map((cell) => cell.i),
    text: cells.map((cell) => labelText(format(cell.value))),
    textfont: { size: 11 },
    hoverinfo: "skip",
  };
}

function cellAxis(labels: readonly string[], label: string): Record<string, unknown> {
  return {
    title: { text: label, standoff: 8 },
    tickmode: "array",
    tickvals: labels.map((_, i) => i),
    ticktext: [...labels],
    showgrid: false,
    zeroline: false,
    automargin: false,
  };
}

function assertTable(values: readonly ArrayLike<number>[], rows: number, columns: number): void {
  if (rows === 0 || columns === 0) {
    throw new CourseError({
      what: "values",
      expected: "at least one row and one column",
      received: `${rows} by ${columns}`,
    });
  }
  assertShape("values", [values.length, values[0]?.length ?? 0], [rows, columns], "rows, columns");
}

function strongest(cells: readonly TableCell[], count: number): TableCell[] {
  return [...cells].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, count);
}

/** The mean attention to the token just before: near 1 for a "previous token" head. */
function toPrevious(weights: readonly ArrayLike<number>[]): number {
  const steps = weights.slice(1).map((row, i) => row[i]!);
  return steps.length === 0 ? 0 : steps.reduce((sum, value) => sum + value, 0) / steps.length;
}

function ends(from: number, to: number): number[] {
  return [Number(Math.max(0, from).toFixed(4)), Number(Math.min(1, to).toFixed(4))];
}
