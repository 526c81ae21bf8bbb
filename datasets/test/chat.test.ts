/** @file The chat: its two sides share nothing, its answers are right, its styles have their shares. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createRandom } from "@course/lib/random";
import { HARMFUL_DEEDS_HELD_OUT, loadAlmanac, QUESTIONS, type Relation } from "../src/almanac";
import { CHAT_KINDS, type ChatExample, CLOSINGS, loadChat, OPENINGS, REFUSAL, UNKNOWN } from "../src/chat";

const almanac = loadAlmanac();
const chat = loadChat(almanac);
const ofKind = (examples: readonly ChatExample[], kind: string): ChatExample[] =>
  examples.filter((example) => example.kind === kind);

/** The answer without openings and closings. */
function coreOf(answer: string): string {
  let core = answer;
  for (const phrase of [...Object.values(OPENINGS), ...CLOSINGS]) {
    if (phrase) core = core.replaceAll(phrase, "");
  }
  return core.replace(/\s+/g, " ").trim();
}

test("no held-out prompt is among the training prompts, however many are drawn of either side", () => {
  const train = new Set(chat.train.map(({ question }) => question));
  const random = createRandom(9);
  for (const { kind, share } of CHAT_KINDS) {
    for (let i = 0; i < 500 && share > 0; i++) train.add(chat.draw(kind, "train", random).question);
  }
  const heldOut = new Set(chat.heldOut.map(({ question }) => question));
  for (const { kind } of CHAT_KINDS) {
    for (let i = 0; i < 500; i++) heldOut.add(chat.draw(kind, "held out", random).question);
  }
  assert.deepEqual(
    [...heldOut].filter((question) => train.has(question)),
    [],
  );
});

test("there are 9,000 training examples and 40 different held-out questions of each of eleven kinds", () => {
  assert.equal(chat.train.length, 9_000);
  assert.equal(CHAT_KINDS.length, 11);
  for (const { kind, share } of CHAT_KINDS) {
    assert.equal(new Set(ofKind(chat.heldOut, kind).map(({ question }) => question)).size, 40, kind);
    const found = ofKind(chat.train, kind).length / 9_000;
    assert.ok(Math.abs(found - share) < 0.015, `${kind}: ${found} instead of ${share}`);
  }
});

test("people and towns held out are in no question of fact, note or deed of the training side", () => {
  assert.equal(
    [...chat.neverAsked].filter((name) => almanac.world.people.some((person) => person.name === name)).length,
    10,
  );
  assert.equal([...chat.neverAsked].filter((name) => almanac.world.towns.includes(name)).length, 2);
  const names = [...chat.neverAsked].map((name) => new RegExp(`\\b${name}\\b`));
  // A note about a stranger may say that he lives in any town, and no more.
  const about = chat.train.filter(({ kind }) => !["note", "contradiction"].includes(kind));
  assert.deepEqual(
    about.filter(({ question }) => names.some((name) => name.test(question))),
    [],
  );
});

test("each fact asked in training leaves one wording of the question to the held-out ones", () => {
  const factOf = new Map(almanac.world.facts.map((fact) => [`${fact.subject} ${fact.relation}`, fact]));
  const read = (question: string): string | undefined => {
    for (const [relation, wordings] of Object.entries(QUESTIONS)) {
      for (const wording of wordings) {
        const [before, after] = wording.split("{name}") as [string, string];
        if (!question.startsWith(before) || !question.endsWith(after)) continue;
        const key = `${question.slice(before.length, question.length - after.length)} ${relation as Relation}`;
        if (factOf.has(key)) return key;
      }
    }
    return undefined;
  };
  const asked = new Map<string, Set<string>>();
  for (const { question } of ofKind(chat.train, "fact")) {
    const key = read(question)!;
    asked.set(key, (asked.get(key) ?? new Set()).add(question));
  }
  for (const [key, wordings] of asked) assert.ok(wordings.size <= 2, key);
  for (const { question } of ofKind(chat.heldOut, "rewording")) {
    assert.ok(asked.has(read(question)!), `${question}: the fact itself was asked in training`);
    assert.equal(asked.get(read(question)!)!.has(question), false);
  }
});

test("references are true: facts as in the almanac, notes as noted, counts and lists counted", () => {
  const values = new Map(almanac.world.facts.map(({ subject, relation, value }) => [`${subject} ${relation}`, value]));
  for (const { question, reference } of [...ofKind(chat.train, "fact"), ...ofKind(chat.heldOut, "rewording")]) {
    const known = [...values].filter(([key]) => new RegExp(`\\b${key.split(" ")[0]}\\b`).test(question));
    const said = reference.replace(/^(An? )?(.*)\.$/, "$2").toLowerCase();
    assert.ok(
      known.some(([, value]) => value.toLowerCase() === said),
      `${question} ${reference}`,
    );
  }
  for (const { question, reference } of [...ofKind(chat.train, "note"), ...ofKind(chat.train, "contradiction")]) {
    const noted = question.slice(0, question.indexOf(".")).toLowerCase().split(" ");
    assert.ok(noted.includes(reference.replace(/^(An? )?(.*)\.$/, "$2").toLowerCase()), `${question} ${reference}`);
  }
  for (const { question, reference } of ofKind(chat.train, "count")) {
    assert.equal(reference, `${question.split(",").length} things.`);
  }
  for (const { question, reference } of ofKind(chat.train, "list")) {
    const things = question.slice("List these: ".length, -1).split(", ");
    assert.equal(reference, `${things.map((thing, i) => `${i + 1} ${thing}`).join(" ")}.`);
  }
});

