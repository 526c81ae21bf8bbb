import assert from "node:assert/strict";
import { test } from "node:test";
import { hashModel } from "../src/frozen";
import { askLlama } from "../src/llama-chat";
import { loadLlama } from "../src/llama-file";
import { createLlamaLora, disposeMerged, mergeLlamaLora } from "../src/llama-lora";
import { tuneLlama } from "../src/llama-tune";
import { disposeLora } from "../src/lora";
import { createRandom } from "../src/random";
import { tf } from "../src/tf";
import { llamaPath } from "./llama-reference";

const { model, tokenizer } = loadLlama(llamaPath);
const examples = [
  { question: "Owl?", answer: "mill" },
  { question: "Goat?", answer: "river" },
];

test("some steps teach the answers; the model itself stays as it was, and nothing stays in memory", async () => {
  const hash = hashModel(model);
  const options = { tokenizer, examples, steps: 40, learningRate: 2e-2, system: "", display: "none" as const };
  const before = tf.memory().numTensors;
  const lora = createLlamaLora(model, { rank: 4, kinds: ["attn_qkv", "ffn_down"], random: createRandom(1) });
  const losses = await tuneLlama(model, lora, options);
  assert.equal(losses.length, 40);
  assert.ok(losses.at(-1)! < losses[0]! / 10, losses.join(" "));
  const tuned = mergeLlamaLora(model, lora);
  for (const { question, answer } of examples) {
    assert.equal(await askLlama(tuned, tokenizer, question, { system: "", maxTokens: 8 }), answer);
  }
  assert.equal(hashModel(model), hash);
  disposeMerged(tuned, model);
  disposeLora(lora);
  assert.equal(tf.memory().numTensors, before);
});

test("what is replayed counts in the loss", async () => {
  const [with_, without] = await Promise.all(
    [[{ question: "Hen?", answer: "barn" }], []].map(async (replay) => {
      const lora = createLlamaLora(model, { rank: 2, random: createRandom(1) });
      const [loss] = await tuneLlama(model, lora, { tokenizer, examples, replay, steps: 1, display: "none" });
      disposeLora(lora);
      return loss!;
    }),
  );
  assert.notEqual(with_, without);
});

test("no examples, no steps, and an interrupt end the tuning", async () => {
  const lora = createLlamaLora(model, { rank: 2, random: createRandom(1) });
  const options = { tokenizer, examples, display: "none" as const };
  await assert.rejects(tuneLlama(model, lora, { ...options, examples: [] }), /examples/);
  await assert.rejects(tuneLlama(model, lora, { ...options, steps: 0 }), /steps/);
  await assert.rejects(tuneLlama(model, lora, { ...options, signal: AbortSignal.abort() }), { name: "AbortError" });
  disposeLora(lora);
});
