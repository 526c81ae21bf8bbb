/** @file Exercise 9.1, held back: lineage by hash. Expected values come from `reference/09.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/09.json";

interface Manifest {
  name: string;
  weightsHash: string;
  parentHash: string | null;
}

export const lineageOf: HeldBack = {
  cases: reference["9.1"],
  right: [
    {
      how: "recursively, with a map from hash to manifest",
      answers: {
        lineageOf(name: string, manifests: Manifest[]): string[] {
          const byHash = new Map(manifests.map((one) => [one.weightsHash, one]));
          const back = (one: Manifest | undefined): string[] => {
            if (!one) return ["?"];
            return one.parentHash === null ? [one.name] : [...back(byHash.get(one.parentHash)), one.name];
          };
          return back(manifests.find((one) => one.name === name));
        },
      },
    },
    {
      how: "collected backwards, then turned round",
      answers: {
        lineageOf(name: string, manifests: Manifest[]): string[] {
          const names: string[] = [];
          let one = manifests.find((each) => each.name === name)!;
          for (;;) {
            names.push(one.name);
            const { parentHash } = one;
            if (parentHash === null) break;
            const parent = manifests.filter((each) => each.weightsHash === parentHash)[0];
            if (!parent) {
              names.push("?");
              break;
            }
            one = parent;
          }
          return names.reverse();
        },
      },
    },
  ],
  wrong: [
    {
      how: "a question mark always",
      told: "always-unknown",
      answers: {
        lineageOf(name: string, manifests: Manifest[]): string[] {
          const names: string[] = [];
          let one = manifests.find((each) => each.name === name);
          while (one) {
            const { parentHash } = one;
            names.unshift(one.name);
            one = manifests.find(({ weightsHash }) => weightsHash === parentHash);
          }
          return ["?", ...names];
        },
      },
    },
    {
      how: "hashes in place of names",
      told: "hashes",
      answers: {
        lineageOf(name: string, manifests: Manifest[]): string[] {
          const hashes: string[] = [];
          let one = manifests.find((each) => each.name === name);
          while (one) {
            const { parentHash } = one;
            hashes.unshift(one.weightsHash);
            one = manifests.find(({ weightsHash }) => weightsHash === parentHash);
          }
          return hashes;
        },
      },
    },
    {
      how: "pushed instead of put in front",
      told: "backwards",
      answers: {
        lineageOf(name: string, manifests: Manifest[]): string[] {
          const names: string[] = [];
          let one = manifests.find((each) => each.name === name);
          while (one) {
            names.push(one.name);
            if (one.parentHash === null) return names;
            const { parentHash }: Manifest = one;
            one = manifests.find((each) => each.weightsHash === parentHash);
          }
          return [...names, "?"];
        },
      },
    },
    {
      how: "the one before it in the list",
      told: "by-position",
      answers: {
        lineageOf(name: string, manifests: Manifest[]): string[] {
          let i = manifests.findIndex((each) => each.name === name);
          const names: string[] = [];
          for (; i >= 0; i--) {
            names.unshift(manifests[i]!.name);
            if (manifests[i]!.parentHash === null) return names;
          }
          return ["?", ...names];
        },
      },
    },
    {
      how: "only the names",
      told: "all-of-them",
      answers: { lineageOf: (_: string, manifests: Manifest[]) => manifests.map((one) => one.name) },
    },
    {
      how: "a gap is skipped",
      told: "silent-gap",
      answers: {
        lineageOf(name: string, manifests: Manifest[]): string[] {
          const names: string[] = [];
          for (let one = manifests.find((each) => each.name === name); one; ) {
            names.unshift(one.name);
            const { parentHash }: Manifest = one;
            one = manifests.find((each) => each.weightsHash === parentHash);
          }
          return names;
        },
      },
    },
  ],
};
