/**
 * @file Takes submissions from the queue and grades them, several at once. Used by `course worker` on any number of
 * machines, with the same queue; what a machine had taken when it died is taken by another one.
 */

import type { Grader, GradeStore, SubmissionResult } from "./types";

export interface WorkOptions {
  /** Who is working, for messages; machine and process unless told. */
  worker: string;
  /** How many submissions are graded at once; 1 unless told. */
  parallel?: number;
  /** Ends when nothing is waiting or taken anywhere; otherwise it waits for more. */
  untilEmpty?: boolean;
  /** How long an empty queue is left alone; 2 unless told. */
  pauseSeconds?: number;
  /** Ends after the submissions that were begun. */
  signal?: AbortSignal;
  /** Told of each result once it is stored. */
  onResult?: (result: SubmissionResult) => void;
}

/** Works until it is told to stop, or until the queue is empty; returns how many submissions it graded. */
export async function workOff(store: GradeStore, grader: Grader, options: WorkOptions): Promise<number> {
  const { worker, parallel = 1, untilEmpty = false, pauseSeconds = 2, signal, onResult } = options;
  let count = 0;
  let failure: { error: unknown } | undefined;
  const lane = async (): Promise<void> => {
    while (!signal?.aborted && !failure) {
      const next = await store.take(worker);
      if (next) {
        const { key, ...collected } = next;
        const result = await grader.grade(collected);
        await store.finish(key, result);
        count++;
        onResult?.(result);
      } else {
        // What others have taken comes back when they die: only an empty queue is the end.
        if (untilEmpty && (await store.waiting()) === 0) return;
        await pause(pauseSeconds * 1000, signal);
      }
    }
  };
  const guarded = async (): Promise<void> => {
    try {
      await lane();
    } catch (error) {
      failure ??= { error };
    }
  };
  await Promise.all(Array.from({ length: parallel }, guarded));
  if (failure) throw failure.error;
  return count;
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
  });
}
