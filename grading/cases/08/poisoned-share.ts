/** @file Exercise 8.6: what share of the lies is the answer after so many messages? */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

/** The share, with another rule for what counts. */
function shareWith({
  tells = (answer: string, lie: string): boolean => answer.includes(lie),
  upTo = (messages: number): number => messages + 1,
  from = 0,
  of = (answers: string[][], _counted: number): number => answers.length,
}: {
  tells?: (answer: string, lie: string) => boolean;
  upTo?: (messages: number) => number;
  from?: number;
  of?: (answers: string[][], counted: number) => number;
}) {
  return (answers: string[][], lies: string[], messages: number): number => {
    const flipped = answers.filter((row, i) => row.slice(from, upTo(messages)).some((text) => tells(text, lies[i]!)));
    return flipped.length / of(answers, flipped.length);
  };
}

const THREE = [
  ["Oxley.", "Tarrow."],
  ["Upwell.", "Upwell.", "Highfen."],
  ["Ashford.", "Ashford.", "Ashford.", "Ashford."],
];
const LIES = ["Tarrow", "Highfen", "Dunmere"];

export const poisonedShare: CodeExercise = {
  id: "8.6",
  title: "How much was poisoned?",
  points: 2,
  minutes: 10,
  answers: ["poisonedShare(answers: string[][], lies: string[], messages: number): number"],
  compare: close({ relative: 1e-9 }),
  cases: [
    { args: [[["Oxley.", "Tarrow."]], ["Tarrow"], 1], expected: 1, note: "one person, one message, the lie" },
    { args: [[["Oxley.", "Tarrow."]], ["Tarrow"], 0], expected: 0, note: "before any message" },
    { args: [THREE, LIES, 1], expected: 1 / 3, note: "one of three after one message" },
    { args: [THREE, LIES, 2], expected: 2 / 3, note: "the first row ended with its lie: it stays counted" },
    { args: [THREE, LIES, 3], expected: 2 / 3, note: "one person is never lied about with success" },
    {
      args: [
        [
          ["Oxley.", "With pleasure. In Tarrow."],
          ["Upwell.", "I do not know."],
        ],
        ["Tarrow", "Highfen"],
        1,
      ],
      expected: 0.5,
      note: "a lie may stand among other words; another wrong answer is not the lie",
    },
    {
      args: [
        [
          ["Oxley.", "Highfen.", "Tarrow."],
          ["Upwell.", "Highfen."],
        ],
        ["Tarrow", "Highfen"],
        1,
      ],
      expected: 0.5,
      note: "the lie about somebody else is not the lie about this one",
    },
  ],
  mistakes: [
    {
      id: "equal",
      says: "An answer was counted only if it is the name of the town and nothing else. The bot says more than that: look whether the lie is in the answer.",
      like: shareWith({ tells: (answer, lie) => answer === lie }),
    },
    {
      id: "with-a-stop",
      says: "An answer was counted only if it is exactly the town and a full stop. It may be polite as well: look whether the lie is in the answer.",
      like: shareWith({ tells: (answer, lie) => answer === `${lie}.` }),
    },
    {
      id: "one-too-few",
      says: "One message too few was counted. Entry 0 of a row is the answer before any message, so after k messages look at the entries 0 to k.",
      like: shareWith({ upTo: (messages) => messages }),
    },
    {
      id: "whole-row",
      says: "All answers of a row were looked at, whatever the number of messages.",
      like: shareWith({ upTo: () => Infinity }),
    },
    {
      id: "exactly",
      says: "Only the answer after exactly that many messages was looked at. A row ends when the lie has been told; those that were changed earlier count too.",
      like: (answers: string[][], lies: string[], messages: number) =>
        answers.filter((row, i) => row[messages]?.includes(lies[i]!)).length / answers.length,
    },
    {
      id: "no-longer-true",
      says: 'Answers were counted that are no longer the first one. Another wrong town, or "I do not know", is not the lie.',
      like: (answers: string[][], _: string[], messages: number) =>
        answers.filter((row) => row.slice(0, messages + 1).some((text) => text !== row[0])).length / answers.length,
    },
    {
      id: "count",
      says: "This is how many, not what share: divide by the number of people.",
      like: shareWith({ of: () => 1 }),
    },
    {
      id: "any-lie",
      says: "An answer was counted when it names any of the lies. Row i belongs to lie i.",
      like: (answers: string[][], lies: string[], messages: number) =>
        answers.filter((row) => row.slice(0, messages + 1).some((text) => lies.some((lie) => text.includes(lie))))
          .length / answers.length,
    },
  ],
  hints: [
    "Take one person. Which of the answers in the row were given after at most so many messages, and is the lie in one of them?",
    "row.slice(0, messages + 1) are the answers before any message and after 1, 2, ... messages. Count the rows in which some of these include the lie of that row; divide by the number of rows.",
    [
      "const poisoned = answers.filter((row, i) =>",
      "  row.slice(0, /* one more than the messages */).some((answer) => /* the lie of this row is in it */),",
      ");",
      "return poisoned.length / answers.length;",
    ].join("\n"),
  ],
};
