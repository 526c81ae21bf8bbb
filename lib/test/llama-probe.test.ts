import assert from "node:assert/strict";
import { test } from "node:test";
import { hashModel } from "../src/frozen";
import { turnsPrompt } from "../src/llama-chat";
import { loadLlama } from "../src/llama-file";
import { answerProb, tellAndAsk, useModel, yearProbs } from "../src/llama-probe";
import { createRandom } from "../src/random";
import { nextLogits, nextTokenProbs } from "../src/sample";
import { tf } from "../src/tf";
import { llamaPath } from "./llama-reference";

const { model: short, tokenizer } = loadLlama(llamaPath);
/** Its small vocabulary makes many tokens of a sentence. No weight belongs to a place, so it can be given more of them. */
const model = { ...short, config: { ...short.config, contextLength: 256 } };

/** One token after the other through the cache, where the function reads all of them at once. */
function stepByStep(question: string, begun: string, word: string): number {
  const ids = [...turnsPrompt(tokenizer, question), ...tokenizer.encode(begun)];
  let product = 1;
  for (const id of tokenizer.encode(word)) {
    product *= nextTokenProbs(nextLogits(model, ids))[id]!;
    ids.push(id);
  }
  return product;
}

test("the probability of an answer is the product over its tokens, to 1e-4 of itself", () => {
  for (const [begun, word] of [
    ["In the", " mill"],
    ["In", " the mill of the goats"],
    ["", "Owl"],
  ] as const) {
    const expected = stepByStep("Owl?", begun, word);
    const found = answerProb(model, tokenizer, "Owl?", { begun, word });
    assert.ok(Math.abs(found / expected - 1) < 1e-4, `${begun}|${word}: ${found}, step by step ${expected}`);
  }
});

test("telling shows in the conversation and leaves the next one as it was, bit by bit", () => {
  const telling = { told: "The owl is in the mill.", question: "Owl?", begun: "In the", word: " mill" };
  const tensors = tf.memory().numTensors;
  const { before, inThisChat, inNewChat } = tellAndAsk(model, tokenizer, telling);
  assert.equal(inNewChat, before);
  assert.notEqual(inThisChat, before);
  const twice = tellAndAsk(model, tokenizer, telling, { times: 2 });
  assert.equal(twice.inNewChat, before);
  assert.notEqual(twice.inThisChat, inThisChat);
  assert.equal(tf.memory().numTensors, tensors);
});

test("each year has its own probability, which a message changes", () => {
  const years = [2023, 2031];
  const asked = yearProbs(model, tokenizer, years);
  assert.equal(asked.length, 2);
  assert.ok(asked.every((p) => p > 0 && p < 1));
  assert.notDeepEqual(yearProbs(model, tokenizer, years, "It is 2031. What year is it?"), asked);
});

test("using a model reports its hash before and after, what it was told, and answers that chance makes different", async () => {
  const telling = { told: "Owl: mill.", question: "Owl?", begun: "", word: "mill" };
  const usage = await useModel(model, tokenizer, { telling, times: 2, question: "Hen?", random: createRandom(1) });
  assert.equal(usage.hashBefore, hashModel(model));
  assert.equal(usage.hashAfter, usage.hashBefore);
  assert.equal(usage.drawn.length, 8);
  assert.ok(new Set(usage.drawn).size > 1, usage.drawn.join(" | "));
  assert.deepEqual(usage.once, tellAndAsk(model, tokenizer, telling));
  assert.deepEqual(usage.often, tellAndAsk(model, tokenizer, telling, { times: 2 }));
});
