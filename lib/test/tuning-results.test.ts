import assert from "node:assert/strict";
import { test } from "node:test";
import { tuningResults } from "../src/tuning-results";

const { command, values } = tuningResults();

test("every kept run is there once, complete, with shares from 0 to 100", () => {
  const ids = [...values.runs, ...values.domain].map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const run of values.runs) {
    for (const share of [run.exactMatch, run.facts, run.factsNeverAsked, run.grammar, run.heuristics]) {
      assert.ok(share >= 0 && share <= 100, `${run.id}: ${share}`);
    }
    assert.equal(Object.keys(run.kinds).length, 11, run.id);
    assert.ok(run.steps > 0 && run.seconds > 0 && Object.keys(run.change).length > 0, run.id);
  }
});

test("with rehearsal and without there are three seeds", () => {
  const seeds = values.runs.filter(({ group }) => group === "seeds");
  for (const rehearsed of [true, false]) {
    const found = seeds.filter(({ rehearsal }) => rehearsal > 0 === rehearsed).map(({ seed }) => seed);
    assert.deepEqual(found.sort(), [1, 2, 3]);
  }
});

test("LoRA's runs train less than 5 % of the weights", () => {
  const whole = values.runs.find(({ loraRank }) => loraRank === 0)!.trainedWeights;
  const thin = values.runs.filter(({ loraRank }) => loraRank > 0);
  assert.ok(thin.every(({ trainedWeights }) => trainedWeights < 0.05 * whole));
});

test("the command that makes them again is named", () => {
  assert.equal(command, "npx tsx bench/fine-tuning.ts");
});
