/** @file Exercise 2.7, held back: reading a header. The files come from `reference/02.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/02.json";

interface Found {
  name: string;
  shape: number[];
  begin: number;
  end: number;
}
type Entries = [string, { shape: number[]; data_offsets: number[] }][];

/** A right answer in which one thing is changed. */
function spoiled({
  length = (bytes: number[]): number => Number(new DataView(Uint8Array.from(bytes).buffer).getBigUint64(0, true)),
  place = (offset: number, N: number): number => offset + N + 8,
  end = (end: number, _begin: number): number => end,
  keep = (name: string): boolean => !name.startsWith("__"),
}): Record<string, unknown> {
  return {
    readHeader(bytes: number[]): Found[] {
      const trueLength = Number(new DataView(Uint8Array.from(bytes).buffer).getBigUint64(0, true));
      const text = new TextDecoder().decode(Uint8Array.from(bytes.slice(8, 8 + trueLength)));
      const entries = Object.entries(JSON.parse(text)) as Entries;
      const N = length(bytes);
      return entries
        .filter(([name]) => keep(name))
        .map(([name, { shape = [], data_offsets = [0, 0] }]) => {
          const begin = place(data_offsets[0]!, N);
          return { name, shape, begin, end: end(place(data_offsets[1]!, N), begin) };
        });
    },
  };
}

export const readHeader: HeldBack = {
  cases: reference["2.7"],
  right: [
    { how: "DataView and TextDecoder", answers: spoiled({}) },
    {
      how: "a Buffer, and the end from the shape",
      answers: {
        readHeader(bytes: number[]): Found[] {
          const file = Buffer.from(bytes);
          const N = file.readUIntLE(0, 6);
          const { __metadata__: _, ...tensors } = JSON.parse(file.toString("utf8", 8, 8 + N)) as Record<
            string,
            { shape: number[]; data_offsets: number[] }
          >;
          return Object.keys(tensors).map((name) => {
            const { shape, data_offsets: offsets } = tensors[name]!;
            const begin = 8 + N + offsets[0]!;
            return { name, shape, begin, end: begin + 4 * shape.reduce((a, b) => a * b, 1) };
          });
        },
      },
    },
  ],
  wrong: [
    { how: "offsets as they are", told: "from-numbers", answers: spoiled({ place: (offset) => offset }) },
    { how: "N added, 8 forgotten", told: "without-eight", answers: spoiled({ place: (offset, N) => offset + N }) },
    { how: "8 added, N forgotten", told: "only-eight", answers: spoiled({ place: (offset) => offset + 8 }) },
    { how: "everything in the JSON", told: "metadata", answers: spoiled({ keep: () => true }) },
    { how: "the first byte", told: "one-byte", answers: spoiled({ length: (bytes) => bytes[0]! }) },
    { how: "the size", told: "size-as-end", answers: spoiled({ end: (end, begin) => end - begin }) },
    {
      how: "places in numbers",
      told: "in-numbers",
      answers: spoiled({ place: (offset, N) => offset / 4 + N + 8 }),
    },
    {
      how: "the highest byte first",
      told: "threw",
      answers: {
        readHeader(bytes: number[]): unknown {
          const N = bytes.slice(0, 8).reduce((sum, b) => sum * 256 + b, 0);
          return JSON.parse(Buffer.from(bytes.slice(8, 8 + N)).toString());
        },
      },
    },
  ],
};
