/** @file Exercise 5.1, held back: the loop that writes. Expected values come from `reference/05.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/05.json";

type Model = (window: number[]) => number[];
type Options = { maxTokens: number; contextLength: number; stopId: number };

/** A right answer by recursion, in which one thing is changed. */
function spoiled({
  window = (all: number[], n: number): number[] => all.slice(Math.max(0, all.length - n)),
  ends = (left: number): boolean => left <= 0,
  start = -Infinity,
  atStop = (_id: number): number[] => [],
  remember = (all: number[], id: number): number[] => [...all, id],
  front = (_prompt: number[]): number[] => [],
}): Record<string, unknown> {
  return {
    continueText(model: Model, prompt: number[], { maxTokens, contextLength, stopId }: Options): number[] {
      const rest = (all: number[], left: number): number[] => {
        if (ends(left)) return [];
        let [best, id] = [start, 0];
        model(window(all, contextLength)).forEach((logit, i) => {
          if (logit > best) [best, id] = [logit, i];
        });
        return id === stopId ? atStop(id) : [id, ...rest(remember(all, id), left - 1)];
      };
      return [...front(prompt), ...rest(prompt, maxTokens)];
    },
  };
}

export const continueText: HeldBack = {
  cases: reference["5.1"],
  right: [
    { how: "recursion", answers: spoiled({}) },
    {
      how: "a for loop and a window that is moved along",
      answers: {
        continueText(model: Model, prompt: number[], { maxTokens, contextLength, stopId }: Options): number[] {
          const out: number[] = [];
          const window = prompt.slice(-contextLength);
          for (let i = 0; i < maxTokens; i++) {
            const logits = model([...window]);
            let id = 0;
            for (let j = 1; j < logits.length; j++) if (logits[j]! > logits[id]!) id = j;
            if (id === stopId) return out;
            out.push(id);
            window.push(id);
            if (window.length > contextLength) window.shift();
          }
          return out;
        },
      },
    },
  ],
  wrong: [
    { how: "prompt and all", told: "with-prompt", answers: spoiled({ front: (prompt) => prompt }) },
    { how: "the stop token stays", told: "with-stop", answers: spoiled({ atStop: (id) => [id] }) },
    {
      how: "continue instead of break",
      told: "goes-on",
      answers: {
        continueText(
          model: (window: number[]) => number[],
          prompt: number[],
          options: { maxTokens: number; contextLength: number; stopId: number },
        ): number[] {
          const all = [...prompt];
          const text: number[] = [];
          for (let i = 0; i < options.maxTokens; i++) {
            const logits = model(all.slice(-options.contextLength));
            const id = logits.indexOf(Math.max(...logits));
            all.push(id);
            if (id === options.stopId) continue;
            text.push(id);
          }
          return text;
        },
      },
    },
    { how: "all tokens each time", told: "no-window", answers: spoiled({ window: (all) => all }) },
    { how: "the first tokens", told: "first-window", answers: spoiled({ window: (all, n) => all.slice(0, n) }) },
    { how: "nothing is appended", told: "same-question", answers: spoiled({ remember: (all) => all }) },
    { how: "one more", told: "one-too-many", answers: spoiled({ ends: (left) => left < 0 }) },
    { how: "the search begins with 0", told: "below-zero", answers: spoiled({ start: 0 }) },
  ],
};
