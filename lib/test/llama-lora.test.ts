import assert from "node:assert/strict";
import { test } from "node:test";
import { forwardLlama } from "../src/llama";
import { loadLlama } from "../src/llama-file";
import { createLlamaLora, disposeMerged, loraGradients, loraProduct, mergeLlamaLora } from "../src/llama-lora";
import { disposeLora, type Lora, loraParameterCount } from "../src/lora";
import { adam } from "../src/optimizer";
import { createRandom } from "../src/random";
import { tf } from "../src/tf";
import type { TrainBatch } from "../src/train-options";
import { disposeOptimizerState, startOptimizer, updateParams } from "../src/update";
import { assertClose } from "./golden";
import { llamaPath, reference } from "./llama-reference";

const { model } = loadLlama(llamaPath);
const { ids, lora: golden } = reference;
const ALL = ["attn_qkv", "attn_output", "ffn_gate_up", "ffn_down"] as const;
const batch: TrainBatch = {
  inputs: Int32Array.from(ids.flat()),
  targets: Int32Array.from(golden.targets.flat()),
  weights: Float32Array.from(golden.weights.flat()),
  batchSize: 2,
  contextLength: 12,
};

/** Adapters that begin as PyTorch's. */
function goldenLora(): Lora {
  const lora = createLlamaLora(model, { rank: golden.rank, alpha: golden.alpha, kinds: ALL, random: createRandom(1) });
  for (const [layer, values] of Object.entries(golden.A)) {
    const A = lora.params[`${layer}.lora_A`]!;
    tf.tidy(() => A.assign(tf.tensor(values, A.shape)));
  }
  return lora;
}

/** Some steps of Adam; the losses before each. */
function steps(lora: Lora, count: number, learningRate: number): number[] {
  const optimizer = adam({ beta2: 0.999, epsilon: 1e-8 });
  const state = startOptimizer(optimizer, lora.params);
  const losses = Array.from({ length: count }, () => {
    const { lossNats, grads } = loraGradients(model, lora, batch);
    updateParams(optimizer, lora.params, grads, state, learningRate);
    tf.dispose(grads);
    return lossNats;
  });
  disposeOptimizerState(state);
  return losses;
}

test("the losses of five steps equal PyTorch's to 1e-4", () => {
  const lora = goldenLora();
  assertClose(steps(lora, 5, golden.learningRate), golden.losses, 1e-4, "losses");
  disposeLora(lora);
});

test("the first gradient by every B equals PyTorch's to 1e-4, and that by A is zero", () => {
  const lora = goldenLora();
  const { grads } = loraGradients(model, lora, batch);
  assert.deepEqual(Object.keys(grads).sort(), Object.keys(lora.params).sort());
  for (const [layer, expected] of Object.entries(golden.gradientsOfB)) {
    assertClose(grads[`${layer}.lora_B`]!, expected, 1e-4, layer);
    assert.equal(grads[`${layer}.lora_A`]!.abs().max().dataSync()[0], 0);
  }
  tf.dispose(grads);
  disposeLora(lora);
});

test("new adapters change nothing; trained ones change the model beside it and merged into it alike, to 1e-4", () => {
  const lora = goldenLora();
  const plain = forwardLlama(model, ids);
  assertClose(forwardLlama(model, ids, { product: loraProduct(lora) }), Array.from(plain.dataSync()), 1e-6, "new");
  steps(lora, 3, golden.learningRate);
  const beside = forwardLlama(model, ids, { product: loraProduct(lora) });
  assert.ok(beside.sub(plain).abs().max().dataSync()[0]! > 0.1);
  const merged = mergeLlamaLora(model, lora);
  assertClose(forwardLlama(merged, ids), Array.from(beside.dataSync()), 1e-4, "merged");
  disposeMerged(merged, model);
  assertClose(forwardLlama(model, ids), Array.from(plain.dataSync()), 1e-6, "the model itself");
  disposeLora(lora);
});

test("adapters in the last block only get the gradients that they get when all blocks have some", () => {
  const [all, last] = [ALL, ["attn_qkv"] as const].map((kinds, n) =>
    createLlamaLora(model, { rank: 4, alpha: 8, kinds, lastBlocks: n === 0 ? 2 : 1, random: createRandom(3) }),
  ) as [Lora, Lora];
  assert.deepEqual(last.layers, ["blk.1.attn_qkv"]);
  assert.equal(loraParameterCount(last), 4 * (64 + 128));
  tf.tidy(() => {
    for (const lora of [all, last]) {
      lora.params["blk.1.attn_qkv.lora_A"]!.assign(tf.fill([64, 4], 0.1));
      lora.params["blk.1.attn_qkv.lora_B"]!.assign(tf.fill([4, 128], 0.05));
    }
  });
  const [a, b] = [all, last].map((lora) => loraGradients(model, lora, batch));
  assert.deepEqual(Object.keys(b!.grads), ["blk.1.attn_qkv.lora_A", "blk.1.attn_qkv.lora_B"]);
  assertClose([a!.lossNats], [b!.lossNats], 1e-5, "loss");
  for (const [name, grad] of Object.entries(b!.grads))
    assertClose(grad, Array.from(a!.grads[name]!.dataSync()), 1e-4, name);
});

test("a step frees everything but the gradients", () => {
  const lora = goldenLora();
  steps(lora, 1, 0.01);
  const before = tf.memory().numTensors;
  const { grads } = loraGradients(model, lora, batch);
  assert.equal(tf.memory().numTensors, before + Object.keys(lora.params).length);
  tf.dispose(grads);
  assert.equal(tf.memory().numTensors, before);
});

test("settings that make no adapters are refused", () => {
  const random = createRandom(1);
  assert.throws(() => createLlamaLora(model, { rank: 0, random }), /rank: expected a whole number from 1 to 64/);
  assert.throws(
    () => createLlamaLora(model, { lastBlocks: 3, random }),
    /lastBlocks: expected a whole number from 1 to 2/,
  );
  const lora = createLlamaLora(model, { random });
  const nothing = { ...batch, weights: new Float32Array(24) };
  assert.throws(() => loraGradients(model, lora, nothing), /weights: expected at least one target that counts/);
});
