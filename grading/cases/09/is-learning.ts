/**
 * @file Exercise 9.7, the capstone: from outside, does a system learn? Judged on five kinds of black boxes, several draws of
 * each. A case has one box of each kind in an order of its own, so that neither the place of a box nor the same verdict on
 * all of them says anything.
 */

import { askTown, type BlackBox, BOX_KINDS, type BoxKind, createBox, tellTown } from "@course/lib/blackbox";
import {
  askOnce,
  compareAcrossConversations,
  compareTiming,
  compareTwoAnswers,
  type Strategy,
} from "@course/lib/examine";
import { createRandom, type Random } from "@course/lib/random";
import type { Comparator } from "../../src/compare";
import type { Case, CodeExercise } from "../../src/table";

/** The boxes of one case, in order: kind and seed. */
export type Draws = Readonly<Record<BoxKind, string>>;

/** As many cases as there are seeds; over all of them, each kind is drawn once from each seed. */
export function drawCases(seeds: readonly string[], { random }: { random: Random }): Case[] {
  return seeds.map((_, i): Case => {
    const draws = BOX_KINDS.map((kind, k): [BoxKind, string] => [kind, seeds[(i + k) % seeds.length]!]);
    const boxes = random.shuffle(draws);
    return {
      args: [Object.fromEntries(boxes)],
      expected: boxes.map(([kind]) => kind === "live learning"),
      note: "five boxes, one of each kind",
    };
  });
}

/** What happened in a box that was called a learner and is none. */
const FOOLED: Record<Exclude<BoxKind, "live learning">, string> = {
  "plain inference":
    "You said that it learns. It repeats what stands in the conversation, and has forgotten it in the next one. Begin a new conversation before you ask again.",
  "sampling noise":
    "You said that it learns. Its answers are drawn by chance: they change before anything is told. Ask the same before and after, several times, and count only what is said every time.",
  "cached answers":
    "You said that it learns. It keeps the answer to a question, word for word, and a correction of it. Ask in other words.",
  "retrieval memory":
    "You said that it learns. It looks up what it was told and puts it before your question; the weights are what they were. Ask about people you have *not* told it anything about: a note changes nothing for them.",
};
const MISSED =
  "You said that it does not learn, but its weights change with every message. Tell it the same false town about several people, several times, and see who else is then said to live there.";

const rightAboutTheBox: Comparator = {
  rule: "true for a system that learns, false for any other",
  relative: 0,
  absolute: 0,
  difference(received, expected, args) {
    const differs = (says: string): ReturnType<Comparator["difference"]> => ({
      kind: "condition",
      path: "",
      expected,
      received,
      says,
    });
    const wanted = expected as readonly boolean[];
    if (!Array.isArray(received) || received.some((verdict) => typeof verdict !== "boolean")) {
      return differs("A verdict is expected for each box: true if it learns, false if not.");
    }
    if (received.every((verdict, i) => verdict === wanted[i])) return undefined;
    const kinds = Object.keys(args[0] as unknown as Draws);
    const mistaken = BOX_KINDS.find((kind) => received[kinds.indexOf(kind)] !== (kind === "live learning"));
    return differs(mistaken === undefined || mistaken === "live learning" ? MISSED : FOOLED[mistaken]);
  },
};

/** A strategy as a foreseen mistake: of a box it gives a verdict, of a case one for each draw. */
const strategy =
  (decide: Strategy) =>
  (given: BlackBox | Draws): boolean | boolean[] =>
    "say" in given ? decide(given as BlackBox) : open(given).map(decide);

/** The boxes of a case. Nobody can look into them. */
function open(draws: Draws): BlackBox[] {
  return Object.entries(draws).map(([kind, seed]) => createBox(kind as BoxKind, seed, { sealed: true }));
}

/** Looks at other people, but not at where they lived before. */
const withoutControl: Strategy = (box) => {
  for (let i = 0; i < 9; i++) box.say(tellTown(box.people[i % 3]!, box.towns[0]!, i));
  box.newConversation();
  return box.people.slice(3).some((name) => box.say(askTown(name)).text === box.towns[0]);
};

export const isLearning: CodeExercise = {
  id: "9.7",
  title: "Does it learn? From outside",
  points: 5,
  minutes: 30,
  answers: ["isLearning(box: BlackBox): boolean"],
  compare: rightAboutTheBox,
  opens: open,
  withoutReply: ["newConversation"],
  cases: drawCases(["walnut", "basil", "cherry"], { random: createRandom("9.7") }),
  mistakes: [
    {
      id: "across-conversations",
      says: "A new conversation and other words see through the conversation and the cache. A memory that is looked up still fools you, and so does chance. Neither changes, reliably, what is said of people nobody spoke of.",
      like: strategy(compareAcrossConversations),
    },
    {
      id: "timing",
      says: "You go by the time that a reply takes. Writing a note takes long too, a busy network takes long for no reason, and some systems learn only when the conversation is over. Time says nothing about weights.",
      like: strategy(compareTiming),
    },
    {
      id: "no-control",
      says: "You look at people nobody spoke of, which is the right idea, but not at what was said of them before. Some people may always have lived in that town. Ask everybody first, and choose a town where nobody lives.",
      like: strategy(withoutControl),
    },
    {
      id: "once",
      says: "You take one answer for the proof, with nothing to compare it with: what did it say before, what does it say in a new conversation, and of others?",
      like: strategy(askOnce),
    },
    {
      id: "two-answers",
      says: "You ask, tell it something, and ask again. A changed answer fooled you: the conversation, a cache, a note or chance can change it, and no weight moves. Ask about somebody you have not spoken of.",
      like: strategy(compareTwoAnswers),
    },
  ],
  hints: [
    "What would a note, a cache or a conversation never change, and a changed weight very likely will?",
    "Ask where everybody lives. Choose a town nobody lives in. Tell it about three or four people, several times, in new conversations. Then ask about the *others*, in new conversations and in other words, several times: who is now said to live there every time?",
    [
      "const ask = (name: string, wording: number) => {",
      "  box.newConversation();",
      "  return box.say(askTown(name, wording)).text;",
      "};",
      "const before = box.people.map((name) => ask(name, 0));",
      "const lie = box.towns.find((town) => !before.includes(town));",
      "// tell the lie about the first four people, three times each, in new conversations",
      "const others = box.people.slice(4);",
      "const moved = others.filter((name) => [1, 2, 3].every((wording) => /* ... */));",
      "return moved.length > /* ... */;",
    ].join("\n"),
  ],
};
