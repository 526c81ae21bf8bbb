/**
 * @file A reporter for Node's test runner: one line of JSON for every test that ended, for run-tests.mjs to count.
 */

import { inspect } from "node:util";

/**
 * @typedef {{ name: string, nesting: number, suite: boolean, passed: boolean, skipped: boolean, elapsedMs: number, error?: string }} TestEvent
 */

/** @param {AsyncIterable<import("node:test/reporters").TestEvent>} source */
export default async function* report(source) {
  for await (const { type, data } of source) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { name, nesting, skip, todo, details } = data;
    const error = "error" in details ? details.error : undefined;
    /** @type {TestEvent} */
    const event = {
      name,
      nesting,
      suite: details.type === "suite",
      passed: type === "test:pass",
      skipped: (skip ?? todo ?? false) !== false,
      elapsedMs: details.duration_ms,
      ...(error ? { error: describe(error) } : {}),
    };
    yield `${JSON.stringify(event)}\n`;
  }
}

function describe(/** @type {Error} */ error) {
  const cause = error.cause ?? error;
  return cause instanceof Error ? (cause.stack ?? cause.message) : typeof cause === "string" ? cause : inspect(cause);
}
