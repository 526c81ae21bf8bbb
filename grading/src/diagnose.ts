/**
 * @file Names the likely mistake behind a wrong answer: first the mistakes that a table foresees, then those that can
 * happen in any exercise. Used by `check` in every notebook and by a grader; works on plain outcomes only.
 * After ARENA's tests, which compute the wrong answer one gets by forgetting something, and Kaggle's learntools.
 */

import { type Comparator, type Difference, exact, firstDifference, numbersAgree, sameItems } from "./compare";
import { numberText, shorten, visible } from "./format";
import { clonePlain, kindOf, numbersIn, type Plain, shapeOf, toPlain } from "./plain";
import type { Outcome } from "./run";
import { type Case, type CodeExercise, type Mistake, signatureOf } from "./table";

/** A mistake that was recognised. */
export interface Diagnosis {
  /** The `id` of a table's mistake, or one of the general ones, e.g. `no-return`. */
  id: string;
  says: string;
}

/** A case that was not accepted. */
export interface Failure {
  one: Case;
  outcome: Outcome;
  /** Where the result differs; missing if there is no result, or if only the input was changed. */
  difference?: Difference;
}

/** The comparison that holds for a case. */
export function comparatorOf(exercise: CodeExercise, one: Case): Comparator {
  return one.compare ?? exercise.compare ?? exact;
}

/**
 * The foreseen mistake that explains every wrong result of an answer. One that also agrees with the right results goes
 * before one that does not. `outcomes` are those of all cases, `failures` the ones not accepted.
 */
export function foreseenMistake(
  exercise: CodeExercise,
  cases: readonly Case[],
  outcomes: readonly Outcome[],
  failures: readonly Failure[],
): Diagnosis | undefined {
  let partly: Diagnosis | undefined;
  for (const mistake of exercise.mistakes) {
    const concerned = failures.filter(({ one, difference }) => difference && concerns(exercise, mistake, one));
    if (concerned.length === 0) continue;
    if (!concerned.every(({ one, outcome }) => repeats(exercise, mistake, one, outcome))) continue;
    const everywhere =
      mistake.like !== undefined &&
      cases.every((one, i) => !concerns(exercise, mistake, one) || repeats(exercise, mistake, one, outcomes[i]!));
    if (everywhere) return { id: mistake.id, says: mistake.says };
    partly ??= { id: mistake.id, says: mistake.says };
  }
  return partly;
}

function concerns(exercise: CodeExercise, mistake: Mistake, one: Case): boolean {
  return signatureOf(exercise, mistake.of).name === signatureOf(exercise, one.of).name;
}

/** True when the outcome is what the mistake would give. */
function repeats(exercise: CodeExercise, mistake: Mistake, one: Case, outcome: Outcome): boolean {
  if (outcome.kind !== "value" || outcome.strange) return false;
  try {
    if (mistake.when) return mistake.when({ received: outcome.value, expected: one.expected, args: one.args });
    const foreseen = (mistake.like as unknown as (...args: readonly Plain[]) => unknown)(...clonePlain(one.args));
    const { relative, absolute } = comparatorOf(exercise, one);
    return !firstDifference(outcome.value, toPlain(foreseen).value, { relative, absolute });
  } catch {
    return false; // the mistake throws on this case, and the answer did not
  }
}

/** What can be said about a single wrong case without knowing the exercise. */
export function generalMistake(exercise: CodeExercise, failure: Failure): Diagnosis | undefined {
  const { one, outcome, difference } = failure;
  const name = `\`${signatureOf(exercise, one.of).name}\``;
  switch (outcome.kind) {
    case "not done":
      return { id: "not-done", says: `${name} is not done yet.` };
    case "stopped":
      return { id: "stopped", says: "The run was interrupted before this case." };
    case "too slow":
      return {
        id: "too-slow",
        says: `No result after ${outcome.limitMs / 1000} s. Is there a loop that never ends, or an \`await\` on something that never happens?`,
      };
    case "threw":
      return { id: "threw", says: thrownSays(name, outcome.name, outcome.message) };
    case "value":
      return valueMistake(name, outcome, difference);
  }
}

function thrownSays(name: string, errorName: string, message: string): string {
  const what = shorten(
    visible(errorName && !message.startsWith(errorName) ? `${errorName}: ${message}` : message),
    300,
  );
  const remedies: readonly (readonly [RegExp, string])[] = [
    [
      /of undefined|of null|is not iterable/,
      "Something is undefined there: an index past the end, or a name that is not in the object.",
    ],
    [/Maximum call stack/, "A function calls itself without an end."],
    [/is not a function/, "What is called there is not a function. Is the name right?"],
    [/is not defined|before initialization/, "Is the name spelled as it was declared, and has its cell been run?"],
    [/Assignment to constant/, "Use `let` for a variable that changes."],
  ];
  const remedy = remedies.find(([pattern]) => pattern.test(message))?.[1];
  return `${name} stopped with an error: ${what.replace(/\.$/, "")}.${remedy ? ` ${remedy}` : ""}`;
}

