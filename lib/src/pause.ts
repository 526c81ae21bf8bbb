/**
 * @file Lets other work happen between two steps of a long computation: the page is drawn, an interrupt is seen.
 * Engine room of training, evaluation and sampling. TensorFlow.js computes without ever giving up its turn.
 */

import { setImmediate as nextTurn } from "node:timers/promises";

/** The signal that the course's kernel raises when the running cell is interrupted; elsewhere there is none. */
export function cellSignal(): AbortSignal | undefined {
  return (globalThis as { interruptSignal?: AbortSignal }).interruptSignal;
}

/** Gives up the turn. Throws an AbortError when the signal was raised; by default that of the running notebook cell. */
export async function pause(signal: AbortSignal | undefined = cellSignal()): Promise<void> {
  await nextTurn(undefined, { signal });
}
