/** What answering and learning cost: formulas against numbers by head, against published figures, and against what TensorFlow was asked for. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { MODEL_CONFIG } from "../src/chain";
import {
  attentionFlopsPerToken,
  billFor,
  breakEven,
  costPerToken,
  forwardCosts,
  inferenceFlops,
  memoryNeed,
  trainingFlops,
} from "../src/cost";
import { createGPT, disposeGPT, forward, type GPTConfig, parameterCount } from "../src/gpt";
import { crossEntropy } from "../src/loss";
import { countOperations } from "../src/operation-count";
import { adamw } from "../src/optimizer";
import { matmulSpeed, measurePasses } from "../src/pass-times";
import { PUBLISHED_MODELS } from "../src/published";
import { createRandom } from "../src/random";
import { backend, ready, type Tensor, tf } from "../src/tf";
import { gradients, startOptimizer, updateParams } from "../src/update";

test("one weight and one token: 2 operations to use it, 6 to train it", () => {
  assert.equal(inferenceFlops({ params: 1, tokens: 1 }), 2);
  assert.equal(trainingFlops({ params: 1, tokens: 1 }), 6);
  assert.throws(() => inferenceFlops({ params: 0, tokens: 1 }), /params: expected a number above 0, received 0/);
});

test("6ND is within 2 % of the operations that the makers of GPT-3 and Llama 3.1 published", () => {
  const published = PUBLISHED_MODELS.filter(({ flops }) => flops !== undefined);
  assert.deepEqual(
    published.map(({ name }) => name),
    ["GPT-3", "Llama 3.1 405B"],
  );
  for (const { name, params, tokens, flops } of published) {
    const ratio = trainingFlops({ params, tokens }) / flops!;
    assert.ok(Math.abs(ratio - 1) < 0.02, `${name}: ${ratio}`);
  }
});

test("published figures fit together: updates are tokens by batch, hours are what 25 to 60 % of the rated speed takes", () => {
  for (const { name, params, tokens, updates, gpuHours, flopsPerSecond } of PUBLISHED_MODELS) {
    if (updates) assert.ok(updates.count * updates.batchTokens >= 0.99 * tokens, name);
    if (!gpuHours) continue;
    const utilisation = (6 * params * tokens) / (gpuHours * 3600 * flopsPerSecond);
    assert.ok(utilisation > 0.25 && utilisation < 0.6, `${name}: ${utilisation}`);
  }
});

test("a bill: 7.2e15 operations at half of 2e12 a second take 7,200 s; at 300 W and 2 dollars an hour, 2.16 MJ and 4 dollars", () => {
  const bill = billFor(7.2e15, { flopsPerSecond: 2e12, utilisation: 0.5, watts: 300, dollarsPerHour: 2 });
  assert.deepEqual(bill, { flops: 7.2e15, seconds: 7200, joules: 2_160_000, dollars: 4 });
  assert.throws(() => billFor(1, { flopsPerSecond: 1, utilisation: 40 }), /utilisation: expected a share/);
});

test("a weight takes 4 bytes to be used and 16 to be trained", () => {
  assert.deepEqual(memoryNeed(10, { training: false }), { weights: 40, grads: 0, optimizer: 0, total: 40 });
  assert.deepEqual(memoryNeed(10, { training: true }), { weights: 40, grads: 40, optimizer: 80, total: 160 });
});

test("answering has cost as much as training after three times the tokens, whatever the size", () => {
  for (const params of [7, 1e6, 175e9]) {
    const even = breakEven({ params, trainingTokens: 100, tokensPerDay: 10 });
    assert.equal(even.tokens, 300);
    assert.equal(even.days, 30);
  }
});

/** A pass over (B, T) tokens, with what it needs. */
function pass(config: GPTConfig, B: number, T: number) {
  const model = createGPT(config, { random: createRandom(1) });
  const ids = (shift: number): Tensor =>
    tf.tensor2d(
      Array.from({ length: B * T }, (_, i) => (i + shift) % config.vocabSize),
      [B, T],
      "int32",
    );
  const [x, y] = [ids(0), ids(1)] as const;
  const loss = (): Tensor => crossEntropy(forward(model, x), y);
  return {
    model,
    loss,
    tokens: B * T,
    dispose: () => {
      disposeGPT(model);
      tf.dispose([x, y]);
    },
  };
}

const CONFIGS: [string, GPTConfig, number][] = [
  ["the course's model", { ...MODEL_CONFIG }, 128],
  ["half a context", { ...MODEL_CONFIG }, 64],
  ["wide, without biases", { vocabSize: 50, contextLength: 16, nLayer: 2, nHead: 4, nEmbd: 64, bias: false }, 16],
  ["one head", { vocabSize: 31, contextLength: 8, nLayer: 3, nHead: 1, nEmbd: 12 }, 8],
];

