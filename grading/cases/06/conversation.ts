/** @file Exercise 6.1: a conversation as one text, in the form that the model is taught. */

import { exact } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

interface Message {
  role: string;
  content: string;
}

const user = (content: string): { role: string; content: string } => ({ role: "user", content });
const bot = (content: string): { role: string; content: string } => ({ role: "bot", content });

/** The right text but for what is changed. */
function written(
  messages: readonly Message[],
  { doc = "<doc>", space = " ", end = "<end>", userEnd = "", between = "", open = "<bot>" } = {},
): string {
  const turns = messages.map(({ role, content }) => `<${role}>${space}${content}${role === "bot" ? end : userEnd}`);
  return doc + turns.join(between) + (messages.at(-1)?.role === "user" ? open : "");
}

export const conversation: CodeExercise = {
  id: "6.1",
  title: "The template",
  points: 2,
  minutes: 8,
  answers: ['conversation(messages: { role: "user" | "bot"; content: string }[]): string'],
  compare: exact,
  cases: [
    {
      args: [[user("Who?"), bot("Brena.")]],
      expected: "<doc><user> Who?<bot> Brena.<end>",
      note: "a question and its answer",
    },
    { args: [[user("Who?")]], expected: "<doc><user> Who?<bot>", note: "a question that waits for its answer" },
    {
      args: [[user("Who?"), bot("Brena."), user("Sure?"), bot("Yes.")]],
      expected: "<doc><user> Who?<bot> Brena.<end><user> Sure?<bot> Yes.<end>",
      note: "two turns",
    },
    {
      args: [[user("Who?"), bot("Brena."), user("Sure?")]],
      expected: "<doc><user> Who?<bot> Brena.<end><user> Sure?<bot>",
      note: "a second question that waits",
    },
  ],
  mistakes: [
    {
      id: "not-opened",
      says: "A question that waits for its answer has to end with `<bot>`: that is where the model goes on. Without it the model may go on with the question.",
      like: (messages: Message[]) => written(messages, { open: "" }),
    },
    {
      id: "always-open",
      says: "A conversation that the bot has ended is opened again. `<bot>` belongs at the end only if the last message is the user's.",
      like: (messages: Message[]) => `${written(messages, { open: "" })}<bot>`,
    },
    {
      id: "space-before-end",
      says: "A space stands in front of `<end>`. It would be a token of its own that the model has to say.",
      like: (messages: Message[]) => written(messages, { end: " <end>" }),
    },
    {
      id: "no-space",
      says: 'There is no space behind the role. Most tokens begin with their space (`" Brena"`, not `"Brena"`), so without it the model meets tokens it rarely read.',
      like: (messages: Message[]) => written(messages, { space: "" }),
    },
    {
      id: "space-after-bot",
      says: 'An open question ends with `<bot>` itself. The space belongs to the first token of the answer, `" Brena"`.',
      like: (messages: Message[]) => written(messages, { open: "<bot> " }),
    },
    {
      id: "no-end",
      says: "`<end>` is missing behind what the bot says. From it the model learns to stop.",
      like: (messages: Message[]) => written(messages, { end: "" }),
    },
    {
      id: "end-everywhere",
      says: "`<end>` stands behind every message. Only the bot has to learn when it has finished; `<bot>` already shows where the question ends.",
      like: (messages: Message[]) => written(messages, { userEnd: "<end>" }),
    },
    {
      id: "no-doc",
      says: "`<doc>` is missing at the beginning. In pretraining every document began with it.",
      like: (messages: Message[]) => written(messages, { doc: "" }),
    },
    {
      id: "doc-each-turn",
      says: "`<doc>` stands in front of every turn. It begins a document, and a conversation is one document: the second question may refer to the first.",
      like: (messages: Message[]) =>
        messages
          .map(({ role, content }) => (role === "user" ? `<doc><user> ${content}` : `<bot> ${content}<end>`))
          .join("") + (messages.at(-1)?.role === "user" ? "<bot>" : ""),
    },
    {
      id: "lines",
      says: "The messages stand on lines of their own. The special tokens part them already; a line end is one token more that says nothing.",
      like: (messages: Message[]) => written(messages, { between: "\n" }),
    },
    {
      id: "only-first",
      says: "Only the first question and answer are there. A conversation can have several turns.",
      like: (messages: Message[]) => written(messages.slice(0, 2)),
    },
  ],
  hints: [
    "Write the first example by hand, piece by piece. Which piece comes once, and which come again with each message?",
    "Turn each message into `<role> content`, with `<end>` behind it if the bot said it; join them behind `<doc>`. If the last one is the user's, add `<bot>`.",
    [
      'let text = "<doc>";',
      "for (const { role, content } of messages) {",
      '  text += "<" + role + "> " + content;',
      '  if (/* who said it? */) text += "<end>";',
      "}",
      'if (/* whose turn is it? */) text += "<bot>";',
      "return text;",
    ].join("\n"),
  ],
};
