/**
 * @file The loss around the weights of a network: a slice through a space of a million directions, drawn along two of them.
 * Needed by notebook 3. Directions are filter-normalised (Li, Xu, Taylor, Studer and Goldstein 2018, section 4), so that
 * slices of differently scaled networks can be compared. Leaves out directions found by analysis, such as principal ones.
 */

import type { Weights } from "./gpt";
import type { Random } from "./random";
import { assertShape, ShapeError } from "./shape";
import { tf, type Variable } from "./tf";
import type { Params } from "./update";

/** A direction through the space of all weights: one number for each weight, by the weights' names. */
export type Direction = Weights;

/**
 * A random direction whose parts are as long as the weights they belong to. A filter, in a network of linear layers, is what
 * makes one number: a column of W (in, out), or a row of an embedding table.
 *
 *     d = normal      d_filter = d_filter / |d_filter| |w_filter|       gains and biases stay as they are: d = 0
 *
 * So one step along it changes every filter by its own length. Without this, a layer with small weights
 * would look sharp and one with large weights flat, although they compute the same.
 * `isTable` tells tables by name; by default those of GPT-2 and makemore.
 */
export function randomDirection(
  weights: Weights,
  random: Random,
  {
    isTable = (name: string): boolean => /^(wte|wpe)\.weight$|^C$/.test(name),
  }: { isTable?: (name: string) => boolean } = {},
): Direction {
  const entries = Object.entries(weights).map(([name, { shape, data }]): [string, Weights[string]] => {
    const direction = Float32Array.from(data, () => random.normal());
    if (shape.length < 2) return [name, { shape: [...shape], data: direction.fill(0) }];
    const columns = shape[shape.length - 1]!;
    const filterOf = (i: number): number => (isTable(name) ? Math.floor(i / columns) : i % columns);
    const count = isTable(name) ? data.length / columns : columns;
    const [wanted, drawn] = [lengths(data, filterOf, count), lengths(direction, filterOf, count)];
    direction.forEach((d, i) => {
      direction[i] = (d / drawn[filterOf(i)]!) * wanted[filterOf(i)]!;
    });
    return [name, { shape: [...shape], data: direction }];
  });
  return Object.fromEntries(entries);
}

function lengths(data: Float32Array, filterOf: (i: number) => number, count: number): Float64Array {
  const squares = new Float64Array(count);
  data.forEach((value, i) => {
    squares[filterOf(i)]! += value * value;
  });
  return squares.map(Math.sqrt);
}

/** The way from one set of weights to another: `towards(before, after)` at 1 arrives. */
export function towards(from: Weights, to: Weights): Direction {
  return Object.fromEntries(
    Object.entries(from).map(([name, { shape, data }]) => {
      assertShape(`weights "${name}"`, to[name]?.shape ?? [], shape);
      return [name, { shape: [...shape], data: data.map((value, i) => to[name]!.data[i]! - value) }];
    }),
  );
}

/** What {@link lossSlice} measures. */
export interface LossSliceOptions {
  /** The weights, as variables. They are moved, and put back at the end. */
  params: Params;
  /** One or two directions. */
  directions: readonly Direction[];
  /** How far along the first direction, and along the second: 0 is where the weights are. */
  x: readonly number[];
  y?: readonly number[];
  /** The loss with the weights as they are at that moment. */
  loss: () => number | Promise<number>;
  /** Called after each point with the share that is done. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * The loss at each point w + x d1 + y d2, one row for each y: what `lossContours` draws.
 *
 * `await lossSlice({ params, directions: [a, b], x: [-1, 0, 1], y: [0], loss })` has one row of three losses.
 */
export async function lossSlice(options: LossSliceOptions): Promise<number[][]> {
  const { params, directions, x, y = [0], loss, onProgress } = options;
  if (directions.length < 1 || directions.length > 2 || (directions.length === 1 && y.some((at) => at !== 0))) {
    throw new ShapeError({
      what: "directions",
      expected: "one for each axis: x, or x and y",
      received: String(directions.length),
    });
  }
  const names = Object.keys(params);
  const centre = names.map((name) => (params[name]!.dataSync() as Float32Array).slice());
  const moves = directions.map((direction) =>
    names.map((name) => {
      assertShape(`direction "${name}"`, direction[name]?.shape ?? [], params[name]!.shape);
      return direction[name]!.data;
    }),
  );
  const moveTo = (far: readonly number[]): void =>
    names.forEach((name, k) => {
      const moved = centre[k]!.map((w, i) => moves.reduce((sum, move, d) => sum + far[d]! * move[k]![i]!, w));
      assign(params[name]!, moved);
    });
  const rows: number[][] = [];
  try {
    for (const atY of y) {
      const row: number[] = [];
      for (const atX of x) {
        moveTo([atX, atY]);
        row.push(await loss());
        onProgress?.(rows.length * x.length + row.length, x.length * y.length);
      }
      rows.push(row);
    }
  } finally {
    names.forEach((name, k) => void assign(params[name]!, centre[k]!));
  }
  return rows;
}

/** All weights in one row, in the order of `params`. */
export function toVector(params: Params): Float32Array {
  const parts = Object.values(params).map((param) => param.dataSync() as Float32Array);
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The other way round: puts a row of numbers into the weights. */
export function fromVector(params: Params, vector: ArrayLike<number>): void {
  let at = 0;
  for (const param of Object.values(params)) {
    const part = Float32Array.from({ length: param.size }, (_, i) => vector[at + i]!);
    assign(param, part);
    at += param.size;
  }
}

function assign(variable: Variable, data: Float32Array): void {
  tf.tidy(() => variable.assign(tf.tensor(data, variable.shape, "float32")));
}
