/**
 * @file Is it right as often as it says? Predicted probability against observed frequency. Notebooks 5 and 7.
 */

import type { Figure } from "../display";
import { CourseError } from "../errors";
import { formatNumber, formatPercent } from "../format";
import { axis, figure, GREY, marksOf, shortenAll, titleSpace } from "./style";

/** Predictions of about the same probability, and how often they came true. */
export interface CalibrationBin {
  /** The mean predicted probability. */
  predicted: number;
  /** The share that came true. */
  observed: number;
  count: number;
}

/**
 * Sorts predictions into equally wide bins of probability; empty bins are left out.
 *
 * `calibrationBins([0.1, 0.9, 0.9], [false, true, false], { bins: 2 })` is
 * `[{ predicted: 0.1, observed: 0, count: 1 }, { predicted: 0.9, observed: 0.5, count: 2 }]`.
 */
export function calibrationBins(
  probs: ArrayLike<number>,
  outcomes: ArrayLike<boolean | number>,
  { bins = 10 }: { bins?: number } = {},
): CalibrationBin[] {
  if (probs.length !== outcomes.length) {
    throw new CourseError({
      what: "outcomes",
      expected: `${probs.length}, one a prediction`,
      received: `${outcomes.length}`,
    });
  }
  const sums = Array.from({ length: bins }, () => ({ predicted: 0, observed: 0, count: 0 }));
  for (let i = 0; i < probs.length; i++) {
    const bin = sums[Math.min(bins - 1, Math.max(0, Math.floor(probs[i]! * bins)))]!;
    bin.predicted += probs[i]!;
    bin.observed += Number(outcomes[i]);
    bin.count++;
  }
  return sums.flatMap(({ predicted, observed, count }) =>
    count === 0 ? [] : [{ predicted: predicted / count, observed: observed / count, count }],
  );
}

/**
 * The expected calibration error: the mean distance between predicted and observed, weighted by the bins' counts.
 *
 * @see Guo et al. 2017, eq. 3, https://arxiv.org/abs/1706.04599
 */
export function calibrationError(bins: readonly CalibrationBin[]): number {
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  return bins.reduce((sum, bin) => sum + bin.count * Math.abs(bin.predicted - bin.observed), 0) / (total || 1);
}

/** What {@link calibrationCurve} draws. */
export interface CalibrationCurveOptions {
  bins: readonly CalibrationBin[];
  xLabel?: string;
  yLabel?: string;
  title?: string;
}

/**
 * Observed against predicted, with the diagonal of a perfectly honest predictor; bars show one standard error.
 *
 * `calibrationCurve({ bins: calibrationBins(probs, outcomes) })`
 */
export function calibrationCurve({ bins, xLabel, yLabel, title: given }: CalibrationCurveOptions): Figure {
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  const mean = (key: "predicted" | "observed"): number =>
    bins.reduce((sum, bin) => sum + bin.count * bin[key], 0) / (total || 1);
  const [said, was, error] = [mean("predicted"), mean("observed"), calibrationError(bins)];
  const title = given ?? calibrationTitle(said, was, error);
  const margin = { l: 76, r: 24, t: titleSpace(title), b: 54 };
  const { color, symbol } = marksOf(0);
  const largest = Math.max(1, ...bins.map((bin) => bin.count));
  return figure({
    title,
    margin,
    height: 440,
    data: [
      {
        type: "scatter",
        mode: "lines+markers",
        x: shortenAll(bins.map((bin) => bin.predicted * 100)),
        y: shortenAll(bins.map((bin) => bin.observed * 100)),
        // Standard error of a share: sqrt(p (1 - p) / n)
        error_y: {
          type: "data",
          array: shortenAll(
            bins.map((bin) => 100 * Math.sqrt((bin.observed * (1 - bin.observed)) / bin.count)),
            3,
          ),
          thickness: 1.2,
          width: 4,
          color,
        },
        line: { color, width: 1.5 },
        marker: {
          color,
          symbol,
          opacity: 1,
          line: { width: 0 },
          size: bins.map((bin) => Math.round(6 + 12 * Math.sqrt(bin.count / largest))),
        },
        text: bins.map((bin) => `${formatNumber(bin.count)} predictions`),
        hovertemplate: "predicted %{x:.0f}%, observed %{y:.0f}%<br>%{text}<extra></extra>",
        cliponaxis: false,
      },
    ],
    axes: {
      xaxis: axis({ label: xLabel ?? "Predicted probability (%)", range: [0, 100], suffix: "%" }),
      yaxis: axis({ label: yLabel ?? "Observed frequency (%)", range: [0, 100], suffix: "%" }),
    },
    shapes: [
      {
        type: "line",
        layer: "below",
        xref: "x",
        yref: "y",
        x0: 0,
        y0: 0,
        x1: 100,
        y1: 100,
        line: { color: GREY, dash: "dash", width: 1.2 },
      },
    ],
    annotations: [
      note("dashed: right as often as it says", 100, 100, { xanchor: "right", yanchor: "bottom" }),
      note("above: too modest", 0, 100, { xanchor: "left", yanchor: "top", xshift: 6 }),
      note("below: too sure of itself", 100, 0, { xanchor: "right", yanchor: "bottom", yshift: 4 }),
    ],
    summary:
      `${title}. ${formatNumber(total)} predictions in ${bins.length} bins; predicted ${formatPercent(said)} on average, ` +
      `observed ${formatPercent(was)}. ${bins.map((b) => `${formatPercent(b.predicted)} predicted, ${formatPercent(b.observed)} observed`).join("; ")}. ` +
      `Expected calibration error ${formatNumber(error * 100, 2)} points.`,
  });
}

function note(text: string, x: number, y: number, place: Record<string, unknown>): Record<string, unknown> {
  return { x, y, xref: "x", yref: "y", text, showarrow: false, font: { size: 11 }, ...place };
}

function calibrationTitle(said: number, was: number, error: number): string {
  if (error < 0.03) return `Right about as often as it says: off by ${formatNumber(error * 100, 2)} points on average`;
  const points = `off by ${formatNumber(error * 100, 2)} points on average`;
  if (Math.abs(said - was) < error / 2) return `Its probabilities are ${points}, in both directions`;
  return said > was
    ? `Too sure of itself: says ${formatPercent(said)}, is right ${formatPercent(was)}`
    : `Too modest: says ${formatPercent(said)}, is right ${formatPercent(was)}`;
}
