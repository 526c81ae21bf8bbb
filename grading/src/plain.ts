/**
 * @file Plain values: what goes into a learner's function and what is kept of the result. A result is copied once, into
 * data without code (no getters, proxies, classes or shared memory), and only the copy is judged and shown.
 * Used by `check` in every notebook; a grader sends the same values into its sandbox and back.
 */

/** Data without code: JSON, and besides it `undefined`, NaN, the infinities and typed arrays. */
export type Plain =
  | undefined
  | null
  | boolean
  | number
  | string
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint16Array
  | Uint8Array
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** Something in a result that is not data. */
export interface Strange {
  /** Where it was found, e.g. `[2].loss`; empty for the result itself. */
  path: string;
  /** What it is, e.g. `a Promise`. */
  what: string;
}

/** The copy of a result, and the first thing in it that could not be copied. */
export interface Copied {
  value: Plain;
  strange?: Strange;
}

/** A result of more values than this is not judged. */
const LARGEST_RESULT = 2_000_000;

/**
 * Copies a result into plain data. Typed arrays, tensors, maps and sets become arrays; what is not data is named.
 *
 * `toPlain(new Float32Array([1, 2])).value` is `[1, 2]`; `toPlain([f]).strange` is `{ path: "[0]", what: "a function" }`.
 */
export function toPlain(value: unknown): Copied {
  const parents = new Set<object>();
  let strange: Strange | undefined;
  let count = 0;

  const refuse = (path: string, what: string): undefined => {
    strange ??= { path, what };
    return undefined;
  };
  const list = (items: ArrayLike<unknown>, path: string): Plain[] => {
    const copy: Plain[] = [];
    for (let i = 0; i < items.length && count <= LARGEST_RESULT; i++) copy.push(copyOf(items[i], `${path}[${i}]`));
    return copy;
  };
  const copyOf = (part: unknown, path: string): Plain => {
    if (++count > LARGEST_RESULT) return refuse(path, `more than ${LARGEST_RESULT.toLocaleString("en")} values`);
    if (part === null || ["undefined", "boolean", "number", "string"].includes(typeof part)) return part as Plain;
    if (typeof part !== "object") return refuse(path, `a ${typeof part}`);
    if (isThenable(part)) return refuse(path, "a Promise");
    if (parents.has(part)) return refuse(path, "an object that contains itself");
    parents.add(part);
    try {
      if (isTensor(part)) return copyOf(part.arraySync(), path);
      if (Array.isArray(part) || isTypedArray(part)) return list(part, path);
      if (part instanceof Map || part instanceof Set) return list([...part], path);
      if (part instanceof Error) return refuse(path, "an Error that was returned instead of thrown");
      const copy: Record<string, Plain> = Object.create(null);
      for (const key of Object.keys(part)) {
        copy[key] = copyOf((part as Record<string, unknown>)[key], path ? `${path}.${key}` : key);
      }
      return copy;
    } finally {
      parents.delete(part);
    }
  };

  try {
    const copy = copyOf(value, "");
    return strange ? { value: copy, strange } : { value: copy };
  } catch (error) {
    return { value: undefined, strange: { path: "", what: `a value that cannot be read (${String(error)})` } };
  }
}

/** A deep copy of arguments, so that a function that changes its input damages nobody else. */
export function clonePlain<T>(value: T): T {
  return structuredClone(value);
}

/** True for a Promise, or for anything else that can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** The sizes of a regular nested array, or `undefined` if it is ragged: `shapeOf([[1, 2, 3], [4, 5, 6]])` is `[2, 3]`. */
export function shapeOf(value: Plain): number[] | undefined {
  if (!Array.isArray(value)) return [];
  const inner = value.map((part: Plain) => shapeOf(part));
  const first = inner[0] ?? [];
  const regular = inner.every((shape) => shape?.length === first.length && shape.every((n, i) => n === first[i]));
  return regular ? [value.length, ...first] : undefined;
}

/** All numbers of a nested value, in order. */
export function numbersIn(value: Plain): number[] {
  if (typeof value === "number") return [value];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap((part) => numbersIn(part as Plain));
}

/** The kind of a value in words: `kindOf([[1, 2]])` is `a list of lists`. */
export function kindOf(value: Plain): string {
  if (value === undefined) return "nothing (undefined)";
  if (value === null) return "null";
  if (Array.isArray(value)) {
    if (value.length === 0) return "an empty list";
    const first = value[0] as Plain;
    return Array.isArray(first) ? "a list of lists" : typeof first === "number" ? "a list of numbers" : "a list";
  }
  const names: Record<string, string> = { object: "an object", boolean: "true or false", string: "a text" };
  return names[typeof value] ?? "a number";
}

function isTypedArray(value: object): value is Float32Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** Tensors are known by what they can do, so that this file does not load TensorFlow.js. */
function isTensor(value: object): value is { arraySync(): unknown } {
  return typeof (value as { arraySync?: unknown }).arraySync === "function";
}
