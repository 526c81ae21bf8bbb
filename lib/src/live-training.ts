/**
 * @file A plot that follows a training run: the loss and what it has to beat, and the share of probes answered right.
 * Used by notebooks 1, 3 and 6. It only watches: the run is the same without it.
 */

import { type Display, show } from "./display";
import type { LossBaseline, LossHistory } from "./plots/loss-curve";
import { liveTraining, type ProbeSeries } from "./plots/probe-curves";

/** What the plot needs to know of a run: part of a `TrainEvent`. */
export interface WatchedRun {
  readonly history: LossHistory & { readonly evaluations: readonly { step: number }[] };
}

/** What {@link watchTraining} draws. */
export interface WatchOptions {
  /** Losses to beat, drawn as dashed lines. */
  baselines?: readonly LossBaseline[];
  /** Which numbers of the evaluations to draw, each from 0 to 1. */
  series: readonly ProbeSeries[];
  /** The length of the run: the axes stand still while the lines grow. */
  totalSteps: number;
}

/**
 * Shows the plot and returns what `train` calls when something happened.
 *
 * `await train(model, { ..., onEvent: watchTraining({ series: [{ key: "facts", label: "facts" }], totalSteps: 2500 }) })`
 */
export function watchTraining(options: WatchOptions): (event: WatchedRun) => void {
  const { baselines, series, totalSteps } = options;
  let plot: Display | undefined;
  return ({ history }) => {
    const evaluations = history.evaluations.map((point) => ({ ...shares(point, series), step: point.step }));
    const figure = liveTraining({ history, baselines, evaluations, series, totalSteps });
    if (plot) plot.update(figure);
    else plot = show(figure);
  };
}

function shares(point: object, series: readonly ProbeSeries[]): Record<string, number> {
  const values = point as Record<string, number>;
  return Object.fromEntries(series.map(({ key }) => [key, values[key] ?? Number.NaN]));
}
