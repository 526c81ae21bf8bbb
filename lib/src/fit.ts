/**
 * @file Least squares: the straight line, the polynomial and the power law that lie closest to measured points.
 * Used by notebook 1 (loss against size), 5 (time against length) and 8 (drift against messages). Leaves out weights and
 * intervals of confidence: with three to ten points they would promise more than the points can keep.
 */

import { CourseError } from "./errors";

/** A fitted curve: its value anywhere, and how much of the points' variance it explains (R², 1 is all of it). */
export interface Fit {
  predict(x: number): number;
  rSquared: number;
}

/** `y = intercept + slope * x`. */
export interface LineFit extends Fit {
  slope: number;
  intercept: number;
}

/** `y = coefficients[0] + coefficients[1] * x + coefficients[2] * x^2 + ...` */
export interface PolynomialFit extends Fit {
  coefficients: number[];
}

/** `y = floor + scale * x^(-exponent)`. A positive exponent falls towards the floor. */
export interface PowerLawFit extends Fit {
  scale: number;
  exponent: number;
  floor: number;
}

/**
 * The straight line with the smallest sum of squared vertical distances.
 *
 * `fitLine([0, 1, 2], [1, 3, 5])` has slope 2 and intercept 1.
 */
export function fitLine(x: ArrayLike<number>, y: ArrayLike<number>): LineFit {
  const { coefficients, ...fit } = fitPolynomial(x, y, { degree: 1 });
  return { ...fit, intercept: coefficients[0]!, slope: coefficients[1]! };
}

/**
 * The polynomial of a degree that lies closest to the points.
 *
 * `fitPolynomial([0, 1, 2, 3], [1, 2, 5, 10], { degree: 2 }).coefficients` is `[1, 0, 1]`: y = 1 + x^2.
 */
export function fitPolynomial(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  { degree = 1 }: { degree?: number } = {},
): PolynomialFit {
  const points = pairs(x, y, degree + 1);
  // Columns of x scaled to [-1, 1] keep the equations well conditioned: x = 2048 squared and 1 differ by seven digits.
  const size = Math.max(...points.map((p) => Math.abs(p.x))) || 1;
  const rows = points.map((p) => Array.from({ length: degree + 1 }, (_, k) => (p.x / size) ** k));
  const scaled = leastSquares(
    rows,
    points.map((p) => p.y),
  );
  const coefficients = scaled.map((c, k) => c / size ** k);
  const predict = (at: number): number => coefficients.reduceRight((sum, c) => sum * at + c, 0);
  return { coefficients, predict, rSquared: rSquared(points, predict) };
}

/**
 * The power law `y = floor + scale * x^(-exponent)`, a straight line on two logarithmic axes once the floor is taken off.
 * `floor: "fit"` also searches for the floor (the loss that no size removes) and needs four points.
 *
 * `fitPowerLaw([1, 10, 100], [8, 4, 2])` has scale 8 and exponent 0.301: ten times the size halves the loss.
 *
 * @see Kaplan et al. 2020, eq. 1.1, https://arxiv.org/abs/2001.08361; with a floor: Hoffmann et al. 2022, eq. 2,
 * https://arxiv.org/abs/2203.15556
 */
export function fitPowerLaw(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  { floor = 0 }: { floor?: number | "fit" } = {},
): PowerLawFit {
  const points = pairs(x, y, floor === "fit" ? 4 : 2);
  const lowest = Math.min(...points.map((p) => p.y));
  const wrong = points.find((p) => p.x <= 0 || p.y <= (floor === "fit" ? 0 : floor));
  if (wrong) {
    throw new CourseError({
      what: "fitPowerLaw",
      expected: `x above 0 and y above ${floor === "fit" ? 0 : floor} at every point`,
      received: `(${wrong.x}, ${wrong.y})`,
      remedy: "A power law is a line through logarithms, and only positive numbers have one.",
    });
  }
  const best = floor === "fit" ? minimise((c) => powerLaw(points, c).error, 0, lowest * (1 - 1e-9)) : floor;
  const { scale, exponent } = powerLaw(points, best);
  const predict = (at: number): number => best + scale * at ** -exponent;
  return { scale, exponent, floor: best, predict, rSquared: rSquared(points, predict) };
}

