/** @file Exercise 2.7: read the header of a safetensors file: names, shapes, and where the numbers are. */

import type { CodeExercise } from "../../src/table";

interface Found {
  name: string;
  shape: number[];
  begin: number;
  end: number;
}

type Entry = { shape: number[]; data_offsets: [number, number] };

/** The bytes of a file with this header and, after it, so many bytes of numbers. */
export function fileOf(header: Record<string, unknown>, numbers: number, padding = 0): number[] {
  const json = [...Buffer.from(JSON.stringify(header) + " ".repeat(padding))];
  const length = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => Math.floor(json.length / 256 ** i) % 256);
  return [...length, ...json, ...new Array<number>(numbers).fill(0)];
}

const tensor = (shape: number[], from: number, to: number): Record<string, unknown> => ({
  dtype: "F32",
  shape,
  data_offsets: [from, to],
});

const ONE = fileOf({ a: tensor([2], 0, 8) }, 8);
const TWO = fileOf({ gain: tensor([3], 0, 12), bias: tensor([1], 12, 16) }, 16);
const WITH_TEXT = fileOf({ __metadata__: { by: "me" }, w: tensor([2, 2], 0, 16) }, 16);
const PADDED = fileOf({ w: tensor([1, 2], 0, 8) }, 8, 5);
const LONG = fileOf(
  Object.fromEntries([0, 1, 2, 3, 4].map((i) => [`h.${i}.ln_1.weight`, tensor([2], 8 * i, 8 * i + 8)])),
  40,
);

/** Where the numbers of a file begin. */
const startOf = (bytes: readonly number[]): number =>
  8 + bytes.slice(0, 8).reduce((sum, b, i) => sum + b * 256 ** i, 0);

/** What the header says, with another rule for the places. */
function read({
  start = startOf,
  metadata = false,
  text = (bytes: number[]): number[] => bytes.slice(8, startOf(bytes)),
}: {
  start?: (bytes: number[]) => number;
  metadata?: boolean;
  text?: (bytes: number[]) => number[];
}) {
  return (bytes: number[]): Found[] =>
    Object.entries(JSON.parse(Buffer.from(text(bytes)).toString()) as Record<string, Entry>)
      .filter(([name]) => metadata || name !== "__metadata__")
      .map(([name, entry]) => ({
        name,
        shape: entry.shape,
        begin: start(bytes) + (entry.data_offsets?.[0] ?? Number.NaN),
        end: start(bytes) + (entry.data_offsets?.[1] ?? Number.NaN),
      }));
}

export const readHeader: CodeExercise = {
  id: "2.7",
  title: "Read the header of a file of weights",
  points: 3,
  minutes: 15,
  answers: ["readHeader(bytes: number[]): { name: string; shape: number[]; begin: number; end: number }[]"],
  cases: [
    {
      args: [ONE],
      expected: [{ name: "a", shape: [2], begin: ONE.length - 8, end: ONE.length }],
      note: "one tensor of two numbers: the last 8 bytes of the file",
    },
    {
      args: [TWO],
      expected: [
        { name: "gain", shape: [3], begin: TWO.length - 16, end: TWO.length - 4 },
        { name: "bias", shape: [1], begin: TWO.length - 4, end: TWO.length },
      ],
      note: "two tensors, one behind the other",
    },
    {
      args: [WITH_TEXT],
      expected: [{ name: "w", shape: [2, 2], begin: WITH_TEXT.length - 16, end: WITH_TEXT.length }],
      note: "`__metadata__` is text about the file, not a tensor",
    },
    {
      args: [PADDED],
      expected: [{ name: "w", shape: [1, 2], begin: PADDED.length - 8, end: PADDED.length }],
      note: "spaces after the header belong to it",
    },
    {
      args: [LONG],
      expected: [0, 1, 2, 3, 4].map((i) => ({
        name: `h.${i}.ln_1.weight`,
        shape: [2],
        begin: LONG.length - 40 + 8 * i,
        end: LONG.length - 32 + 8 * i,
      })),
      note: "a header of more than 255 bytes: its length needs two bytes",
    },
  ],
  mistakes: [
    {
      id: "from-numbers",
      says: "The offsets were given as they stand in the header. There they count from where the numbers begin; add 8 and the header's length.",
      like: read({ start: () => 0 }),
    },
    {
      id: "without-eight",
      says: "The places are 8 too low: the 8 bytes that hold the length come before the header.",
      like: read({ start: (bytes) => startOf(bytes) - 8 }),
    },
    {
      id: "only-eight",
      says: "The header's own length is missing: the numbers begin 8 bytes plus the header after the start of the file.",
      like: read({ start: () => 8 }),
    },
    {
      id: "metadata",
      says: "`__metadata__` holds texts about the file. It is no tensor and has no place: leave it out.",
      when: ({ received }) =>
        Array.isArray(received) && received.some((one) => (one as { name?: unknown } | null)?.name === "__metadata__"),
    },
    {
      id: "one-byte",
      says: "Only the first byte of the length was read. Byte i counts 256^i; a header of 300 bytes begins with 44 and 1.",
      like: (bytes: number[]) => {
        const start = 8 + bytes[0]!;
        return read({ start: () => start, text: () => bytes.slice(8, startOf(bytes)) })(bytes);
      },
    },
    {
      id: "size-as-end",
      says: "`end` was computed as the size of the tensor. It is the place one byte after its last one.",
      like: (bytes: number[]) => read({})(bytes).map((one) => ({ ...one, end: one.end - one.begin })),
    },
    {
      id: "in-numbers",
      says: "The places count in numbers. Count in bytes: a 32-bit number has 4 of them.",
      like: (bytes: number[]) =>
        read({ start: () => 0 })(bytes).map((one) => ({
          ...one,
          begin: startOf(bytes) + one.begin / 4,
          end: startOf(bytes) + one.end / 4,
        })),
    },
  ],
  hints: [
    "Three parts: 8 bytes with a length N, then N bytes of JSON, then the numbers. Where do the numbers begin?",
    "N = bytes[0] + 256 * bytes[1] + 65536 * bytes[2] + ... Turn the bytes 8 to 8 + N into text (`Buffer.from(part).toString()`), parse it, leave out `__metadata__`, and add 8 + N to both offsets.",
    [
      "let N = 0;",
      "for (let i = 0; i < 8; i++) N += bytes[i] * 256 ** i;",
      "const header = JSON.parse(Buffer.from(bytes.slice(8, 8 + N)).toString());",
      "return Object.entries<any>(header)",
      "  .filter(([name]) => /* not the texts about the file */)",
      "  .map(([name, { shape, data_offsets }]) => ({",
      "    name, shape, begin: /* from the start of the file */, end: /* the same */,",
      "  }));",
    ].join("\n"),
  ],
};
