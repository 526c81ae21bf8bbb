/** @file Exercise 1.1, held back: one merge of byte-pair encoding. Expected values come from `reference/01.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/01.json";

export const mergePair: HeldBack = {
  cases: reference["1.1"],
  right: [
    {
      how: "a while loop that goes on by one or two",
      answers: {
        mergePair(ids: number[], pair: [number, number], newId: number): number[] {
          const out: number[] = [];
          let i = 0;
          while (i < ids.length) {
            const here = i < ids.length - 1 && ids[i] === pair[0] && ids[i + 1] === pair[1];
            out.push(here ? newId : ids[i]!);
            i += here ? 2 : 1;
          }
          return out;
        },
      },
    },
    {
      how: "reduce, with a flag for a used number",
      answers: {
        mergePair: (ids: number[], [a, b]: [number, number], newId: number): number[] => {
          let used = false;
          return ids.reduce<number[]>((out, id, i) => {
            if (used) used = false;
            else if (id === a && ids[i + 1] === b) {
              used = true;
              out.push(newId);
            } else out.push(id);
            return out;
          }, []);
        },
      },
    },
    {
      how: "splice on a copy",
      answers: {
        mergePair: (ids: number[], pair: [number, number], newId: number): number[] => {
          const copy = ids.slice();
          for (let i = 0; i < copy.length; i++) if (pair.every((id, k) => copy[i + k] === id)) copy.splice(i, 2, newId);
          return copy;
        },
      },
    },
  ],
  wrong: [
    {
      how: "splice on the input itself",
      told: "changes-input",
      answers: {
        mergePair(ids: number[], pair: [number, number], newId: number): number[] {
          for (let i = 0; i < ids.length; i++)
            if (ids[i] === pair[0] && ids[i + 1] === pair[1]) ids.splice(i, 2, newId);
          return ids;
        },
      },
    },
    {
      how: "map, and the second number stays",
      told: "keeps-second",
      answers: {
        mergePair(ids: number[], pair: [number, number], newId: number): number[] {
          const out: number[] = [];
          for (let i = 0; i < ids.length; i++) {
            if (ids[i] === pair[0] && ids[i + 1] === pair[1]) out.push(newId);
            else out.push(ids[i]!);
          }
          return out;
        },
      },
    },
    {
      how: "indexOf of the first number, once",
      told: "only-first",
      answers: {
        mergePair(ids: number[], pair: [number, number], newId: number): number[] {
          for (let i = 0; i + 1 < ids.length; i++) {
            if (ids[i] === pair[0] && ids[i + 1] === pair[1]) return ids.slice(0, i).concat(newId, ids.slice(i + 2));
          }
          return ids;
        },
      },
    },
    {
      how: "marks all starts first, then drops what follows one",
      told: "overlap",
      answers: {
        mergePair(ids: number[], pair: [number, number], newId: number): number[] {
          const out: number[] = [];
          ids.forEach((id, i) => {
            const startsAt = (k: number): boolean => ids[k] === pair[0] && ids[k + 1] === pair[1];
            if (startsAt(i)) out.push(newId);
            else if (!startsAt(i - 1)) out.push(id);
          });
          return out;
        },
      },
    },
    {
      how: "a loop to ids.length - 1",
      told: "loses-last",
      answers: {
        mergePair(ids: number[], pair: [number, number], newId: number): number[] {
          const out: number[] = [];
          let i = 0;
          while (i < ids.length - 1) {
            if (ids[i] === pair[0] && ids[i + 1] === pair[1]) {
              out.push(newId);
              i += 2;
            } else out.push(ids[i++]!);
          }
          return out;
        },
      },
    },
    {
      how: "a regular expression on the ids as text",
      told: "as-text",
      answers: {
        mergePair: (ids: number[], pair: [number, number], newId: number): number[] =>
          JSON.parse(`[${ids.join(",").replace(new RegExp(pair.join(","), "g"), `${newId}`)}]`) as number[],
      },
    },
    { how: "no return", told: "no-return", answers: { mergePair: (ids: number[]): void => void ids.slice() } },
    { how: "the number of ids", told: "type", answers: { mergePair: (ids: number[]): number => ids.length } },
  ],
};
