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
  times.sort((a, b) => a - b);
  const middle = times.length >> 1;
  return times.length % 2 === 1 ? times[middle]! : (times[middle - 1]! + times[middle]!) / 2;
}
