import assert from "node:assert/strict";
import { test } from "node:test";
import { createGPT, weightsOf } from "../src/gpt";
import { createRandom } from "../src/random";
import { changeByBlock, forgotten, relativeChange } from "../src/weight-change";

const tensor = (...data: number[]) => ({ shape: [data.length], data: Float32Array.from(data) });

test("the relative change is the length of the difference by the length before", () => {
  assert.equal(relativeChange({ a: tensor(3, 4) }, { a: tensor(3, 4.5) }), 0.1);
  assert.equal(relativeChange({ a: tensor(3), b: tensor(4) }, { a: tensor(3), b: tensor(4.5) }), 0.1);
  assert.equal(relativeChange({ a: tensor(3), b: tensor(4) }, { a: tensor(3), b: tensor(4.5) }, ["a"]), 0);
});

test("every tensor of a GPT belongs to one part, and a part that was not touched has changed by 0", () => {
  const model = createGPT(
    { vocabSize: 11, contextLength: 8, nLayer: 2, nHead: 2, nEmbd: 16 },
    { random: createRandom(1) },
  );
  const before = weightsOf(model);
  const after = weightsOf(model);
  after["h.1.mlp.c_fc.weight"]!.data.fill(0);
  after["h.1.mlp.c_proj.weight"]!.data.fill(0);
  const change = changeByBlock(before, after);
  assert.deepEqual(Object.keys(change).sort(), [
    "block 0 MLP",
    "block 0 attention",
    "block 1 MLP",
    "block 1 attention",
    "gains and biases",
    "positions",
    "token embedding",
  ]);
  assert.equal(change["block 1 MLP"], 1, "all of it is gone");
  assert.deepEqual(
    Object.entries(change).filter(([, value]) => value !== 0),
    [["block 1 MLP", 1]],
  );
});

test("forgotten is the part of the way from chance to the score before that was lost", () => {
  assert.equal(forgotten({ before: 0.9, after: 0.45 }), 0.5);
  assert.ok(Math.abs(forgotten({ before: 0.9, after: 0.7, chance: 0.5 }) - 0.5) < 1e-12);
  assert.ok(forgotten({ before: 0.5, after: 0.6 }) < 0);
  assert.throws(() => forgotten({ before: 0.5, after: 0.4, chance: 0.5 }), /before: expected a score above chance/);
});

test("missing and misshapen weights are refused", () => {
  assert.throws(() => relativeChange({ a: tensor(1) }, {}), /"a" before and after/);
  assert.throws(() => relativeChange({ a: tensor(1) }, { a: tensor(1, 2) }), /after\["a"\]: expected \(1\)/);
});
