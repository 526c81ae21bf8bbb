/**
 * @file How long something takes, measured so that one slow moment of the machine does not decide. Notebook 5.
 * Leaves out statistics of small differences: what is compared here differs by factors.
 */

import { assertCount } from "./errors";

/** How {@link medianMs} measures. */
export interface TimingOptions {
  /** How often the work is timed. Default 5. */
  repeats?: number;
  /** How often it is done before, untimed: the first call compiles. Default 1. */
  warmUps?: number;
  /** The clock, in milliseconds. */
  now?: () => number;
}

/**
 * The time that some work takes: the median of several repeats, in milliseconds.
 *
 * `medianMs(() => cache.read([[5]]))`. Of 3, 4 and 90 ms the median is 4.
 */
export function medianMs(work: () => unknown, options: TimingOptions = {}): number {
  const { repeats = 5, warmUps = 1, now = () => performance.now() } = options;
  assertCount("repeats", repeats);
  assertCount("warmUps", warmUps, 0);
  for (let i = 0; i < warmUps; i++) work();
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const startMs = now();
    work();
    times.push(now() - startMs);
  }
  return median(times);
}

/** The middle of some numbers, or the mean of the two in the middle. Of 3, 4 and 90 it is 4. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
