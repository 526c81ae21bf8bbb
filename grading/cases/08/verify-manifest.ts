/** @file Exercise 8.2: compare the files of a snapshot with what its manifest says. */

import { sameItems } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

type Hashes = Record<string, string>;
interface Problem {
  file: string;
  problem: "missing" | "altered" | "unknown";
}

/** Looking for problems, with one kind of comparison left out or done in another way. */
function verifyWith({
  missing = true,
  unknown = true,
  altered = (promised: string, found: string): boolean => promised !== found,
  name = (problem: Problem["problem"]): Problem["problem"] => problem,
}: {
  missing?: boolean;
  unknown?: boolean;
  altered?: (promised: string, found: string) => boolean;
  name?: (problem: Problem["problem"]) => Problem["problem"];
}) {
  return (promised: Hashes, found: Hashes): Problem[] => [
    ...Object.keys(promised).flatMap((file): Problem[] => {
      if (!(file in found)) return missing ? [{ file, problem: name("missing") }] : [];
      return altered(promised[file]!, found[file]!) ? [{ file, problem: name("altered") }] : [];
    }),
    ...Object.keys(found).flatMap((file): Problem[] =>
      file in promised || !unknown ? [] : [{ file, problem: name("unknown") }],
    ),
  ];
}

export const verifyManifest: CodeExercise = {
  id: "8.2",
  title: "Verify a manifest",
  points: 2,
  minutes: 8,
  answers: [
    "verifyManifest(promised: Record<string, string>, found: Record<string, string>): { file: string; problem: string }[]",
  ],
  compare: sameItems(),
  cases: [
    { args: [{ weights: "ab12" }, { weights: "ab12" }], expected: [], note: "all is well" },
    {
      args: [{ weights: "ab12" }, { weights: "ab13" }],
      expected: [{ file: "weights", problem: "altered" }],
      note: "one digit of the hash is another",
    },
    {
      args: [{ weights: "ab12", tokenizer: "77aa" }, { weights: "ab12" }],
      expected: [{ file: "tokenizer", problem: "missing" }],
      note: "promised, and not there",
    },
    {
      args: [{ weights: "ab12" }, { weights: "ab12", plugin: "c0de" }],
      expected: [{ file: "plugin", problem: "unknown" }],
      note: "there, and promised by nobody",
    },
    {
      args: [
        { weights: "3f9c0a51b2d47e88aa01", tokenizer: "77aa" },
        { weights: "3f9c0a51b2d47e88aa02", tokenizer: "77aa" },
      ],
      expected: [{ file: "weights", problem: "altered" }],
      note: "two hashes that begin alike",
    },
    {
      args: [
        { weights: "01", tokenizer: "02", trainer: "03" },
        { trainer: "04", tokenizer: "02", notes: "05" },
      ],
      expected: [
        { file: "weights", problem: "missing" },
        { file: "trainer", problem: "altered" },
        { file: "notes", problem: "unknown" },
      ],
      note: "one problem of each kind; any order is right",
    },
  ],
  mistakes: [
    {
      id: "unknown-as-altered",
      says: "A file that nobody promised was reported as altered. There is no hash from which it could differ: say that it is unknown.",
      like: verifyWith({ name: (problem) => (problem === "unknown" ? "altered" : problem) }),
    },
    {
      id: "no-missing",
      says: "A file that the manifest promises and that is not there was passed over. Go through the promised files, not through those that were found.",
      like: verifyWith({ missing: false }),
    },
    {
      id: "no-unknown",
      says: "A file that nobody promised was passed over. A program that loads whatever lies in the folder would load it: go through the found files too.",
      like: verifyWith({ unknown: false }),
    },
    {
      id: "only-altered",
      says: "Only altered files were reported. Some are missing, and some are there that the manifest does not know.",
      like: verifyWith({ missing: false, unknown: false }),
    },
    {
      id: "beginning",
      says: "The hashes were compared by their beginnings. Two hashes are equal when every digit is; a short form is for people to read.",
      like: verifyWith({ altered: (a, b) => a.slice(0, 12) !== b.slice(0, 12) }),
    },
    {
      id: "length",
      says: "The lengths of the hashes were compared. All hashes have the same length; compare their digits.",
      like: verifyWith({ altered: (a, b) => a.length !== b.length }),
    },
    {
      id: "swapped",
      says: "`missing` and `unknown` are swapped. Missing is what is promised and not found, unknown what is found and not promised.",
      like: verifyWith({
        name: (problem) => (problem === "missing" ? "unknown" : problem === "unknown" ? "missing" : problem),
      }),
    },
    {
      id: "missing-as-altered",
      says: "A missing file was reported as altered. There is nothing whose hash could differ: say that it is missing.",
      like: verifyWith({ name: (problem) => (problem === "missing" ? "altered" : problem) }),
    },
    {
      id: "all-named",
      says: "Files without a problem are in the list too. Report only what is wrong.",
      when: ({ received }) =>
        Array.isArray(received) &&
        received.some((one) => !["missing", "altered", "unknown"].includes(String((one as Partial<Problem>)?.problem))),
    },
  ],
  hints: [
    "There are two lists of names, and three things that can be wrong. Which names stand only in the first list, which only in the second, which in both?",
    "For each promised file: not in `found` is missing; in `found` with another hash is altered. Then for each found file: not in `promised` is unknown. `file in found` tells whether a name is there.",
    [
      "const problems: { file: string; problem: string }[] = [];",
      "for (const file of Object.keys(promised)) {",
      '  if (!(file in found)) problems.push({ file, problem: "missing" });',
      "  else if (/* the hashes differ */) problems.push(/* ... */);",
      "}",
      "for (const file of Object.keys(found)) /* those that nobody promised */;",
      "return problems;",
    ].join("\n"),
  ],
};
