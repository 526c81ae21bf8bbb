/**
 * @file The loss over two weights (or two directions through all of them), as a map with heights, and the paths that
 * optimizers take down it. Notebook 3.
 */

import type { Figure } from "../display";
import { formatNumber } from "../format";
import { assertShape } from "../shape";
import { boxOf, panel, type Series } from "./panel";
import { coloured, fade, figure, GREY, labelText, marksOf, shorten, shortenAll, titleSpace } from "./style";

/** The steps of one optimizer over the map. */
export interface Trajectory {
  label: string;
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /** The loss at each step, for the height in three dimensions and for the summary. */
  loss?: ArrayLike<number>;
}

/** What {@link lossContours} and {@link lossSurface} draw. */
export interface LandscapeOptions {
  x: readonly number[];
  y: readonly number[];
  /** The loss at every pair, one row a `y`. (y.length, x.length) */
  loss: readonly ArrayLike<number>[];
  trajectories?: readonly Trajectory[];
  /** With the unit: `Weight w (no unit)`. */
  xLabel: string;
  yLabel: string;
  /** The unit of the loss, e.g. `nats per token`. */
  lossUnit?: string;
  /** How many lines of equal loss, about. */
  levels?: number;
  title?: string;
}

/**
 * Lines of equal loss, labelled like heights on a map, deeper where the loss is lower; paths end where their labels stand.
 *
 * `lossContours({ x, y, loss, trajectories: [{ label: "SGD", x: [4, 2, 1], y: [1, 0.5, 0] }], xLabel: "Weight a", yLabel: "Weight b" })`
 */
export function lossContours(options: LandscapeOptions): Figure {
  const { x, y, loss, trajectories = [], xLabel, yLabel, levels = 12 } = options;
  assertShape("loss", [loss.length, loss[0]?.length ?? 0], [y.length, x.length], "y, x");
  const ranges = { x: ends(x), y: ends(y) };
  const series = trajectories.map((path): Series => insideMap(path, ranges));
  const title = options.title ?? landscapeTitle(options);
  const margin = { l: 64, r: 30, t: titleSpace(title), b: 52 };
  const parts = panel({
    series,
    x: { label: xLabel, range: ranges.x, grid: false },
    y: { label: yLabel, range: ranges.y, grid: false },
    box: boxOf(margin, 440),
    ends: "around",
  });
  const map = {
    type: "contour",
    x: shortenAll(x),
    y: shortenAll(y),
    z: loss.map((row) => shortenAll(row, 3)),
    ncontours: levels,
    colorscale: [
      [0, fade(GREY, 0.4)],
      [1, fade(GREY, 0)],
    ],
    contours: { coloring: "heatmap", showlabels: true, labelfont: { size: 10 } },
    line: { color: GREY, width: 0.8 },
    showscale: false,
    hovertemplate: "loss %{z:.3~g}<extra></extra>",
  };
  return figure({
    title,
    margin,
    height: 440,
    ...parts,
    data: [map, ...parts.data],
    summary: `${title}. ${describeLandscape(options)}`,
  });
}

