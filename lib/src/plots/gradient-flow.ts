/**
 * @file How the gradient changes on its way back through many layers: vanishing, exploding, or neither. Notebook 4.
 */

import type { Figure } from "../display";
import { CourseError } from "../errors";
import { formatNumber, formatPower } from "../format";
import { lines } from "./lines";

/** What {@link gradientFlow} draws. */
export interface GradientFlowOptions {
  /** For each network: the length of the gradient by what goes into layer 1, 2, ..., as long as there are layers. */
  series: readonly { label: string; norms: ArrayLike<number> }[];
  title?: string;
}

/**
 * The size of the gradient at every layer, each network compared with its own last layer, on an axis of powers of ten. The layers
 * run from right to left as the error does.
 *
 * `gradientFlow({ series: [{ label: "plain", norms: [1e-6, 1e-3, 1] }, { label: "residual", norms: [1.2, 1.1, 1] }] })`
 */
export function gradientFlow({ series, title: given }: GradientFlowOptions): Figure {
  const short = series.find((s) => s.norms.length < 2);
  if (series.length === 0 || short) {
    throw new CourseError({
      what: `series "${short?.label ?? ""}"`,
      expected: "two layers or more",
      received: "fewer",
    });
  }
  const relative = series.map(({ label, norms }) => {
    const last = norms[norms.length - 1]!;
    const y = Array.from(norms, (norm) => Math.max(norm / last, 1e-30)); // what is rounded to 0 stays on the axis
    return { label, x: y.map((_, i) => i + 1), y, endText: "" };
  });
  const told = relative.map(({ label, y }) => `${label}: ${inWords(y[0]!)}`);
  const extreme = relative.reduce((a, b) => (Math.abs(Math.log(b.y[0]!)) > Math.abs(Math.log(a.y[0]!)) ? b : a));
  const way = extreme.y[0]! < 1 ? "vanishes" : "explodes";
  const title =
    given ??
    `${extreme.label}: the gradient ${way}, times ${formatPower(extreme.y[0]!, 2)} over ${extreme.y.length} layers`;
  const figure = lines({
    series: relative,
    baselines: [{ label: "unchanged", value: 1 }],
    xLabel: "Layer (the error comes from the right)",
    yLabel: "Gradient (times that of the last layer)",
    yLog: true,
    title,
    summary: `${title}. Size at the first layer compared with the last. ${told.join("; ")}.`,
  });
  return figure;
}

function inWords(ratio: number): string {
  return ratio < 1e-3 || ratio > 1e3 ? formatPower(ratio, 2) : formatNumber(ratio, 2);
}
