/**
 * @file The errors of the course: each says what was wrong, what was expected, what was received and what to do.
 * Used by every notebook. After the structured errors of superstruct: data first, the sentence is made from it.
 */

/** The parts of an error message. `what` names the argument or the file; the others complete the sentence. */
export interface ErrorParts {
  /** The argument, option or file that is wrong, e.g. `targets`. */
  what: string;
  /** What would have been right, e.g. `(32, 64) = (B, T)`. */
  expected: string;
  /** What came instead, e.g. `(64, 32)`. */
  received: string;
  /** What to do about it, a full sentence, e.g. `Did you swap batch and time?` */
  remedy?: string;
  /** The error that caused this one. */
  cause?: unknown;
}

/**
 * An error with its parts kept as data.
 *
 * `new CourseError({ what: "steps", expected: "a whole number above 0", received: "-1" }).message`
 * is `steps: expected a whole number above 0, received -1.`
 */
export class CourseError extends Error {
  readonly parts: ErrorParts;

  constructor(parts: ErrorParts) {
    const sentence = `${parts.what}: expected ${parts.expected}, received ${parts.received}.`;
    super(
      parts.remedy ? `${sentence} ${parts.remedy}` : sentence,
      parts.cause === undefined ? {} : { cause: parts.cause },
    );
    this.name = new.target.name;
    this.parts = parts;
  }
}

/** Throws a {@link CourseError} unless `value` is a whole number of at least `min`. */
export function assertCount(what: string, value: number, min = 1): void {
  if (Number.isInteger(value) && value >= min) return;
  throw new CourseError({ what, expected: `a whole number of at least ${min}`, received: String(value) });
}
