/**
 * @file How values cross the wall of a sandbox: as one line of JSON. Numbers that JSON does not know and typed arrays are
 * written in braces with one key. What comes out is untrusted: it is read into fresh data without prototypes, and refused
 * when it is nested too deeply. Loads nothing, because it runs on both sides.
 */

import type { Plain } from "../plain";

/** What a learner's result may be nested. */
const DEEPEST = 100;

type TypedArray = Float32Array | Float64Array | Int32Array | Uint16Array | Uint8Array;

/** Captured before any learner's code runs; the sandbox loads this file first. */
const { stringify, parse } = JSON;
const { isArray } = Array;
const { entries, is } = Object;
const { isView } = ArrayBuffer;

/** A value as JSON: `encode([1, NaN, { a: -0 }])` is `[1,{"n":"NaN"},{"o":{"a":{"n":"-0"}}}]`. */
export function encode(value: Plain): string {
  return stringify(boxed(value));
}

function boxed(value: Plain): unknown {
  if (value === undefined) return { n: "undefined" };
  if (typeof value === "number") {
    return Number.isFinite(value) && !is(value, -0) ? value : { n: is(value, -0) ? "-0" : `${value}` };
  }
  if (value === null || typeof value !== "object") return value;
  if (isView(value)) {
    return { t: value.constructor.name, v: Array.from(value as unknown as ArrayLike<number>, boxed) };
  }
  if (isArray(value)) return (value as Plain[]).map(boxed);
  const inner: Record<string, unknown> = Object.create(null);
  for (const [key, part] of entries(value)) inner[key] = boxed(part as Plain);
  return { o: inner };
}

const NUMBERS: Readonly<Record<string, Plain>> = {
  undefined: undefined,
  NaN: Number.NaN,
  "-0": -0,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

const ARRAYS: Readonly<Record<string, new (values: number[]) => TypedArray>> = {
  Float32Array,
  Float64Array,
  Int32Array,
  Uint16Array,
  Uint8Array,
};

/** Reads what {@link encode} wrote. Throws a sentence when it is anything else. */
export function decode(text: string): Plain {
  return unboxed(parse(text), 0);
}

function unboxed(part: unknown, depth: number): Plain {
  if (depth > DEEPEST) throw new Error(`a value nested more than ${DEEPEST} times`);
  if (part === null || typeof part === "boolean" || typeof part === "number" || typeof part === "string") return part;
  if (isArray(part)) return part.map((item) => unboxed(item, depth + 1));
  const box = part as { n?: unknown; t?: unknown; v?: unknown; o?: unknown };
  if (typeof box.n === "string" && Object.hasOwn(NUMBERS, box.n)) return NUMBERS[box.n];
  if (typeof box.t === "string" && Object.hasOwn(ARRAYS, box.t) && isArray(box.v)) {
    return new ARRAYS[box.t]!(box.v.map((item) => Number(unboxed(item, depth + 1))));
  }
  if (typeof box.o === "object" && box.o !== null) {
    const inner: Record<string, Plain> = Object.create(null);
    for (const [key, item] of entries(box.o)) {
      Object.defineProperty(inner, key, { value: unboxed(item, depth + 1), enumerable: true });
    }
    return inner;
  }
  throw new Error("something that is no value");
}
