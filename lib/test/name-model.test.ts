/** @file The network that writes names: PyTorch's losses and gradients, the questions it is asked, and what it leaves behind. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import {
  createNameGradient,
  createNameModel,
  NAME_LETTERS,
  type NameModel,
  nameBatch,
  nameExamples,
  nameLoss,
  nameLosses,
  nameModelSize,
  trainNames,
  writeName,
} from "../src/name-model";
import { type Optimizer, rmsprop, sgd } from "../src/optimizer";
import { createRandom } from "../src/random";
import { constant } from "../src/schedule";
import { type Tensor, tf } from "../src/tf";
import { createTrainStep } from "../src/train-step";
import { assertClose, numbers } from "./golden";

interface Run {
  learningRate: number;
  losses: number[];
  gradientNorms: Record<string, number>;
}
const reference: { batchSize: number; scales: Record<string, number>; runs: Record<string, Run> } = JSON.parse(
  readFileSync(path.join(__dirname, "reference", "names.json"), "utf8"),
);

/** The weights and the batches of reference/names.py. */
function goldenModel(): NameModel {
  const model = createNameModel({ random: createRandom(1) });
  Object.entries(model.params).forEach(([name, param], i) => {
    param.assign(tf.tensor(numbers(param.shape, i + 1, reference.scales[name]!), param.shape));
  });
  return model;
}
function goldenBatch(step: number): [Tensor, Tensor] {
  const rows = Array.from({ length: reference.batchSize }, (_, b) => b);
  const contexts = rows.map((b) => [0, 1, 2].map((t) => (step * 5 + b * 7 + t * t * 11 + b * t) % 27));
  return [
    tf.tensor2d(contexts, undefined, "int32"),
    tf.tensor1d(
      rows.map((b) => (step + 3 * b + 1) % 27),
      "int32",
    ),
  ];
}

const OPTIMIZERS: Record<string, Optimizer> = {
  sgd: sgd(),
  nesterov: sgd({ momentum: 0.9, nesterov: true }),
  rmsprop: rmsprop({ decay: 0.9 }),
};
for (const [name, run] of Object.entries(reference.runs)) {
  for (const compiled of [true, false]) {
    test(`${name} from the same weights on the same batches has PyTorch's losses over 40 steps, to 1e-4; compiled: ${compiled}`, () => {
      const model = goldenModel();
      const loss = (batch: Tensor[]) => nameLosses(model, batch).sum().div(reference.batchSize);
      const step = createTrainStep({ params: model.params, optimizer: OPTIMIZERS[name]!, loss, compiled });
      const losses = run.losses.map((_, t) => step.run(goldenBatch(t % 4), run.learningRate).lossNats);
      assertClose(losses, run.losses, 1e-4);
      step.dispose();
    });
  }
}

test("the gradient of each tensor has the length that PyTorch's has, to 1e-5", () => {
  const model = goldenModel();
  const [contexts, targets] = goldenBatch(0);
  const gradientOf = createNameGradient(model);
  const all = gradientOf({
    contexts: contexts.dataSync() as Int32Array,
    targets: targets.dataSync() as Int32Array,
    count: reference.batchSize,
    contextLength: 3,
  });
  gradientOf.dispose();
  let at = 0;
  for (const [name, param] of Object.entries(model.params)) {
    const length = Math.hypot(...all.slice(at, at + param.size));
    assert.ok(Math.abs(length - reference.runs.sgd!.gradientNorms[name]!) < 1e-5, name);
    at += param.size;
  }
  assert.equal(at, nameModelSize(model));
});

test("makemore's size has 11,897 weights", () => {
  assert.equal(nameModelSize(createNameModel({ random: createRandom(1) })), 27 * 10 + 30 * 200 + 200 + 200 * 27 + 27);
});

test("each letter of a name is asked for, and the end", () => {
  const { contexts, targets, count } = nameExamples(["al", "bo"]);
  assert.equal(count, 6);
  assert.deepEqual([...targets], [1, 12, 0, 2, 15, 0]);
  assert.deepEqual([...contexts], [0, 0, 0, 0, 0, 1, 0, 1, 12, 0, 0, 0, 0, 0, 2, 0, 2, 15]);
  assert.throws(() => nameExamples(["zoë"]), /name "zoë": expected letters from a to z/);
});

test("a batch has the rows that were asked for", () => {
  const examples = nameExamples(["al"]);
  const [contexts, targets] = nameBatch(examples, [2, 0]);
  assert.deepEqual(contexts.arraySync(), [
    [0, 1, 12],
    [0, 0, 0],
  ]);
  assert.deepEqual(targets.arraySync(), [0, 1]);
});

test("an untrained model finds all 27 letters about equally likely: ln 27, to 0.05 nats", () => {
  const loss = nameLoss(createNameModel({ random: createRandom(1) }), nameExamples(["anna", "bob", "cleo"]));
  assert.ok(Math.abs(loss - Math.log(27)) < 0.05, String(loss));
});

test("training on one name teaches that name, and is repeated by the same seed", async () => {
  const train = async () => {
    const model = createNameModel({ random: createRandom(1) });
    const options = { examples: nameExamples(["anna"]), steps: 300, schedule: constant(0.1), display: "none" } as const;
    const history = await trainNames(model, { ...options, random: createRandom(2) });
    return { model, history };
  };
  const [first, second] = [await train(), await train()];
  assert.equal(writeName(first.model, createRandom(3)), "anna");
  assert.deepEqual(first.history.lossNats, second.history.lossNats);
  assert.equal(first.history.steps.length, 300);
});

test("with all examples in every step the loss falls at each step: nothing is drawn", async () => {
  const model = createNameModel({ random: createRandom(1) });
  const settings = { steps: 30, schedule: constant(0.1), random: createRandom(2), display: "none" } as const;
  const examples = nameExamples(["anna", "bob", "cleo"]);
  const { lossNats } = await trainNames(model, { ...settings, examples, batchSize: "all" });
  for (let t = 1; t < 30; t++) assert.ok(lossNats[t]! < lossNats[t - 1]!, `step ${t}`);
});

test("a run that leaves the numbers ends there, and says so", async () => {
  const model = createNameModel({ random: createRandom(1) });
  const settings = { steps: 50, schedule: constant(1e38), random: createRandom(2), display: "none" } as const;
  const history = await trainNames(model, { ...settings, examples: nameExamples(["anna", "bob"]) });
  const last = history.lossNats.at(-1)!;
  assert.equal(history.diverged, true);
  assert.ok(history.steps.length < 50 && Number.isNaN(last), `${history.steps.length} steps, then ${last}`);
});

test("names are written in letters, and end", () => {
  const name = writeName(createNameModel({ random: createRandom(1) }), createRandom(5), { maxLetters: 8 });
  assert.ok(name.length <= 8 && [...name].every((letter) => NAME_LETTERS.indexOf(letter) > 0), name);
});

test("losses, gradients and names leave no tensors behind", () => {
  const model = createNameModel({ random: createRandom(1) });
  const examples = nameExamples(["anna", "bob"]);
  const gradientOf = createNameGradient(model);
  const use = () => {
    nameLoss(model, examples);
    gradientOf(examples, [1, 2]);
    writeName(model, createRandom(1));
  };
  use();
  const before = tf.memory().numTensors;
  for (let i = 0; i < 5; i++) use();
  assert.equal(tf.memory().numTensors, before);
  gradientOf.dispose();
});
