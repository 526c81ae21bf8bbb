/**
 * @file What a model knows while it trains: the share of right answers per kind of question, over its chance level.
 * Notebooks 1 (what is learned first?), 6 and 8 (what is forgotten?). `liveTraining` puts it beside the loss.
 */

import type { Figure } from "../display";
import { formatList, formatNumber } from "../format";
import { describeLoss, type LossCurveOptions, lossPanelOptions } from "./loss-curve";
import { boxOf, panel, type Rule, type Series } from "./panel";
import { endSpace } from "./panel-labels";
import { type AxisOptions, figure, titleSpace } from "./style";

/** The shares of right answers after a number of steps: `{ step: 500, grammar: 0.83, facts: 0.08 }`. */
export interface Evaluation {
  step: number;
  [metric: string]: number;
}

/** One kind of question. */
export interface ProbeSeries {
  /** Its name in the evaluations. */
  key: string;
  label: string;
  /** The share of right answers that guessing gets, e.g. 0.5 for a choice of two. */
  chance?: number;
}

/** What {@link probeCurves} draws. Shares run from 0 to 1; the axis shows percent. */
export interface ProbeCurvesOptions {
  evaluations: readonly Evaluation[];
  series: readonly ProbeSeries[];
  /** The claim. By default computed: the order in which the kinds are learned. */
  title?: string;
  /** The last step of the run: the axis is that long from the start. */
  totalSteps?: number;
  xLabel?: string;
}

/**
 * The share of right answers over training steps, one line a kind of question, with chance levels dashed.
 *
 * `probeCurves({ evaluations: [{ step: 0, facts: 0 }, { step: 500, facts: 0.9 }], series: [{ key: "facts", label: "facts" }] })`
 */
export function probeCurves(options: ProbeCurvesOptions): Figure {
  const probes = probePanelOptions(options);
  const title = options.title ?? probeTitle(options);
  const margin = {
    l: 70,
    r: probeSpace(probes.series),
    t: titleSpace(title, { lines: options.totalSteps ? 2 : 1 }),
    b: 52,
  };
  return figure({
    title,
    margin,
    ...panel({ ...probes, box: boxOf(margin) }),
    summary: `${title}. ${describeProbes(options)}`,
  });
}

/** What {@link liveTraining} draws: a loss curve and probe curves of the same run. */
export interface LiveTrainingOptions extends LossCurveOptions, Omit<ProbeCurvesOptions, "xLabel"> {}

/**
 * Two panels of one run: the loss on the left, the probes on the right. Redraw it with longer histories as training goes on.
 *
 * `plot.update(liveTraining({ history, baselines, evaluations, series, totalSteps: 2500 }))`
 */
export function liveTraining(options: LiveTrainingOptions): Figure {
  const loss = lossPanelOptions(options);
  const probes = probePanelOptions(options);
  const title = options.title ?? probeTitle(options);
  const margin = { l: 52, r: probeSpace(probes.series), t: titleSpace(title, { lines: 2 }), b: 52 };
  const whole = boxOf(margin);
  const width = whole.right - whole.left;
  const split = [0.5 - 50 / width, 0.5 + 32 / width] as const;
  const left = { ...whole, right: whole.left + split[0] * width };
  const right = { ...whole, left: whole.left + split[1] * width };
  const parts = [panel({ ...loss, box: left, ends: "inside" }), panel({ ...probes, box: right, index: 2 })] as const;
  const [a, b] = parts;
  const axes: Record<string, Record<string, unknown>> = { ...a.axes, ...b.axes } as never;
  axes.xaxis = { ...axes.xaxis, domain: [0, round(split[0])] };
  axes.xaxis2 = { ...axes.xaxis2, domain: [round(split[1]), 1] };
  for (const key of ["xaxis", "xaxis2"])
    axes[key] = { ...axes[key], title: { text: "Training step (updates)", standoff: 8 }, nticks: 5 };
  return figure({
    title,
    margin,
    axes,
    data: [...a.data, ...b.data],
    annotations: [...a.annotations, ...b.annotations],
    shapes: [...a.shapes, ...b.shapes],
    summary: `${title}. Left: ${describeLoss(options)} Right: ${describeProbes(options)}`,
  });
}

