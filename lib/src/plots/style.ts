/**
 * @file The house style of every figure: colours, dashes and symbols, axes with units, a title that states the claim.
 * Used by every notebook through the other plots. Leaves colours of text, grid and background to the reader's theme.
 * Colours by Okabe and Ito 2008, without the black and the yellow that vanish on a dark or a light page.
 */

import type { Figure } from "../display";
import { escapeHtml, formatPower, visibleToken } from "../format";

/** How one series looks: never told by colour alone. */
export interface Marks {
  color: string;
  dash: string;
  symbol: string;
  /** The symbol as a character, for labels. */
  glyph: string;
}

/** The page a figure is laid out for, in pixels. Wider pages only give it more room. */
export const PAGE: { readonly width: number; readonly height: number } = { width: 700, height: 400 };

/** Readable on light and dark pages alike: baselines, leader lines. */
export const GREY = "#888888";

const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
const DASHES = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid"];
const SYMBOLS: readonly [string, string][] = [
  ["circle", "●"],
  ["square", "■"],
  ["diamond", "◆"],
  ["triangle-up", "▲"],
  ["triangle-down", "▼"],
  ["cross", "✚"],
  ["x", "✖"],
];

/** The look of series number `index`. Colours repeat after 6 series, symbols and dashes after 7: 42 differ. */
export function marksOf(index: number): Marks {
  const [symbol, glyph] = SYMBOLS[index % SYMBOLS.length]!;
  return { color: COLORS[index % COLORS.length]!, dash: DASHES[index % DASHES.length]!, symbol, glyph };
}

/** A colour of the palette with an opacity from 0 to 1: `fade("#0072b2", 0.5)` is `rgba(0,114,178,0.5)`. */
export function fade(color: string, opacity: number): string {
  const channels = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  return `rgba(${channels.join(",")},${opacity})`;
}

/** A number cut to what the eye can tell apart; null (a gap in the line) for anything that is not a number. */
export function shorten(value: number | undefined, digits = 4): number | null {
  return value === undefined || !Number.isFinite(value) ? null : Number(value.toPrecision(digits));
}

/** {@link shorten} for a whole series. Figures are stored in the notebook, so every digit costs. */
export function shortenAll(values: ArrayLike<number>, digits = 4): (number | null)[] {
  return Array.from(values, (value) => shorten(value, digits));
}

/** Text for a label: white space visible, no markup, cut at `limit` characters. */
export function labelText(text: string, limit = 24): string {
  const characters = [...visibleToken(text)];
  return escapeHtml(characters.length > limit ? `${characters.slice(0, limit - 1).join("")}…` : characters.join(""));
}

/** The label of an axis without the unit in brackets: `withoutUnit("Loss (nats)")` is `Loss`. */
export function withoutUnit(label: string): string {
  return label.replace(/ *\([^)]*\)$/, "");
}

/** Breaks a text into lines of at most `width` characters: `wrap("aa bb cc", 5)` is `["aa bb", "cc"]`. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** One axis. The label names the unit: `Loss (nats per token)`. */
export interface AxisOptions {
  label: string;
  range: readonly [number, number];
  log?: boolean;
  /** After each tick, e.g. `%`. */
  suffix?: string;
  grid?: boolean;
  /** No ticks: the numbers mean nothing by themselves. */
  bare?: boolean;
}

/** An axis as Plotly wants it. Its range is fixed, so that labels can be placed and live updates do not jump. */
export function axis({ label, range, log, suffix, grid = true, bare = false }: AxisOptions): Record<string, unknown> {
  const options = {
    title: { text: label, standoff: 8 },
    range: range.map((end) => Number((log ? Math.log10(end) : end).toPrecision(6))),
    showgrid: grid,
    automargin: false,
  };
  if (bare) return { ...options, showticklabels: false, ticks: "", zeroline: true, nticks: 5 };
  if (log) return { ...options, type: "log", ticks: "outside", ticklen: 4, ...logTicks(range) };
  return {
    ...options,
    zeroline: false,
    ticks: "outside",
    ticklen: 4,
    tickformat: ",",
    ...(suffix ? { ticksuffix: suffix } : {}),
  };
}

/** An axis with one named row per whole number, the first on top. */
export function rowAxis(labels: readonly string[]): Record<string, unknown> {
  return {
    tickmode: "array",
    tickvals: labels.map((_, i) => i),
    ticktext: [...labels],
    range: [labels.length - 0.45, -0.55],
    showgrid: false,
    zeroline: false,
    automargin: false,
  };
}

/** Ticks of a logarithmic axis: fine on a short one, powers of ten on a long one, every few powers on a very long one. */
function logTicks([from, to]: readonly [number, number]): Record<string, unknown> {
  const powers = Math.log10(to / from);
  const every = Math.max(1, Math.ceil(powers / 9));
  const steps = TICK_STEPS.find(([most]) => powers <= most)?.[1] ?? [1];
  const lowest = Math.floor(Math.log10(from));
  const values = Array.from({ length: Math.ceil(powers) + 2 }, (_, k) => lowest + k)
    .filter((power) => power % every === 0)
    .flatMap((power) => steps.map((step) => Number((step * 10 ** power).toPrecision(4))))
    .filter((value) => value >= from * 0.999 && value <= to * 1.001);
  const long = powers > 3 || to >= 1e7 || from < 1e-4;
  const label = (value: number): string => (long ? formatPower(value, 2) : value.toLocaleString("en-US"));
  return { tickmode: "array", tickvals: values, ticktext: values.map(label) };
}

