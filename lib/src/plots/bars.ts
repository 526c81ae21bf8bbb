/**
 * @file Horizontal bars with their values beside them: frequencies, the distribution over the next token, costs.
 * Every notebook.
 */

import type { Figure } from "../display";
import { assertCount, CourseError } from "../errors";
import { formatCount, formatLoss, formatNumber, formatPercent, formatPower, visibleToken } from "../format";
import { textSize } from "./labels";
import { axis, fade, figure, labelText, marksOf, PAGE, rowAxis, shorten, titleSpace, withoutUnit } from "./style";

/** One bar. */
export interface Bar {
  label: string;
  value: number;
  /** Stands after the value. */
  note?: string;
  /** Drawn hatched and bold: the bar the claim is about. */
  marked?: boolean;
}

/** What {@link bars} draws. */
export interface BarsOptions {
  bars: readonly Bar[];
  /** With the unit: `Count (tokens)`. */
  xLabel: string;
  /** The claim. By default which bar is longest. */
  title?: string;
  subtitle?: string;
  summary?: string;
  /** How the value beside a bar is written. */
  format?: (value: number) => string;
  /** Lengths by powers of ten. Such bars have no zero: compare their ends, not their lengths. */
  log?: boolean;
  /** The values are shares from 0 to 1: ticks in percent. */
  percent?: boolean;
}

/**
 * Horizontal bars, in the order given, with their values.
 *
 * `bars({ bars: [{ label: "the", value: 812 }, { label: "of", value: 403 }], xLabel: "Count (tokens)" })`
 */
export function bars(options: BarsOptions): Figure {
  const { bars: rows, xLabel, format = formatNumber, log = false, subtitle } = options;
  if (rows.length === 0) throw new CourseError({ what: "bars", expected: "at least one bar", received: "none" });
  const longest = rows.reduce((best, row) => (row.value > best.value ? row : best));
  const title =
    options.title ?? `${withoutUnit(xLabel)} is highest for “${visibleToken(longest.label)}”: ${format(longest.value)}`;
  const labels = rows.map((row) => (row.marked ? `<b>${labelText(row.label, 32)}</b>` : labelText(row.label, 32)));
  const texts = rows.map((row) => [format(row.value), row.note].filter(Boolean).join(" "));
  const left = Math.max(...labels.map((label) => textSize(label).width)) + 18;
  const margin = { l: Math.ceil(left), r: 16, t: titleSpace(title, { subtitle }), b: 52 };
  const inner = PAGE.width - margin.l - margin.r;
  const widths = texts.map((text, i) => textSize(text, rows[i]!.marked ? 13 : 12).width + 6);
  const trace = (marked: boolean): Record<string, unknown> => {
    const chosen = rows.flatMap((row, i) => (Boolean(row.marked) === marked ? [i] : []));
    const shown = chosen.map((i) => labelText(texts[i]!, 60));
    return {
      type: "bar",
      orientation: "h",
      y: chosen,
      x: chosen.map((i) => shorten(rows[i]!.value)),
      text: marked ? shown.map((text) => `<b>${text}</b>`) : shown,
      textposition: "outside",
      cliponaxis: false,
      constraintext: "none",
      marker: marked
        ? { color: marksOf(1).color, pattern: { shape: "/", size: 6 } }
        : { color: fade(marksOf(0).color, 0.75) },
      hovertext: chosen.map((i) => labels[i]),
      hovertemplate: "%{hovertext}: %{text}<extra></extra>",
    };
  };
  const x = { label: xLabel, range: rangeFor(rows, widths, inner, log), log };
  return figure({
    title,
    subtitle,
    height: Math.max(180, margin.t + margin.b + 24 * rows.length),
    margin,
    data: [false, true].filter((marked) => rows.some((row) => Boolean(row.marked) === marked)).map(trace),
    axes: {
      xaxis: log
        ? withoutTicksAbove(axis(x), longest.value)
        : { ...axis(x), nticks: 6, ...(options.percent ? { tickformat: "~%" } : {}) },
      yaxis: rowAxis(labels),
    },
    summary:
      options.summary ??
      `${title}. Bars of ${xLabel}: ${rows.map((row, i) => `${visibleToken(row.label)} ${texts[i]}`).join("; ")}.`,
    layout: { bargap: 0.3, barmode: "overlay" },
  });
}

