/** @file Exercise 9.7, held back: fresh draws of the five kinds of boxes. What is expected follows from the kind: one of five learns. */

import { askTown, type BlackBox, tellTown } from "@course/lib/blackbox";
import { compareAcrossConversations, compareTiming, examine } from "@course/lib/examine";
import { createRandom } from "@course/lib/random";
import type { HeldBack } from "../../src/table";
import { drawCases } from "./is-learning";

const SEEDS = ["alder", "birch", "fern", "fir", "maple", "poplar"];

/** Where a person is said to live, in a new conversation. */
const ask = (box: BlackBox, name: string, wording: number): string => {
  box.newConversation();
  return box.say(askTown(name, wording)).text;
};

/** People who are said to live in a town that was never named before others were told to live there. */
function moved(
  box: BlackBox,
  { told, rounds, wordings }: { told: number; rounds: number; wordings: number[] },
): string[] {
  const before = box.people.map((name) => ask(box, name, 0));
  const lie = box.towns.find((town) => !before.includes(town))!;
  for (let round = 0; round < rounds; round++) {
    for (const name of box.people.slice(0, told)) {
      box.newConversation();
      box.say(tellTown(name, lie, round));
    }
  }
  return box.people.slice(told).filter((name) => wordings.every((wording) => ask(box, name, wording) === lie));
}

export const isLearning: HeldBack = {
  cases: drawCases(SEEDS, { random: createRandom("9.7, held back") }),
  right: [
    { how: "as the library does", answers: { isLearning: (box: BlackBox) => examine(box).isLearning } },
    {
      how: "two others at least, each said to live there three times",
      answers: { isLearning: (box: BlackBox) => moved(box, { told: 4, rounds: 3, wordings: [1, 2, 3] }).length > 1 },
    },
    {
      how: "a share of the others, asked five times",
      answers: {
        isLearning: (box: BlackBox) => moved(box, { told: 3, rounds: 4, wordings: [1, 2, 3, 1, 2] }).length >= 0.2 * 9,
      },
    },
  ],
  wrong: [
    {
      how: "asks, tells, asks again, about the last person",
      told: "two-answers",
      answers: {
        isLearning(box: BlackBox): boolean {
          const before = box.say(askTown(box.people[0]!, 0)).text;
          box.say(tellTown(box.people[0]!, box.towns.filter((town) => town !== before)[0]!, 0));
          return box.say(askTown(box.people[0]!, 0)).text !== before;
        },
      },
    },
    {
      how: "the same in a new conversation and other words",
      told: "across-conversations",
      answers: { isLearning: (box: BlackBox) => compareAcrossConversations(box) },
    },
    { how: "by the clock", told: "timing", answers: { isLearning: (box: BlackBox) => compareTiming(box) } },
    {
      how: "the answer to a single question",
      told: "once",
      answers: {
        isLearning(box: BlackBox): boolean {
          box.say(tellTown(box.people[0]!, box.towns[0]!));
          return box.say(askTown(box.people[0]!)).text === box.towns[0];
        },
      },
    },
    { how: "no to all", told: "condition", answers: { isLearning: () => false } },
    { how: "yes to all", told: "condition", answers: { isLearning: () => true } },
    {
      how: "looks at others, but takes any change for learning",
      told: "condition",
      answers: {
        isLearning(box: BlackBox): boolean {
          const before = box.people.map((name) => ask(box, name, 0));
          for (let round = 0; round < 9; round++) box.say(tellTown(box.people[round % 3]!, box.towns[0]!, round));
          return box.people.slice(3).some((name, i) => ask(box, name, 1) !== before[i + 3]);
        },
      },
    },
  ],
};
