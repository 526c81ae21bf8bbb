import assert from "node:assert/strict";
import { test } from "node:test";
import { argmaxOf, attentionOf, countByPart, logitLens } from "../src/inspect";
import { createCache } from "../src/language-model";
import { loadLlama } from "../src/llama-file";
import { nextTokenProbs } from "../src/next-token";
import { createRandom } from "../src/random";
import { generate, generateBatch, nextLogits } from "../src/sample";
import { tf } from "../src/tf";
import { assertClose } from "./golden";
import { llamaPath, reference } from "./llama-reference";

const { model, tokenizer } = loadLlama(llamaPath);
const ids = reference.ids[0]!;

test("where the heads of a Llama look is what transformers says, to 1e-4", () => {
  const heads = attentionOf(model, ids);
  assert.deepEqual(
    heads.map(({ layer, head }) => [layer, head]),
    [0, 1].flatMap((layer) => [0, 1, 2, 3].map((head) => [layer, head])),
  );
  heads.forEach(({ layer, head, weights }) => {
    const expected = reference.attention[layer]!.slice(head * 144, (head + 1) * 144); // of the first text
    assertClose(weights.flat(), expected, 1e-4, `${layer}.${head}`);
  });
});

test("the last reading of the logit lens is what the model says, at all positions or only at the last ones", () => {
  const all = logitLens(model, ids);
  assert.deepEqual(
    all.map(({ after, probs }) => [after, probs.length]),
    [
      ["embed", 12],
      ["h.0", 12],
      ["h.1", 12],
    ],
  );
  const V = model.config.vocabSize;
  const said = nextTokenProbs(reference.logits.slice(11 * V, 12 * V));
  assertClose(all.at(-1)!.probs.at(-1)!, said, 1e-4, "probabilities");
  const end = logitLens(model, ids, { last: 1 });
  end.forEach(({ probs }, i) => {
    assert.equal(probs.length, 1);
    assertClose(probs[0]!, all[i]!.probs.at(-1)!, 1e-6, `reading ${i}`);
  });
});

test("SmolLM2-135M has 134,515,008 weights, as published, most of them in its MLPs", () => {
  const size = { vocabSize: 49152, contextLength: 8192, nLayer: 30, nHead: 9, nKvHead: 3, nEmbd: 576, nHidden: 1536 };
  const parts = countByPart({ ...size, ropeBase: 100_000, normEpsilon: 1e-5 });
  assert.deepEqual(parts, {
    "token embedding": 49152 * 576,
    "position embedding": 0,
    attention: 30 * (576 * (576 + 2 * 192) + 576 * 576),
    MLPs: 30 * 3 * 576 * 1536,
    "layer norms": 61 * 576,
  });
  assert.equal(
    Object.values(parts).reduce((a, b) => a + b),
    134_515_008,
  );
});

test("looking inside and reading with a cache frees everything", () => {
  const before = tf.memory().numTensors;
  attentionOf(model, ids);
  logitLens(model, ids, { last: 2 });
  const cache = createCache(model, { batchSize: 2 });
  cache.read([[1, 2], [3]]);
  cache.dispose();
  assert.equal(tf.memory().numTensors, before);
});

test("texts are written by the same code as with a GPT: greedy, from a seed, side by side, token by token", async () => {
  const prompt = tokenizer.encode("The owl");
  const greedy = await generate(model, tokenizer, prompt, { maxTokens: 8, temperature: 0 });
  let expected = [...prompt];
  for (let i = 0; i < 8; i++) expected = [...expected, argmaxOf(nextLogits(model, expected))];
  assert.deepEqual([...prompt, ...greedy.tokens], expected);
  const without = await generate(model, tokenizer, prompt, { maxTokens: 8, temperature: 0, cache: false });
  assert.deepEqual(without.tokens, greedy.tokens);
  const pieces: string[] = [];
  const drawn = await generate(model, tokenizer, prompt, {
    maxTokens: 8,
    random: createRandom(3).fork(1),
    onToken: (piece) => pieces.push(piece),
  });
  assert.equal(pieces.join(""), drawn.text);
  const batch = await generateBatch(model, tokenizer, ["x", prompt], { maxTokens: 8, random: createRandom(3) });
  assert.deepEqual(batch[1]!.tokens, drawn.tokens);
});

test("a text that outgrows the context goes on with its last tokens", async () => {
  const { contextLength } = model.config;
  const prompt = Array.from({ length: contextLength - 2 }, (_, i) => 3 + (i % 300));
  const { tokens } = await generate(model, tokenizer, prompt, { maxTokens: 5, temperature: 0 });
  const window = [...prompt, ...tokens.slice(0, 4)].slice(-contextLength);
  assert.equal(tokens[4], argmaxOf(nextLogits(model, window)));
});
