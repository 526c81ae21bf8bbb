import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { CourseError } from "../src/errors";
import { hashWeights, readSafetensors, type StoredTensors, sha256, writeSafetensors } from "../src/safetensors";

interface Case {
  name: string;
  metadata: Record<string, string>;
  tensors: Record<string, { shape: number[]; bits: number[] }>;
  file: string;
  sha256: string;
}
const { cases } = JSON.parse(readFileSync(path.join(__dirname, "reference/safetensors.json"), "utf8")) as {
  cases: Case[];
};

const fromBits = (bits: number[]): Float32Array => new Float32Array(Uint32Array.from(bits).buffer);
const toBits = (data: Float32Array): number[] => [...new Uint32Array(data.buffer, data.byteOffset, data.length)];
const tensorsOf = ({ tensors }: Case): StoredTensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, { shape, bits }]) => [name, { shape, data: fromBits(bits) }]));

for (const reference of cases) {
  test(`${reference.name}: our file is byte by byte the one that Python writes`, () => {
    const file = writeSafetensors(tensorsOf(reference), reference.metadata);
    assert.equal(Buffer.from(file).toString("base64"), reference.file);
  });

  test(`${reference.name}: we read every bit of the file that Python wrote`, () => {
    const { tensors, metadata } = readSafetensors(Buffer.from(reference.file, "base64"));
    assert.deepEqual(metadata, reference.metadata);
    assert.deepEqual(Object.keys(tensors).sort(), Object.keys(reference.tensors).sort());
    for (const [name, { shape, bits }] of Object.entries(reference.tensors)) {
      assert.deepEqual(tensors[name]!.shape, shape);
      assert.deepEqual(toBits(tensors[name]!.data), bits);
    }
  });
}

test("the hash of weights is the SHA-256 of Python's file, in whatever order they are given", () => {
  const weights = tensorsOf(cases[0]!);
  const backwards = Object.fromEntries(Object.entries(weights).reverse());
  assert.equal(hashWeights(weights), cases[0]!.sha256);
  assert.equal(hashWeights(backwards), cases[0]!.sha256);
});

test("one changed bit, name or shape changes the hash", () => {
  const hashes = new Set([hashWeights({ a: { shape: [2], data: Float32Array.of(0, 1) } })]);
  hashes.add(hashWeights({ a: { shape: [2], data: Float32Array.of(-0, 1) } }));
  hashes.add(hashWeights({ b: { shape: [2], data: Float32Array.of(0, 1) } }));
  hashes.add(hashWeights({ a: { shape: [1, 2], data: Float32Array.of(0, 1) } }));
  assert.equal(hashes.size, 4);
});

test("sha256 of abc is the value of the standard, FIPS 180-4", () => {
  assert.equal(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("a part of a larger array is written, not all of it", () => {
  const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
  const { tensors } = readSafetensors(writeSafetensors({ a: { shape: [2], data } }));
  assert.deepEqual([...tensors.a!.data], [2, 3]);
});

test("a file cut off anywhere is refused", () => {
  const file = writeSafetensors(tensorsOf(cases[0]!));
  for (let length = 0; length < file.length; length++) {
    assert.throws(() => readSafetensors(file.subarray(0, length), "weights.safetensors"), CourseError);
  }
});

test("headers that contradict the format are refused with a sentence", () => {
  const file = (header: unknown, dataLength: number): Uint8Array => {
    const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    return Buffer.concat([length, json, Buffer.alloc(dataLength)]);
  };
  const entry = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
  const wrong: [unknown, number, RegExp][] = [
    ["{", 0, /a header in JSON/],
    ["[1]", 0, /a JSON object as header/],
    [{ a: { ...entry, dtype: "BF16" } }, 8, /a to be F32, received BF16\. Convert the file/],
    [{ a: { ...entry, shape: [3] } }, 8, /4 bytes for each of the 3 numbers of a, received offsets \[0,8\]/],
    [{ a: { ...entry, shape: [-2] } }, 8, /a shape for a/],
    [{ a: { ...entry, shape: "2" } }, 8, /a shape for a/],
    [{ a: { ...entry, data_offsets: [8, 0] } }, 8, /4 bytes for each/],
    [{ a: { ...entry, data_offsets: [4, 12] } }, 12, /a to begin at byte 0 of the numbers, received 4/],
    [{ a: entry, b: { ...entry, data_offsets: [4, 12] } }, 12, /b to begin at byte 8/],
    [{ a: null }, 0, /a to be F32/],
    [{ a: entry }, 7, /bytes for a/],
    [{ a: entry }, 9, /Nothing may follow the numbers/],
  ];
  for (const [header, dataLength, message] of wrong) {
    assert.throws(
      () => readSafetensors(file(header, dataLength)),
      (error) => error instanceof CourseError && message.test(error.message),
      String(message),
    );
  }
});

test("a tensor whose shape does not fit its numbers is not written", () => {
  const tensors = { a: { shape: [2, 2], data: new Float32Array(3) } };
  assert.throws(() => writeSafetensors(tensors), /a: expected 4 numbers for shape \(2, 2\), received 3/);
});
