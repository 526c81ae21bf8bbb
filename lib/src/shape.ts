/**
 * @file Shapes: the sizes of a tensor's axes, and the error that tells a learner which axis is wrong.
 * Used by every notebook. Axes have one letter each: B batch, T time, C channels, H heads, D head width, V vocabulary.
 */

import { CourseError } from "./errors";

/** The size of each axis, outermost first: `[32, 64]`. */
export type Shape = readonly number[];

/** A tensor has another shape than the one that was asked for. */
export class ShapeError extends CourseError {}

/** Writes a shape as mathematicians do: `formatShape([32, 64])` is `(32, 64)`; a scalar's shape is `()`. */
export function formatShape(shape: Shape): string {
  return `(${shape.join(", ")})`;
}

/** The number of values in a tensor: `sizeOf([2, 3])` is 6; a scalar has 1. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, axis) => product * axis, 1);
}

/**
 * Throws a {@link ShapeError} unless both shapes are equal. `axes` names the axes of the expected shape.
 *
 * `assertShape("targets", [64, 32], [32, 64], "B, T")` throws
 * `targets: expected (32, 64) = (B, T), received (64, 32). Did you swap B and T?`
 */
export function assertShape(what: string, received: Shape, expected: Shape, axes?: string): void {
  if (received.length === expected.length && received.every((axis, i) => axis === expected[i])) return;
  throw new ShapeError({
    what,
    expected: axes ? `${formatShape(expected)} = (${axes})` : formatShape(expected),
    received: formatShape(received),
    remedy: swapHint(received, expected, axes),
  });
}

function swapHint(received: Shape, expected: Shape, axes?: string): string | undefined {
  const names = axes?.split(", ");
  const wrong = expected.flatMap((axis, i) => (axis === received[i] ? [] : [i]));
  if (!names || received.length !== expected.length || wrong.length !== 2) return undefined;
  const [i, j] = wrong as [number, number];
  return received[i] === expected[j] && received[j] === expected[i]
    ? `Did you swap ${names[i]} and ${names[j]}?`
    : undefined;
}