/** The same landscape in three dimensions, to be turned with the mouse. Needs WebGL; the map reads better on paper. */
export function lossSurface(options: LandscapeOptions): Figure {
  const { x, y, loss, trajectories = [], xLabel, yLabel, lossUnit = "nats" } = options;
  assertShape("loss", [loss.length, loss[0]?.length ?? 0], [y.length, x.length], "y, x");
  const title = options.title ?? landscapeTitle(options);
  const paths = trajectories.map((path, k) => ({
    type: "scatter3d",
    mode: "lines+markers",
    name: path.label,
    x: shortenAll(path.x),
    y: shortenAll(path.y),
    z: shortenAll(path.loss ?? Array.from(path.x, (px, i) => nearestLoss(options, px, path.y[i]!))),
    line: { color: marksOf(k).color, width: 5, dash: marksOf(k).dash },
    marker: { color: marksOf(k).color, size: 3, symbol: SYMBOLS_3D[k % SYMBOLS_3D.length] },
  }));
  const surface = {
    type: "surface",
    x: shortenAll(x),
    y: shortenAll(y),
    z: loss.map((row) => shortenAll(row, 3)),
    colorscale: "Cividis",
    opacity: 0.75,
    showscale: false,
    contours: { z: { show: true, usecolormap: false, color: GREY, width: 1 } },
    hovertemplate: "loss %{z:.3~g}<extra></extra>",
  };
  return figure({
    title,
    height: 480,
    margin: { l: 8, r: 8, b: 8 },
    data: [surface, ...paths],
    layout: {
      scene: {
        xaxis: { title: { text: xLabel } },
        yaxis: { title: { text: yLabel } },
        zaxis: { title: { text: `Loss (${lossUnit})` } },
        camera: { eye: { x: 0.9, y: -1.1, z: 1.9 } },
        annotations: paths.map(({ name, x: px, y: py, z: pz }, k) => ({
          x: px[px.length - 1],
          y: py[py.length - 1],
          z: pz[pz.length - 1],
          text: `${coloured(marksOf(k))} ${labelText(name)}`,
          ax: 40,
          ay: -40 - 24 * k,
          arrowhead: 0,
          arrowwidth: 1,
          arrowcolor: marksOf(k).color,
        })),
      },
    },
    summary: `${title}. ${describeLandscape(options)}`,
  });
}

const SYMBOLS_3D = ["circle", "square", "diamond", "cross", "x"];

function ends(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** The part of a path before it leaves the map for good; the label says when it does. */
function insideMap(
  { label, x, y }: Trajectory,
  ranges: { x: readonly [number, number]; y: readonly [number, number] },
): Series {
  const within = (value: number, [low, high]: readonly [number, number]): boolean => value >= low && value <= high;
  let last = x.length - 1;
  while (last >= 0 && !(within(x[last]!, ranges.x) && within(y[last]!, ranges.y))) last--;
  const steps = Array.from({ length: last + 1 }, (_, i) => i);
  const leaves = last < x.length - 1;
  return {
    label,
    x: steps.map((i) => x[i]!),
    y: steps.map((i) => y[i]!),
    endText: leaves ? `(leaves the map at step ${last + 1})` : "",
  };
}

function nearestLoss({ x, y, loss }: LandscapeOptions, atX: number, atY: number): number {
  const nearest = (values: readonly number[], at: number): number =>
    values.reduce((best, value, i) => (Math.abs(value - at) < Math.abs(values[best]! - at) ? i : best), 0);
  return loss[nearest(y, atY)]![nearest(x, atX)]!;
}

function lowest({ x, y, loss }: LandscapeOptions): { loss: number; x: number; y: number } {
  const cells = loss.flatMap((row, i) => Array.from(row, (value, j) => ({ loss: value, x: x[j]!, y: y[i]! })));
  return cells.reduce((best, cell) => (cell.loss < best.loss ? cell : best));
}

function landscapeTitle(options: LandscapeOptions): string {
  const { trajectories = [] } = options;
  const finished = trajectories.map((path) => ({
    label: path.label,
    loss:
      path.loss?.[path.loss.length - 1] ?? nearestLoss(options, path.x[path.x.length - 1]!, path.y[path.y.length - 1]!),
    steps: path.x.length - 1,
  }));
  if (finished.length === 0)
    return `The loss is lowest, ${formatNumber(lowest(options).loss)}, in one place of the map`;
  const best = finished.reduce((a, b) => (b.loss < a.loss ? b : a));
  return `After ${best.steps} steps ${best.label} is lowest, at a loss of ${formatNumber(best.loss)}`;
}

function describeLandscape(options: LandscapeOptions): string {
  const { xLabel, yLabel, trajectories = [] } = options;
  const low = lowest(options);
  const place = `${xLabel} ${formatNumber(low.x)} and ${yLabel} ${formatNumber(low.y)}`;
  const paths = trajectories.map((path) => {
    const end = path.x.length - 1;
    const [a, b] = [shorten(path.x[end], 3), shorten(path.y[end], 3)];
    return `${path.label} goes ${end} steps and ends at (${a}, ${b})`;
  });
  return `Map of the loss; lowest, ${formatNumber(low.loss)}, at ${place}. ${paths.join("; ")}${paths.length > 0 ? "." : ""}`.trim();
}