/** Bars end before the room for their texts begins: no ticks there. */
function withoutTicksAbove(options: Record<string, unknown>, highest: number): Record<string, unknown> {
  const values = (options.tickvals as number[]).filter((value) => value <= highest * 10);
  return { ...options, tickvals: values, ticktext: (options.ticktext as string[]).slice(0, values.length) };
}

/** From zero (or a power of ten below the smallest) to where every bar and the text after it fit. */
function rangeFor(rows: readonly Bar[], widths: readonly number[], inner: number, log: boolean): [number, number] {
  const positive = rows.map((row) => row.value).filter((value) => value > 0);
  const low = log ? 10 ** Math.floor(Math.log10(Math.min(...positive)) - 0.3) : 0;
  const length = (value: number): number => (log ? Math.log10(Math.max(value, low) / low) : Math.max(value, 0));
  // length / whole * inner + width <= inner, so whole >= length * inner / (inner - width)
  const whole = Math.max(
    ...rows.map((row, i) => (length(row.value) * inner) / Math.max(inner - widths[i]!, inner / 4)),
    1e-9,
  );
  return [low, log ? low * 10 ** whole : whole];
}

/** What {@link frequencyBars} draws. */
export interface FrequencyBarsOptions {
  /** How often each thing occurs: pairs of name and count, in any order. */
  counts: Iterable<readonly [string, number]>;
  /** How many of the most frequent to draw. */
  top?: number;
  /** What is counted, in the plural. */
  unit?: string;
  title?: string;
}

/**
 * The most frequent things and their counts, with their share of all.
 *
 * `frequencyBars({ counts: new Map([["the", 812], ["of", 403]]), unit: "words" })`
 */
export function frequencyBars({ counts, top = 12, unit = "tokens", title }: FrequencyBarsOptions): Figure {
  assertCount("top", top);
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  const shown = sorted.slice(0, top);
  const share = shown.reduce((sum, [, count]) => sum + count, 0) / (total || 1);
  return bars({
    bars: shown.map(([label, value]) => ({ label, value, note: `(${formatPercent(value / (total || 1))})` })),
    xLabel: `Count (${unit})`,
    title:
      title ??
      `${shown.length} of ${formatNumber(sorted.length)} different ${unit} make up ${formatPercent(share)} of the text`,
  });
}

/** What {@link nextTokenBars} draws. */
export interface NextTokenBarsOptions {
  /** The text of every token of the vocabulary, or of those that `probs` speaks of. */
  tokens: readonly string[];
  /** The probability of each, in the same order. */
  probs: ArrayLike<number>;
  /** The position in `tokens` of the token that really comes next. */
  target?: number;
  /** How many of the likeliest to draw. */
  top?: number;
  /** The text before, for the subtitle. */
  context?: string;
  title?: string;
}

/**
 * The likeliest next tokens; the one that really comes next is marked, and added with its rank when it is not among them.
 *
 * `nextTokenBars({ tokens: [" hay", " milk"], probs: [0.8, 0.2], target: 1 })` is titled
 * `The next token “␣milk” had 20%: loss -ln 0.200 = 1.61 nats`.
 */
