import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import {
  createLlama,
  disposeLlama,
  finalLlamaStates,
  forwardLlama,
  isLlama,
  type Llama,
  llamaLogitsOf,
  llamaShapes,
  unembedLlama,
} from "../src/llama";
import { createLlamaCache } from "../src/llama-cache";
import { loadLlama } from "../src/llama-file";
import { createLlamaLora, loraGradients } from "../src/llama-lora";
import { createRandom } from "../src/random";
import { sizeOf } from "../src/shape";
import { type Tensor, tf } from "../src/tf";
import { assertClose, numbers } from "./golden";
import { llamaPath, reference } from "./llama-reference";

const { model, tokenizer } = loadLlama(llamaPath);
const { ids } = reference;

test("logits equal those of transformers to 1e-4", () => {
  assertClose(forwardLlama(model, ids), reference.logits, 1e-4, "logits");
});

test("the residual stream and the attention of every layer equal those of transformers to 1e-4", () => {
  const seen: Record<string, Tensor> = {};
  const logits = forwardLlama(model, ids, {
    hook: (name, value) => {
      seen[name] = tf.keep(value.clone());
    },
  });
  assertClose(logits, reference.logits, 1e-4, "logits");
  assertClose(seen.embed!, reference.hidden[0]!, 1e-4, "embed");
  assertClose(seen["h.0"]!, reference.hidden[1]!, 1e-4, "h.0");
  reference.attention.forEach((map, i) => {
    assert.deepEqual(seen[`h.${i}.attn.probs`]!.shape, [2, 4, 12, 12]);
    assertClose(seen[`h.${i}.attn.probs`]!, map, 1e-4, `attention ${i}`);
  });
  assertClose(llamaLogitsOf(model, seen["h.1"]!), reference.logits, 1e-4, "logits of the last state");
  assertClose(unembedLlama(model, seen.ln_f!), reference.logits, 1e-4, "logits of the normed state");
  assertClose(finalLlamaStates(model, ids), Array.from(seen.ln_f!.dataSync()), 1e-5, "final states");
});

test("a hook can take a layer's attention away", () => {
  const without = forwardLlama(model, ids, { hook: (name, value) => (name === "h.0.attn" ? value.mul(0) : undefined) });
  assert.ok(without.sub(forwardLlama(model, ids)).abs().max().dataSync()[0]! > 0.1);
  assert.throws(
    () => forwardLlama(model, ids, { hook: () => tf.zeros([1]) }),
    /hook\("embed"\): expected \(2, 12, 64\)/,
  );
});

/** A model with a longer context and random weights. */
function randomLlama(contextLength: number): Llama {
  const config = { ...model.config, contextLength };
  const shapes = llamaShapes(config);
  const random = createRandom(5);
  return createLlama(config, (name) =>
    Float32Array.from({ length: sizeOf(shapes[name]!) }, () => (name.includes("norm") ? 1 : 0.15) * random.normal()),
  );
}

const last = (model: Llama, ids: readonly number[]): Float32Array =>
  tf.tidy(
    () =>
      forwardLlama(model, [[...ids]])
        .slice([0, ids.length - 1, 0], [1, 1, -1])
        .dataSync() as Float32Array,
  );

test("token by token through the cache, logits are those of reading anew, to 1e-4, also when it grows", () => {
  const long = randomLlama(300);
  const random = createRandom(2);
  const text = Array.from({ length: 300 }, () => random.integer(320));
  const cache = createLlamaCache(long);
  assertClose(cache.read([text.slice(0, 120)])[0]!, last(long, text.slice(0, 120)), 1e-4, "120 tokens");
  for (let t = 120; t < 140; t++) cache.read([[text[t]!]]); // on the way it doubles its 128 places
  assertClose(cache.read([[text[140]!]])[0]!, last(long, text.slice(0, 141)), 1e-4, "141 tokens");
  assertClose(cache.read([text.slice(141, 300)])[0]!, last(long, text), 1e-4, "300 tokens");
  assert.deepEqual(cache.lengths, [300]);
  assert.throws(() => cache.read([[1]]), /at most 300 in all \(contextLength\), received 1 after 300/);
  cache.clear();
  assertClose(cache.read([text.slice(0, 7)])[0]!, last(long, text.slice(0, 7)), 1e-4, "7 tokens in a used cache");
  cache.dispose();
  disposeLlama(long);
});

