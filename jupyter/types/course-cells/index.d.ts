/** @file What every cell can see without importing it. The kernel hands this folder to the compiler of the cells. */

/**
 * Is aborted when the learner presses "Interrupt". `undefined` outside a notebook.
 *
 * A long loop in a library looks at it between two steps: `interruptSignal?.throwIfAborted()`.
 */
declare var interruptSignal: AbortSignal | undefined;