test("the products that TensorFlow is asked for are those of the shapes, layer by layer; the way back takes exactly twice as many", async () => {
  await ready();
  for (const [name, config, T] of CONFIGS) {
    const run = pass(config, 2, T);
    const costs = forwardCosts(config, T);
    const sum = (of: typeof costs): number => of.reduce((total, { flops }) => total + run.tokens * flops, 0);
    const there = await countOperations(run.loss);
    assert.equal(there.productFlops, sum(costs), name);
    assert.equal(there.weightFlops, sum(costs.filter(({ weights }) => weights > 0)), name);
    const both = await countOperations(() => gradients(run.model.params, run.loss));
    // Elsewhere than on the native backend, the gradient of the embedding is a product, too.
    if (backend().native) assert.equal(both.productFlops, 3 * there.productFlops, name);
    else assert.ok(both.productFlops >= 3 * there.productFlops, name);
    assert.ok(both.peakBytes > there.peakBytes && there.peakBytes > 0);
    run.dispose();
  }
});

test("for the course's model 2N is within 5 % of the counted products with weights, and with attention of all products", async () => {
  await ready();
  const run = pass({ ...MODEL_CONFIG }, 2, 128);
  const { params, byFormula, withAttention } = costPerToken(MODEL_CONFIG);
  assert.equal(params, parameterCount(MODEL_CONFIG));
  const there = await countOperations(run.loss);
  const both = await countOperations(() => gradients(run.model.params, run.loss));
  for (const [count, times] of [
    [there, 1],
    [both, 3],
  ] as const) {
    const ofWeights = count.weightFlops / run.tokens / (times * byFormula);
    const ofAll = count.productFlops / run.tokens / (times * withAttention);
    assert.ok(Math.abs(ofWeights - 1) < 0.05, `${ofWeights}`);
    assert.ok(Math.abs(ofAll - 1) < 0.05, `${ofAll}`);
    assert.ok(count.otherFlops < 0.03 * count.productFlops);
  }
  assert.equal(there.attentionFlops / run.tokens, attentionFlopsPerToken(MODEL_CONFIG));
  run.dispose();
});

test("an update takes 10 to 20 operations a weight, and no products", async () => {
  await ready();
  const run = pass({ ...MODEL_CONFIG, nLayer: 1 }, 1, 8);
  const { grads, value } = gradients(run.model.params, run.loss);
  const optimizer = adamw();
  const state = startOptimizer(optimizer, run.model.params);
  const count = await countOperations(() => updateParams(optimizer, run.model.params, grads, state, 1e-3));
  const perWeight = count.otherFlops / parameterCount(run.model.config);
  assert.equal(count.productFlops, 0);
  assert.ok(perWeight >= 10 && perWeight <= 20, String(perWeight));
  tf.dispose([grads, value, state.slots]);
  run.dispose();
});

test("(2, 3) x (3, 4) is 48 operations, four such pairs are 192, and whichever is transposed makes no difference", async () => {
  await ready();
  const count = async (fn: () => Tensor): Promise<number> => (await countOperations(fn)).productFlops;
  assert.equal(await count(() => tf.matMul(tf.ones([2, 3]), tf.ones([3, 4]))), 48);
  assert.equal(await count(() => tf.matMul(tf.ones([2, 3]), tf.ones([4, 3]), false, true)), 48);
  assert.equal(await count(() => tf.matMul(tf.ones([3, 2]), tf.ones([3, 4]), true)), 48);
  assert.equal(await count(() => tf.matMul(tf.ones([4, 2, 3]), tf.ones([4, 3, 4]))), 192);
  const moved = await countOperations(() => tf.ones([2, 3]).transpose().reshape([6]));
  assert.deepEqual([moved.productFlops, moved.otherFlops], [0, 0]);
  const added = await countOperations(() => tf.ones([2, 3]).add(tf.ones([2, 3])));
  assert.equal(added.otherFlops, 6);
});

test("after counting, an error in between included, TensorFlow computes as before and no tensor is left", async () => {
  await ready();
  const before = tf.memory().numTensors;
  await countOperations(() => tf.ones([2, 2]).square());
  await assert.rejects(
    countOperations(() => {
      tf.ones([2, 2]);
      throw new Error("on purpose");
    }),
    /on purpose/,
  );
  assert.equal(tf.memory().numTensors, before);
  assert.deepEqual(Array.from(tf.tidy(() => tf.matMul(tf.ones([1, 2]), tf.ones([2, 1])).dataSync())), [2]);
});

test("measured passes are positive times, the model stays as it is, and no tensor is left", async () => {
  await ready();
  const model = createGPT(
    { vocabSize: 40, contextLength: 16, nLayer: 1, nHead: 2, nEmbd: 16 },
    { random: createRandom(1) },
  );
  const weights = model.params["wte.weight"]!.dataSync().slice();
  const before = tf.memory().numTensors;
  const times = await measurePasses(model, { batchSize: 2, repeats: 1 });
  assert.equal(times.tokens, 32);
  assert.ok(times.forwardMs > 0 && times.updateMs > 0 && times.writeMs > 0 && times.stepMs > 0);
  assert.ok((await matmulSpeed({ size: 64, repeats: 1 })) > 1e6);
  assert.equal(tf.memory().numTensors, before);
  assert.deepEqual(model.params["wte.weight"]!.dataSync(), weights);
  disposeGPT(model);
});
