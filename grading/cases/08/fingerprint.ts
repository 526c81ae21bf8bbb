/** @file Exercise 8.1: a hash of weights, FNV-1a with 32 bits over names and numbers. */

import type { CodeExercise } from "../../src/table";

type Tensors = Record<string, number[]>;

const textBytes = (text: string): number[] => [...Buffer.from(text)];

/** The bytes of a number as a 32-bit float, or of another width or order. */
function numberBytes(
  x: number,
  { width = 4, littleEndian = true }: { width?: 4 | 8; littleEndian?: boolean },
): number[] {
  const view = new DataView(new ArrayBuffer(width));
  if (width === 4) view.setFloat32(0, x, littleEndian);
  else view.setFloat64(0, x, littleEndian);
  return [...new Uint8Array(view.buffer)];
}

/** FNV-1a with one thing done in another way. */
function hashWith({
  order = (tensors: Tensors): string[] => Object.keys(tensors).sort(),
  name = textBytes,
  bytes = (x: number): number[] => numberBytes(x, {}),
  step = (hash: number, byte: number): number => Math.imul(hash ^ byte, 16_777_619) >>> 0,
  start = 2_166_136_261,
}: {
  order?: (tensors: Tensors) => string[];
  name?: (name: string) => number[];
  bytes?: (x: number) => number[];
  step?: (hash: number, byte: number) => number;
  start?: number;
}) {
  return (tensors: Tensors): number => {
    const all = order(tensors).flatMap((each) => [...name(each), ...tensors[each]!.flatMap(bytes)]);
    return all.reduce(step, start);
  };
}

export const fingerprint: CodeExercise = {
  id: "8.1",
  title: "A hash of weights",
  points: 3,
  minutes: 15,
  answers: ["fingerprint(tensors: Record<string, number[]>): number"],
  cases: [
    { args: [{}], expected: 2166136261, note: "no bytes at all: the number it starts with" },
    {
      args: [{ a: [] }],
      expected: 3826002220,
      note: 'one byte, the letter "a" (97): (2166136261 xor 97) times 16777619, the last 32 bits',
    },
    { args: [{ a: [1] }], expected: 4005410369, note: "five bytes: the letter, then 0 0 128 63" },
    { args: [{ a: [-1] }], expected: 1857978305, note: "a minus sign is one bit" },
    { args: [{ b: [2], a: [1] }], expected: 2597981417, note: "two tensors, the second one given first" },
    { args: [{ a: [1], b: [2] }], expected: 2597981417, note: "the same in the other order: the same hash" },
  ],
  mistakes: [
    {
      id: "given-order",
      says: "The tensors were taken in the order in which they were given. The same weights would get another hash when somebody loads them in another order: sort the names first.",
      like: hashWith({ order: (tensors) => Object.keys(tensors) }),
    },
    {
      id: "no-names",
      says: "The names are missing. Two tensors could change places, and the hash would not notice: put the bytes of each name before its numbers.",
      like: hashWith({ name: () => [] }),
    },
    {
      id: "doubles",
      says: "Each number went in as 8 bytes. Weights are 32-bit floats, 4 bytes each.",
      like: hashWith({ bytes: (x) => numberBytes(x, { width: 8 }) }),
    },
    {
      id: "highest-first",
      says: "The four bytes of each number came highest first. In the file they stand lowest first: `setFloat32(0, x, true)`.",
      like: hashWith({ bytes: (x) => numberBytes(x, { littleEndian: false }) }),
    },
    {
      id: "as-text",
      says: "The numbers were hashed as texts. Texts of a number differ between programs, its bits do not.",
      like: hashWith({ bytes: (x) => textBytes(String(x)) }),
    },
    {
      id: "one-byte",
      says: "Each number went in as one value instead of four bytes. The exclusive or needs bytes, from 0 to 255.",
      like: hashWith({ bytes: (x) => [x] }),
    },
    {
      id: "names-first",
      says: "All names came first, then all numbers. For each tensor take its name, then its numbers, then go on to the next.",
      like: (tensors: Tensors) => {
        const order = Object.keys(tensors).sort();
        const bytes = [
          ...order.flatMap(textBytes),
          ...order.flatMap((each) => tensors[each]!.flatMap((x) => numberBytes(x, {}))),
        ];
        return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 16_777_619) >>> 0, 2_166_136_261);
      },
    },
    {
      id: "cut-to-bytes",
      says: "`Uint8Array.from(numbers)` cuts each number down to one byte. The four bytes of a float are in `new Uint8Array(Float32Array.from(numbers).buffer)`.",
      like: hashWith({ bytes: (x) => [...Uint8Array.of(x)] }),
    },
    {
      id: "signed",
      says: "The result is right in its 32 bits, but it was read with a sign. `>>> 0` makes it a number from 0 on.",
      like: (tensors: Tensors) => hashWith({})(tensors) | 0,
    },
    {
      id: "multiplied-first",
      says: "The hash was multiplied before the byte came in. That is FNV-1; FNV-1a takes the exclusive or first.",
      like: hashWith({ step: (hash, byte) => (Math.imul(hash, 16_777_619) ^ byte) >>> 0 }),
    },
    {
      id: "rounded",
      says: "The product has more digits than a JavaScript number can hold, and the last bits are lost. `Math.imul` multiplies in 32 bits.",
      like: hashWith({ step: (hash, byte) => (((hash ^ byte) >>> 0) * 16_777_619) % 2 ** 32 }),
    },
    {
      id: "from-zero",
      says: "The hash started from 0. It starts from 2166136261, so that leading zeros count.",
      like: hashWith({ start: 0 }),
    },
  ],
  hints: [
    "First make one long list of bytes: for each name in sorted order the bytes of the name, then four for each number. Then run over it once.",
    "`Object.keys(tensors).sort()`; `Buffer.from(name)` has the bytes of a name; `new Uint8Array(Float32Array.from(numbers).buffer)` those of the numbers. For each byte: hash = Math.imul(hash ^ byte, 16777619) >>> 0.",
    [
      "let hash = 2166136261;",
      "const take = (bytes: Uint8Array) => {",
      "  for (const byte of bytes) hash = /* exclusive or, then times 16777619 in 32 bits, without sign */;",
      "};",
      "for (const name of Object.keys(tensors).sort()) {",
      "  take(Buffer.from(name));",
      "  take(/* the bytes of its numbers as 32-bit floats */);",
      "}",
      "return hash;",
    ].join("\n"),
  ],
};
