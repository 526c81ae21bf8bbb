/** @file Exercise 9.1: the chain of a model, from random weights on, by the hashes in the manifests. */

import type { CodeExercise } from "../../src/table";

type Manifest = { name: string; weightsHash: string; parentHash: string | null };

const CHAIN: Manifest[] = [
  { name: "first", weightsHash: "aa", parentHash: null },
  { name: "second", weightsHash: "bb", parentHash: "aa" },
  { name: "third", weightsHash: "cc", parentHash: "bb" },
];

/** The chain with the parent found by `find`. */
const following =
  (find: (manifests: Manifest[], one: Manifest) => Manifest | undefined, end: string[] = ["?"]) =>
  (name: string, manifests: Manifest[]): string[] => {
    const chain: string[] = [];
    let next = manifests.find((one) => one.name === name);
    for (let i = 0; next && i < 20; i++) {
      chain.unshift(next.name);
      if (next.parentHash === null) return chain;
      next = find(manifests, next);
    }
    return [...end, ...chain];
  };

export const lineageOf: CodeExercise = {
  id: "9.1",
  title: "Where does it come from?",
  points: 2,
  minutes: 10,
  answers: [
    "lineageOf(name: string, manifests: { name: string; weightsHash: string; parentHash: string | null }[]): string[]",
  ],
  cases: [
    { args: ["first", CHAIN], expected: ["first"], note: "it began with random weights" },
    { args: ["third", CHAIN], expected: ["first", "second", "third"], note: "two trainings" },
    { args: ["third", [...CHAIN].reverse()], expected: ["first", "second", "third"], note: "in another order" },
    {
      args: ["tuned", [{ name: "tuned", weightsHash: "ee", parentHash: "aa" }, ...CHAIN]],
      expected: ["first", "tuned"],
      note: "two children of one parent",
    },
    { args: ["third", [CHAIN[0]!, CHAIN[2]!]], expected: ["?", "third"], note: "the parent is not there" },
  ],
  mistakes: [
    {
      id: "always-unknown",
      says: 'A "?" stands in front although the chain is whole. A model whose `parentHash` is null began with random weights: nobody is missing.',
      like: (name: string, manifests: Manifest[]) => {
        const right = following((all, one) => all.find(({ weightsHash }) => weightsHash === one.parentHash))(
          name,
          manifests,
        );
        return right[0] === "?" ? right : ["?", ...right];
      },
    },
    {
      id: "hashes",
      says: "These are hashes. They lead from one manifest to the next; what is asked for are the names.",
      when: ({ received, args }) => {
        const manifests = args[1] as unknown as Manifest[];
        const given = (Array.isArray(received) ? received : []).filter((one) => one !== "?");
        return given.length > 0 && given.every((one) => manifests.some(({ weightsHash }) => weightsHash === one));
      },
    },
    {
      id: "backwards",
      says: "The right names, the wrong way round: begin with the one that had random weights. `unshift` puts a name in front.",
      like: (name: string, manifests: Manifest[]) =>
        following((all, one) => all.find(({ weightsHash }) => weightsHash === one.parentHash))(
          name,
          manifests,
        ).reverse(),
    },
    {
      id: "by-position",
      says: "You take the manifest that stands before it for the parent. The order of a list proves nothing: look for the manifest whose `weightsHash` is the `parentHash`.",
      like: following((all, one) => all[all.indexOf(one) - 1]),
    },
    {
      id: "all-of-them",
      says: "You return every manifest. Only those belong to the chain that lead to the model asked for.",
      like: (_name: string, manifests: Manifest[]) => manifests.map(({ name }) => name),
    },
    {
      id: "one-step",
      says: "You go one step back. Go on from the parent to its own parent, until `parentHash` is null.",
      like: (name: string, manifests: Manifest[]) => {
        const one = manifests.find((each) => each.name === name)!;
        const parent = manifests.find(({ weightsHash }) => weightsHash === one.parentHash);
        return parent ? [parent.name, name] : one.parentHash === null ? [name] : ["?", name];
      },
    },
    {
      id: "silent-gap",
      says: 'A missing parent goes unnoticed. If no manifest has that hash, nobody knows what the model was made from: put "?" in front.',
      like: following((all, one) => all.find(({ weightsHash }) => weightsHash === one.parentHash), []),
    },
  ],
  hints: [
    "A manifest names its parent by hash, not by name. Whose `weightsHash` is it?",
    'Begin with the manifest of that name. Put its name in front of the list, then look for its parent among all. Stop at `parentHash === null`; if nobody has the hash, put "?" in front.',
    [
      "const chain: string[] = [];",
      "let next = manifests.find((one) => one.name === name);",
      "while (next) {",
      "  chain.unshift(/* ... */);",
      "  const { parentHash } = next;",
      "  if (parentHash === null) return chain;",
      "  next = manifests.find((one) => /* ... */);",
      "}",
      'return ["?", ...chain];',
    ].join("\n"),
  ],
};
