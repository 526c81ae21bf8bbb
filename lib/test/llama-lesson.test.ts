import assert from "node:assert/strict";
import { test } from "node:test";
import { hashModel } from "../src/frozen";
import { askAllLlama } from "../src/llama-chat";
import { loadLlama } from "../src/llama-file";
import { hasMemoryForLesson, scoreLesson, teachLesson } from "../src/llama-lesson";
import { tf } from "../src/tf";
import { llamaPath } from "./llama-reference";

const { model: short, tokenizer } = loadLlama(llamaPath);
/** Its small vocabulary makes many tokens of a sentence. No weight belongs to a place, so it can be given more of them. */
const model = { ...short, config: { ...short.config, contextLength: 256 } };
const facts = [{ question: "Owl?", answer: "mill" }];
const lesson = {
  facts,
  reworded: [{ question: "The owl?", right: /mill/ }],
  general: [
    { question: "Hen?", right: /^/ },
    { question: "Goat?", right: /no answer has this/ },
  ],
  replayed: ["Cow?"],
};

test("shares are counted by what each group wants: exact words, or the right one among them", async () => {
  const score = await scoreLesson(model, tokenizer, lesson);
  assert.deepEqual(Object.keys(score.answers), ["Owl?", "The owl?", "Hen?", "Goat?"]);
  assert.equal(score.facts, 0); // a model with random weights
  assert.equal(score.general, 0.5);
  const [said] = await askAllLlama(model, tokenizer, ["Owl?"], { maxTokens: 20 });
  const itsOwn = {
    ...lesson,
    facts: [{ question: "Owl?", answer: said! }],
    reworded: [{ question: "Owl?", right: /^/ }],
  };
  const { facts: exact, reworded } = await scoreLesson(model, tokenizer, itsOwn);
  assert.deepEqual([exact, reworded], [1, 1]);
});

test("a lesson lowers the loss, leaves the model as it was, and frees what it made", async () => {
  const hash = hashModel(model);
  const tensors = tf.memory().numTensors;
  const taught = await teachLesson(model, tokenizer, lesson, { steps: 6, display: "none" });
  assert.equal(taught.lossesNats.length, 6);
  assert.ok(taught.lossesNats.at(-1)! < taught.lossesNats[0]!, taught.lossesNats.join(" "));
  assert.notEqual(hashModel(taught.model), hash);
  assert.equal(hashModel(model), hash);
  taught.dispose();
  assert.equal(tf.memory().numTensors, tensors);
});

test("replay adds the old answers, and another seed draws other adapters", async () => {
  const options = { steps: 2, display: "none" as const };
  const losses: string[] = [];
  for (const more of [{}, { replay: true }, { seed: 2 }]) {
    const taught = await teachLesson(model, tokenizer, lesson, { ...options, ...more });
    losses.push(taught.lossesNats.map((loss) => loss.toFixed(6)).join(" "));
    taught.dispose();
  }
  assert.equal(new Set(losses).size, 3, losses.join("; "));
});

test("a lesson needs 4 GB that nobody uses", () => {
  assert.deepEqual([3.9e9, 4e9].map(hasMemoryForLesson), [false, true]);
});
