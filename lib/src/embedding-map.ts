/**
 * @file Many-dimensional vectors seen in two: principal component analysis and nearest neighbours, in plain TypeScript.
 * Used by notebooks 1 and 2 for the map of words. Leaves out non-linear maps (t-SNE, UMAP), which draw clusters even in noise.
 * After Pearson 1901; the eigenvectors by Jacobi's rotations (1846).
 */

import { CourseError } from "./errors";
import { assertShape } from "./shape";

/** The directions in which a set of vectors varies most, and the vectors seen along them. */
export interface Components {
  /** The mean vector, which is taken off first. (C) */
  mean: number[];
  /** The directions, each of length 1, the most varied first. (count, C) */
  directions: number[][];
  /** The share of the whole variance along each direction. (count) */
  variance: number[];
  /** The vectors along the directions. (N, count) */
  coordinates: number[][];
}

/**
 * Principal component analysis. The sign of a direction is free; here its largest entry is positive.
 *
 * `principalComponents([[0, 0], [3, 4], [6, 8]], { count: 1 })` has the direction (0.6, 0.8), the coordinates -5, 0, 5
 * and the share of variance 1.
 */
export function principalComponents(
  vectors: readonly ArrayLike<number>[],
  { count = 2 }: { count?: number } = {},
): Components {
  const n = vectors.length;
  const width = vectors[0]?.length ?? 0;
  if (n < 2 || width < count) {
    throw new CourseError({
      what: "vectors",
      expected: `at least 2, each with at least ${count} entries`,
      received: `${n} of ${width} entries`,
    });
  }
  vectors.forEach((v, i) => void assertShape(`vectors[${i}]`, [v.length], [width]));
  const mean = Array.from({ length: width }, (_, j) => vectors.reduce((sum, v) => sum + v[j]!, 0) / n);
  const centred = vectors.map((v) => mean.map((m, j) => v[j]! - m)); // (N, C)
  // X^T X (C, C) and X X^T (N, N) have the same eigenvalues: take the smaller. If X X^T u = l u, then X^T u / sqrt(l) is the direction.
  const useGram = n < width;
  const columns = mean.map((_, j) => centred.map((v) => v[j]!)); // (C, N)
  const sides = useGram ? centred : columns;
  const matrix = sides.map((a) => sides.map((b) => dot(a, b)));
  const { values, eigenvectors } = symmetricEigen(matrix);
  const order = values.map((_, i) => i).sort((a, b) => values[b]! - values[a]!);
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  const picked = order.slice(0, count);
  const directions = picked.map((i) => {
    const u = eigenvectors[i]!;
    const direction = useGram ? columns.map((column) => dot(column, u)) : u;
    return unit(direction);
  });
  return {
    mean,
    directions,
    variance: directions.map((_, k) => (total === 0 ? 0 : Math.max(0, values[picked[k] ?? -1] ?? 0) / total)),
    coordinates: centred.map((v) => directions.map((d) => dot(v, d))),
  };
}

/**
 * How alike two vectors point: 1 the same direction, 0 at right angles, -1 opposite.
 *
 * `cosineSimilarity([1, 0], [1, 1])` is 0.707.
 */
export function cosineSimilarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  // cos(a, b) = a . b / (|a| |b|)
  const size = Math.sqrt(dot(a, a) * dot(b, b));
  return size === 0 ? 0 : dot(a, b) / size;
}

/** The indices of the `count` vectors that point most nearly the same way as `vectors[index]`, nearest first. */
export function nearestNeighbours(
  vectors: readonly ArrayLike<number>[],
  index: number,
  { count = 5 }: { count?: number } = {},
): { index: number; similarity: number }[] {
  const from = vectors[index]!;
  return vectors
    .map((v, i) => ({ index: i, similarity: cosineSimilarity(from, v) }))
    .filter((other) => other.index !== index)
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, count);
}

/**
 * The share of vectors whose nearest neighbour is of their own group: the number behind "words of a kind lie together".
 *
 * `neighbourAgreement([[1, 0], [2, 0], [0, 1], [0, 3]], ["a", "a", "b", "b"])` is 1.
 */
export function neighbourAgreement(vectors: readonly ArrayLike<number>[], groups: readonly string[]): number {
  const agree = vectors.filter((_, i) => {
    const nearest = nearestNeighbours(vectors, i, { count: 1 })[0];
    return nearest !== undefined && groups[nearest.index] === groups[i];
  });
  return vectors.length === 0 ? 0 : agree.length / vectors.length;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The vector at length 1, its largest entry positive. */
function unit(v: readonly number[]): number[] {
  const largest = v.reduce((best, x) => (Math.abs(x) > Math.abs(best) + 1e-12 ? x : best), 0);
  const length = Math.hypot(...v) * (largest < 0 ? -1 : 1);
  return v.map((x) => (length === 0 ? 0 : x / length));
}

/** Eigenvalues and eigenvectors of a symmetric matrix: rotate pairs of axes until nothing is left beside the diagonal. */
function symmetricEigen(matrix: readonly (readonly number[])[]): { values: number[]; eigenvectors: number[][] } {
  const n = matrix.length;
  const a = matrix.map((row) => Float64Array.from(row));
  const vectors = matrix.map((_, i) => Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
  const size = Math.sqrt(a.reduce((sum, row) => sum + dot(row, row), 0));
  for (let sweep = 0; sweep < 50; sweep++) {
    let beside = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) beside += a[p]![q]! ** 2;
    if (Math.sqrt(beside) <= 1e-14 * size) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, p, q);
  }
  return { values: a.map((row, i) => row[i]!), eigenvectors: vectors.map((row) => Array.from(row)) };
}

/** One rotation in the plane of axes p and q, by the angle that makes a[p][q] zero. Rows of `vectors` are eigenvectors. */
function rotate(a: Float64Array[], vectors: Float64Array[], p: number, q: number): void {
  const apq = a[p]![q]!;
  if (apq === 0) return;
  // t = tan(angle), the smaller root of t^2 + 2 theta t - 1 = 0
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < a.length; k++) {
    const akp = a[k]![p]!;
    const akq = a[k]![q]!;
    a[k]![p] = c * akp - s * akq;
    a[k]![q] = s * akp + c * akq;
  }
  for (const rows of [a, vectors]) {
    const rp = rows[p]!;
    const rq = rows[q]!;
    for (let k = 0; k < rp.length; k++) {
      const x = rp[k]!;
      const y = rq[k]!;
      rp[k] = c * x - s * y;
      rq[k] = s * x + c * y;
    }
  }
}
