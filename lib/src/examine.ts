/**
 * @file Finding out from outside whether a system learns: the library's own answer to the capstone of notebook 9, and
 * three strategies that sound reasonable and are fooled.
 *
 * Each kind of box changes something. The question is how far the change reaches:
 *
 *     nowhere in particular       sampling noise       answers change before anything was told
 *     this conversation           plain inference
 *     the same words              cached answers
 *     the same person             retrieval memory
 *     people nobody spoke of      live learning        one set of weights answers for everybody
 */

import { askTown, type BlackBox, type BoxKind, tellTown } from "./blackbox";
import { median } from "./timing";

/** What came out of an examination. */
export interface Examination {
  isLearning: boolean;
  /** What the box is taken for. */
  kind: BoxKind;
  /** What was seen, a sentence each. */
  evidence: string[];
}

/** A way to decide whether a box learns. */
export type Strategy = (box: BlackBox) => boolean;

/**
 * Examines a box with fewer messages than it answers:
 *
 * 1. Before: where does each person live? Asked twice, as the control. The lie will be a town that was never named.
 * 2. Tell it about four people, three times each, in conversations of their own.
 * 3. After, in new conversations and in other words: who *else* is said to live there now, and is it said every time?
 *
 * A lookup, a cache and a context change what was spoken of. Chance changes anything, but not every time. Only weights are
 * shared by all answers.
 */
export function examine(box: BlackBox): Examination {
  const before = new Map(box.people.map((name) => [name, [ask(box, name, 0), ask(box, name, 3)]]));
  const lie = box.towns.find((town) => ![...before.values()].flat().includes(town))!;
  const [told, others] = [box.people.slice(0, 4), box.people.slice(4)];
  for (let round = 0; round < 3; round++) {
    for (const name of told) {
      if (round === 0)
        ask(box, name, 0); // a cache takes a correction only after its question
      else box.newConversation();
      box.say(tellTown(name, lie, round));
    }
  }
  const after = others.map((name) => [ask(box, name, 1), ask(box, name, 2)]);
  const wavering = others.filter((name, i) => {
    const untouched = [...before.get(name)!, ...after[i]!].filter((answer) => answer !== lie);
    return new Set(untouched).size > 1;
  });
  const again = wavering.length > 0 ? [3, 1, 2] : []; // where chance answers, it has to be said five times
  const moved = others.filter(
    (name, i) =>
      after[i]!.every((answer) => answer === lie) &&
      again.every((w) => box.messagesLeft > 0 && ask(box, name, w) === lie),
  );
  const evidence = [
    `${told.join(", ")} were said to live in ${lie}`,
    `of ${others.length} people nobody spoke of, ${moved.length} are now said to live there, every time`,
    `${wavering.length} of them got another answer without a reason`,
  ];
  if (moved.length > 0) return { isLearning: true, kind: "live learning", evidence };
  if (wavering.length > 0) return { isLearning: false, kind: "sampling noise", evidence };
  const [sameWords, otherWords] = [ask(box, told[0]!, 0) === lie, ask(box, told[0]!, 3) === lie];
  evidence.push(`${told[0]}, asked in the same words: ${sameWords ? lie : "as before"}`);
  evidence.push(`asked in other words: ${otherWords ? lie : "as before"}`);
  const kind = otherWords ? "retrieval memory" : sameWords ? "cached answers" : "plain inference";
  return { isLearning: false, kind, evidence };
}

function ask(box: BlackBox, name: string, wording: number): string {
  box.newConversation();
  return box.say(askTown(name, wording)).text;
}

/** Fooled by everything that remembers, and by chance: asks, tells, asks again, and calls any change learning. */
export const compareTwoAnswers: Strategy = (box) => {
  const name = box.people[0]!;
  const before = box.say(askTown(name)).text;
  box.say(tellTown(name, box.towns.find((town) => town !== before)!));
  return box.say(askTown(name)).text !== before;
};

/** As {@link compareTwoAnswers}, but asks again in a new conversation and in other words: a context and a cache are seen through. */
export const compareAcrossConversations: Strategy = (box) => {
  const name = box.people[0]!;
  const before = ask(box, name, 0);
  box.say(tellTown(name, box.towns.find((town) => town !== before)!));
  return ask(box, name, 1) !== before;
};

/** Fooled by whatever else takes time, and by learning that happens later: calls it learning when being told takes long. */
export const compareTiming: Strategy = (box) => {
  const name = box.people[0]!;
  const times = (make: (k: number) => string): number[] => [0, 1, 2, 3, 4].map((k) => box.say(make(k)).elapsedMs);
  const asking = median(times((k) => askTown(box.people[k]!)));
  const telling = median(times((k) => tellTown(name, box.towns[k]!)));
  return telling > 1.5 * asking;
};

/** Knows one answer and nothing to compare it with. */
export const askOnce: Strategy = (box) => {
  const name = box.people[0]!;
  box.say(tellTown(name, box.towns[0]!));
  return box.say(askTown(name)).text === box.towns[0];
};
