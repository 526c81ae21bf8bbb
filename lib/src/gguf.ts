/**
 * @file GGUF: the file format of llama.cpp, which keeps a model, its tokenizer and its settings in one file, the weights
 * often rounded to 4 or 8 bits. Notebook 2 opens a real model in it; later notebooks use that model.
 * Reads the kinds F32, F16, Q8_0 and Q4_1; leaves out the others, and writing.
 *
 *     "GGUF", version, number of tensors, number of settings
 *     settings  key, type, value                           e.g. llama.block_count = 30
 *     tensors   name, dimensions, kind, offset             e.g. blk.0.attn_q.weight, 576 x 576, Q4_1
 *     numbers   from the next multiple of the alignment on; offsets count from here
 *
 * All numbers are stored with the lowest byte first. Format: github.com/ggml-org/ggml, docs/gguf.md.
 */

import { closeSync, openSync, readSync, statSync } from "node:fs";
import { CourseError } from "./errors";
import { sizeOf } from "./shape";

/** A setting: a number, a truth value, a text, or a list of such. */
export type GgufValue = number | boolean | string | GgufValue[];

/** How the numbers of a tensor are stored. */
export type GgufKind = "F32" | "F16" | "Q4_1" | "Q8_0";

/** Where a tensor is in the file. */
export interface GgufTensor {
  /** Rows first, as in TensorFlow and PyTorch; the file has the dimensions the other way round. */
  shape: number[];
  kind: GgufKind;
  /** The first byte, counted from the beginning of the file. */
  offset: number;
  byteLength: number;
}

/** An open file. Its numbers stay as they are stored until they are asked for. */
export interface GgufFile {
  readonly version: number;
  readonly metadata: Readonly<Record<string, GgufValue>>;
  readonly tensors: Readonly<Record<string, GgufTensor>>;
  /** The numbers of a tensor as 32-bit floats. */
  read(name: string): Float32Array;
}

/** A kind of storage: numbers are kept in blocks that share a scale. */
interface Storage {
  kind: GgufKind;
  blockSize: number;
  blockBytes: number;
  /** Writes the numbers of the blocks in `bytes` to `out`. */
  decode(bytes: DataView, out: Float32Array): void;
}

/** By the number that stands for the kind in the file. */
const STORAGE: Readonly<Record<number, Storage>> = {
  0: { kind: "F32", blockSize: 1, blockBytes: 4, decode: decodeF32 },
  1: { kind: "F16", blockSize: 1, blockBytes: 2, decode: decodeF16 },
  3: { kind: "Q4_1", blockSize: 32, blockBytes: 20, decode: decodeQ4 },
  8: { kind: "Q8_0", blockSize: 32, blockBytes: 34, decode: decodeQ8 },
};

/** Where bytes come from: memory, or a file that is read piece by piece. */
interface Source {
  name: string;
  byteLength: number;
  /** At most `length` bytes from `offset` on; fewer only at the end. */
  read(offset: number, length: number): Uint8Array;
}

/** Opens a file on disk: `openGguf("model.gguf").metadata["general.architecture"]` is `"llama"`. The rest stays on disk. */
export function openGguf(path: string): GgufFile {
  return readHead({
    name: path,
    byteLength: statSync(path).size,
    read: (offset, length) => piece(path, offset, length),
  });
}

function piece(path: string, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const file = openSync(path, "r");
  try {
    let count = 0;
    for (let more = -1; more !== 0 && count < length; count += more) {
      more = readSync(file, bytes, count, length - count, offset + count);
    }
    return bytes.subarray(0, count);
  } finally {
    closeSync(file);
  }
}

/** The same for a file that is in memory. */
export function parseGguf(bytes: Uint8Array, name = "GGUF file"): GgufFile {
  return readHead({
    name,
    byteLength: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  });
}

/** Anything that is not as the format says is an error. */
function readHead(source: Source): GgufFile {
  const reader = new Reader(source);
  if (reader.magic() !== "GGUF") reader.fail('a file that begins with "GGUF"', "another file");
  const version = reader.u32();
  if (version !== 2 && version !== 3) reader.fail("version 2 or 3 of the format", String(version));
  const tensorCount = reader.u64();
  const metadataCount = reader.u64();
  const metadata: Record<string, GgufValue> = {};
  for (let i = 0; i < metadataCount; i++) {
    const key = reader.text();
    metadata[key] = reader.value(reader.u32());
  }
  const tensors: Record<string, GgufTensor> = {};
  for (let i = 0; i < tensorCount; i++) {
    const [name, tensor] = tensorEntry(reader);
    tensors[name] = tensor;
  }
  const alignment = Number(metadata["general.alignment"] ?? 32);
  const start = Math.ceil(reader.at / alignment) * alignment;
  for (const [name, tensor] of Object.entries(tensors)) {
    tensor.offset += start;
    const end = tensor.offset + tensor.byteLength;
    if (!(end <= source.byteLength)) {
      reader.fail(`${end} bytes for ${name}`, `${source.byteLength}: was the file cut off?`);
    }
  }
  return { version, metadata, tensors, read: (name) => readTensor(source, tensors, name) };
}

function tensorEntry(reader: Reader): [string, GgufTensor] {
  const name = reader.text();
  const shape = Array.from({ length: reader.u32() }, () => reader.u64()).reverse();
  const type = reader.u32();
  const offset = reader.u64();
  const storage = STORAGE[type];
  if (!storage) return reader.fail("tensors in F32, F16, Q8_0 or Q4_1", `${name} of type ${type}`);
  const { kind, blockSize, blockBytes } = storage;
  if ((shape[shape.length - 1] ?? 1) % blockSize !== 0) {
    reader.fail(`rows of a multiple of ${blockSize} numbers in ${kind}`, `${name} with shape (${shape.join(", ")})`);
  }
  return [name, { shape, kind, offset, byteLength: (sizeOf(shape) / blockSize) * blockBytes }];
}

