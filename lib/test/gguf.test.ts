import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { openGguf, parseGguf } from "../src/gguf";
import { llamaPath, reference } from "./llama-reference";

const bytes = readFileSync(llamaPath);

test("every kind of storage gives the very numbers that the Python package gguf reads", () => {
  const file = openGguf(llamaPath);
  const kinds = new Set(Object.keys(reference.rows).map((name) => file.tensors[name]!.kind));
  assert.deepEqual([...kinds].sort(), ["F16", "F32", "Q4_1", "Q8_0"]);
  for (const [name, last] of Object.entries(reference.rows)) {
    assert.deepEqual([...file.read(name).slice(-64)], last, name);
  }
});

test("no number of any tensor is lost: sums and sums of sizes are those of gguf to 1e-6 of the size", () => {
  const file = openGguf(llamaPath);
  assert.deepEqual(Object.keys(file.tensors).sort(), Object.keys(reference.sums).sort());
  for (const [name, [sum, size]] of Object.entries(reference.sums)) {
    const values = file.read(name);
    const received = values.reduce((total, value) => total + value, 0);
    const receivedSize = values.reduce((total, value) => total + Math.abs(value), 0);
    assert.ok(Math.abs(received - sum) < 1e-6 * size, `${name}: ${received} for ${sum}`);
    assert.ok(Math.abs(receivedSize - size) < 1e-6 * size, `${name}: ${receivedSize} for ${size}`);
  }
});

test("settings of every type are read", () => {
  const { metadata, version } = openGguf(llamaPath);
  assert.equal(version, 3);
  const own = Object.entries(metadata).filter(([key]) => key.startsWith("test."));
  assert.deepEqual(Object.fromEntries(own), {
    "test.a": -5,
    "test.b": 60000,
    "test.c": -30000,
    "test.d": -70000,
    "test.e": true,
    "test.f": 2 ** 40,
    "test.g": -(2 ** 40),
    "test.h": 0.1,
    "test.i": 200,
  });
  assert.equal(metadata["general.architecture"], "llama");
  assert.deepEqual((metadata["tokenizer.ggml.tokens"] as string[]).slice(0, 3), [
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
  ]);
});

test("shapes are rows first", () => {
  assert.deepEqual(openGguf(llamaPath).tensors["blk.0.ffn_down.weight"]!.shape, [64, 96]);
});

test("a file in memory is read like one on disk", () => {
  const [disk, memory] = [openGguf(llamaPath), parseGguf(bytes)];
  assert.deepEqual(memory.tensors, disk.tensors);
  assert.deepEqual(memory.read("blk.1.ffn_down.weight"), disk.read("blk.1.ffn_down.weight"));
});

test("16-bit floats: zero, the smallest, one, the largest, infinity and not a number", () => {
  const bits = [0x0000, 0x8000, 0x0001, 0x3c00, 0xc000, 0x7bff, 0x7c00, 0xfc00, 0x7e00, 0x3555];
  const values = parseGguf(oneTensor({ type: 1, count: bits.length, data: Uint16Array.from(bits) })).read("t");
  const third = 2 ** -2 * (1 + 0x155 / 1024);
  const expected = [0, -0, 2 ** -24, 1, -2, 65504, Infinity, -Infinity, Number.NaN, third];
  assert.deepEqual([...values], expected);
});

test("a file that is cut off is refused wherever it is cut", () => {
  for (const length of [0, 3, 10, 30, 1000, 5000, bytes.length - 1]) {
    assert.throws(() => parseGguf(bytes.subarray(0, length), "cut"), /cut: expected .*, received/, String(length));
  }
});

test("what is not a GGUF file, or not one this course can read, is named", () => {
  assert.throws(() => parseGguf(Buffer.from("safetensors and more")), /begins with "GGUF", received another file/);
  const version9 = Buffer.from(bytes);
  version9.writeUInt32LE(9, 4);
  assert.throws(() => parseGguf(version9), /version 2 or 3 of the format, received 9/);
  const unknown = oneTensor({ type: 12, count: 256, data: new Uint8Array(144) });
  assert.throws(() => parseGguf(unknown), /tensors in F32, F16, Q8_0 or Q4_1, received t of type 12/);
  const crooked = oneTensor({ type: 8, count: 33, data: new Uint8Array(34) });
  assert.throws(() => parseGguf(crooked), /rows of a multiple of 32 numbers in Q8_0/);
  assert.throws(() => parseGguf(bytes, "small").read("lm_head"), /small: expected a tensor "lm_head"/);
});

/** A file without settings and with one tensor, byte by byte as the format says. */
function oneTensor(tensor: { type: number; count: number; data: Uint8Array | Uint16Array }): Uint8Array {
  const head = Buffer.alloc(96);
  head.write("GGUF");
  head.writeUInt32LE(3, 4);
  head.writeBigUInt64LE(1n, 8); // one tensor
  head.writeBigUInt64LE(0n, 16); // no settings
  head.writeBigUInt64LE(1n, 24);
  head.write("t", 32);
  head.writeUInt32LE(1, 33); // one dimension
  head.writeBigUInt64LE(BigInt(tensor.count), 37);
  head.writeUInt32LE(tensor.type, 45);
  head.writeBigUInt64LE(0n, 49); // its numbers begin at the next multiple of 32, which is 64
  const { buffer, byteOffset, byteLength } = tensor.data;
  return Buffer.concat([head.subarray(0, 64), new Uint8Array(buffer, byteOffset, byteLength)]);
}