/** The order in which kinds are learned: the step from which each stays above halfway between chance and all right. */
export function learnedAt({ evaluations, series }: ProbeCurvesOptions): { label: string; step: number | undefined }[] {
  return series.map(({ key, label, chance = 0 }) => {
    const half = (1 + chance) / 2;
    const known = evaluations.filter((e) => Number.isFinite(e[key]));
    let from: number | undefined;
    for (const e of known) {
      if (e[key]! < half) from = undefined;
      else from ??= e.step;
    }
    return { label, step: from };
  });
}

/** The claim of probe curves: `Half-way from chance: grammar at step 250, facts at step 1,500; not yet: sums`. */
export function probeTitle(options: ProbeCurvesOptions): string {
  const times = learnedAt(options);
  const reached = times.filter((t) => t.step !== undefined).sort((a, b) => a.step! - b.step!);
  const missing = times.filter((t) => t.step === undefined).map((t) => t.label);
  const last = options.evaluations[options.evaluations.length - 1]?.step ?? 0;
  if (reached.length === 0 && last === 0) return "Before training: right answers only by chance";
  if (reached.length === 0) return `After ${formatNumber(last)} steps: nothing is half-way from chance to 100% yet`;
  const told = reached.map((t, i) => `${t.label} (${i === 0 ? "step\u00a0" : ""}${formatNumber(t.step!)})`);
  const order = reached.length === 1 ? `Learned first: ${told[0]}` : `Learned in this order: ${told.join(", ")}`;
  return missing.length > 0 ? `${order}; not yet: ${formatList(missing)}` : order;
}

function probePanelOptions({ evaluations, series, totalSteps, xLabel }: ProbeCurvesOptions): {
  series: Series[];
  rules: Rule[];
  x: AxisOptions;
  y: AxisOptions;
  unit: string;
} {
  const steps = evaluations.map((e) => e.step);
  const lines = series.map(({ key, label }) => {
    const known = evaluations.filter((e) => Number.isFinite(e[key]));
    const last = known[known.length - 1]?.[key];
    return {
      label,
      x: known.map((e) => e.step),
      y: known.map((e) => e[key]! * 100),
      endText: last === undefined ? "" : `${Math.round(last * 100)}%`,
    };
  });
  return {
    series: lines,
    rules: chanceRules(series),
    x: {
      label: xLabel ?? "Training step (weight updates)",
      range: [Math.min(0, ...steps), totalSteps ?? Math.max(1, ...steps)],
      grid: false,
    },
    y: { label: "Right answers (%)", range: [0, 103], suffix: "%" },
    unit: "right",
  };
}

/** One dashed line for each chance level above zero, naming the kinds it belongs to. */
function chanceRules(series: readonly ProbeSeries[]): Rule[] {
  const levels = [...new Set(series.map((s) => s.chance ?? 0))].filter((chance) => chance > 0);
  return levels.map((chance) => {
    const named = series.filter((s) => s.chance === chance).map((s) => s.label);
    const label = named.length === series.length ? "chance" : `chance, ${formatList(named)}`;
    return { label, value: chance * 100, suffix: "%" };
  });
}

function describeProbes(options: ProbeCurvesOptions): string {
  const { evaluations, series } = options;
  const last = evaluations[evaluations.length - 1];
  if (!last) {
    const levels = series.map(({ label, chance = 0 }) => `${label} ${Math.round(chance * 100)}%`);
    return `No evaluation yet. Chance levels: ${levels.join("; ")}.`;
  }
  const told = series.map(({ key, label, chance }) => {
    const known = evaluations.filter((e) => Number.isFinite(e[key]));
    if (known.length === 0) return `${label} not measured`;
    const [from, to] = [known[0]![key]!, known[known.length - 1]![key]!].map((share) => Math.round(share * 100));
    return `${label} from ${from}% to ${to}%${chance ? ` (chance ${Math.round(chance * 100)}%)` : ""}`;
  });
  return `Right answers from step ${formatNumber(evaluations[0]!.step)} to ${formatNumber(last.step)}: ${told.join("; ")}.`;
}

/** Room for the widest label that may still come, so that live updates do not move the drawing. */
function probeSpace(series: readonly Series[]): number {
  return endSpace(series.map((s) => ({ ...s, endText: "100%" })));
}

function round(share: number): number {
  return Number(share.toFixed(4));
}
