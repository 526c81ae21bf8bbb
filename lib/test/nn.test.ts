import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { zeroGrad } from "../src/autograd";
import { hingeLoss, MLP } from "../src/nn";
import { createRandom } from "../src/random";

const golden = JSON.parse(readFileSync(path.join(__dirname, "reference", "gradients.json"), "utf8")).network as {
  sizes: number[];
  points: [number, number][];
  labels: number[];
  weightDecay: number;
  params: number[];
  scores: number[];
  loss: number;
  grads: number[];
};

function goldenNetwork(): MLP {
  const model = new MLP(golden.sizes, { random: createRandom(1) });
  model.params().forEach((weight, i) => {
    weight.data = golden.params[i]!;
  });
  return model;
}

const assertNear = (received: number[], expected: number[], tolerance: number): void => {
  assert.equal(received.length, expected.length);
  received.forEach((value, i) => void assert.ok(Math.abs(value - expected[i]!) <= tolerance, `${i}: ${value}`));
};

test("scores, hinge loss and the slope of every weight are PyTorch's, to 1e-9", () => {
  const model = goldenNetwork();
  const { loss } = hingeLoss(model, golden, { weightDecay: golden.weightDecay });
  loss.backward();
  assertNear(
    golden.points.map((point) => model.forward(point)[0]!.data),
    golden.scores,
    1e-9,
  );
  assertNear([loss.data], [golden.loss], 1e-9);
  assertNear(
    model.params().map((weight) => weight.grad),
    golden.grads,
    1e-9,
  );
});

test("the accuracy is the share of points whose score has the sign of their label", () => {
  const expected = golden.scores.filter((score, i) => score * golden.labels[i]! > 0).length / golden.labels.length;
  assert.equal(hingeLoss(goldenNetwork(), golden).accuracy, expected);
});

test("micrograd's network for the moons has 337 weights, from -1 to 1, biases 0", () => {
  const params = new MLP([2, 16, 16, 1], { random: createRandom(1) }).params().map((weight) => weight.data);
  assert.equal(params.length, 337);
  assert.equal(params.filter((value) => value === 0).length, 33);
  assert.ok(params.every((value) => value >= -1 && value <= 1));
});

test("the same seed gives the same network, another seed another one", () => {
  const weights = (seed: number): number[] =>
    new MLP([2, 3, 1], { random: createRandom(seed) }).params().map((weight) => weight.data);
  assert.deepEqual(weights(1), weights(1));
  assert.notDeepEqual(weights(1), weights(2));
});

test("a hundred steps of gradient descent halve the loss of the golden network", () => {
  const model = goldenNetwork();
  const losses = Array.from({ length: 100 }, () => {
    const { loss } = hingeLoss(model, golden);
    zeroGrad(model.params());
    loss.backward();
    for (const weight of model.params()) weight.data -= 0.1 * weight.grad;
    return loss.data;
  });
  assert.ok(losses.at(-1)! < 0.5 * losses[0]!, losses.join(" "));
});

test("inputs of another number than the weights are refused, with both numbers", () => {
  const model = new MLP([2, 3, 1], { random: createRandom(1) });
  assert.throws(() => model.forward([1, 2, 3]), /expected \(2\) = \(inputs\), received \(3\)/);
});
