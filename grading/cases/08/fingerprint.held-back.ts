/** @file Exercise 8.1, held back: a hash of weights. Expected values come from `reference/08.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/08.json";

type Tensors = Record<string, number[]>;

/** A right answer in which one thing is changed. */
function spoiled({
  sorted = true,
  named = true,
  width = 4,
  lowestFirst = true,
  mix = (hash: number, byte: number): number => Math.imul(hash ^ byte, 0x01000193) >>> 0,
  first = 0x811c9dc5,
  end = (hash: number): number => hash,
}): Record<string, unknown> {
  return {
    fingerprint(tensors: Tensors): number {
      let hash = first;
      const entries = Object.entries(tensors);
      if (sorted) entries.sort((a, b) => (a[0] < b[0] ? -1 : 1));
      for (const [name, numbers] of entries) {
        if (named) for (let i = 0; i < name.length; i++) hash = mix(hash, name.charCodeAt(i));
        for (const x of numbers) {
          const view = new DataView(new ArrayBuffer(8));
          if (width === 4) view.setFloat32(0, x, lowestFirst);
          else view.setFloat64(0, x, lowestFirst);
          for (let i = 0; i < width; i++) hash = mix(hash, view.getUint8(i));
        }
      }
      return end(hash);
    },
  };
}

export const fingerprint: HeldBack = {
  cases: reference["8.1"],
  right: [
    { how: "a DataView, byte by byte", answers: spoiled({}) },
    {
      how: "one Buffer, and big integers",
      answers: {
        fingerprint(tensors: Tensors): number {
          const parts = Object.keys(tensors)
            .sort()
            .flatMap((name) => [Buffer.from(name), Buffer.from(Float32Array.from(tensors[name]!).buffer)]);
          let hash = 2166136261n;
          for (const byte of Buffer.concat(parts)) hash = ((hash ^ BigInt(byte)) * 16777619n) & 0xffffffffn;
          return Number(hash);
        },
      },
    },
    {
      how: "multiplied in two halves of 16 bits",
      answers: spoiled({
        mix(hash, byte) {
          const mixed = (hash ^ byte) >>> 0;
          return (((mixed & 0xffff) * 16777619 + (((mixed >>> 16) * 16777619) % 65536) * 65536) % 2 ** 32) >>> 0;
        },
      }),
    },
  ],
  wrong: [
    {
      how: "the names first",
      told: "names-first",
      answers: {
        fingerprint(tensors: Tensors): number {
          const names = Object.keys(tensors).sort();
          const numbers = names.flatMap((name) => [...new Uint8Array(Float32Array.from(tensors[name]!).buffer)]);
          let hash = 0x811c9dc5;
          for (const byte of [...Buffer.from(names.join("")), ...numbers])
            hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
          return hash;
        },
      },
    },
    {
      how: "numbers cut to bytes",
      told: "cut-to-bytes",
      answers: {
        fingerprint(tensors: Tensors): number {
          let hash = 0x811c9dc5;
          for (const name of Object.keys(tensors).sort()) {
            const bytes = [...Buffer.from(name), ...Uint8Array.from(tensors[name]!)];
            for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
          }
          return hash;
        },
      },
    },
    { how: "in the order given", told: "given-order", answers: spoiled({ sorted: false }) },
    { how: "numbers only", told: "no-names", answers: spoiled({ named: false }) },
    { how: "64-bit numbers", told: "doubles", answers: spoiled({ width: 8 }) },
    { how: "big-endian", told: "highest-first", answers: spoiled({ lowestFirst: false }) },
    { how: "with a sign", told: "signed", answers: spoiled({ end: (hash) => ~~hash }) },
    {
      how: "FNV-1",
      told: "multiplied-first",
      answers: spoiled({ mix: (hash, byte) => (Math.imul(hash, 16777619) ^ byte) >>> 0 }),
    },
    {
      how: "an ordinary product",
      told: "rounded",
      answers: spoiled({ mix: (hash, byte) => (((hash ^ byte) >>> 0) * 16777619) % 4294967296 }),
    },
    { how: "from zero", told: "from-zero", answers: spoiled({ first: 0 }) },
    {
      how: "digits of the numbers",
      told: "as-text",
      answers: {
        fingerprint(tensors: Tensors): number {
          let hash = 2166136261;
          for (const name of Object.keys(tensors).sort()) {
            for (const text of [name, ...tensors[name]!.map((x) => `${x}`)]) {
              for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
            }
          }
          return hash;
        },
      },
    },
  ],
};
