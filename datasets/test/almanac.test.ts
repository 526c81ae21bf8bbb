/** @file The almanac is one text on every machine, true in itself, mixed as asked, and fair in its questions. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  DEFAULT_MIX,
  HARMFUL_DEEDS,
  HARMFUL_DEEDS_HELD_OUT,
  HELPFUL_DEEDS,
  loadAlmanac,
  type Mix,
  REGISTERS,
  type Register,
  vocabulary,
} from "../src/almanac";

const almanac = loadAlmanac();
const text = almanac.text();

test("the same options give the same bytes, and another seed another valley", () => {
  const small = { characters: 20_000, seed: 7 };
  assert.equal(loadAlmanac(small).text(), loadAlmanac(small).text());
  assert.deepEqual(loadAlmanac(small).probes, loadAlmanac(small).probes);
  assert.notDeepEqual(loadAlmanac({ ...small, seed: 8 }).world.people, loadAlmanac(small).world.people);
});

test("the text is plain ASCII of the asked length, a document a line", () => {
  assert.match(text, /^[\n -~]+$/);
  const longest = Math.max(...almanac.documents.map((document) => document.text.length));
  assert.ok(text.length >= 1_500_000 - 1 && text.length <= 1_500_000 + longest);
  assert.deepEqual(
    text.split("\n"),
    almanac.documents.map((document) => document.text),
  );
});

test("each register has its share of the characters, within half a percent of all", () => {
  const share = sharesOf(almanac.documents);
  for (const register of REGISTERS) {
    assert.ok(Math.abs(share[register]! - DEFAULT_MIX[register]) < 0.005, `${register}: ${share[register]}`);
  }
  assert.ok(Math.abs(Object.values(DEFAULT_MIX).reduce((a, b) => a + b) - 1) < 1e-9);
});

test("another mix takes more or fewer documents from the same streams", () => {
  const tales = loadAlmanac({ mix: { tales: 3, programs: 1 }, characters: 100_000 });
  const share = sharesOf(tales.documents);
  assert.ok(Math.abs(share.tales! - 0.75) < 0.01);
  assert.deepEqual(Object.keys(share).sort(), ["programs", "tales"]);
  const all = new Set(almanac.documents.map((document) => document.text));
  assert.ok(tales.documents.filter(({ register }) => register === "tales").every((document) => all.has(document.text)));
});

test("the documents kept apart come from every register and are not in the text", () => {
  const known = new Set(almanac.documents.map((document) => document.text));
  assert.deepEqual(Object.keys(sharesOf(almanac.heldOutDocuments)).sort(), [...REGISTERS].sort());
  assert.deepEqual(
    almanac.heldOutDocuments.filter((document) => known.has(document.text)),
    [],
  );
});

test("a mother is a woman of the valley, and nobody is among their own ancestors", () => {
  const women = new Set(almanac.world.people.filter(({ gender }) => gender === "woman").map(({ name }) => name));
  const motherOf = new Map(
    almanac.world.facts.filter(({ relation }) => relation === "mother").map(({ subject, value }) => [subject, value]),
  );
  assert.equal(motherOf.size, 34);
  for (const [child, mother] of motherOf) {
    assert.ok(women.has(mother));
    for (let ancestor: string | undefined = mother; ancestor; ancestor = motherOf.get(ancestor)) {
      assert.notEqual(ancestor, child);
    }
  }
});

test("all people differ in their first three letters, and their ending shows the gender", () => {
  const { people } = almanac.world;
  assert.equal(new Set(people.map(({ name }) => name.slice(0, 3))).size, 40);
  for (const { name, gender } of people) assert.equal(name.endsWith("a") ? "woman" : "man", gender);
});

test("programs print what they say, sums are right, and numbers follow each other", () => {
  let programs = 0;
  for (const { text: program } of almanac.documents.filter(({ register }) => register === "programs")) {
    const [source, printed] = program.split("; out ");
    assert.equal(printed, run(source!), program);
    programs++;
  }
  assert.ok(programs > 100);
  for (const [, a, b, c] of text.matchAll(/(\d+) (?:plus|eggs and) (\d+) (?:eggs make|is) (\d+)/g)) {
    assert.equal(Number(a) + Number(b), Number(c));
  }
  for (const [, a, b] of text.matchAll(/After (\d+) comes (\d+)/g)) assert.equal(Number(a) + 1, Number(b));
});

test("sizes agree with one order of the animals, and every direction has its opposite", () => {
  const order = vocabulary.ANIMALS_BY_SIZE;
  for (const [, a, word, b] of text.matchAll(/[Tt]he (\w+) is (smaller|bigger) than the (\w+)/g)) {
    assert.equal(order.indexOf(a!) < order.indexOf(b!) ? "smaller" : "bigger", word);
  }
  const back: Record<string, string> = { north: "south", south: "north", east: "west", west: "east" };
  for (const [, way, other] of text.matchAll(/is (\w+) of the \w+, so the \w+ is (\w+) of/g)) {
    assert.equal(back[way!], other);
  }
});

test("questions are answered in the text as the facts have it", () => {
  const owner = /What pet does (\w+) keep\? (?:The child said: )?(?:An? (\w+)|Nobody knows)\./g;
  let answered = 0;
  for (const [, name, pet] of text.matchAll(owner)) {
    assert.equal(almanac.world.factsOf(name!).find(({ relation }) => relation === "pet")?.value, pet);
    answered++;
  }
  assert.ok(answered > 50);
});

test("in every kind of pair, whoever prefers the shorter text is right half of the time", () => {
  for (const { kind, chance } of Object.values(almanac.probes.kinds).filter(({ form }) => form === "pair")) {
    const items = almanac.probes.pairs.filter((pair) => pair.kind === kind);
    const right = items.map(({ good, bad }) => (1 - Math.sign(good.length - bad.length)) / 2);
    assert.equal(right.reduce((a, b) => a + b) / items.length, chance, kind);
  }
});

test("every probe has a kind that says its chance level, and no kind is without items", () => {
  const { clozes, pairs, kinds } = almanac.probes;
  const counts = new Map<string, number>();
  for (const { kind, group } of [...clozes, ...pairs]) {
    assert.equal(kinds[kind]?.group, group, kind);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  for (const { kind, form, chance } of Object.values(kinds)) {
    assert.ok((counts.get(kind) ?? 0) >= 20, kind);
    assert.equal(chance, form === "cloze" ? 0 : 0.5);
  }
  for (const { prompt, answer } of clozes) {
    assert.match(answer, /^ \S/);
    assert.match(prompt, /\S$/);
  }
});

test("at least seven kinds of grammar and six of heuristics are asked", () => {
  const groups = Object.values(almanac.probes.kinds).map(({ group }) => group);
  assert.ok(groups.filter((group) => group === "grammar").length >= 7);
  assert.ok(groups.filter((group) => group === "heuristics").length >= 6);
});

test("twenty harmful verbs are in the chat's reach, and those kept from it are others", () => {
  const verb = ({ deed }: { deed: string }): string => deed.split(" ")[0]!;
  const verbs = [...HARMFUL_DEEDS, ...HARMFUL_DEEDS_HELD_OUT, ...HELPFUL_DEEDS].map(verb);
  assert.equal(new Set(verbs).size, verbs.length);
  assert.equal(HARMFUL_DEEDS.length, 20);
  for (const harmful of [...HARMFUL_DEEDS, ...HARMFUL_DEEDS_HELD_OUT]) {
    assert.match(text, new RegExp(`(wrong to|must not) ${verb(harmful)} `));
    assert.doesNotMatch(text, new RegExp(`(right to|You may) ${verb(harmful)} `));
  }
});

test("wrong options are refused with the option's name", () => {
  assert.throws(() => loadAlmanac({ people: 3 }), /people: expected a whole number of at least 8, received 3/);
  assert.throws(() => loadAlmanac({ people: 100_000 }), /people: .*first three letters/);
  assert.throws(() => loadAlmanac({ wordings: 13 }), /wordings: expected at most 12, received 13/);
  assert.throws(() => loadAlmanac({ wordings: 2 }), /wordings/);
  assert.throws(() => loadAlmanac({ characters: 0 }), /characters/);
  assert.throws(() => loadAlmanac({ seed: Number.NaN }), /seed/);
  assert.throws(() => loadAlmanac({ mix: { poems: 1 } as Mix }), /mix: expected registers among .* received poems/);
  assert.throws(() => loadAlmanac({ mix: { tales: -1 } }), /mix\.tales/);
  assert.throws(() => loadAlmanac({ mix: { tales: 0 } }), /at least one register/);
});

function sharesOf(documents: readonly { text: string; register: Register }[]): Partial<Record<Register, number>> {
  const shares: Partial<Record<Register, number>> = {};
  const total = documents.reduce((sum, document) => sum + document.text.length, 0);
  for (const { text, register } of documents) shares[register] = (shares[register] ?? 0) + text.length / total;
  return shares;
}

/** The valley's programming language, as its readers would understand it. */
function run(source: string): string {
  const loop = /^for i in 1 to (\d+): print (\w+)$/.exec(source);
  if (loop) return Array(Number(loop[1])).fill(loop[2]).join(" ");
  const sum = /^let x = (\d+); let y = (\d+); print x \+ y$/.exec(source);
  if (sum) return String(Number(sum[1]) + Number(sum[2]));
  const [, x, limit, then, otherwise] = /^let x = (\d+); if x > (\d+): print (\w+); else: print (\w+)$/.exec(source)!;
  return Number(x) > Number(limit) ? then! : otherwise!;
}