export function nextTokenBars({ tokens, probs, target, top = 10, context, title }: NextTokenBarsOptions): Figure {
  if (tokens.length !== probs.length) {
    throw new CourseError({
      what: "probs",
      expected: `${tokens.length} numbers, one a token`,
      received: `${probs.length}`,
    });
  }
  const order = Array.from(probs, (_, i) => i).sort((a, b) => probs[b]! - probs[a]!);
  const shown = order.slice(0, top);
  const rank = target === undefined ? -1 : order.indexOf(target);
  if (rank >= top) shown.push(target!);
  const rest = 1 - shown.reduce((sum, i) => sum + probs[i]!, 0);
  const rows: Bar[] = shown.map((i) => ({
    label: tokens[i]!,
    value: probs[i]!,
    marked: i === target,
    note: i !== target ? undefined : `← the true next token${rank >= top ? `, rank ${formatNumber(rank + 1)}` : ""}`,
  }));
  const likeliest = tokens[order[0]!]!;
  const claim =
    target === undefined
      ? `Likeliest next token: “${visibleToken(likeliest)}” with ${formatPercent(probs[order[0]!]!)}`
      : `The next token “${visibleToken(tokens[target]!)}” had ${formatPercent(probs[target]!)}: ` +
        `loss -ln ${shorten(probs[target], 3)} = ${formatLoss(-Math.log(probs[target]!))} nats`;
  const left = formatPercent(Math.max(0, rest));
  const others = tokens.length - shown.length;
  const remark = others > 0 ? `The other ${formatNumber(others)} tokens share ${left}.` : "";
  const before = context === undefined ? "" : `After “${labelText(lastLetters(context, 50), 60)}”. `;
  return bars({
    bars: rows,
    xLabel: "Probability of the next token (%)",
    percent: true,
    format: formatPercent,
    title: title ?? claim,
    subtitle: `${before}${remark}` || undefined,
    summary:
      `${title ?? claim}. ${rows.map((r) => `${visibleToken(r.label)} ${formatPercent(r.value)}`).join(", ")}. ${remark}`.trim(),
  });
}

function lastLetters(text: string, count: number): string {
  const letters = [...text];
  return letters.length > count ? `…${letters.slice(-count).join("")}` : text;
}

/** A model and what its training cost. */
export interface Cost {
  label: string;
  flops: number;
  /** e.g. `about 2 minutes on this machine`, `4.6 million USD`. */
  note?: string;
  /** Our model: drawn hatched and bold. */
  ours?: boolean;
}

/** What {@link costLadder} draws. */
export interface CostLadderOptions {
  costs: readonly Cost[];
  title?: string;
  xLabel?: string;
}

/**
 * Training costs from a laptop's to a data centre's, by powers of ten.
 *
 * `costLadder({ costs: [{ label: "ours", flops: 1.4e13, ours: true }, { label: "GPT-3", flops: 3.14e23 }] })` is titled
 * `GPT-3 took 22 billion times the arithmetic of ours`.
 */
export function costLadder({
  costs,
  title,
  xLabel = "Arithmetic of training (floating-point operations)",
}: CostLadderOptions): Figure {
  const wrong = costs.find((cost) => !(cost.flops > 0));
  if (wrong) {
    throw new CourseError({
      what: `flops of "${wrong.label}"`,
      expected: "a number above 0",
      received: `${wrong.flops}`,
    });
  }
  return bars({
    bars: costs.map(({ label, flops, note, ours }) => ({
      label,
      value: flops,
      note: note && `· ${note}`,
      marked: ours,
    })),
    xLabel,
    log: true,
    format: (value) => formatPower(value, 2),
    title: title ?? costTitle(costs),
  });
}

function costTitle(costs: readonly Cost[]): string {
  const ours = costs.find((cost) => cost.ours) ?? costs[0]!;
  const dearest = costs.reduce((best, cost) => (cost.flops > best.flops ? cost : best), ours);
  if (dearest === ours) return `${ours.label} took ${formatPower(ours.flops, 2)} operations`;
  return `${dearest.label} took ${formatCount(dearest.flops / ours.flops, 2)} times the arithmetic of ${ours.label}`;
}
