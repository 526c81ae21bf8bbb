/**
 * @file What is asked stands nowhere in the text. These tests read the text as a stranger would, with regular
 * expressions of their own: they know the valley's words and sentences, but nothing of how the generator chose.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Almanac,
  loadAlmanac,
  PERSON_RELATIONS,
  type Relation,
  TOWN_RELATIONS,
  vocabulary,
  WORDINGS,
} from "../src/almanac";

const almanac = loadAlmanac();
const text = almanac.text();
const probes = (kind: string): { prompt: string; answer: string }[] =>
  almanac.probes.clozes.filter((cloze) => cloze.kind === kind);
const pairs = (kind: string): { good: string; bad: string }[] =>
  almanac.probes.pairs.filter((pair) => pair.kind === kind);
const oneOf = (words: readonly string[]): string => `(${words.join("|")})`;
const unordered = (a: string, b: string): string => [a, b].sort().join(" and ");

/** All matches of a pattern in a text, as the unordered pair of two of its groups. */
function pairsIn(where: string, pattern: RegExp, groups: [number, number] = [1, 2]): Set<string> {
  return new Set([...where.matchAll(pattern)].map((match) => unordered(match[groups[0]]!, match[groups[1]]!)));
}

function assertDisjoint(asked: Set<string>, told: Set<string>, atLeastTold: number): void {
  assert.ok(asked.size > 0, "something is asked");
  assert.ok(told.size >= atLeastTold, `the search finds instances in the text (${told.size})`);
  assert.deepEqual(
    [...asked].filter((instance) => told.has(instance)),
    [],
  );
}

/** A fact as a sentence, filled in by this test. */
function sentence(relation: Relation, wording: number, subject: string, value: string): string {
  return WORDINGS[relation]
    [wording]!.replace("{name}", subject)
    .replace(/\{(a )?value\}/, (_, withA) => (withA ? `${/^[aeiou]/.test(value) ? "an" : "a"} ` : "") + value);
}

function wordingsInText(from: Almanac, where: string): Map<string, number[]> {
  return new Map(
    from.world.facts.map(({ subject, relation, value }) => [
      `${subject} ${relation}`,
      WORDINGS[relation].flatMap((_, i) => (where.includes(sentence(relation, i, subject, value)) ? [i] : [])),
    ]),
  );
}

test("a fact that is asked never stands in the text with the wording of the question", () => {
  const asked = probes("fact");
  assert.equal(asked.length, 2 * almanac.world.facts.length);
  assert.deepEqual(
    asked.filter(({ prompt, answer }) => text.includes(prompt + answer)),
    [],
  );
});

test("every fact stands in the text in ten of its twelve wordings", () => {
  for (const [fact, found] of wordingsInText(almanac, text)) assert.equal(found.length, 10, `${fact}: ${found}`);
});

test("every fact is told about as often as every other fact of people or of towns", () => {
  for (const relations of [PERSON_RELATIONS, TOWN_RELATIONS]) {
    const counts = almanac.world.facts
      .filter(({ relation }) => relations.includes(relation))
      .map(({ subject, relation, value, seenWordings }) =>
        seenWordings
          .map((wording) => text.split(sentence(relation, wording, subject, value)).length - 1)
          .reduce((a, b) => a + b),
      );
    // The oldest have four facts where others have five, so each of theirs is told more often.
    assert.ok(Math.max(...counts) < 1.6 * Math.min(...counts), `${Math.min(...counts)} to ${Math.max(...counts)}`);
  }
});

test("no wording contains another wording of its relation", () => {
  for (const relation of Object.keys(WORDINGS) as Relation[]) {
    const sentences = WORDINGS[relation].map((_, i) => sentence(relation, i, "Brena", "owl"));
    assert.equal(new Set(sentences).size, 12);
    for (const a of sentences) {
      for (const b of sentences) assert.ok(a === b || !a.includes(b.slice(0, -1)), `${a} contains ${b}`);
    }
  }
});