/**
 * The coefficients `b` for which `rows * b` lies closest to `y`, by Householder reflections.
 *
 * `leastSquares([[1, 0], [1, 1], [1, 2]], [1, 3, 5])` is `[1, 2]`.
 *
 * @see Golub 1965, Numerical methods for solving linear least squares problems
 */
export function leastSquares(rows: readonly (readonly number[])[], y: readonly number[]): number[] {
  const a = rows.map((row, i) => [...row, y[i]!]);
  const n = rows[0]?.length ?? 0;
  const scale = Math.max(...a.flat().map(Math.abs)) || 1;
  for (let k = 0; k < n; k++) {
    const norm = Math.hypot(...a.slice(k).map((row) => row[k]!));
    if (norm < 1e-12 * scale) {
      throw new CourseError({
        what: "x",
        expected: `at least ${n} different values`,
        received: "fewer, so that many curves fit equally well",
        remedy: "Measure at more places, or fit fewer coefficients.",
      });
    }
    const alpha = a[k]![k]! > 0 ? -norm : norm;
    const v = a.slice(k).map((row, i) => row[k]! - (i === 0 ? alpha : 0));
    const vv = v.reduce((sum, vi) => sum + vi * vi, 0);
    for (let j = k; j <= n; j++) {
      // column <- column - 2 v (v . column) / (v . v)
      const dot = v.reduce((sum, vi, i) => sum + vi * a[k + i]![j]!, 0);
      for (let i = 0; i < v.length; i++) a[k + i]![j]! -= (2 * dot * v[i]!) / vv;
    }
  }
  const b = new Array<number>(n).fill(0);
  for (let k = n - 1; k >= 0; k--) {
    const known = b.reduce((sum, bj, j) => (j > k ? sum + a[k]![j]! * bj : sum), 0);
    b[k] = (a[k]![n]! - known) / a[k]![k]!;
  }
  return b;
}

interface Point {
  x: number;
  y: number;
}

function pairs(x: ArrayLike<number>, y: ArrayLike<number>, least: number): Point[] {
  if (x.length !== y.length || x.length < least) {
    throw new CourseError({
      what: "points to fit",
      expected: `as many y as x, and at least ${least}`,
      received: `${x.length} x and ${y.length} y`,
    });
  }
  return Array.from(x, (xi, i) => ({ x: xi, y: y[i]! }));
}

/** ln(y - floor) = ln(scale) - exponent ln(x): the straight line through the logarithms, and its error in them. */
function powerLaw(points: readonly Point[], floor: number): { scale: number; exponent: number; error: number } {
  const lnX = points.map((p) => Math.log(p.x));
  const lnY = points.map((p) => Math.log(p.y - floor));
  const line = fitLine(lnX, lnY);
  const error = lnX.reduce((sum, x, i) => sum + (lnY[i]! - line.predict(x)) ** 2, 0);
  return { scale: Math.exp(line.intercept), exponent: -line.slope, error };
}

function rSquared(points: readonly Point[], predict: (x: number) => number): number {
  const mean = points.reduce((sum, p) => sum + p.y, 0) / points.length;
  const total = points.reduce((sum, p) => sum + (p.y - mean) ** 2, 0);
  const left = points.reduce((sum, p) => sum + (p.y - predict(p.x)) ** 2, 0);
  return total === 0 ? 1 : 1 - left / total;
}

/** The lowest point of `f` between two bounds: a coarse scan, then golden-section search (Kiefer 1953) around its best. */
function minimise(f: (x: number) => number, from: number, to: number): number {
  const scan = 200;
  const at = (i: number): number => from + ((to - from) * i) / scan;
  let best = 0;
  for (let i = 1; i <= scan; i++) if (f(at(i)) < f(at(best))) best = i;
  let low = at(Math.max(0, best - 1));
  let high = at(Math.min(scan, best + 1));
  const golden = (Math.sqrt(5) - 1) / 2;
  for (let i = 0; i < 60; i++) {
    const left = high - golden * (high - low);
    const right = low + golden * (high - low);
    if (f(left) <= f(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}
