/** @file Exercise 8.6, held back: the share of poisoned answers. Expected values come from `reference/08.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/08.json";

/** A right answer in which one thing is changed. */
function spoiled({
  tells = (answer: string, lie: string): boolean => answer.indexOf(lie) >= 0,
  last = (messages: number, _row: string[]): number => messages,
  first = (_messages: number): number => 0,
  people = (n: number): number => n,
}): Record<string, unknown> {
  return {
    poisonedShare(answers: string[][], lies: string[], messages: number): number {
      let count = 0;
      for (let i = 0; i < answers.length; i++) {
        const row = answers[i]!;
        for (let k = first(messages); k <= last(messages, row) && k < row.length; k++) {
          if (!tells(row[k]!, lies[i]!)) continue;
          count++;
          break;
        }
      }
      return count / people(answers.length);
    },
  };
}

export const poisonedShare: HeldBack = {
  cases: reference["8.6"],
  right: [
    { how: "two loops", answers: spoiled({}) },
    {
      how: "the number of messages each needed, then counted",
      answers: {
        poisonedShare(answers: string[][], lies: string[], messages: number): number {
          const needed = answers.map((row, i) => row.findIndex((answer) => new RegExp(lies[i]!).test(answer)));
          return needed.filter((k) => k !== -1 && k <= messages).length / needed.length;
        },
      },
    },
  ],
  wrong: [
    { how: "equal", told: "equal", answers: spoiled({ tells: (answer, lie) => answer === lie }) },
    { how: "equal with a full stop", told: "with-a-stop", answers: spoiled({ tells: (a, lie) => a === `${lie}.` }) },
    { how: "one too few", told: "one-too-few", answers: spoiled({ last: (messages) => messages - 1 }) },
    { how: "the whole row", told: "whole-row", answers: spoiled({ last: (_, row) => row.length }) },
    { how: "exactly so many", told: "exactly", answers: spoiled({ first: (messages) => messages }) },
    { how: "a count", told: "count", answers: spoiled({ people: () => 1 }) },
    {
      how: "any other answer",
      told: "no-longer-true",
      answers: {
        poisonedShare: (answers: string[][], _: string[], messages: number): number =>
          answers.filter((row) => new Set(row.slice(0, messages + 1)).size > 1).length / answers.length,
      },
    },
  ],
};
