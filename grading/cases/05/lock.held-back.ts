/** @file Exercise 5.6, held back: weights that can be read and not written. Expected values come from `reference/05.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/05.json";

type WeightLists = Record<string, number[]>;

/** A right answer with a loop, in which one thing is changed. */
function spoiled({
  list = (one: number[]): number[] => Object.freeze(one.slice()) as number[],
  record = (all: WeightLists): WeightLists => Object.freeze(all) as WeightLists,
}): Record<string, unknown> {
  return {
    lock(weights: WeightLists): WeightLists {
      const all: WeightLists = {};
      for (const name of Object.keys(weights)) all[name] = list(weights[name]!);
      return record(all);
    },
  };
}

const copied = (one: number[]): number[] => one.slice();
const open = (all: WeightLists): WeightLists => all;

export const lock: HeldBack = {
  cases: reference["5.6"],
  right: [
    { how: "a loop and freeze", answers: spoiled({}) },
    {
      how: "a clone, frozen on both levels",
      answers: {
        lock(weights: WeightLists): WeightLists {
          const clone = structuredClone(weights);
          Object.values(clone).forEach(Object.freeze);
          return Object.freeze(clone) as WeightLists;
        },
      },
    },
    {
      how: "guards that throw",
      answers: {
        lock(weights: WeightLists): WeightLists {
          const no = (): never => {
            throw new Error("These weights are locked.");
          };
          const guard = { set: no, deleteProperty: no, defineProperty: no };
          const clone = Object.fromEntries(
            Object.entries(weights).map(([name, one]) => [name, new Proxy([...one], guard)]),
          );
          return new Proxy(clone, guard);
        },
      },
    },
  ],
  wrong: [
    { how: "the record only", told: "shallow", answers: spoiled({ list: copied }) },
    { how: "the record only, lists shared", told: "shallow-shared", answers: spoiled({ list: (one) => one }) },
    { how: "the lists only", told: "lists-only", answers: spoiled({ record: open }) },
    {
      how: "in place",
      told: "original-locked",
      answers: {
        lock(weights: WeightLists): WeightLists {
          for (const name of Object.keys(weights)) Object.freeze(weights[name]);
          return Object.freeze(weights) as WeightLists;
        },
      },
    },
    { how: "a copy", told: "only-copied", answers: spoiled({ list: copied, record: open }) },
    { how: "the very same", told: "same", answers: { lock: (weights: WeightLists): WeightLists => weights } },
  ],
};