/** The marks within one power of ten, for axes of at most so many powers. */
const TICK_STEPS: readonly [number, number[]][] = [
  [0.5, [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9]],
  [1, [1, 1.5, 2, 3, 4, 6, 8]],
  [2, [1, 2, 5]],
  [3, [1, 3]],
];

/** The lowest and highest finite number of several lists, with some air around; `include` numbers are always inside. */
export function paddedRange(
  lists: readonly ArrayLike<number>[],
  { include = [], air = 0.05, log = false }: { include?: readonly number[]; air?: number; log?: boolean } = {},
): [number, number] {
  const usable = (value: number): boolean => Number.isFinite(value) && (!log || value > 0);
  const values = [...lists.flatMap((list) => Array.from(list)), ...include].filter(usable);
  let low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  let high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (low > high) return log ? [1, 10] : [0, 1];
  if (log) {
    const ratio = high > low ? (high / low) ** air : 2;
    return [low / ratio, high * ratio];
  }
  if (low === high) {
    low -= Math.abs(low) || 1;
    high += Math.abs(high) || 1;
  }
  const pad = (high - low) * air;
  return [low - pad, high + pad];
}

/** Space around the drawing, in pixels. */
export interface Margin {
  l: number;
  r: number;
  t: number;
  b: number;
}

/** What {@link figure} puts together. */
export interface FigureParts {
  /** The claim, e.g. `Loss falls below the bigram baseline after 120 steps`. Plain text. */
  title: string;
  /** A line under the title, smaller; may hold Plotly markup. */
  subtitle?: string;
  /** The alternative text: full sentences with the main numbers. */
  summary: string;
  data: Record<string, unknown>[];
  /** `xaxis`, `yaxis`, `xaxis2` ... */
  axes?: Record<string, unknown>;
  annotations?: Record<string, unknown>[];
  shapes?: Record<string, unknown>[];
  margin?: Partial<Margin>;
  height?: number;
  layout?: Record<string, unknown>;
}

const TITLE_LETTERS = 66; // at 16 px on a page of 700 px

/** The title in lines of about the same length. */
function titleLines(title: string): string[] {
  const count = wrap(title, TITLE_LETTERS).length;
  let width = Math.ceil(title.length / count);
  while (wrap(title, width).length > count) width++;
  return wrap(title, width);
}

/**
 * The space above the drawing that a title and a subtitle need, in pixels. Figures that are redrawn with new titles keep
 * room for two lines, so that nothing jumps.
 */
export function titleSpace(title: string, { subtitle, lines = 1 }: { subtitle?: string; lines?: number } = {}): number {
  return 22 + 21 * Math.max(lines, titleLines(title).length) + (subtitle ? 20 : 0);
}

/** A figure in the house style. `uirevision` keeps the reader's zoom while updates arrive. */
export function figure(parts: FigureParts): Figure {
  const { title, subtitle, summary, data, axes, annotations = [], shapes = [], margin, height, layout } = parts;
  const heading = titleLines(title).map(escapeHtml);
  return {
    data,
    layout: {
      title: {
        text: heading.join("<br>"),
        ...(subtitle ? { subtitle: { text: subtitle, font: { size: 13 } } } : {}),
        font: { size: 16, weight: 600 },
        x: 0,
        xref: "container",
        xanchor: "left",
        y: 1,
        yref: "container",
        yanchor: "top",
        pad: { l: 12, t: heading.length > 1 ? 23 : 12 }, // Plotly lifts titles of several lines
      },
      height: height ?? PAGE.height,
      margin: { l: 64, r: 24, b: 52, t: titleSpace(title, { subtitle }), ...margin },
      paper_bgcolor: "rgba(0,0,0,0)",
      ...(axes ? { plot_bgcolor: "rgba(0,0,0,0)" } : {}),
      showlegend: false,
      hovermode: "closest",
      uirevision: "course",
      ...axes,
      ...(annotations.length > 0 ? { annotations } : {}),
      ...(shapes.length > 0 ? { shapes } : {}),
      ...layout,
    },
    summary,
  };
}

/** A place in a figure, in the units of its axes. */
export interface Point {
  x: number;
  y: number;
}

/** An arrow from one place to another, with a gap of so many pixels before its tail and after its head. */
export function arrow(
  from: Point,
  to: Point,
  { before, after, color = GREY }: { before: number; after: number; color?: string },
): Record<string, unknown> {
  return {
    x: Math.round(to.x),
    y: Math.round(to.y),
    ax: Math.round(from.x),
    ay: Math.round(from.y),
    xref: "x",
    yref: "y",
    axref: "x",
    ayref: "y",
    text: "",
    showarrow: true,
    arrowhead: 2,
    arrowwidth: 1.4,
    arrowcolor: color,
    standoff: after,
    startstandoff: before,
  };
}

/** A key in one line, for dots that have no line to label: `● people   ■ towns`. */
export function keyLine(labels: readonly string[], marks: (index: number) => Marks = marksOf): string {
  return labels.map((label, i) => `${coloured(marks(i))} ${escapeHtml(label)}`).join("&nbsp;&nbsp;&nbsp;");
}

/** The symbol of a series in its colour, as Plotly markup. */
export function coloured({ color, glyph }: Marks): string {
  return `<span style="color:${color}">${glyph}</span>`;
}
