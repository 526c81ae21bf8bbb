/** @file Exercise 6.2: which tokens of a conversation the bot has to learn to say. */

import { exact } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

const words = (text: string): string[] => text.split(" ");

/** The right mask but for what is changed. */
function marked(tokens: readonly string[], { bot = 0, end = 1, closes = true, learned = 1, other = 0 } = {}): number[] {
  let speaking = false;
  return tokens.map((token) => {
    if (token === "<bot>") {
      speaking = true;
      return bot;
    }
    if (token === "<end>") {
      const mark = speaking ? end : other;
      if (closes) speaking = false;
      return mark;
    }
    return speaking ? learned : other;
  });
}

export const answerMask: CodeExercise = {
  id: "6.2",
  title: "The mask",
  points: 2,
  minutes: 8,
  answers: ["answerMask(tokens: string[]): number[]"],
  compare: exact,
  cases: [
    {
      args: [words("<doc> <user> Who ? <bot> Brena . <end>")],
      expected: [0, 0, 0, 0, 0, 1, 1, 1],
      note: "a question and its answer",
    },
    {
      args: [words("<doc> <user> Who ? <bot> Brena <end> <user> Sure ? <bot> Yes <end>")],
      expected: [0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1],
      note: "two turns",
    },
    { args: [words("<doc> <user> Who ? <bot>")], expected: [0, 0, 0, 0, 0], note: "nothing has been answered yet" },
    { args: [words("<doc> Once there was")], expected: [0, 0, 0, 0], note: "no conversation at all" },
  ],
  mistakes: [
    {
      id: "without-end",
      says: "`<end>` is not marked. The model has to say it too; otherwise it never learns to stop.",
      like: (tokens: string[]) => marked(tokens, { end: 0 }),
    },
    {
      id: "with-bot",
      says: "`<bot>` is marked. It is written by the program that asks; the model is given it and says what follows.",
      like: (tokens: string[]) => marked(tokens, { bot: 1 }),
    },
    {
      id: "turned-too-early",
      says: "`<bot>` is marked and `<end>` is not: who speaks was changed before the token was marked. Mark first: `<bot>` is given to the model, `<end>` it says itself.",
      like: (tokens: string[]) => marked(tokens, { bot: 1, end: 0 }),
    },
    {
      id: "never-closed",
      says: "From the first answer on everything is marked, the second question too. After `<end>` it is the user's turn.",
      like: (tokens: string[]) => marked(tokens, { closes: false }),
    },
    {
      id: "inverted",
      says: "This is the opposite: 1 is for what the bot says, 0 for everything else.",
      like: (tokens: string[]) => marked(tokens).map((bit) => 1 - bit),
    },
    {
      id: "only-last",
      says: "Only the last answer is marked. Every answer of the conversation is learned.",
      like: (tokens: string[]) => {
        const last = tokens.lastIndexOf("<bot>");
        return tokens.map((_, i) => (last >= 0 && i > last ? 1 : 0));
      },
    },
    {
      id: "only-first",
      says: "Only the first answer is marked. Every answer of the conversation is learned.",
      like: (tokens: string[]) => {
        const first = tokens.indexOf("<end>");
        return marked(tokens).map((bit, i) => (i <= first ? bit : 0));
      },
    },
    {
      id: "shifted",
      says: "The marks stand one place too early: they say at which token the answer is *predicted*. Here each token is marked that the bot *says*; the shift comes later, with the targets.",
      like: (tokens: string[]) => [...marked(tokens).slice(1), 0],
    },
  ],
  hints: [
    "Read the tokens from left to right and keep in mind who is speaking.",
    "A variable `speaking` is false at first. After `<bot>` it becomes true, after `<end>` false. Mark a token if the bot is speaking when it comes; `<end>` is the last one it says.",
    [
      "let speaking = false;",
      "return tokens.map((token) => {",
      "  const mark = speaking ? 1 : 0;",
      '  if (token === "<bot>") speaking = true;',
      "  if (/* ... */) speaking = false;",
      "  return mark;",
      "});",
    ].join("\n"),
  ],
};
