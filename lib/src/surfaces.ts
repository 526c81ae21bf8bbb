/**
 * @file Losses over one or two weights, with their slopes: small enough to draw, and to check by hand. Needed by notebook 3.
 * Leaves out noise: the slope is the same at every visit.
 */

import { CourseError } from "./errors";

/** A loss over a few weights, and its slope by each of them. */
export interface Surface {
  name: string;
  loss(w: readonly number[]): number;
  grad(w: readonly number[]): number[];
}

/**
 * A bowl that bends more in some directions than in others: its curvature along weight i is `curvatures[i]`.
 *
 *     loss = (c_1 w_1^2 + c_2 w_2^2 + ...) / 2      grad_i = c_i w_i
 *
 * `quadratic([1, 40])` is a ravine: 40 times as steep across as along.
 */
export function quadratic(curvatures: readonly number[]): Surface {
  return {
    name: "quadratic",
    loss: (w) => w.reduce((sum, wi, i) => sum + (curvatures[i]! * wi * wi) / 2, 0),
    grad: (w) => w.map((wi, i) => curvatures[i]! * wi),
  };
}

/**
 * A bent ravine (Rosenbrock 1960): down its walls is easy, along its floor is slow. Lowest at (1, 1).
 *
 *     loss = (1 - x)^2 + 100 (y - x^2)^2
 */
export const rosenbrock: Surface = {
  name: "rosenbrock",
  loss: ([x = 0, y = 0]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2,
  grad: ([x = 0, y = 0]) => [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)],
};

/**
 * How far a straight line is from some points: the mean of the squared errors of y = w x + b, over w, or over w and b.
 *
 *     loss = mean (w x + b - y)^2      dloss/dw = mean 2 (w x + b - y) x      dloss/db = mean 2 (w x + b - y)
 *
 * `lineThrough([[1, 2], [2, 4], [3, 6]]).loss([1])` is 14 / 3: the errors are -1, -2 and -3.
 */
export function lineThrough(points: readonly (readonly [number, number])[]): Surface {
  if (points.length === 0) {
    throw new CourseError({ what: "points", expected: "at least one", received: "none" });
  }
  const mean = (of: (x: number, error: number) => number, [w = 0, b = 0]: readonly number[]): number =>
    points.reduce((sum, [x, y]) => sum + of(x, w * x + b - y), 0) / points.length;
  return {
    name: "line",
    loss: (w) => mean((_, error) => error * error, w),
    grad: (w) =>
      [(x: number, e: number) => 2 * e * x, (_: number, e: number) => 2 * e]
        .slice(0, w.length)
        .map((of) => mean(of, w)),
  };
}

/** The loss at every pair of two weights, for `lossContours`: one row for each y. */
export function lossGrid(surface: Surface, x: readonly number[], y: readonly number[]): number[][] {
  return y.map((wy) => x.map((wx) => surface.loss([wx, wy])));
}

/** `count` numbers from `low` to `high`, equally far apart: `spread(0, 1, 3)` is `[0, 0.5, 1]`. */
export function spread(low: number, high: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => low + ((high - low) * i) / Math.max(1, count - 1));
}
