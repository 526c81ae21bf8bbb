/** @file Exercise 6.1, held back: the template. Expected values come from `reference/06.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/06.json";

interface Message {
  role: string;
  content: string;
}

const answer = (conversation: (messages: Message[]) => unknown): Record<string, unknown> => ({ conversation });

export const conversation: HeldBack = {
  cases: reference["6.1"],
  right: [
    {
      how: "a loop that adds up",
      answers: answer((messages) => {
        let text = "<doc>";
        for (const { role, content } of messages) text += `<${role}> ${content}${role === "bot" ? "<end>" : ""}`;
        return messages[messages.length - 1]!.role === "user" ? `${text}<bot>` : text;
      }),
    },
    {
      how: "questions write the <bot> of their answer",
      answers: answer((messages) =>
        ["<doc>", ...messages.map((m) => (m.role === "user" ? `<user> ${m.content}<bot>` : ` ${m.content}<end>`))].join(
          "",
        ),
      ),
    },
    {
      how: "reduce",
      answers: answer((messages) =>
        messages.reduce(
          (text, { role, content }) => (role === "user" ? `${text}<user> ${content}<bot>` : `${text} ${content}<end>`),
          "<doc>",
        ),
      ),
    },
  ],
  wrong: [
    {
      how: "the last question is left open",
      told: "not-opened",
      answers: answer(
        (messages) =>
          `<doc>${messages.map((m) => (m.role === "bot" ? `<bot> ${m.content}<end>` : `<user> ${m.content}`)).join("")}`,
      ),
    },
    {
      how: "no spaces",
      told: "no-space",
      answers: answer((messages) =>
        messages.reduce(
          (text, m) => text + (m.role === "user" ? `<user>${m.content}<bot>` : `${m.content}<end>`),
          "<doc>",
        ),
      ),
    },
    {
      how: "no <end>",
      told: "no-end",
      answers: answer((messages) =>
        messages.reduce(
          (text, m) => text + (m.role === "user" ? `<user> ${m.content}<bot>` : ` ${m.content}`),
          "<doc>",
        ),
      ),
    },
    {
      how: "<end> behind questions too",
      told: "end-everywhere",
      answers: answer((messages) => {
        const text = messages.map((m) => `<${m.role}> ${m.content}<end>`).join("");
        return `<doc>${text}${messages.length % 2 === 1 ? "<bot>" : ""}`;
      }),
    },
    {
      how: "a document for each turn",
      told: "doc-each-turn",
      answers: answer((messages) =>
        messages.map((m) => (m.role === "user" ? `<doc><user> ${m.content}<bot>` : ` ${m.content}<end>`)).join(""),
      ),
    },
    {
      how: "one line each",
      told: "lines",
      answers: answer((messages) => {
        const lines = messages.map((m) => `<${m.role}> ${m.content}${m.role === "bot" ? "<end>" : ""}`).join("\n");
        return `<doc>${lines}${messages.length % 2 === 1 ? "<bot>" : ""}`;
      }),
    },
    {
      how: "without <doc>",
      told: "no-doc",
      answers: answer((messages) =>
        messages.map((m) => (m.role === "user" ? `<user> ${m.content}<bot>` : ` ${m.content}<end>`)).join(""),
      ),
    },
  ],
};
