/**
 * @file How strongly a loss bends, and the largest learning rate that follows from it. Needed by notebook 3.
 * Works on any gradient, given as a function of a list of numbers: a surface's or a network's.
 * Leaves out all curvatures but the largest one.
 */

import { assertCount, CourseError } from "./errors";
import type { Random } from "./random";

/** Numbers in a row: the weights of a model, or a gradient. */
export type Vector = ArrayLike<number>;

/** The gradient of a loss at some weights. */
export type Gradient = (w: readonly number[]) => Vector;

/** The largest curvature, and the direction in which the loss bends that much. */
export interface Curvature {
  curvature: number;
  /** Of length 1. */
  direction: number[];
  /** How many gradients it took, two for each round. */
  gradients: number;
}

/**
 * The slope's change along a direction: how the gradient differs a little ahead and a little behind (Pearlmutter 1994
 * has an exact way).
 *
 *     H v = (g(w + h v) - g(w - h v)) / 2h
 */
export function bend(grad: Gradient, w: Vector, direction: Vector, { h = 1e-4 }: { h?: number } = {}): number[] {
  const moved = (by: number): number[] => Array.from(w, (wi, i) => wi + by * direction[i]!);
  const [ahead, behind] = [grad(moved(h)), grad(moved(-h))];
  return Array.from(ahead, (g, i) => (g - behind[i]!) / (2 * h));
}

/**
 * The largest curvature of a loss at w, by power iteration: apply H to a random direction again and again, and what is left
 * points where the bend is strongest.
 *
 *     v = H v / |H v|      lambda = v . H v
 *
 * Of `quadratic([1, 40])` it is 40. If the strongest bend is downwards, the result is negative.
 */
export function largestCurvature(
  grad: Gradient,
  w: Vector,
  options: { random: Random; rounds?: number; tolerance?: number; h?: number },
): Curvature {
  const { random, rounds = 100, tolerance = 1e-6, h } = options;
  assertCount("rounds", rounds);
  let direction = unit(Array.from(w, () => random.normal()));
  let curvature = 0;
  for (let round = 1; round <= rounds; round++) {
    const bent = bend(grad, w, direction, { h });
    const next = dot(direction, bent);
    const settled = Math.abs(next - curvature) <= tolerance * Math.abs(next);
    curvature = next;
    if (norm(bent) === 0 || settled || round === rounds) return { curvature, direction, gradients: 2 * round };
    direction = unit(bent);
  }
  throw new CourseError({ what: "rounds", expected: "an end", received: "none" });
}

/** What {@link measureStableRate} tries. */
export interface StableRateOptions {
  from: readonly number[];
  /** A rate that is surely stable, and one that surely is not. Default 0 and 1000. */
  low?: number;
  high?: number;
  /** How long each try is. Default 500 steps. */
  steps?: number;
  /** The answer is exact to this share of itself. Default 0.001. */
  precision?: number;
}

/**
 * The largest learning rate with which gradient descent does not run away, found by trying: halve the interval between a
 * rate that works and one that does not, again and again. Uses no curvature. A rate works if the gradient is no longer at
 * the end than at the start.
 */
export function measureStableRate(grad: Gradient, options: StableRateOptions): number {
  const { from, steps = 500, precision = 1e-3 } = options;
  let { low = 0, high = 1000 } = options;
  const startNorm = norm(grad(from));
  const works = (rate: number): boolean => {
    let w: readonly number[] = from;
    for (let t = 0; t < steps; t++) {
      const g = grad(w);
      w = w.map((wi, i) => wi - rate * g[i]!);
    }
    return norm(grad(w)) <= startNorm; // false for NaN
  };
  while (high - low > precision * high) {
    const middle = (low + high) / 2;
    if (works(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The length of a vector: `norm([3, 4])` is 5. */
export function norm(v: Vector): number {
  return Math.sqrt(dot(v, v));
}

/** The sum of the products: `dot([1, 2], [3, 4])` is 11. */
export function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The angle between two vectors in degrees: 0 for the same direction, 90 for nothing in common, 180 for the opposite. */
export function angleDegrees(a: Vector, b: Vector): number {
  const cosine = dot(a, b) / (norm(a) * norm(b));
  return (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
}

function unit(v: number[]): number[] {
  const length = norm(v);
  return length === 0 ? v : v.map((x) => x / length);
}
