/** @file Slices through the loss of a network: directions as long as the weights, the weights where they were. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createGPT, weightsOf } from "../src/gpt";
import { fromVector, lossSlice, randomDirection, toVector, towards } from "../src/landscape";
import { createRandom } from "../src/random";
import { tf } from "../src/tf";

const config = { vocabSize: 7, contextLength: 4, nLayer: 1, nHead: 2, nEmbd: 4 };
const model = createGPT(config, { random: createRandom(1) });
const weights = weightsOf(model);

/** The lengths of the columns of a matrix, or of its rows, from nested lists. */
function lengths({ shape, data }: { shape: number[]; data: Float32Array }, axis: "rows" | "columns"): number[] {
  const [rows, columns] = shape as [number, number];
  const at = (i: number, j: number): number => data[i * columns + j]!;
  return axis === "rows"
    ? Array.from({ length: rows }, (_, i) => Math.hypot(...Array.from({ length: columns }, (_, j) => at(i, j))))
    : Array.from({ length: columns }, (_, j) => Math.hypot(...Array.from({ length: rows }, (_, i) => at(i, j))));
}

test("each filter of a direction is as long as the filter of the weights, to 1e-6; gains and biases stay", () => {
  const direction = randomDirection(weights, createRandom(2));
  for (const [name, { shape, data }] of Object.entries(direction)) {
    assert.deepEqual(shape, weights[name]!.shape);
    if (shape.length < 2) {
      assert.ok(
        data.every((d) => d === 0),
        name,
      );
      continue;
    }
    const axis = name === "wte.weight" || name === "wpe.weight" ? "rows" : "columns";
    const [received, expected] = [lengths({ shape, data }, axis), lengths(weights[name]!, axis)];
    received.forEach((length, k) => void assert.ok(Math.abs(length - expected[k]!) < 1e-6, `${name} ${k}`));
    assert.notDeepEqual([...data], [...weights[name]!.data]);
  }
});

test("a slice has the loss at w + x a + y b, and leaves the weights as they were, bit by bit", async () => {
  const w = tf.variable(tf.tensor2d([[1, 2]]));
  const of = (...data: number[]) => ({ w: { shape: [1, 2], data: Float32Array.from(data) } });
  const loss = (): number => (w.dataSync()[0] as number) * 10 + (w.dataSync()[1] as number);
  const slice = await lossSlice({ params: { w }, directions: [of(1, 0), of(0, 1)], x: [0, 1, 2], y: [0, -1], loss });
  assert.deepEqual(slice, [
    [12, 22, 32],
    [11, 21, 31],
  ]);
  assert.deepEqual([...w.dataSync()], [1, 2]);
});

test("when the loss fails, the weights are put back too", async () => {
  const w = tf.variable(tf.tensor1d([0.1]));
  const direction = { w: { shape: [1], data: Float32Array.of(1) } };
  const loss = (): number => {
    throw new Error("no data");
  };
  await assert.rejects(lossSlice({ params: { w }, directions: [direction], x: [5], loss }), /no data/);
  assert.deepEqual([...w.dataSync()], [Math.fround(0.1)]);
});

test("the way towards other weights arrives there at 1", async () => {
  const w = tf.variable(tf.tensor1d([1, 1]));
  const of = (...data: number[]) => ({ w: { shape: [2], data: Float32Array.from(data) } });
  const loss = (): number => w.dataSync()[1] as number;
  const way = towards(of(1, 1), of(3, 5));
  assert.deepEqual(await lossSlice({ params: { w }, directions: [way], x: [0, 0.5, 1], loss }), [[1, 3, 5]]);
});

test("weights become one row and come back", () => {
  const other = createGPT(config, { random: createRandom(9) });
  fromVector(other.params, toVector(model.params));
  assert.deepEqual(weightsOf(other), weights);
});

test("a direction of another shape, and a second axis without a direction, are refused", async () => {
  const w = tf.variable(tf.tensor1d([1, 1]));
  const wrong = { w: { shape: [3], data: new Float32Array(3) } };
  await assert.rejects(
    lossSlice({ params: { w }, directions: [wrong], x: [0], loss: () => 0 }),
    /expected \(2\), received \(3\)/,
  );
  const right = { w: { shape: [2], data: new Float32Array(2) } };
  await assert.rejects(
    lossSlice({ params: { w }, directions: [right], x: [0], y: [0, 1], loss: () => 0 }),
    /one for each axis/,
  );
});

test("a slice leaves no tensors behind", async () => {
  const direction = randomDirection(weights, createRandom(2));
  const measure = () => lossSlice({ params: model.params, directions: [direction], x: [0, 1], loss: () => 0 });
  await measure();
  const before = tf.memory().numTensors;
  for (let i = 0; i < 5; i++) await measure();
  assert.equal(tf.memory().numTensors, before);
});
