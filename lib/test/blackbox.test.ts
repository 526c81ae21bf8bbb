/** Five systems that look alike: what each does with a message, and that only an examination of what was *not* told tells them apart. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { askTown, BOX_KINDS, type BoxKind, createBox, MESSAGE_BUDGET, openBox, tellTown } from "../src/blackbox";
import {
  askOnce,
  compareAcrossConversations,
  compareTiming,
  compareTwoAnswers,
  examine,
  type Strategy,
} from "../src/examine";

const SEEDS = Array.from({ length: 40 }, (_, i) => `draw ${i}`);

/** On how many of 40 draws of each kind a strategy is wrong. */
function wrongOn(strategy: Strategy): Record<BoxKind, number> {
  const wrong = (kind: BoxKind): number =>
    SEEDS.filter((seed) => strategy(createBox(kind, seed)) !== (kind === "live learning")).length;
  return Object.fromEntries(BOX_KINDS.map((kind) => [kind, wrong(kind)])) as Record<BoxKind, number>;
}

test("the library's examination is right on more than 99 % of 200 draws, 40 of each kind", () => {
  const wrong = Object.values(wrongOn((box) => examine(box).isLearning)).reduce((a, b) => a + b);
  assert.ok(wrong < 0.01 * BOX_KINDS.length * SEEDS.length, `${wrong} of 200 wrong`);
});

test("it also names the kind on 97 % of 200 draws or more", () => {
  const wrong = BOX_KINDS.flatMap((kind) => SEEDS.filter((seed) => examine(createBox(kind, seed)).kind !== kind));
  assert.ok(wrong.length <= 0.03 * 200, `${wrong.length} of 200 wrong`);
});

test("strategies that sound reasonable are fooled, each by kinds of its own", () => {
  const half = SEEDS.length / 2;
  const two = wrongOn(compareTwoAnswers);
  assert.ok(Math.min(two["plain inference"], two["cached answers"], two["retrieval memory"]) === 40);
  const across = wrongOn(compareAcrossConversations);
  assert.equal(across["retrieval memory"], 40);
  assert.ok(across["sampling noise"] > 4);
  const timing = wrongOn(compareTiming);
  assert.ok(timing["retrieval memory"] > half && timing["live learning"] > 4);
  const once = wrongOn(askOnce);
  assert.ok(Math.min(once["plain inference"], once["cached answers"], once["retrieval memory"]) === 40);
});

test("the weights' hash changes in a box that learns and in no other, whatever the examination sends", () => {
  for (const kind of BOX_KINDS) {
    for (const seed of SEEDS.slice(0, 10)) {
      const box = createBox(kind, seed);
      examine(box);
      const { hashBefore, hashNow, kind: inside } = openBox(box);
      assert.equal(inside, kind);
      assert.equal(hashBefore !== hashNow, kind === "live learning", `${kind}, ${seed}`);
    }
  }
});

/** Is told a town that nobody lives in, about the first person; then that person is asked about. */
function afterTelling(kind: BoxKind, asked: { newConversation: boolean; wording: number }): boolean {
  const box = createBox(kind, "one");
  const homes = box.people.map((name) => box.say(askTown(name)).text);
  const lie = box.towns.find((town) => !homes.includes(town))!;
  const name = box.people[0]!;
  box.newConversation();
  box.say(askTown(name));
  for (let i = 0; i < 3; i++) box.say(tellTown(name, lie, i));
  if (asked.newConversation) box.newConversation();
  return box.say(askTown(name, asked.wording)).text === lie;
}

test("within a conversation every kind says what it was told; in a new one, only those that keep something", () => {
  for (const kind of ["plain inference", "retrieval memory", "live learning"] as const) {
    assert.equal(afterTelling(kind, { newConversation: false, wording: 0 }), true, kind);
  }
  assert.equal(afterTelling("plain inference", { newConversation: true, wording: 0 }), false);
  assert.equal(afterTelling("cached answers", { newConversation: true, wording: 0 }), true);
  assert.equal(afterTelling("cached answers", { newConversation: true, wording: 1 }), false);
  assert.equal(afterTelling("retrieval memory", { newConversation: true, wording: 1 }), true);
  assert.equal(afterTelling("live learning", { newConversation: true, wording: 1 }), true);
});

test("the same seed and the same messages give the same replies, with their times; another seed gives others", () => {
  const transcript = (seed: number): string => {
    const box = createBox("sampling noise", seed);
    return JSON.stringify(box.people.map((name) => box.say(askTown(name))));
  };
  assert.equal(transcript(3), transcript(3));
  assert.notEqual(transcript(3), transcript(4));
});

test("before anything is told, all kinds but the noisy one answer alike", () => {
  const answers = (kind: BoxKind): string => {
    const box = createBox(kind, 5);
    return box.people.map((name) => box.say(askTown(name, 2)).text).join(" ");
  };
  const seen = new Set(BOX_KINDS.filter((kind) => kind !== "sampling noise").map(answers));
  assert.equal(seen.size, 1);
});

test("a box shows people, towns, messages left and nothing else, and answers no more than its budget", () => {
  const box = createBox("plain inference", 1, { budget: 2 });
  assert.deepEqual(Object.keys(box).sort(), ["messagesLeft", "newConversation", "people", "say", "towns"]);
  assert.ok(Object.isFrozen(box) && Object.isFrozen(box.people));
  assert.equal(createBox("plain inference", 1).messagesLeft, MESSAGE_BUDGET);
  assert.throws(() => openBox(createBox("plain inference", 1, { sealed: true })), /a sealed one/);
  box.say("Where does Arla live?");
  assert.equal(box.say("Arla lives in Oxley now.").text, "Noted.");
  assert.equal(box.messagesLeft, 0);
  assert.throws(() => box.say("Where does Arla live?"), /at most 2, received one more/);
});
