/**
 * @file Exercises whose answer uses an object instead of arguments, such as the black box of 9.7: what `opens` of the
 * exercise returns. The answer is called once for each object. Loads nothing, because it runs on both sides of a sandbox.
 */

/** The results of an answer, one for each object; nothing if it never returned anything. */
export function resultsOf(answer: unknown, objects: readonly object[]): unknown {
  const results = objects.map((object) => (answer as (object: object) => unknown)(object));
  return results.every((result) => result === undefined) ? undefined : results;
}