function readTensor(source: Source, tensors: Record<string, GgufTensor>, name: string): Float32Array {
  const tensor = tensors[name];
  if (!tensor) {
    throw new CourseError({ what: source.name, expected: `a tensor "${name}"`, received: "none of this name" });
  }
  const storage = Object.values(STORAGE).find(({ kind }) => kind === tensor.kind)!;
  const bytes = source.read(tensor.offset, tensor.byteLength);
  const out = new Float32Array(sizeOf(tensor.shape));
  storage.decode(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), out);
  return out;
}

function decodeF32(bytes: DataView, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = bytes.getFloat32(4 * i, true);
}

function decodeF16(bytes: DataView, out: Float32Array): void {
  const floats = halfFloats();
  for (let i = 0; i < out.length; i++) out[i] = floats[bytes.getUint16(2 * i, true)]!;
}

/** 32 numbers in 34 bytes: a scale d in 16 bits, then whole numbers q from -128 to 127. x = d q */
function decodeQ8(bytes: DataView, out: Float32Array): void {
  const floats = halfFloats();
  for (let at = 0, i = 0; i < out.length; at += 34) {
    const d = floats[bytes.getUint16(at, true)]!;
    for (let j = 0; j < 32; j++) out[i++] = d * bytes.getInt8(at + 2 + j);
  }
}

/**
 * 32 numbers in 20 bytes: a scale d and a minimum m in 16 bits each, then whole numbers q from 0 to 15, two in a byte:
 * the low half of byte j is number j, the high half number j + 16. x = d q + m
 */
function decodeQ4(bytes: DataView, out: Float32Array): void {
  const floats = halfFloats();
  for (let at = 0, i = 0; i < out.length; at += 20, i += 32) {
    const d = floats[bytes.getUint16(at, true)]!;
    const m = floats[bytes.getUint16(at + 2, true)]!;
    for (let j = 0; j < 16; j++) {
      const q = bytes.getUint8(at + 4 + j);
      out[i + j] = d * (q & 15) + m;
      out[i + j + 16] = d * (q >> 4) + m;
    }
  }
}

let floatOf: Float32Array | undefined;

/** The value of each of the 65,536 16-bit floats: looking one up is quicker than working it out. */
function halfFloats(): Float32Array {
  floatOf ??= Float32Array.from({ length: 65536 }, (_, bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 0) return sign * 2 ** -24 * fraction;
    if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
    return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
  });
  return floatOf;
}

/** Bytes that are read from a file at once while its head is read. */
const WINDOW = 1 << 20;

/** Reads one value after the other. */
class Reader {
  /** How far it has read, from the beginning of the file. */
  at = 0;
  private window: Uint8Array = new Uint8Array(0);
  private view = new DataView(this.window.buffer);
  private windowStart = 0;
  private readonly decoder = new TextDecoder();

  constructor(private readonly source: Source) {}

  fail(expected: string, received: string): never {
    throw new CourseError({ what: this.source.name, expected, received });
  }

  magic(): string {
    const at = this.take(4);
    return String.fromCharCode(...this.window.subarray(at, at + 4));
  }

  u32(): number {
    const at = this.take(4);
    return this.view.getUint32(at, true);
  }

  u64(): number {
    const at = this.take(8);
    const value = this.view.getBigUint64(at, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) this.fail("counts below 2^53", String(value));
    return Number(value);
  }

  text(): string {
    const length = this.u64();
    const at = this.take(length);
    return this.decoder.decode(this.window.subarray(at, at + length));
  }

  /** A setting of the type with this number. */
  value(type: number): GgufValue {
    if (type === 8) return this.text();
    if (type === 9) return this.list();
    if (type === 10) return this.u64();
    const size = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 0, 8, 8][type];
    if (size === undefined) return this.fail("settings of the types 0 to 12", String(type));
    const at = this.take(size);
    const { view } = this;
    if (type === 0) return view.getUint8(at);
    if (type === 1) return view.getInt8(at);
    if (type === 2) return view.getUint16(at, true);
    if (type === 3) return view.getInt16(at, true);
    if (type === 4) return view.getUint32(at, true);
    if (type === 5) return view.getInt32(at, true);
    if (type === 6) return view.getFloat32(at, true);
    if (type === 7) return view.getUint8(at) !== 0;
    if (type === 11) return Number(view.getBigInt64(at, true));
    return view.getFloat64(at, true);
  }

  private list(): GgufValue[] {
    const type = this.u32();
    const length = this.u64();
    if (length > this.source.byteLength - this.at) this.fail(`a list of ${length} values`, "the end of the file");
    return Array.from({ length }, () => this.value(type));
  }

  /** Steps over `count` bytes and returns where in the window they begin. */
  private take(count: number): number {
    if (this.at + count > this.source.byteLength) {
      this.fail(`at least ${this.at + count} bytes`, String(this.source.byteLength));
    }
    if (this.at + count > this.windowStart + this.window.length) {
      this.window = this.source.read(this.at, Math.max(count, WINDOW));
      this.view = new DataView(this.window.buffer, this.window.byteOffset, this.window.length);
      this.windowStart = this.at;
    }
    this.at += count;
    return this.at - count - this.windowStart;
  }
}
