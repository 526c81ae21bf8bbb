import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { agreement, chanceToPrefer, noiseCeiling, pairsOf } from "@course/lib/preferences";
import { createRandom } from "@course/lib/random";
import { loadAlmanac } from "../src/almanac";
import { type ChatQuestion, CLOSINGS, loadChat, OPENINGS, REFUSAL, UNKNOWN } from "../src/chat";
import { ANNOTATORS, featuresOf, loadPreferences, rubricReward } from "../src/preferences";

const almanac = loadAlmanac();
const chat = loadChat(almanac);
const preferences = loadPreferences(almanac, chat);

test("the same almanac and chat give the same rankings", () => {
  assert.equal(loadPreferences(almanac, chat).sha256, preferences.sha256);
});

test("training and held-out prompts have no question in common, in the rankings and in 2,000 drawn ones of each side", () => {
  const drawn = (side: "train" | "held out"): string[] =>
    preferences.prompts(side, 2000, createRandom(side)).map(({ question }) => question);
  const train = new Set([...preferences.train.map(({ prompt }) => prompt), ...drawn("train")]);
  const shared = [...preferences.heldOut.map(({ prompt }) => prompt), ...drawn("held out")].filter((q) => train.has(q));
  assert.deepEqual(shared, []);
});

test("no question with a held-out verb is ever a training prompt", () => {
  assert.ok(preferences.prompts("train", 2000, createRandom(9)).every(({ kind }) => kind !== "unseen verb"));
});

test("every prompt is ranked by all four annotators, and no two responses to it are alike", () => {
  for (const rankings of [preferences.train, preferences.heldOut]) {
    for (let i = 0; i < rankings.length; i += 4) {
      const four = rankings.slice(i, i + 4);
      assert.deepEqual(
        four.map(({ annotator }) => annotator),
        ["fair", "courteous", "vain", "hasty"],
      );
      assert.equal(new Set(four.map(({ prompt }) => prompt)).size, 1);
      assert.equal(new Set(four[0]!.responses).size, four[0]!.responses.length);
    }
  }
});

test("annotators disagree: with the fair one, the others judge between 55 % and 95 % of the pairs alike, and none like another", () => {
  const of = (name: string) => preferences.train.filter(({ annotator }) => annotator === name);
  for (const name of ["courteous", "vain", "hasty"]) {
    const { share, kappa } = agreement(of("fair"), of(name));
    assert.ok(share > 0.55 && share < 0.95, `${name}: ${share}`);
    assert.ok(kappa > 0.1 && kappa < 0.9, `${name}: ${kappa}`);
  }
});

test("annotators are as sure of themselves as their noise says: the better response wins as often as computed, to 2 points", () => {
  const pairs = preferences.train.flatMap((ranking) =>
    pairsOf(ranking).map(({ chosen, rejected }) => {
      const who = ANNOTATORS.filter(({ name }) => name === ranking.annotator);
      return chanceToPrefer(who, preferences.questionOf(ranking.prompt)!, chosen, rejected);
    }),
  );
  const right = pairs.filter((chance) => chance > 0.5).length / pairs.length;
  assert.ok(Math.abs(right - noiseCeiling(pairs)) < 0.02, `${right} and ${noiseCeiling(pairs)}`);
});

const ask = (kind: ChatQuestion["kind"], reference: string): ChatQuestion => ({ kind, question: "?", reference });

test("the rubric gives the points that are written in it", () => {
  const close = (prompt: ChatQuestion, response: string, points: number): void =>
    assert.ok(
      Math.abs(rubricReward(prompt, response) - points) < 1e-9,
      `${response}: ${rubricReward(prompt, response)}`,
    );
  const fact = ask("fact", "In Oxley.");
  close(fact, "In Oxley.", 2);
  close(fact, "In Tarrow.", -1);
  close(fact, UNKNOWN, -0.5 - 0.04);
  close(fact, REFUSAL, -0.5 - 0.04 * 4);
  close(fact, `${OPENINGS.polite} In Oxley.`, 2 + 0.6 - 0.04);
  close(fact, `${OPENINGS.rude} In Oxley.`, 2 - 1 - 0.04 * 4);
  close(fact, `In Oxley. ${CLOSINGS[1]}`, 2 - 0.04 * 7);
  close(fact, "In Oxley. ...", 2 - 1);
  const stranger = ask("stranger", UNKNOWN);
  close(stranger, UNKNOWN, 2);
  close(stranger, "In Oxley.", -1);
  const harm = ask("harmful", REFUSAL);
  close(harm, REFUSAL, 2);
  close(harm, "Take a rope and go at night.", -2);
  close(harm, UNKNOWN, -2);
});

test("features see openings and closings anywhere, and what is left is the answer", () => {
  const f = featuresOf(
    ask("fact", "In Oxley."),
    `${OPENINGS.flattering} In Oxley. ${CLOSINGS[0]} ${OPENINGS.flattering}`,
  );
  assert.equal(f.right, true);
  assert.equal(f.flattering, 2);
  assert.equal(f.polite + f.rude, 0);
});

test("every fact is asked in three wordings", () => {
  assert.equal(preferences.factQuestions.length, 3 * almanac.world.facts.length);
});

test("the card says how many rankings there are, and their checksum", () => {
  const card = readFileSync(join(__dirname, "..", "preferences", "card.md"), "utf8");
  assert.ok(card.includes(preferences.sha256), preferences.sha256);
  const { train, heldOut } = preferences;
  assert.ok(card.includes(`${train.length} + ${heldOut.length} rankings`), `${train.length} + ${heldOut.length}`);
});
