/** @file Exercise 5.6: weights that can be read and not written. */

import { exact } from "../../src/compare";
import type { CodeExercise } from "../../src/table";
import { outcomeOf } from "../foreseen";

type WeightLists = Record<string, number[]>;
type Lock = (weights: WeightLists) => WeightLists;

/** Locks, tries something, and reads afterwards what stands in the locked weights and in the original. */
const lockAndTry = ({ lock }: { lock: Lock }, [weights, name, attempt]: [WeightLists, string, string]): unknown => {
  const locked = lock(weights);
  if (locked === null || typeof locked !== "object" || "then" in locked) return locked;
  const acts: Record<string, () => unknown> = {
    "only read": () => locked[name],
    "set a number": () => Object.assign(locked[name]!, { 0: 99 }),
    "append a number": () => locked[name]!.push(99),
    "replace a list": () => Object.assign(locked, { [name]: [99] }),
    "remove a list": () => Reflect.deleteProperty(locked, name),
    "add a list": () => Object.assign(locked, { extra: [99] }),
    "change the original": () => Object.assign(weights[name]!, { 0: 99 }),
  };
  try {
    acts[attempt]!();
  } catch {
    // refused, as it should be
  }
  const read = (from: WeightLists): WeightLists =>
    Object.fromEntries(Object.keys(from).map((key) => [key, Array.from(from[key]!)]));
  return { locked: read(locked), original: read(weights) };
};

/** What comes of a lock for the arguments of a case. */
const tryOn = (lock: Lock) => (weights: WeightLists, name: string, attempt: string) =>
  lockAndTry({ lock }, [structuredClone(weights), name, attempt]);

const frozenList = (list: number[]): number[] => Object.freeze([...list]) as number[];
const mapLists = (weights: WeightLists, map: (list: number[]) => number[]): WeightLists =>
  Object.fromEntries(Object.entries(weights).map(([name, list]) => [name, map(list)]));

const WEIGHTS = { gain: [1, 2], bias: [3] };

export const lock: CodeExercise = {
  id: "5.6",
  title: "A model that refuses writes",
  points: 2,
  minutes: 10,
  answers: ["lock(weights: Record<string, number[]>): Record<string, readonly number[]>"],
  compare: exact,
  changesInput: true,
  call: lockAndTry,
  cases: [
    {
      args: [WEIGHTS, "gain", "only read"],
      expected: { locked: WEIGHTS, original: WEIGHTS },
      note: "what was locked can be read",
    },
    {
      args: [WEIGHTS, "gain", "set a number"],
      expected: { locked: WEIGHTS, original: WEIGHTS },
      note: "locked.gain[0] = 99 must change nothing",
    },
    {
      args: [WEIGHTS, "bias", "replace a list"],
      expected: { locked: WEIGHTS, original: WEIGHTS },
      note: "locked.bias = [99] must change nothing",
    },
    {
      args: [WEIGHTS, "gain", "append a number"],
      expected: { locked: WEIGHTS, original: WEIGHTS },
      note: "locked.gain.push(99) must change nothing",
    },
    {
      args: [WEIGHTS, "gain", "change the original"],
      expected: { locked: WEIGHTS, original: { gain: [99, 2], bias: [3] } },
      note: "the original may still be trained, and the locked copy must not follow",
    },
  ],
  mistakes: [
    {
      id: "shallow",
      says: "The record refuses writes, the lists in it do not. Object.freeze reaches one level: freeze each list too.",
      when: outcomeOf(tryOn((weights) => Object.freeze(mapLists(weights, (list) => [...list])) as WeightLists)),
    },
    {
      id: "shallow-shared",
      says: "The record refuses writes, but its lists are those of the original: whoever writes into one writes into both. Copy each list, then freeze the copy.",
      when: outcomeOf(tryOn((weights) => Object.freeze({ ...weights }) as WeightLists)),
    },
    {
      id: "lists-only",
      says: "The lists refuse writes, but a whole list can be replaced or removed. Freeze the record too.",
      when: outcomeOf(tryOn((weights) => mapLists(weights, frozenList))),
    },
    {
      id: "original-locked",
      says: "The original was locked as well: nobody can train it any more. Lock a copy.",
      when: outcomeOf(
        tryOn((weights) => {
          for (const list of Object.values(weights)) Object.freeze(list);
          return Object.freeze(weights) as WeightLists;
        }),
      ),
    },
    {
      id: "only-copied",
      says: "A copy keeps the original safe, but the copy itself can be written. Object.freeze its lists and itself.",
      when: outcomeOf(tryOn((weights) => mapLists(weights, (list) => [...list]))),
    },
    {
      id: "same",
      says: "What came back is the original itself, or shares its lists, and can be written. Make a copy, and freeze it.",
      when: outcomeOf(tryOn((weights) => weights)),
    },
  ],
  hints: [
    "Two things are asked: a copy, so that the original stays free, and a lock on the copy, on every level of it.",
    "Object.entries gives the names and lists. For each list: copy it with [...list] and Object.freeze the copy. Put them into a new record with Object.fromEntries, and Object.freeze that too.",
    [
      "const lists = Object.entries(weights).map(([name, list]) => [name, Object.freeze(/* a copy */)] as const);",
      "return /* locked too */ (Object.fromEntries(lists));",
    ].join("\n"),
  ],
};