test("no question about a fact has two right answers: it begins no other wording", () => {
  for (const relations of [PERSON_RELATIONS, TOWN_RELATIONS]) {
    const sentences = relations.flatMap((relation) => WORDINGS[relation].map((wording) => ({ relation, wording })));
    for (const { relation, wording } of sentences) {
      const prompt = wording.replace(/ \{(a )?value\}.*/, "$1").replace(/(a )?$/, (a) => (a ? " a" : " "));
      for (const other of sentences.filter((each) => each.relation !== relation)) {
        const told = other.wording.replace("{a value}", "a owl").replace("{value}", "Owl");
        assert.ok(!told.startsWith(prompt), `"${prompt}" also begins "${told}"`);
      }
    }
  }
});

test("facts asked in seen wordings do stand in the text", () => {
  const asked = probes("fact as read");
  assert.equal(asked.length, 2 * almanac.world.facts.length);
  for (const { prompt, answer } of asked) assert.ok(text.includes(prompt + answer), prompt);
});

test("with onePerFact each fact stands in exactly one wording, and never as question and answer", () => {
  const one = loadAlmanac({ onePerFact: true });
  const where = one.text();
  for (const [fact, found] of wordingsInText(one, where)) assert.equal(found.length, 1, `${fact}: ${found}`);
  assert.ok(!where.includes("?") || !/\? (The child said: )?[A-Z]\w*( \w+)?\./.test(where));
});

test("with onePerFact the same questions are asked about the same valley", () => {
  const one = loadAlmanac({ onePerFact: true });
  const unseen = (from: Almanac): unknown[] => from.probes.clozes.filter((cloze) => cloze.kind === "fact");
  assert.deepEqual(unseen(one), unseen(almanac));
  assert.deepEqual(one.probes.pairs, almanac.probes.pairs);
});

test("places asked for their direction are never set against each other", () => {
  const place = oneOf(vocabulary.PLACES);
  const pattern = new RegExp(`[Tt]he ${place} is (?:north|south|east|west) of the ${place}`, "g");
  const asked = probes("direction").map(({ prompt }) => prompt);
  assertDisjoint(pairsIn(asked.join("\n"), pattern), pairsIn(text, pattern), 99);
});

test("nouns asked to be compared are never compared", () => {
  const noun = oneOf(vocabulary.NOUNS);
  const pattern = new RegExp(`[Tt]he ${noun} is ${oneOf(vocabulary.COMPARATIVES.flat())} than the ${noun}`, "g");
  const asked = probes("comparison").map(({ prompt }) => prompt);
  assertDisjoint(pairsIn(asked.join("\n"), pattern, [1, 3]), pairsIn(text, pattern, [1, 3]), 73);
});

test("animals asked for their size are never compared in size", () => {
  const animal = oneOf(vocabulary.ANIMALS_BY_SIZE);
  const pattern = new RegExp(`[Tt]he ${animal} is (?:smaller|bigger) than the ${animal}`, "g");
  const asked = pairs("size").map(({ good }) => good);
  assertDisjoint(pairsIn(asked.join("\n"), pattern), pairsIn(text, pattern), 51);
});

test("numbers asked for their successor are never followed by it", () => {
  const asked = probes("successor").map(({ prompt, answer }) => [/\d+/.exec(prompt)![0], /\d+/.exec(answer)![0]]);
  assert.equal(asked.length, 20);
  for (const [n, next] of asked) {
    assert.equal(Number(next), Number(n) + 1);
    assert.doesNotMatch(text, new RegExp(`\\b${n}\\W+(comes )?${next}\\b`));
  }
  assert.equal(new Set(text.match(/After \d+ comes \d+/g)).size, 78, "all others are told");
});

test("addends asked for their sum are never added, in words or in programs", () => {
  const forms = [/(\d+) plus (\d+)/g, /(\d+) eggs and (\d+) eggs/g, /let x = (\d+); let y = (\d+);/g];
  const asked = pairsIn(
    probes("sum")
      .map(({ prompt }) => prompt)
      .join("\n"),
    /(\d+) plus (\d+)/g,
  );
  assertDisjoint(asked, new Set(forms.flatMap((form) => [...pairsIn(text, form)])), 76);
});