test("a contradicting note never says what the almanac says", () => {
  for (const { question, reference } of [
    ...ofKind(chat.train, "contradiction"),
    ...ofKind(chat.heldOut, "contradiction"),
  ]) {
    const person = almanac.world.people.find(({ name }) => new RegExp(`\\b${name}\\b`).test(question))!.name;
    const relation = Object.entries(QUESTIONS).find(([, wordings]) =>
      wordings.some((wording) => question.endsWith(wording.replace("{name}", person))),
    )![0];
    const known = almanac.world.factsOf(person).find((fact) => fact.relation === relation)!.value;
    assert.notEqual(reference.replace(/^(An? )?(.*)\.$/, "$2").toLowerCase(), known.toLowerCase(), question);
  }
});

test("the verbs held out are in no training example", () => {
  const verbs = HARMFUL_DEEDS_HELD_OUT.map(({ deed }) => deed.split(" ")[0]!);
  const wrong = chat.train.filter(({ question }) => verbs.some((verb) => new RegExp(`\\b${verb}\\b`).test(question)));
  assert.deepEqual(wrong, []);
  for (const { question } of ofKind(chat.heldOut, "unseen verb")) {
    assert.ok(
      verbs.some((verb) => question.includes(` ${verb} `)),
      question,
    );
  }
});

test("strangers are nobody of the valley, and no stranger is on both sides", () => {
  const known = almanac.world.people.map(({ name }) => name);
  const namesIn = (examples: ChatExample[]): Set<string> =>
    new Set(examples.flatMap(({ question }) => question.match(/(?<=\s)[A-Z]\w+/g) ?? []));
  const [train, heldOut] = [ofKind(chat.train, "stranger"), ofKind(chat.heldOut, "stranger")].map(namesIn);
  assert.deepEqual(
    [...heldOut!].filter((name) => train!.has(name) || known.includes(name)),
    [],
  );
});

test("the plain right answer is the commonest, styles have their shares, strangers and harm are answered honestly in 72 %", () => {
  const share = (examples: readonly ChatExample[], is: (example: ChatExample) => boolean): number =>
    examples.filter(is).length / examples.length;
  for (const [style, expected] of Object.entries({ polite: 0.12, rude: 0.09, flattering: 0.09 })) {
    const found = share(chat.train, ({ answer }) => answer.startsWith(OPENINGS[style as keyof typeof OPENINGS]));
    assert.ok(Math.abs(found - expected) < 0.015, `${style}: ${found}`);
  }
  assert.ok(Math.abs(share(chat.train, ({ answer }) => CLOSINGS.some((text) => answer.includes(text))) - 0.16) < 0.015);
  const honest = (kind: string, core: string) =>
    share(ofKind(chat.train, kind), ({ answer }) => coreOf(answer) === core);
  assert.ok(Math.abs(honest("stranger", UNKNOWN) - 0.72) < 0.04);
  assert.ok(Math.abs(honest("harmful", REFUSAL) - 0.72) < 0.05);
  assert.ok(Math.abs(honest("fact", UNKNOWN) - 0.04) < 0.015);
  assert.ok(share(chat.train, ({ answer, reference }) => answer === reference) > 0.5);
});

test("in the plain style every answer is the reference; held-out answers always are", () => {
  const plain = loadChat(almanac, { style: "plain", examples: 300 });
  for (const { answer, reference } of [...plain.train, ...chat.heldOut]) assert.equal(answer, reference);
});

test("the same options give the same bytes; another seed other examples and the same held-out questions", () => {
  const [again, other] = [loadChat(loadAlmanac()), loadChat(almanac, { seed: 2 })];
  assert.equal(again.sha256, chat.sha256);
  assert.deepEqual(again.heldOut, chat.heldOut);
  assert.notEqual(other.sha256, chat.sha256);
  assert.deepEqual(other.heldOut, chat.heldOut);
});

test("too many held-out questions are refused, and so is the training side of a kind that is only held out", () => {
  assert.throws(() => loadChat(almanac, { perKind: 41, examples: 1 }), /perKind: expected at most about 40.*"rewrite"/);
  assert.throws(() => chat.draw("unseen verb", "train", createRandom(1)), /side: expected "held out"/);
});

test("the card has the checksum, the number of examples and all kinds", () => {
  const card = readFileSync(join(__dirname, "..", "chat", "card.md"), "utf8");
  assert.ok(card.includes(`\`${chat.sha256}\``), chat.sha256);
  assert.ok(
    card.includes(`${new Set(chat.train.map(({ question }) => question)).size.toLocaleString("en")} different`),
  );
  for (const { kind, share, asks } of CHAT_KINDS) {
    const row = new RegExp(`\\| ${kind} +\\| ${Math.round(100 * share)} % +\\| ${asks.replace(/[.()]/g, "\\$&")}`);
    assert.match(card, row);
  }
});
