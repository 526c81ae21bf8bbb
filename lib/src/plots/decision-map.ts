/**
 * @file What a small network makes of every place in the plane, with the points it learned from. Notebook 4.
 */

import type { Figure } from "../display";
import { CourseError } from "../errors";
import { formatPercent } from "../format";
import { assertShape } from "../shape";
import { axis, fade, figure, GREY, keyLine, marksOf, paddedRange, shorten, titleSpace } from "./style";

/** What {@link decisionMap} draws. */
export interface DecisionMapOptions {
  points: readonly (readonly [number, number])[];
  /** 1 or -1 for each point. */
  labels: readonly number[];
  /** The network's score at a place: above 0 it says 1, below 0 it says -1. */
  score: (x: number, y: number) => number;
  /** What the labels -1 and 1 are called. */
  names?: readonly [string, string];
  title?: string;
}

const COLUMNS = 56;
const ROWS = 40;

/**
 * The plane in two shades, the border between them, and the points.
 *
 * `decisionMap({ points: [[0, 0], [1, 1]], labels: [-1, 1], score: (x, y) => x + y - 1 })`
 */
export function decisionMap({ points, labels, score, names = ["-1", "1"], title: given }: DecisionMapOptions): Figure {
  if (points.length === 0) throw new CourseError({ what: "points", expected: "at least one", received: "none" });
  assertShape("labels", [labels.length], [points.length], "points");
  const right = points.filter(([x, y], i) => score(x, y) > 0 === labels[i]! > 0).length;
  const title = given ?? `${formatPercent(right / points.length)} of the points lie on the right side of the border`;
  const range = (k: 0 | 1): [number, number] => paddedRange([points.map((point) => point[k])], { air: 0.12 });
  const [xRange, yRange] = [range(0), range(1)];
  const steps = ([from, to]: readonly [number, number], n: number): number[] =>
    Array.from({ length: n }, (_, i) => from + ((to - from) * i) / (n - 1));
  const [xs, ys] = [steps(xRange, COLUMNS), steps(yRange, ROWS)];
  // Beyond a margin of 1.5 on either side, more certainty needs no deeper shade.
  const z = ys.map((y) => xs.map((x) => shorten(Math.max(-1.5, Math.min(1.5, score(x, y))), 3)));
  const subtitle = `${keyLine([`labelled ${names[0]}`, `labelled ${names[1]}`])}&nbsp;&nbsp;&nbsp;line: score 0`;
  const margin = { l: 52, r: 16, t: titleSpace(title, { subtitle }), b: 48 };
  return figure({
    title,
    subtitle,
    margin,
    height: margin.t + margin.b + 330,
    data: [
      {
        type: "contour",
        x: xs.map((x) => shorten(x)),
        y: ys.map((y) => shorten(y)),
        z,
        zmin: -1.5,
        zmax: 1.5,
        showscale: false,
        colorscale: [
          [0, fade(marksOf(0).color, 0.45)],
          [0.5, fade(marksOf(0).color, 0)],
          [0.5, fade(marksOf(1).color, 0)],
          [1, fade(marksOf(1).color, 0.45)],
        ],
        contours: { coloring: "heatmap", start: 0, end: 0, size: 1 },
        line: { width: 2.5, color: GREY },
        hovertemplate: "score %{z}<extra></extra>",
      },
      ...[-1, 1].map((label, k) => ({
        type: "scatter",
        mode: "markers",
        x: points.filter((_, i) => labels[i] === label).map(([x]) => shorten(x, 3)),
        y: points.filter((_, i) => labels[i] === label).map(([, y]) => shorten(y, 3)),
        marker: { size: 7, color: marksOf(k).color, symbol: marksOf(k).symbol },
        hovertemplate: `%{x}, %{y}<extra>${names[k]}</extra>`,
      })),
    ],
    axes: {
      xaxis: axis({ label: "First input (no unit)", range: xRange, grid: false }),
      yaxis: axis({ label: "Second input (no unit)", range: yRange, grid: false }),
    },
    summary: `${title}. ${points.length} points in two classes, and the border where the score is 0.`,
  });
}
