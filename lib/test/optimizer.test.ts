import assert from "node:assert/strict";
import { test } from "node:test";
import { createGPT, forward, weightsOf } from "../src/gpt";
import { tokenLosses } from "../src/loss";
import { adam, adamw, clipByGlobalNorm, globalNorm, type Optimizer, sgd } from "../src/optimizer";
import { constant, warmupCosine } from "../src/schedule";
import { type Tensor, tf } from "../src/tf";
import { createTrainStep } from "../src/train-step";
import { disposeOptimizerState, gradients, startOptimizer, updateParams } from "../src/update";
import { assertClose, golden, goldenWeights, withoutKeyBiases } from "./golden";

for (const compiled of [false, true]) {
  const how = compiled ? "as one graph, with TensorFlow's kernel" : "step by step, from the formula";

  test(`AdamW equals PyTorch's over 100 steps with clipping: losses to 1e-5, weights to 2e-4; ${how}`, () => {
    const { config, options, losses, norms, weights } = golden.adamw;
    const model = createGPT(config, { weights: goldenWeights(config) });
    const step = createTrainStep({
      params: model.params,
      optimizer: adamw(options),
      clipNorm: options.clipNorm,
      compiled,
      loss: ([x, y]) => tokenLosses(forward(model, x!), y!).sum(),
    });
    const received = losses.map((_, n) => {
      const ids = [0, 1, 2].map((b) => [0, 1, 2, 3, 4, 5].map((t) => (n * 3 + b * 5 + t * 2) % 11));
      const targets = ids.map((row) => row.map((id) => (id * 2 + 1) % 11));
      return step.run(
        [tf.tensor2d(ids, [3, 6], "int32"), tf.tensor2d(targets, [3, 6], "int32")],
        options.learningRate,
        { scale: 1 / 18 },
      );
    });
    step.sync();
    assertClose(
      received.map((r) => r.lossNats),
      losses,
      1e-5,
      "loss",
    );
    assertClose(
      received.map((r) => r.gradNorm),
      norms,
      1e-4,
      "norm",
    );
    for (const [name, { data }] of Object.entries(withoutKeyBiases(weightsOf(model)))) {
      assertClose(data, weights[name]!.slice(0, data.length), 2e-4, name);
    }
    step.dispose();
  });

  test(`gradient descent with momentum takes PyTorch's path, to 1e-5; ${how}`, () => {
    const { learningRate, momentum, path } = golden.sgd;
    const w = tf.variable(tf.tensor1d([1, 1]));
    const loss = ([scale]: Tensor[]) => w.square().mul(scale!).sum().div(2);
    const step = createTrainStep({ params: { w }, optimizer: sgd({ momentum }), compiled, parts: 1, loss });
    for (const expected of path) {
      step.run([tf.tensor1d([1, 10])], learningRate);
      step.sync();
      assertClose(w, expected, 1e-5);
    }
    step.dispose();
  });
}

function descend(optimizer: Optimizer, steps: number, learningRate: number): number[] {
  const w = tf.variable(tf.tensor1d([1]));
  const state = startOptimizer(optimizer, { w });
  const path = Array.from({ length: steps }, () => {
    const { grads } = gradients({ w }, () => w.square().sum() as Tensor);
    updateParams(optimizer, { w }, grads, state, learningRate);
    return w.dataSync()[0]!;
  });
  disposeOptimizerState(state);
  return path;
}

test("gradient descent from w = 1 on w^2 at a rate of 0.1 gives 0.8, 0.64, 0.512", () => {
  assertClose(descend(sgd(), 3, 0.1), [0.8, 0.64, 0.512], 1e-6);
});

test("Adam's first step is the learning rate, whatever the gradient", () => {
  assertClose(descend(adam(), 1, 0.1), [0.9], 1e-6);
});

test("weight decay shrinks matrices, not vectors", () => {
  const params = { matrix: tf.variable(tf.ones([2, 2])), vector: tf.variable(tf.ones([2])) };
  const optimizer = adamw({ weightDecay: 0.5 });
  const grads = { matrix: tf.zeros([2, 2]), vector: tf.zeros([2]) };
  updateParams(optimizer, params, grads, startOptimizer(optimizer, params), 0.1);
  assertClose(params.matrix, [0.95, 0.95, 0.95, 0.95], 1e-6);
  assertClose(params.vector, [1, 1], 1e-6);
});

test("weights without a gradient stay as they are", () => {
  const params = { used: tf.variable(tf.ones([2])), unused: tf.variable(tf.ones([2, 2])) };
  for (const compiled of [false, true]) {
    const step = createTrainStep({ params, optimizer: adamw(), compiled, loss: ([x]) => params.used.mul(x!).sum() });
    step.run([tf.ones([2])], 0.1);
    step.sync();
    assertClose(params.unused, [1, 1, 1, 1], 0);
    step.dispose();
  }
  assert.notEqual(params.used.dataSync()[0], 1);
});

test("the gradient (3, 4), in two parts, has norm 5 and is clipped to (0.6, 0.8)", () => {
  const grads = { a: tf.tensor1d([3]), b: tf.tensor1d([4]) };
  const clipped = clipByGlobalNorm(grads, 1);
  assertClose(clipped.norm, [5], 1e-6);
  assertClose(globalNorm(grads), [5], 1e-6);
  assertClose(clipped.grads.a!, [0.6], 1e-6);
  assertClose(clipped.grads.b!, [0.8], 1e-6);
});

test("a gradient shorter than the limit is not changed", () => {
  assertClose(clipByGlobalNorm({ a: tf.tensor1d([3, 4]) }, 6).grads.a!, [3, 4], 0);
});

test("updating leaves no tensors behind", () => {
  const params = { w: tf.variable(tf.ones([2, 2])) };
  const before = tf.memory().numTensors;
  const optimizer = adamw();
  const state = startOptimizer(optimizer, params);
  for (let i = 0; i < 20; i++) {
    tf.tidy(() => updateParams(optimizer, params, { w: tf.ones([2, 2]) }, state, 0.1));
  }
  assert.equal(tf.memory().numTensors, before + 2);
  disposeOptimizerState(state);
  assert.equal(tf.memory().numTensors, before);
});

test("warm-up rises in a line, the cosine falls to the floor: 2 of 6 steps, rate 1, floor 0.1", () => {
  const schedule = warmupCosine({ learningRate: 1, steps: 6, warmupSteps: 2, finalLearningRate: 0.1 });
  const half = Math.SQRT1_2;
  const falling = [1, half, 0, -half, -1].map((cosine) => 0.1 + (0.9 * (1 + cosine)) / 2);
  assertClose([0, 1, 2, 3, 4, 5, 6, 7].map(schedule), [1 / 3, 2 / 3, ...falling, 0.1], 1e-12);
});

test("a constant schedule is constant", () => {
  assert.deepEqual([0, 10, 1e6].map(constant(3e-4)), [3e-4, 3e-4, 3e-4]);
});

test("settings that make no sense are refused", () => {
  assert.throws(() => adamw({ beta1: 1 }), /beta1: expected a number from 0 to below 1, received 1/);
  assert.throws(() => sgd({ momentum: -0.1 }), /momentum: expected a number from 0 to below 1/);
  assert.throws(() => constant(Number.NaN), /learningRate: expected a number of at least 0, received NaN/);
  assert.throws(() => warmupCosine({ learningRate: 1, steps: 0 }), /steps: expected a whole number of at least 1/);
});
