/**
 * @file Loss against the size of a model or its training arithmetic, on logarithmic axes, with the fitted power law and how
 * far it is carried beyond the measurements. Notebook 1.
 */

import type { Figure } from "../display";
import { CourseError } from "../errors";
import type { PowerLawFit } from "../fit";
import { formatCount, formatLoss, formatNumber, formatPower } from "../format";
import { boxOf, panel, type Series } from "./panel";
import { endSpace } from "./panel-labels";
import { figure, labelText, paddedRange, titleSpace } from "./style";

/** A trained model: its size or its training arithmetic, and its held-out loss. */
export interface ScalingPoint {
  /** Weights. */
  params?: number;
  /** Floating-point operations of training. */
  flops?: number;
  lossNats: number;
  label?: string;
}

/** What {@link scalingLaw} draws. */
export interface ScalingLawOptions {
  /** All with `params`, or all with `flops`. */
  points: readonly ScalingPoint[];
  /** From `fitPowerLaw` on the same numbers. */
  fit?: PowerLawFit;
  /** Carry the fitted line on to here, dashed. */
  extrapolateTo?: number;
  title?: string;
}

/**
 * Measured losses of models of several sizes and the power law through them.
 *
 * `scalingLaw({ points: [{ params: 1e5, lossNats: 2.4 }, { params: 1e6, lossNats: 1.6 }], extrapolateTo: 1e8,
 * fit: fitPowerLaw([1e5, 1e6], [2.4, 1.6]) })`
 */
export function scalingLaw({ points, fit, extrapolateTo, title: given }: ScalingLawOptions): Figure {
  const byFlops = points.every((p) => p.flops !== undefined);
  const xs = points.map((p) => (byFlops ? p.flops! : p.params!));
  if (points.length === 0 || !xs.every((x) => x > 0)) {
    throw new CourseError({
      what: "points",
      expected: "at least one, each with params above 0 (or each with flops above 0)",
      received: JSON.stringify(points).slice(0, 80),
    });
  }
  const losses = points.map((p) => p.lossNats);
  const title = given ?? scalingTitle(points, fit, byFlops);
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  const series: Series[] = [{ label: "", x: xs, y: losses, draw: "points" }];
  if (fit) {
    series.push({ ...curve(fit, low, high), label: "", draw: "line", look: 0 });
    if (extrapolateTo !== undefined && extrapolateTo > high) {
      const beyond = curve(fit, high, extrapolateTo);
      series.push({
        ...beyond,
        label: "if the law held on:",
        endText: formatLoss(fit.predict(extrapolateTo)),
        draw: "line",
        look: 1,
      });
    }
  }
  const xRange = paddedRange(
    series.map((s) => s.x),
    { log: true, air: 0.06 },
  );
  const yRange = paddedRange(
    series.map((s) => s.y),
    { log: true, air: 0.12 },
  );
  const margin = { l: 64, r: Math.max(endSpace(series), 60), t: titleSpace(title), b: 52 };
  const parts = panel({
    series,
    x: {
      label: byFlops ? "Training arithmetic (floating-point operations)" : "Size of the model (weights)",
      range: xRange,
      log: true,
    },
    y: { label: "Held-out loss (nats per token)", range: yRange, log: true },
    box: boxOf(margin),
    unit: "nats",
  });
  const named = points.flatMap((p, i) =>
    p.label
      ? [
          {
            x: Math.log10(xs[i]!),
            y: Math.log10(losses[i]!),
            text: `${labelText(p.label)}<br>${formatLoss(p.lossNats)}`,
            align: "left",
            showarrow: false,
            xanchor: "left",
            yanchor: "bottom",
            xshift: 6,
            yshift: 2,
            font: { size: 12 },
          },
        ]
      : [],
  );
  return figure({
    title,
    margin,
    ...parts,
    annotations: [...parts.annotations, ...named, ...(fit ? [lawLabel(fit, byFlops)] : [])],
    summary: `${title}. ${describePoints(points, xs, byFlops)}${describeFit(fit, extrapolateTo, byFlops)}`,
  });
}

/** Points of the fitted curve, evenly apart in the logarithm. */
function curve(fit: PowerLawFit, from: number, to: number): { x: number[]; y: number[] } {
  const x = Array.from({ length: 25 }, (_, k) => from * (to / from) ** (k / 24));
  return { x, y: x.map((at) => fit.predict(at)) };
}

function formula({ floor, scale, exponent }: PowerLawFit, byFlops: boolean): string {
  const power = `${byFlops ? "C" : "N"}<sup>${formatNumber(-exponent)}</sup>`;
  const first = floor === 0 ? "" : `${formatNumber(floor)} + `;
  return `loss = ${first}${scale < 1e4 ? formatNumber(scale) : formatPower(scale)} · ${power}`;
}

/** The fitted formula in the lower left corner, where a falling curve leaves room. */
function lawLabel(fit: PowerLawFit, byFlops: boolean): Record<string, unknown> {
  return {
    xref: "x domain",
    yref: "y domain",
    x: 0,
    y: 0,
    xanchor: "left",
    yanchor: "bottom",
    xshift: 6,
    yshift: 6,
    showarrow: false,
    align: "left",
    text: `${formula(fit, byFlops)}<br>${byFlops ? "C: operations" : "N: weights"}`,
    font: { size: 13 },
  };
}

/** The claim: `Ten times the weights take 24% off the loss`. With a floor, off what lies above it. */
function scalingTitle(points: readonly ScalingPoint[], fit: PowerLawFit | undefined, byFlops: boolean): string {
  if (!fit) return `Loss of ${points.length} models by ${byFlops ? "training arithmetic" : "size"}`;
  const off = 1 - 10 ** -fit.exponent;
  const whole = fit.floor === 0 ? "the loss" : `what lies above ${formatNumber(fit.floor)} nats`;
  const much = byFlops ? "arithmetic" : "weights";
  if (off <= 0) return `More ${much} did not lower the loss here`;
  return `Ten times the ${much} ${byFlops ? "takes" : "take"} ${Math.round(off * 100)}% off ${whole}`;
}

function describePoints(points: readonly ScalingPoint[], xs: readonly number[], byFlops: boolean): string {
  const size = (x: number): string => (byFlops ? `${formatPower(x)} operations` : `${formatCount(x)} weights`);
  return `Measured: ${points.map((p, i) => `${p.label ? `${p.label}, ` : ""}${size(xs[i]!)}: ${formatLoss(p.lossNats)} nats`).join("; ")}.`;
}

function describeFit(fit: PowerLawFit | undefined, extrapolateTo: number | undefined, byFlops: boolean): string {
  if (!fit) return "";
  const law = ` Fitted: ${formula(fit, byFlops).replace("<sup>", "^").replace("</sup>", "")}, R² ${formatNumber(fit.rSquared)}.`;
  if (extrapolateTo === undefined) return law;
  const where = byFlops ? `${formatPower(extrapolateTo)} operations` : `${formatCount(extrapolateTo)} weights`;
  return `${law} If the law held on, ${where} would give ${formatLoss(fit.predict(extrapolateTo))} nats.`;
}
