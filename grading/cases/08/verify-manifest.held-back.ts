/** @file Exercise 8.2, held back: verifying a manifest. Expected values come from `reference/08.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/08.json";

type Hashes = Record<string, string>;
type Problem = { file: string; problem: string };

/** A right answer in which one thing is changed. */
function spoiled({
  missing = "missing",
  unknown = "unknown",
  same = (a: string, b: string): boolean => a === b,
  sound = "",
}): Record<string, unknown> {
  return {
    verifyManifest(promised: Hashes, found: Hashes): Problem[] {
      const problems: Problem[] = [];
      for (const file of new Set([...Object.keys(promised), ...Object.keys(found)])) {
        const [wanted, there] = [promised[file], found[file]];
        if (there === undefined) problems.push({ file, problem: missing });
        else if (wanted === undefined) problems.push({ file, problem: unknown });
        else if (!same(wanted, there)) problems.push({ file, problem: "altered" });
        else if (sound) problems.push({ file, problem: sound });
      }
      return problems.filter(({ problem }) => problem !== "");
    },
  };
}

export const verifyManifest: HeldBack = {
  cases: reference["8.2"],
  right: [
    { how: "over all names", answers: spoiled({}) },
    {
      how: "three filters, found files first",
      answers: {
        verifyManifest: (promised: Hashes, found: Hashes): Problem[] => [
          ...Object.entries(found)
            .filter(([file]) => promised[file] === undefined)
            .map(([file]) => ({ file, problem: "unknown" })),
          ...Object.entries(promised)
            .filter(([file, hash]) => found[file] !== undefined && found[file] !== hash)
            .map(([file]) => ({ problem: "altered", file })),
          ...Object.keys(promised)
            .filter((file) => !Object.keys(found).includes(file))
            .map((file) => ({ file, problem: "missing" })),
        ],
      },
    },
  ],
  wrong: [
    { how: "unknown files as altered", told: "unknown-as-altered", answers: spoiled({ unknown: "altered" }) },
    { how: "missing files passed over", told: "no-missing", answers: spoiled({ missing: "" }) },
    { how: "unknown files passed over", told: "no-unknown", answers: spoiled({ unknown: "" }) },
    { how: "altered files only", told: "only-altered", answers: spoiled({ missing: "", unknown: "" }) },
    {
      how: "the first twelve digits",
      told: "beginning",
      answers: spoiled({ same: (a, b) => a.substring(0, 12) === b.substring(0, 12) }),
    },
    { how: "lengths", told: "length", answers: spoiled({ same: (a, b) => a.length === b.length }) },
    { how: "names swapped", told: "swapped", answers: spoiled({ missing: "unknown", unknown: "missing" }) },
    { how: "missing as altered", told: "missing-as-altered", answers: spoiled({ missing: "altered" }) },
    { how: "sound files too", told: "all-named", answers: spoiled({ sound: "ok" }) },
  ],
};
