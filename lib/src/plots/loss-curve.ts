/**
 * @file The loss while a model trains, over the baselines it has to beat. Notebooks 1, 3 and 6; made to be redrawn while
 * training runs, so its axes do not move.
 */

import type { Figure } from "../display";
import { assertCount } from "../errors";
import { formatLoss, formatNumber } from "../format";
import { describe } from "./lines";
import { assertSeries, boxOf, panel, type Rule, type Series } from "./panel";
import { endSpace } from "./panel-labels";
import { type AxisOptions, figure, titleSpace } from "./style";

/** Losses over training steps; what `train` returns fits. */
export interface LossHistory {
  steps: ArrayLike<number>;
  lossNats: ArrayLike<number>;
  validation?: { steps: ArrayLike<number>; lossNats: ArrayLike<number> };
}

/** A loss to beat. */
export interface LossBaseline {
  /** e.g. `bigram table`; what stands before a colon is its name in the title. */
  label: string;
  lossNats: number;
}

/** What {@link lossCurve} draws. */
export interface LossCurveOptions {
  history: LossHistory;
  baselines?: readonly LossBaseline[];
  /** The claim. By default computed: which baseline the loss has fallen below, and when. */
  title?: string;
  /** Each point of the line is the mean of this many neighbours on either side; 0 draws the losses as they are. */
  smooth?: number;
  /** The last step of the run: the axis is that long from the start. */
  totalSteps?: number;
}

/** The baseline that knows nothing: every token of the vocabulary is equally likely, so the loss is ln V. */
export function uniformBaseline(vocabSize: number): LossBaseline {
  assertCount("vocabSize", vocabSize);
  return { label: `uniform guess: ln ${formatNumber(vocabSize)}`, lossNats: Math.log(vocabSize) };
}

/**
 * The loss over training steps, smoothed, with the measured values faint behind it.
 *
 * `const plot = show(lossCurve({ history, baselines: [uniformBaseline(768)], totalSteps: 2500 }));` and, while it trains,
 * `plot.update(lossCurve({ history, baselines, totalSteps: 2500 }));`
 */
export function lossCurve(options: LossCurveOptions): Figure {
  const lossPanel = lossPanelOptions(options);
  const title = options.title ?? lossTitle(options);
  const margin = {
    l: 60,
    r: endSpace(lossPanel.series.map((s) => ({ ...s, endText: "0.00" }))),
    t: titleSpace(title),
    b: 52,
  };
  return figure({
    title,
    margin,
    ...panel({ ...lossPanel, box: boxOf(margin) }),
    summary: `${title}. ${describeLoss(options)}`,
  });
}

/** Lines, baselines and axes of a loss curve, for {@link panel}. */
export function lossPanelOptions({ history, baselines = [], smooth, totalSteps }: LossCurveOptions): {
  series: Series[];
  rules: Rule[];
  x: AxisOptions;
  y: AxisOptions;
  unit: string;
} {
  const raw = { label: "training", x: history.steps, y: history.lossNats };
  assertSeries(raw);
  const half = smoothingWidth(history, smooth);
  const kept = thin(raw.x.length);
  const line = movingMean(raw.y, half);
  const training: Series = {
    label: raw.label,
    x: kept.map((k) => raw.x[k]!),
    y: kept.map((k) => line[k]!),
    behind: half > 0 ? { x: kept.map((k) => raw.x[k]!), y: kept.map((k) => raw.y[k]!) } : undefined,
  };
  const { validation } = history;
  const heldOut = validation && { label: "held out", x: validation.steps, y: validation.lossNats };
  if (heldOut) assertSeries(heldOut);
  const series = (heldOut ? [training, heldOut] : [training]).map(withLoss);
  const rules = baselines.map((baseline) => ({ label: baseline.label, value: baseline.lossNats }));
  const lastStep = totalSteps ?? Math.max(1, ...series.map((s) => s.x[s.x.length - 1] ?? 0));
  // From zero, a perfect prediction, to the highest baseline or the first losses.
  const tops = [...Array.from(raw.y).slice(0, 10), ...Array.from(heldOut?.y ?? []).slice(0, 2)];
  const highest = Math.max(...[...rules.map((rule) => rule.value), ...tops].filter(Number.isFinite), 0.1);
  return {
    series,
    rules,
    x: { label: "Training step (weight updates)", range: [0, lastStep], grid: false },
    y: { label: "Loss (nats per token)", range: [0, highest * 1.08] },
    unit: "nats",
  };
}

/** The claim of a loss curve, from its numbers: `Loss falls below the bigram table after 120 steps`. */
export function lossTitle({ history, baselines = [], smooth, totalSteps }: LossCurveOptions): string {
  const { steps, lossNats } = history;
  const n = steps.length;
  if (n === 0) return totalSteps ? `Training for ${formatNumber(totalSteps)} steps begins` : "No training step yet";
  const line = movingMean(lossNats, smoothingWidth(history, smooth));
  const [first, last] = [line[0]!, line[n - 1]!];
  if (!Number.isFinite(last)) return "The loss is no longer a number: training has diverged";
  const beaten = baselines.filter((b) => last < b.lossNats).sort((a, b) => a.lossNats - b.lossNats)[0];
  if (beaten) {
    const at = line.findIndex((loss) => loss < beaten.lossNats);
    const name = beaten.label.split(":")[0]!;
    if (at > 0) return `Loss falls below the ${name} after ${formatNumber(steps[at]!)} steps`;
  }
  const after = `after ${formatNumber(steps[n - 1]!)} steps`;
  if (n === 1) return `Loss is ${formatLoss(first)} nats per token ${after}`;
  const verb = last < first ? "falls" : "rises";
  return `Loss ${verb} from ${formatLoss(first)} to ${formatLoss(last)} nats per token ${after}`;
}

/** The numbers of a loss curve in sentences. */
export function describeLoss(options: LossCurveOptions): string {
  const { series, rules } = lossPanelOptions(options);
  return `Loss in nats per token over training steps. ${describe(series, rules)}`;
}

/**
 * The mean of each value and up to `half` neighbours on either side: no delay, unlike a running average.
 * Near the start both sides shrink together, so that the first value stays as measured.
 *
 * `movingMean([4, 2, 0, 2], 1)` is `[4, 2, 1.33, 1]`.
 */
export function movingMean(values: ArrayLike<number>, half: number): number[] {
  const n = values.length;
  return Array.from(values, (_, i) => {
    const reach = Math.min(half, i);
    const to = Math.min(n - 1, i + reach);
    let sum = 0;
    for (let k = i - reach; k <= to; k++) sum += values[k]!;
    return sum / (to - i + reach + 1);
  });
}

function withLoss(series: Series): Series {
  const last = series.y[series.y.length - 1];
  return { ...series, endText: last === undefined ? "" : formatLoss(last) };
}

function smoothingWidth(history: LossHistory, smooth?: number): number {
  return smooth ?? Math.min(10, Math.floor(history.steps.length / 20));
}

/** At most about 300 indices of `length`, evenly apart and with the last: more points than pixels help nobody. */
function thin(length: number): number[] {
  const every = Math.max(1, Math.ceil(length / 300));
  return Array.from({ length }, (_, k) => k).filter((k) => k % every === 0 || k === length - 1);
}
