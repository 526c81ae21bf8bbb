/** @file Exercise 6.2, held back: the mask. Expected values come from `reference/06.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/06.json";

const answer = (answerMask: (tokens: string[]) => unknown): Record<string, unknown> => ({ answerMask });

/** 1 where `is` holds for what stands last of `<bot>`, `<user>` and `<end>` before the token. */
const after = (tokens: string[], is: (last: string | undefined, token: string) => boolean): number[] =>
  tokens.map((token, i) => {
    const last = tokens
      .slice(0, i)
      .reverse()
      .find((before) => /^<(bot|user|end)>$/.test(before));
    return is(last, token) ? 1 : 0;
  });

export const answerMask: HeldBack = {
  cases: reference["6.2"],
  right: [
    {
      how: "who spoke last",
      answers: answer((tokens) => after(tokens, (last) => last === "<bot>")),
    },
    {
      how: "a flag in a loop",
      answers: answer((tokens) => {
        const mask: number[] = [];
        let learning = 0;
        for (const token of tokens) {
          mask.push(learning);
          if (token === "<bot>") learning = 1;
          else if (token === "<end>") learning = 0;
        }
        return mask;
      }),
    },
    {
      how: "from every <bot> to the next <end>",
      answers: answer((tokens) => {
        const mask = new Array<number>(tokens.length).fill(0);
        for (let i = tokens.indexOf("<bot>"); i >= 0; i = tokens.indexOf("<bot>", i + 1)) {
          const end = tokens.indexOf("<end>", i);
          mask.fill(1, i + 1, end < 0 ? tokens.length : end + 1);
        }
        return mask;
      }),
    },
  ],
  wrong: [
    {
      how: "the end is not learned",
      told: "without-end",
      answers: answer((tokens) => after(tokens, (last, token) => last === "<bot>" && token !== "<end>")),
    },
    {
      how: "the flag is set before the mark",
      told: "with-bot",
      answers: answer((tokens) => after(tokens, (last, token) => last === "<bot>" || token === "<bot>")),
    },
    {
      how: "everything after the first <bot>",
      told: "never-closed",
      answers: answer((tokens) => {
        const first = tokens.indexOf("<bot>");
        return tokens.map((token, i) => (first >= 0 && i > first && token !== "<bot>" ? 1 : 0));
      }),
    },
    {
      how: "after the last <bot>",
      told: "only-last",
      answers: answer((tokens) => {
        const last = tokens.lastIndexOf("<bot>");
        return tokens.map((_, i) => (last !== -1 && i > last ? 1 : 0));
      }),
    },
    {
      how: "the question is marked",
      told: "inverted",
      answers: answer((tokens) => after(tokens, (last) => last !== "<bot>")),
    },
    {
      how: "as the targets will be",
      told: "shifted",
      answers: answer((tokens) => {
        const mask = after(tokens, (last) => last === "<bot>");
        return tokens.map((_, i) => mask[i + 1] ?? 0);
      }),
    },
  ],
};
