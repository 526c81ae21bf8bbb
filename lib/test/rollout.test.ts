import assert from "node:assert/strict";
import { test } from "node:test";
import { createGPT } from "../src/gpt";
import { createRandom } from "../src/random";
import { responseLogProbs } from "../src/response-batch";
import { rollouts } from "../src/rollout";
import { tf } from "../src/tf";
import { BpeTokenizer } from "../src/tokenizer";
import { assertClose, goldenWeights } from "./golden";

const tokenizer = BpeTokenizer.train("the owl sleeps and the owl wakes", { vocabSize: 262 });
const config = { vocabSize: 262, contextLength: 24, nLayer: 2, nHead: 2, nEmbd: 8, bias: true };
const model = createGPT(config, { weights: goldenWeights(config) });
const prompts = [
  [256, 257, 40, 258],
  [256, 257, 41, 42, 43, 44, 45, 46, 47, 258],
  [256, 258],
];

test("the log-probabilities noted while drawing equal those of reading the whole response at once, to 1e-4", async () => {
  const drawn = await rollouts(model, tokenizer, prompts, {
    samplesPerPrompt: 3,
    maxTokens: 12,
    random: createRandom(1),
  });
  const read = await responseLogProbs(model, drawn);
  assert.equal(drawn.length, 9);
  drawn.forEach(({ logProbs, tokens, start }, i) => {
    assert.equal(logProbs.length, tokens.length - start);
    assertClose(logProbs, Array.from(read[i]!), 1e-4, `response ${i}`);
  });
});

test("the same seed draws the same responses, whatever the batch; the samples of a prompt differ", async () => {
  const draw = (batchSize: number) =>
    rollouts(model, tokenizer, prompts, { samplesPerPrompt: 2, maxTokens: 8, batchSize, random: createRandom(7) });
  const [one, many] = [await draw(4), await draw(64)];
  assert.deepEqual(
    one.map(({ tokens }) => tokens),
    many.map(({ tokens }) => tokens),
  );
  assert.notDeepEqual(one[0]!.tokens, one[1]!.tokens);
});

test("tokens come as often as the model says: 20,000 first tokens, each share to 0.01", async () => {
  const random = createRandom(3);
  const drawn = await rollouts(model, tokenizer, [prompts[0]!], { samplesPerPrompt: 20_000, maxTokens: 1, random });
  const seen = new Map<number, { count: number; probability: number }>();
  for (const { tokens, logProbs } of drawn) {
    const entry = seen.get(tokens.at(-1)!) ?? { count: 0, probability: Math.exp(logProbs[0]!) };
    entry.count++;
    seen.set(tokens.at(-1)!, entry);
  }
  for (const { count, probability } of seen.values()) assertClose([count / 20_000], [probability], 0.01);
});

test("a response that is not finished says so at its end, and stays within what the model can read", async () => {
  const drawn = await rollouts(model, tokenizer, prompts, {
    samplesPerPrompt: 8,
    maxTokens: 40,
    random: createRandom(4),
  });
  assert.ok(drawn.some(({ ended }) => !ended));
  for (const { ended, text, tokens } of drawn) {
    assert.equal(text.endsWith(" ..."), !ended);
    assert.equal(tokens.at(-1) === 259, ended);
    assert.ok(tokens.length <= config.contextLength);
  }
});

test("tensors do not pile up over twenty rollouts", async () => {
  const draw = () => rollouts(model, tokenizer, prompts, { maxTokens: 3, random: createRandom(5) });
  await draw();
  const before = tf.memory().numTensors;
  for (let i = 0; i < 20; i++) await draw();
  assert.equal(tf.memory().numTensors, before);
});
