/** A new snapshot learns the news, and rehearses what it would have said anyway. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { askAll } from "../src/chat";
import { freeze } from "../src/frozen";
import { createGPT, type GPTConfig, weightsOf } from "../src/gpt";
import { learnNews } from "../src/news-update";
import { createRandom } from "../src/random";
import { hashWeights } from "../src/safetensors";
import { fineTune } from "../src/sft";
import { BpeTokenizer } from "../src/tokenizer";

const documents = ["the owl sleeps.", "the cat sleeps.", "the dog runs.", "the hen runs."].map((text) => ({
  text: `${text} `.repeat(12),
}));
const tokenizer = BpeTokenizer.train(documents.map(({ text }) => text).join("\n"), { vocabSize: 280 });
const config: GPTConfig = { vocabSize: 280, contextLength: 64, nLayer: 1, nHead: 2, nEmbd: 32 };
const questions = ["who sleeps?", "who runs?", "what is it?", "is it old?"];
const news = {
  documents: [{ text: "the owl runs. ".repeat(30) }],
  questions: [
    { question: "who sleeps?", answer: "the hen.", taught: true },
    { question: "who sleeps now?", answer: "the hen.", taught: false },
  ],
};
const short = { steps: 40, batchSize: 4, warmupSteps: 5, learningRate: 1e-2, display: "none" } as const;

/** A model that answers "the cat." or the like to each of the questions. */
async function chatting() {
  const model = createGPT(config, { random: createRandom(2) });
  const answers = ["the cat.", "the dog.", "the owl.", "it is."];
  const examples = questions.map((question, i) => ({ question, answer: answers[i]! }));
  await fineTune(model, { ...short, tokenizer, examples, epochs: 60, steps: 60, weightDecay: 0 });
  return { model, answers };
}

test("after the update the news are the answer, and the other questions are answered as before", async () => {
  const { model, answers } = await chatting();
  assert.deepEqual(await askAll(model, tokenizer, questions), answers);
  await learnNews(model, tokenizer, news, { documents, questions }, short);
  assert.deepEqual(await askAll(model, tokenizer, questions), ["the hen.", ...answers.slice(1)]);
});

test("the same seed makes the same snapshot, another seed another", async () => {
  const hashes = [];
  const { model: start } = await chatting();
  for (const seed of [1, 1, 2]) {
    const model = createGPT(config, { weights: weightsOf(start) });
    await learnNews(model, tokenizer, news, { documents, questions }, { ...short, steps: 3, seed });
    hashes.push(hashWeights(weightsOf(model)));
  }
  assert.equal(hashes[0], hashes[1]);
  assert.notEqual(hashes[0], hashes[2]);
});

test("a frozen snapshot is not updated", async () => {
  const frozen = freeze(createGPT(config, { random: createRandom(2) }));
  await assert.rejects(learnNews(frozen, tokenizer, news, { documents, questions }, short), { name: "FrozenError" });
  assert.equal(frozen.verify(), frozen.hash);
});
