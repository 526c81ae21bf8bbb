/**
 * @file The rows of a batch, shared out so that each core of the processor computes some of them.
 * Engine room of compile.ts and train-step.ts.
 */

import { type Tensor, tf } from "./tf";

/** How many of `rows` each of at most `parts` gets, as equal as possible: `shareOut(12, 5)` is `[3, 3, 2, 2, 2]`. */
export function shareOut(rows: number, parts: number): number[] {
  const count = Math.max(1, Math.min(rows, parts));
  return Array.from({ length: count }, (_, part) => Math.floor(rows / count) + (part < rows % count ? 1 : 0));
}

/** Cuts a tensor along an axis, by default the first one, into parts of the given sizes. */
export function splitRows(tensor: Tensor, sizes: number[], axis = 0): Tensor[] {
  return sizes.length === 1 ? [tensor] : tf.split(tensor, sizes, axis);
}
