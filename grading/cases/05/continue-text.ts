/** @file Exercise 5.1: the loop that writes a text, token by token. */

import { exact } from "../../src/compare";
import type { CodeExercise } from "../../src/table";
import { outcomeOf } from "../foreseen";

type Model = (window: number[]) => number[];
interface Options {
  maxTokens: number;
  contextLength: number;
  stopId: number;
}
type Spec = "sum of the window" | number[][];

/** A model one can follow by head: the next token is the last digit of the sum of what it sees, or read from a table. */
function modelOf(spec: Spec): Model {
  if (typeof spec !== "string") return (window) => spec[window[window.length - 1]!]!;
  return (window) => Array.from({ length: 10 }, (_, id) => (id === window.reduce((a, b) => a + b, 0) % 10 ? 1 : 0));
}

const largest = (logits: readonly number[]): number => logits.indexOf(Math.max(...logits));

/** The loop with one thing changed. */
function loopWith({
  see = (ids: number[], n: number): number[] => ids.slice(-n),
  more = (written: number, maxTokens: number): boolean => written < maxTokens,
  result = (_prompt: number[], written: number[]): number[] => written,
  choose = largest,
  keepsStop = false,
  grows = true,
}) {
  return (spec: Spec, prompt: number[], { maxTokens, contextLength, stopId }: Options): number[] => {
    const model = modelOf(spec);
    const written: number[] = [];
    while (more(written.length, maxTokens)) {
      const id = choose(model(see(grows ? [...prompt, ...written] : prompt, contextLength)));
      if (id === stopId && !keepsStop) break;
      written.push(id);
      if (id === stopId) break;
    }
    return result(prompt, written);
  };
}

const SUM = "sum of the window";

export const continueText: CodeExercise = {
  id: "5.1",
  title: "The loop that writes",
  points: 2,
  minutes: 12,
  answers: [
    "continueText(model: (window: number[]) => number[], prompt: number[], options: { maxTokens: number; contextLength: number; stopId: number }): number[]",
  ],
  compare: exact,
  call: (
    { continueText }: { continueText: (model: Model, prompt: number[], options: Options) => unknown },
    [spec, prompt, options]: [Spec, number[], Options],
  ) => {
    const last = (window: number[]): number => window[window.length - 1]!;
    const sum = (window: number[]): number => window.reduce((a, b) => a + b, 0) % 10;
    const model: Model = (window) =>
      typeof spec === "string"
        ? Array.from({ length: 10 }, (_, id) => (id === sum(window) ? 1 : 0))
        : spec[last(window)]!;
    return continueText(model, prompt, options);
  },
  cases: [
    {
      args: [SUM, [1, 2], { maxTokens: 1, contextLength: 8, stopId: 0 }],
      expected: [3],
      note: "this model says the last digit of the sum of what it sees: 1 + 2",
    },
    {
      args: [SUM, [1, 2], { maxTokens: 3, contextLength: 8, stopId: 0 }],
      expected: [3, 6, 2],
      note: "each new token is part of the next question: 3, then 1 + 2 + 3, then 12",
    },
    {
      args: [SUM, [1, 2], { maxTokens: 5, contextLength: 8, stopId: 6 }],
      expected: [3],
      note: "1 + 2 + 3 gives the stop token, here 6, which ends the text and does not belong to it",
    },
    {
      args: [SUM, [1, 2, 3], { maxTokens: 3, contextLength: 2, stopId: 0 }],
      expected: [5, 8, 3],
      note: "it sees two tokens: 2 + 3, then 3 + 5, then 5 + 8",
    },
    {
      args: [
        [
          [-1, -2, -0.5],
          [0.1, 3, 2],
          [5, 4, 6],
        ],
        [0],
        { maxTokens: 2, contextLength: 4, stopId: 1 },
      ],
      expected: [2, 2],
      note: "logits may be below zero; the largest one wins",
    },
  ],
  mistakes: [
    {
      id: "with-prompt",
      says: "The prompt came back too. Return only what was written.",
      when: outcomeOf(loopWith({ result: (prompt, written) => [...prompt, ...written] })),
    },
    {
      id: "with-stop",
      says: "The stop token is in the result. It ends the text and does not belong to it.",
      when: outcomeOf(loopWith({ keepsStop: true })),
    },
    {
      id: "goes-on",
      says: "The stop token was left out, and then writing went on. It ends the text: leave the loop there.",
      when: outcomeOf((spec: Spec, prompt: number[], { maxTokens, contextLength, stopId }: Options) => {
        const ids = [...prompt];
        for (let i = 0; i < maxTokens; i++) ids.push(largest(modelOf(spec)(ids.slice(-contextLength))));
        return ids.slice(prompt.length).filter((id) => id !== stopId);
      }),
    },
    {
      id: "no-window",
      says: "The model was given more than `contextLength` tokens. It sees the last ones: ids.slice(-contextLength).",
      when: outcomeOf(loopWith({ see: (ids) => ids })),
    },
    {
      id: "first-window",
      says: "The model was given the first `contextLength` tokens, which never change again. It sees the last ones.",
      when: outcomeOf(loopWith({ see: (ids, n) => ids.slice(0, n) })),
    },
    {
      id: "same-question",
      says: "The model was asked the same question each time. A token that was written belongs to the next question.",
      when: outcomeOf(loopWith({ grows: false })),
    },
    {
      id: "one-too-many",
      says: "One token too many: at most `maxTokens` are written.",
      when: outcomeOf(loopWith({ more: (written, maxTokens) => written <= maxTokens })),
    },
    {
      id: "below-zero",
      says: "When all logits are below zero, none was found: begin the search with -Infinity, or with the first logit, not with 0.",
      when: outcomeOf(
        loopWith({
          choose: (logits) => {
            let [best, id] = [0, 0];
            logits.forEach((logit, i) => {
              if (logit > best) [best, id] = [logit, i];
            });
            return id;
          },
        }),
      ),
    },
  ],
  hints: [
    "The model does one thing: it takes a list of tokens and gives logits for the one after. Everything else is a list that grows.",
    "Copy the prompt into a list. Up to maxTokens times: give the model the last contextLength of the list, find the index of the largest logit, stop if it is stopId, else append it. At the end return the list without the prompt.",
    [
      "const ids = [...prompt];",
      "while (ids.length - prompt.length < options.maxTokens) {",
      "  const logits = model(ids.slice(/* the last contextLength */));",
      "  const id = logits.indexOf(Math.max(...logits));",
      "  if (id === options.stopId) break;",
      "  /* append */",
      "}",
      "return ids.slice(/* without the prompt */);",
    ].join("\n"),
  ],
};
