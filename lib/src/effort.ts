/**
 * @file How long a notebook computes: in full for a learner, briefly when the course tests itself; and the claims of
 * the prose, which are judged only after a full run. Used by every notebook.
 */

/** True when the course tests itself (`COURSE_SHORT=1`): the same code with fewer steps. */
export function isShort(): boolean {
  return process.env.COURSE_SHORT === "1";
}

/**
 * The first number for a learner, the second one when the course tests itself.
 *
 * `const steps = effort(2500, 60);`
 */
export function effort(full: number, short: number): number {
  return isShort() ? short : full;
}

/**
 * Asserts what the prose says, with the measured value in the message; throws when it does not hold.
 * A short run measures nothing worth judging, so there the claim is printed and left open.
 *
 * `claim("facts in unseen wordings: 90 % or more", facts >= 0.9, facts)`
 */
export function claim(sentence: string, holds: boolean, measured: number | string): void {
  const value = typeof measured === "number" ? String(Math.round(measured * 1e4) / 1e4) : measured;
  if (isShort()) {
    console.log(`not judged in a short run: ${sentence} (measured ${value})`);
    return;
  }
  if (!holds) throw new Error(`The text claims "${sentence}", but this run measured ${value}.`);
  console.log(`holds: ${sentence} (measured ${value})`);
}
