/**
 * @file Comparing a result with what was expected: within a tolerance, exactly, in any order, or by a condition.
 * Used by the case tables and `check`. Every comparison works on plain values and says where the first difference is.
 */

import { type Plain, toPlain } from "./plain";

/** Where and how a result differs from what was expected. */
export interface Difference {
  kind: "type" | "length" | "keys" | "value" | "condition";
  /** The place, e.g. `targets[0][2]`; empty for the result itself. */
  path: string;
  expected: Plain;
  received: Plain;
  /** A sentence, where a comparison has one of its own. */
  says?: string;
}

/** How the results of an exercise are compared with what is expected. */
export interface Comparator {
  /** The rule in words, e.g. `equal within 0.0001 %`. */
  rule: string;
  /** Two numbers count as equal within these tolerances; also used to recognise known wrong answers. */
  relative: number;
  absolute: number;
  /** The first difference, or `undefined` if the result is accepted. */
  difference(received: Plain, expected: Plain, args: readonly Plain[]): Difference | undefined;
}

/** How far two numbers may be apart: `|received - expected| <= absolute + relative * |expected|`. */
export interface Tolerance {
  relative?: number;
  absolute?: number;
}

/** Accepts numbers within a tolerance, at any depth of lists and objects; everything else has to be equal. */
export function close({ relative = 1e-6, absolute = 1e-9 }: Tolerance = {}): Comparator {
  return {
    rule: `equal within ${relative * 100} %`,
    relative,
    absolute,
    difference: (received, expected) => firstDifference(received, expected, { relative, absolute }),
  };
}

/** Accepts only equal values, at any depth. (0 and -0 are equal, and so are NaN and NaN.) */
export const exact: Comparator = {
  rule: "equal",
  relative: 0,
  absolute: 0,
  difference: (received, expected) => firstDifference(received, expected, { relative: 0, absolute: 0 }),
};

/** Accepts the expected items in any order, each as often as it is expected: `sameItems()` takes `[2, 1]` for `[1, 2]`. */
export function sameItems({ relative = 0, absolute = 0 }: Tolerance = {}): Comparator {
  return {
    rule: "the same items in any order",
    relative,
    absolute,
    difference(received, expected) {
      if (!Array.isArray(received) || !Array.isArray(expected)) {
        return firstDifference(received, expected, { relative, absolute });
      }
      const left: Plain[] = [...expected];
      for (const item of received as Plain[]) {
        const i = left.findIndex((other) => !firstDifference(item, other, { relative, absolute }));
        if (i < 0) {
          return { kind: "condition", path: "", expected, received, says: `${JSON.stringify(item)} is not expected.` };
        }
        left.splice(i, 1);
      }
      if (left.length === 0) return undefined;
      return { kind: "condition", path: "", expected, received, says: `${JSON.stringify(left[0])} is missing.` };
    },
  };
}

/**
 * Accepts what fulfils a condition. `rule` says it in words and stands where an expected value would be shown.
 * `holds` returns true, or a sentence that says what is wrong.
 */
export function satisfies(
  rule: string,
  holds: (received: Plain, args: readonly Plain[], expected: Plain) => true | string,
): Comparator {
  return {
    rule,
    relative: 1e-9,
    absolute: 1e-12,
    difference(received, expected, args) {
      const verdict = holds(received, args, expected);
      return verdict === true ? undefined : { kind: "condition", path: "", expected: rule, received, says: verdict };
    },
  };
}

/** The first place where two values differ, outermost and leftmost first; `undefined` if there is none. */
export function firstDifference(
  received: Plain,
  expected: Plain,
  { relative = 0, absolute = 0 }: Tolerance,
): Difference | undefined {
  const compare = (a: Plain, b: Plain, path: string): Difference | undefined => {
    const differs = (kind: Difference["kind"]): Difference => ({ kind, path, expected: b, received: a });
    if (Array.isArray(b)) {
      if (!Array.isArray(a)) return differs("type");
      if (a.length !== b.length) return differs("length");
      return first(b, (item, i) => compare(a[i] as Plain, item as Plain, `${path}[${i}]`));
    }
    if (b !== null && typeof b === "object") {
      if (a === null || typeof a !== "object" || Array.isArray(a)) return differs("type");
      const [keysA, keysB] = [Object.keys(a).sort(), Object.keys(b).sort()];
      if (keysA.join("\n") !== keysB.join("\n")) return differs("keys");
      return first(keysB, (key) => compare(field(a, key), field(b, key), path ? `${path}.${key}` : key));
    }
    if (typeof a !== typeof b || (a === null) !== (b === null)) return differs("type");
    if (typeof a === "number" && typeof b === "number") {
      return numbersAgree(a, b, { relative, absolute }) ? undefined : differs("value");
    }
    return a === b ? undefined : differs("value");
  };
  return compare(toPlain(received).value, toPlain(expected).value, "");
}

/** True when two numbers are within the tolerance; an infinity agrees only with itself, NaN only with NaN. */
export function numbersAgree(a: number, b: number, { relative = 0, absolute = 0 }: Tolerance): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  if (!Number.isFinite(a) || !Number.isFinite(b)) return a === b;
  return Math.abs(a - b) <= absolute + relative * Math.abs(b);
}

function field(value: Plain, key: string): Plain {
  return (value as Record<string, Plain>)[key];
}

function first<T>(items: readonly T[], find: (item: T, i: number) => Difference | undefined): Difference | undefined {
  for (let i = 0; i < items.length; i++) {
    const found = find(items[i] as T, i);
    if (found) return found;
  }
  return undefined;
}