function valueMistake(
  name: string,
  outcome: Extract<Outcome, { kind: "value" }>,
  difference: Difference | undefined,
): Diagnosis | undefined {
  const { value, strange, changed } = outcome;
  if (strange) return strangeMistake(name, strange.path, strange.what);
  if (!difference) {
    if (changed === undefined) return undefined;
    return {
      id: "changes-input",
      says: `The result is right, but ${name} changed its input \`${changed}\`, which the caller may still need. Work on a copy.`,
    };
  }
  const { expected, received, kind, path } = difference;
  const where = path ? ` in \`${path}\`` : "";
  if (value === undefined) {
    return { id: "no-return", says: `${name} returned nothing. Did you forget \`return\`?` };
  }
  const odd = numbersIn(value).find((n) => !Number.isFinite(n));
  if (Number.isNaN(odd) && !numbersIn(expected).some(Number.isNaN)) {
    return {
      id: "nan",
      says: 'The result contains NaN, "not a number". It comes from undefined in a sum (an index past the end), from 0 / 0 or from Infinity - Infinity.',
    };
  }
  if (odd !== undefined && numbersIn(expected).every(Number.isFinite)) {
    return {
      id: "infinite",
      says: `The result contains ${odd}. It comes from a division by 0, the logarithm of 0, or an exponential too large for a number.`,
    };
  }
  if (kind === "type") {
    return { id: "type", says: `Expected ${kindOf(expected)}${where}, but ${kindOf(received)} came.` };
  }
  if (kind === "keys") return keysMistake(where, expected, received);
  if (isTransposed(expected, value)) {
    return { id: "transposed", says: "The values are right, but rows and columns are swapped." };
  }
  if (kind === "length") {
    const count = (v: Plain): number => (v as readonly Plain[]).length;
    return { id: "length", says: `Expected ${count(expected)} values${where}, but ${count(received)} came.` };
  }
  if (kind === "condition") return { id: "condition", says: difference.says ?? "The condition does not hold." };
  return undefined;
}

function strangeMistake(name: string, path: string, what: string): Diagnosis {
  if (what !== "a Promise") return { id: "strange", says: `${name} returned ${what}${path ? ` in \`${path}\`` : ""}.` };
  return path
    ? {
        id: "promise",
        says: `There is a Promise in \`${path}\`. Did you forget \`await\` before the call that made it?`,
      }
    : {
        id: "promise",
        says: `${name} returned a Promise instead of a value. Did you write \`async\` where none is needed?`,
      };
}

function keysMistake(where: string, expected: Plain, received: Plain): Diagnosis {
  const names = (value: Plain): string => visible(Object.keys(value as object).join(", ")) || "none";
  return { id: "keys", says: `Expected the keys ${names(expected)}${where}, but these came: ${names(received)}.` };
}

function isTransposed(expected: Plain, received: Plain): boolean {
  const [a, b] = [shapeOf(expected), shapeOf(received)];
  if (a?.length !== 2 || b?.length !== 2 || a[0] !== b[1] || a[1] !== b[0]) return false;
  const rows = expected as readonly (readonly Plain[])[];
  const turned = rows[0]?.map((_, j) => rows.map((row) => row[j]));
  return !firstDifference(received, turned, { relative: 1e-6, absolute: 1e-9 });
}

/** What can be said when all wrong results of an answer are looked at together: a sign, a factor, an order, a constant. */
export function commonPattern(failures: readonly Failure[], cases: readonly Case[]): Diagnosis | undefined {
  const pairs = failures.flatMap(({ one, outcome }) =>
    outcome.kind === "value" && !outcome.strange ? [{ expected: one.expected, received: outcome.value }] : [],
  );
  if (pairs.length === 0 || pairs.length < failures.length) return undefined;
  if (pairs.every(({ expected, received }) => !sameItems({ relative: 1e-9 }).difference(received, expected, []))) {
    return Array.isArray(pairs[0]!.expected)
      ? { id: "order", says: "The values are right, but their order is not." }
      : undefined;
  }
  const sameAnswer = pairs.every(({ received }) => !firstDifference(received, pairs[0]!.received, {}));
  const sameQuestion = pairs.every(({ expected }) => !firstDifference(expected, pairs[0]!.expected, {}));
  if (sameAnswer && !sameQuestion && pairs.length > 1 && pairs.length >= cases.length - 1) {
    return { id: "constant", says: "The same result comes back for every input. Is each parameter used?" };
  }
  const ratios = pairs.flatMap(({ expected, received }) => ratiosOf(expected, received));
  const ratio = ratios[0];
  if (
    ratio &&
    Number.isFinite(ratio) &&
    ratios.length > 1 &&
    ratios.every((r) => numbersAgree(r, ratio, { relative: 1e-6 }))
  ) {
    if (numbersAgree(ratio, -1, { relative: 1e-6 })) return { id: "sign", says: "The size is right, the sign is not." };
    return { id: "factor", says: `Every wrong result is ${numberText(ratio, 5)} times the expected one.` };
  }
  return undefined;
}

/** Received over expected, number by number; nothing if the values do not have the same numbers in the same places. */
function ratiosOf(expected: Plain, received: Plain): number[] {
  const [a, b] = [numbersIn(expected), numbersIn(received)];
  if (a.length !== b.length) return [Number.NaN];
  return a.flatMap((n, i) => (n === 0 && b[i] === 0 ? [] : [b[i]! / n]));
}
