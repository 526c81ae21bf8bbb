/**
 * @file Weights in a file: the safetensors format, as the Python package `safetensors` reads and writes it. Used by every
 * notebook, through checkpoints; 2 reads a header by hand, 8 hashes the file.
 * Simplified: 32-bit floats only, and only on machines that store the lowest byte first, which all common ones do.
 *
 *     8 bytes   the length N of the header, lowest byte first
 *     N bytes   JSON: {"wte.weight": {"dtype": "F32", "shape": [768, 128], "data_offsets": [0, 393216]}, ...}
 *     the rest  the numbers of all tensors, one after the other; offsets count from here
 *
 * Format: Hugging Face, github.com/huggingface/safetensors.
 */

import { createHash } from "node:crypto";
import { CourseError } from "./errors";
import { sizeOf } from "./shape";

/** The numbers of a tensor and their arrangement. */
export interface StoredTensor {
  shape: number[];
  data: Float32Array;
}

/** Tensors by name. The weights of a GPT (`weightsOf(model)`) are of this form. */
export type StoredTensors = Record<string, StoredTensor>;

/** What a file holds: tensors, and texts about them. */
export interface SafetensorsFile {
  tensors: StoredTensors;
  metadata: Record<string, string>;
}

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/**
 * The bytes of a file with these tensors. They stand in the order of their names, whatever their order here, so that
 * equal weights give equal bytes: those that Python's `safetensors.numpy.save` writes.
 */
export function writeSafetensors(tensors: StoredTensors, metadata: Record<string, string> = {}): Uint8Array {
  for (const [name, { shape, data }] of Object.entries(tensors)) assertSize(name, shape, data.length);
  const shapes = Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]));
  const { head, names, size } = headOf(shapes, metadata);
  const bytes = new Uint8Array(head.length + size);
  bytes.set(head);
  let at = head.length;
  for (const name of names) {
    const { data } = tensors[name]!;
    bytes.set(bytesOf(data), at);
    at += data.byteLength;
  }
  return bytes;
}

/** What stands before the numbers, the order in which tensors follow, and how many bytes their numbers take. */
function headOf(
  shapes: Readonly<Record<string, readonly number[]>>,
  metadata: Record<string, string>,
): { head: Uint8Array; names: string[]; size: number } {
  const header: Record<string, HeaderEntry | Record<string, string>> = {};
  const texts = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  if (texts.length > 0) header.__metadata__ = Object.fromEntries(texts);
  const names = Object.keys(shapes).sort((a, b) => (a < b ? -1 : 1));
  let end = 0;
  for (const name of names) {
    const shape = [...shapes[name]!];
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + 4 * sizeOf(shape)] };
    end += 4 * sizeOf(shape);
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const head = new Uint8Array(8 + Math.ceil(json.length / 8) * 8); // the numbers begin at a multiple of 8
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - 8), true);
  head.fill(0x20, 8); // spaces after the header fill the gap
  head.set(json, 8);
  return { head, names, size: end };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The tensors of a file, bit by bit as they were written. Anything that is not as the format says is an error. */
export function readSafetensors(bytes: Uint8Array, fileName = "safetensors file"): SafetensorsFile {
  const fail = (expected: string, received: string, remedy?: string): never => {
    throw new CourseError({ what: fileName, expected, received, remedy });
  };
  if (bytes.length < 8) fail("at least 8 bytes", String(bytes.length));
  const headerLength = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  const start = 8 + headerLength;
  if (start > bytes.length)
    fail(`a header of ${headerLength} bytes`, `${bytes.length - 8} bytes: was the file cut off?`);
  const header = parseHeader(bytes.subarray(8, start), fail);

  const metadata: Record<string, string> = {};
  const tensors: StoredTensors = {};
  const entries: [string, HeaderEntry][] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") Object.assign(metadata, entry);
    else entries.push([name, checkEntry(name, entry, fail)]);
  }
  entries.sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]);
  let end = 0;
  for (const [name, { shape, data_offsets: offsets }] of entries) {
    if (offsets[0] !== end) fail(`${name} to begin at byte ${end} of the numbers`, String(offsets[0]));
    end = offsets[1];
    if (start + end > bytes.length) {
      fail(`${start + end} bytes for ${name}`, String(bytes.length), "Was the file cut off?");
    }
    const data = new Float32Array(sizeOf(shape));
    new Uint8Array(data.buffer).set(bytes.subarray(start + offsets[0], start + end));
    tensors[name] = { shape, data };
  }
  if (start + end !== bytes.length)
    fail(`${start + end} bytes`, String(bytes.length), "Nothing may follow the numbers.");
  return { tensors, metadata };
}

/**
 * The SHA-256 of weights: that of the file that {@link writeSafetensors} makes of them, in hexadecimal. The order in
 * which the tensors are given does not matter; any other difference, in a name, a shape or a single bit, gives another
 * hash. `sha256sum weights.safetensors` prints the same.
 */
export function hashWeights(tensors: StoredTensors): string {
  return sha256(writeSafetensors(tensors));
}

/**
 * {@link hashWeights} of tensors that are read one at a time, so that those of a large model need not be in memory twice:
 * their shapes, and a function that gives the numbers of each.
 */
export function hashTensors(
  shapes: Readonly<Record<string, readonly number[]>>,
  read: (name: string) => Float32Array,
): string {
  const { head, names } = headOf(shapes, {});
  const hash = createHash("sha256").update(head);
  for (const name of names) {
    const data = read(name);
    assertSize(name, shapes[name]!, data.length);
    hash.update(bytesOf(data));
  }
  return hash.digest("hex");
}

/** The SHA-256 of bytes or of a text, in hexadecimal: `sha256("abc")` begins with `ba7816bf`. */
export function sha256(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}

type Fail = (expected: string, received: string, remedy?: string) => never;

function parseHeader(bytes: Uint8Array, fail: Fail): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    fail("a header in JSON", (error as Error).message);
  }
  if (typeof header !== "object" || header === null || Array.isArray(header))
    fail("a JSON object as header", "another value");
  return header as Record<string, unknown>;
}

function checkEntry(name: string, entry: unknown, fail: Fail): HeaderEntry {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Partial<HeaderEntry>;
  if (dtype !== "F32") fail(`${name} to be F32`, String(dtype), "Convert the file to 32-bit floats first.");
  const counts = (value: unknown): value is number[] =>
    Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!counts(shape)) fail(`a shape for ${name}`, JSON.stringify(shape) ?? "none");
  if (!counts(offsets) || offsets.length !== 2 || offsets[1] - offsets[0] !== 4 * sizeOf(shape as number[])) {
    fail(
      `4 bytes for each of the ${sizeOf(shape as number[])} numbers of ${name}`,
      `offsets ${JSON.stringify(offsets)}`,
    );
  }
  return entry as HeaderEntry;
}

function assertSize(name: string, shape: readonly number[], size: number): void {
  if (sizeOf(shape) === size) return;
  throw new CourseError({
    what: name,
    expected: `${sizeOf(shape)} numbers for shape (${shape.join(", ")})`,
    received: `${size}`,
  });
}
