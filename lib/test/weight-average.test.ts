import assert from "node:assert/strict";
import { test } from "node:test";
import { CourseError } from "../src/errors";
import { tf } from "../src/tf";
import { WeightAverage } from "../src/weight-average";

test("weights of 1, then 2, then 6 become 3, each number on its own, and nothing stays in memory", () => {
  const weight = tf.variable(tf.tensor2d([[1, 10]]));
  const average = new WeightAverage({ weight });
  average.add();
  for (const values of [[[2, 20]], [[6, 0]]]) {
    tf.tidy(() => weight.assign(tf.tensor2d(values) as never));
    average.add();
  }
  const before = tf.memory().numTensors;
  average.assign();
  assert.deepEqual(Array.from(weight.dataSync()), [3, 10]);
  assert.equal(tf.memory().numTensors, before);
});

test("the mean of nothing is an error", () => {
  assert.throws(() => new WeightAverage({}).assign(), CourseError);
});