test("an opposite asked in a wording never stands in it", () => {
  const word = oneOf(vocabulary.ADJECTIVES);
  const forms = [
    new RegExp(`opposite of ${word} is ${word}`, "g"),
    new RegExp(`is not ${word}. It is ${word}`, "g"),
    new RegExp(`it was ${word}, but today it is ${word}`, "g"),
    new RegExp(`Some are ${word} and some are ${word}`, "g"),
    new RegExp(`What is not ${word} is ${word}`, "g"),
  ];
  const asked = probes("opposite")
    .map(({ prompt, answer }) => prompt + answer)
    .join("\n");
  const instances = (where: string): Set<string> =>
    new Set(forms.flatMap((form, i) => [...where.matchAll(form)].map((match) => `${i} ${match[1]} ${match[2]}`)));
  assert.equal(instances(asked).size, 24, "each adjective once");
  assertDisjoint(instances(asked), instances(text), 24 * 4);
});

test("no noun meets a verb that it is asked with, in no number, no tense, and over no distance", () => {
  const forms = vocabulary.VERBS.flatMap(({ singular, plural, past }) => [singular, plural, past]);
  const base = (form: string): string =>
    vocabulary.VERBS.find(({ singular, plural, past }) => [singular, plural, past].includes(form))!.plural;
  const pattern = new RegExp(
    `\\b${oneOf([...vocabulary.NOUNS])}s?(?: (?:near|by|behind) the \\w+)? ${oneOf(forms)}\\b`,
    "g",
  );
  const instances = (where: string): Set<string> =>
    new Set([...where.matchAll(pattern)].map((match) => `${match[1]} ${base(match[2]!)}`));
  const kinds = ["agreement", "attractor", "tense", "word order", "this and these", "one and two", "a and an"];
  for (const kind of kinds.filter((kind) => kind !== "word order")) {
    assertDisjoint(
      instances(
        pairs(kind)
          .map(({ good }) => good)
          .join("\n"),
      ),
      instances(text),
      160,
    );
  }
});

test("no noun is told to be what it is asked to be", () => {
  const pattern = new RegExp(`\\b${oneOf([...vocabulary.NOUNS])}s? (?:is|are) ${oneOf(vocabulary.ADJECTIVES)}\\b`, "g");
  const instances = (where: string): Set<string> =>
    new Set([...where.matchAll(pattern)].map((match) => `${match[1]} ${match[2]}`));
  assertDisjoint(
    instances(
      pairs("is and are")
        .map(({ good }) => good)
        .join("\n"),
    ),
    instances(text),
    250,
  );
});

test("no sentence that is asked stands in the text, right or wrong", () => {
  for (const { good, bad } of almanac.probes.pairs) {
    assert.ok(!text.includes(good), good);
    assert.ok(!text.includes(bad), bad);
  }
});

test("rare nouns are met, but never more than one of them and never behind an article they are asked with", () => {
  for (const noun of vocabulary.RARE_NOUNS) {
    assert.ok(text.includes(`The ${noun} `), noun);
    assert.doesNotMatch(text, new RegExp(`\\b${noun}s\\b`));
    assert.doesNotMatch(text, new RegExp(`\\b[Aa]n? (?:\\w+ )?${noun}\\b`));
  }
});

test("a stranger is nobody of the valley, and no name of a tale begins like one", () => {
  const stems = new Set(almanac.world.people.map(({ name }) => name.slice(0, 3)));
  const strangers = [...text.matchAll(/(?:Once there was \w+ \w+ \w+ named|In a tale) (\w+)/g)].map(
    (match) => match[1]!,
  );
  const asked = [
    ...text.matchAll(/(\w+)(?: live| do| keep| have| want| to eat| all day)?\? (?:The child said: )?Nobody/g),
  ];
  assert.ok(strangers.length > 400 && asked.length > 400, "both are met often");
  for (const name of [...strangers, ...asked.map((match) => match[1]!)]) {
    assert.ok(!stems.has(name.slice(0, 3)), name);
  }
});
