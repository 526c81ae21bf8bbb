/** The news tell what the almanac does not, and what is asked about them stands in neither. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { loadAlmanac, type Relation, WORDINGS } from "../src/almanac";
import { loadNews } from "../src/news";

const almanac = loadAlmanac();
const news = loadNews({ almanac });
const old = almanac.text();
const text = news.text();

/** A fact as a sentence, filled in by this test. */
function sentence(relation: Relation, wording: number, subject: string, value: string): string {
  return WORDINGS[relation]
    [wording]!.replace("{name}", subject)
    .replace(/\{(a )?value\}/, (_, withA) => (withA ? `${/^[aeiou]/.test(value) ? "an" : "a"} ` : "") + value);
}
const sentences = (relation: Relation, subject: string, value: string): string[] =>
  WORDINGS[relation].map((_, wording) => sentence(relation, wording, subject, value));

test("twelve people of the valley change one thing each, four newcomers bring four things each", () => {
  const changed = news.items.filter(({ before }) => before !== null);
  const arrived = news.items.filter(({ before }) => before === null);
  assert.equal(changed.length, 12);
  assert.equal(new Set(changed.map(({ subject }) => subject)).size, 12);
  assert.equal(arrived.length, 16);
  assert.equal(new Set(arrived.map(({ subject }) => subject)).size, 4);
  for (const { before, after } of changed) assert.notEqual(before, after);
});

test("what is said to have been true before is what the almanac says", () => {
  for (const { subject, relation, before } of news.items.filter((item) => item.before !== null)) {
    assert.equal(almanac.world.factsOf(subject).find((fact) => fact.relation === relation)?.value, before);
    assert.ok(sentences(relation, subject, before!).some((told) => old.includes(told)));
  }
});

test("the almanac says nothing of it: no newcomer's name, no new fact in any wording", () => {
  for (const { subject, relation, before, after } of news.items) {
    if (before === null) assert.ok(!old.includes(subject), subject);
    for (const told of sentences(relation, subject, after)) assert.ok(!old.includes(told), told);
  }
});

test("each new fact is told in ten wordings or fewer, and never in the two that it is asked in", () => {
  for (const { subject, relation, after, seenWordings, heldOutWordings } of news.items) {
    const told = sentences(relation, subject, after).flatMap((each, i) => (text.includes(each) ? [i] : []));
    assert.ok(told.length >= 5, `${subject} ${relation}: ${told.length} wordings`);
    assert.deepEqual(
      told.filter((i) => !seenWordings.includes(i) || heldOutWordings.includes(i)),
      [],
    );
  }
  assert.equal(news.clozes.length, 2 * news.items.length);
  for (const { prompt, answer } of news.clozes) assert.ok(!text.includes(prompt + answer), prompt + answer);
});

test("no text of the news tells a changed fact as it was, except to say that it is over", () => {
  for (const { subject, relation, before } of news.items) {
    if (before === null) continue;
    for (const told of sentences(relation, subject, before)) assert.ok(!text.includes(told), told);
  }
});

test("the other facts are asked as the almanac asks them, and none of them has changed", () => {
  const changed = new Set(news.items.map(({ subject, relation }) => `${subject} ${relation}`));
  assert.equal(news.unchanged.length, 2 * (almanac.world.facts.length - 12));
  for (const { subject, relation } of news.unchanged) assert.ok(!changed.has(`${subject} ${relation}`));
});

test("of the three questions about each item two are for teaching, and each answer is the new one", () => {
  for (const { subject, relation, after } of news.items) {
    const asked = news.questions.filter((q) => q.subject === subject && q.relation === relation);
    assert.equal(asked.filter(({ taught }) => taught).length, 2);
    assert.equal(asked.length, 3);
    for (const { answer } of asked) assert.ok(answer.toLowerCase().endsWith(`${after.toLowerCase()}.`), answer);
  }
});

test("the bulletin has one sentence for each item, in the first wording of its relation", () => {
  assert.deepEqual(
    news.bulletin,
    news.items.map(({ subject, relation, after }) => sentence(relation, 0, subject, after)),
  );
});

test("the same seed gives the same text, another seed other news", () => {
  const hash = createHash("sha256").update(text, "utf8").digest("hex");
  assert.equal(loadNews().sha256, hash);
  assert.notEqual(loadNews({ almanac, seed: 2 }).sha256, hash);
});

test("more changes than people are refused", () => {
  assert.throws(() => loadNews({ almanac, changes: 41 }), /changes: expected at most the 40 people/);
});
