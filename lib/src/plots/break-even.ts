/**
 * @file When answering has cost as much as training: one flat line, one that rises with every token served, and the point
 * where they cross. Notebook 9.
 */

import type { Figure } from "../display";
import { CourseError } from "../errors";
import { formatCount, formatPower } from "../format";
import { lines } from "./lines";

/** What {@link breakEvenCurve} draws. */
export interface BreakEvenCurveOptions {
  /** What was paid once, e.g. the operations of training. */
  trainingCost: number;
  /** What each token served costs, in the same unit. */
  costPerToken: number;
  tokensPerDay: number;
  /** The unit of both, written at the ends of the lines, e.g. `dollars`. */
  unit?: string;
  /** How many days to draw. Default: twice as many as it takes to break even. */
  days?: number;
  title?: string;
}

/**
 * The cost of training beside the growing cost of serving, over days.
 *
 * `breakEvenCurve({ trainingCost: 300, costPerToken: 1, tokensPerDay: 10 })` crosses after 30 days.
 */
export function breakEvenCurve(options: BreakEvenCurveOptions): Figure {
  const { trainingCost, costPerToken, tokensPerDay, unit } = options;
  for (const [what, value] of Object.entries({ trainingCost, costPerToken, tokensPerDay })) {
    if (value > 0 && Number.isFinite(value)) continue;
    throw new CourseError({ what, expected: "a number above 0", received: String(value) });
  }
  const even = trainingCost / (costPerToken * tokensPerDay);
  const days = options.days ?? 2 * even;
  const x = Array.from({ length: 41 }, (_, i) => (i / 40) * days);
  const serving = x.map((day) => (day * tokensPerDay * costPerToken) / trainingCost);
  const written = (trainings: number): string => `${formatPower(trainings * trainingCost, 2)}${unit ? ` ${unit}` : ""}`;
  const after = even < 10 ? even.toFixed(1) : formatCount(Math.round(even), 2);
  return lines({
    series: [
      { draw: "line", label: "answering, so far", x, y: serving, endText: written(serving.at(-1)!) },
      { draw: "line", label: "training, once", x, y: x.map(() => 1), endText: written(1) },
    ],
    xLabel: "Time since the first answer (days)",
    yLabel: "Cost (training = 1)",
    yRange: [0, 1.08 * Math.max(1, serving.at(-1)!)],
    title: options.title ?? `After ${after} days, answering has cost more than training`,
  });
}