test("texts of different lengths are read side by side as if each were alone, to 1e-4", () => {
  const rows = [[5, 17, 200, 3], [9], [40, 41, 42, 43, 44, 45, 46]];
  const cache = createLlamaCache(model, { batchSize: 3 });
  const logits = cache.read(rows);
  rows.forEach((row, b) => {
    assertClose(logits[b]!, last(model, row), 1e-4, `row ${b}`);
  });
  const next = cache.read([[7], [], [8]]);
  assert.equal(next[1], undefined);
  assertClose(next[0]!, last(model, [...rows[0]!, 7]), 1e-4, "row 0 and one more");
  assertClose(cache.read([[], [1], []])[1]!, last(model, [9, 1]), 1e-4, "row 1, which waited");
  cache.dispose();
});

test("reading frees everything that it does not return", () => {
  const cache = createLlamaCache(model);
  cache.read([[1, 2, 3]]);
  cache.read([[4]]);
  const before = tf.memory().numTensors;
  for (let i = 0; i < 5; i++) cache.read([[i]]);
  assert.equal(tf.memory().numTensors, before);
  cache.dispose();
  const without = tf.memory().numTensors;
  tf.dispose([forwardLlama(model, ids), finalLlamaStates(model, ids)]);
  assert.equal(tf.memory().numTensors, without);
});

test("the tokenizer belongs to the model, and the model is told from a GPT", () => {
  assert.equal(tokenizer.vocabSize, model.config.vocabSize);
  assert.equal(isLlama(model), true);
  assert.equal(isLlama({ config: { nHead: 4 } }), false);
});

test("weights that do not fit are named, and no memory stays taken", () => {
  const before = tf.memory().numTensors;
  const { config } = model;
  assert.throws(
    () => createLlama(config, {}),
    /weights\["token_embd.weight"\]: expected 20480 numbers of shape \(320, 64\)/,
  );
  assert.throws(() => createLlama(config, () => numbers([20480], 1, 1)), /blk.0.attn_norm.weight.*received 20480/);
  assert.throws(
    () => createLlama({ ...config, nKvHead: 3 }, {}),
    /nHead: expected a multiple of nKvHead \(3\), received 4/,
  );
  assert.equal(tf.memory().numTensors, before);
});

test("what is no batch of token ids is refused", () => {
  assert.throws(() => forwardLlama(model, [new Array(65).fill(1)]), /at most 64 in a row, received \(1, 65\)/);
  assert.throws(() => createLlamaCache(model).read([[320]]), /token ids from 0 to 319, received 320/);
});

test("plain JavaScript computes the same, with a cache and a step of LoRA, to 1e-4", () => {
  const script = `
    const { loadLlama } = require("./lib/src/llama-file");
    const { createLlamaCache } = require("./lib/src/llama-cache");
    const { createLlamaLora, loraGradients } = require("./lib/src/llama-lora");
    const { createRandom } = require("./lib/src/random");
    const { model } = loadLlama(${JSON.stringify(llamaPath)});
    const cache = createLlamaCache(model);
    cache.read([${JSON.stringify(ids[0]!.slice(0, 10))}]);
    const [logits] = cache.read([[${ids[0]![10]}]]);
    const batch = { inputs: Int32Array.from(${JSON.stringify(ids.flat())}), batchSize: 2, contextLength: 12 };
    const lora = createLlamaLora(model, { random: createRandom(1) });
    const { lossNats } = loraGradients(model, lora, { ...batch, targets: batch.inputs });
    console.log(JSON.stringify({ logits: [...logits], lossNats }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "-e", script], {
    cwd: path.resolve(__dirname, "../.."),
    env: { ...process.env, COURSE_BACKEND: "cpu" },
    encoding: "utf8",
  });
  assert.ok(stdout, stderr);
  const plain = JSON.parse(stdout.trim().split("\n").at(-1)!) as { logits: number[]; lossNats: number };
  assertClose(plain.logits, last(model, ids[0]!.slice(0, 11)), 1e-4, "logits");
  const lora = createLlamaLora(model, { random: createRandom(1) });
  const inputs = Int32Array.from(ids.flat());
  const { lossNats, grads } = loraGradients(model, lora, { inputs, targets: inputs, batchSize: 2, contextLength: 12 });
  assertClose([plain.lossNats], [lossNats], 1e-4, "loss");
  tf.dispose(grads);
});
