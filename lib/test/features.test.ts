import assert from "node:assert/strict";
import { test } from "node:test";
import { neuronFeatures } from "../src/features";
import { createGPT, forward } from "../src/gpt";
import { goldenWeights } from "./golden";

const config = { vocabSize: 11, contextLength: 6, nLayer: 2, nHead: 2, nEmbd: 8 };
const model = createGPT(config, { weights: goldenWeights(config) });
const texts = [
  [1, 2, 3, 4],
  [5, 6],
  [7, 8, 9, 10, 0, 1],
];

/** The activity of one neuron at each place, one text after the other. */
function activity(layer: number, neuron: number): number[][] {
  return texts.map((ids) => {
    let row: number[] = [];
    forward(model, [ids], {
      hook(name, value) {
        if (name === `h.${layer}.mlp.act`) row = (value.arraySync() as number[][][])[0]!.map((at) => at[neuron]!);
      },
    }).dispose();
    return row;
  });
}

test("of each text the loudest place counts, the loudest texts first", () => {
  const all = neuronFeatures(model, texts, { layer: 1, count: 32, examples: 2 });
  assert.equal(new Set(all.map(({ neuron }) => neuron)).size, 32);
  for (const { neuron, strongest, mean, selectivity } of all) {
    const rows = activity(1, neuron);
    const peaks = rows.map((row) => Math.max(...row));
    const order = [0, 1, 2].sort((a, b) => peaks[b]! - peaks[a]!).slice(0, 2);
    assert.deepEqual(
      strongest.map(({ sequence, position }) => [sequence, position]),
      order.map((i) => [i, rows[i]!.indexOf(peaks[i]!)]),
    );
    const values = rows.flat().map(Math.abs);
    const average = values.reduce((a, b) => a + b, 0) / values.length;
    assert.ok(Math.abs(mean - average) < 1e-6);
    assert.ok(Math.abs(selectivity - (peaks[order[0]!]! + peaks[order[1]!]!) / 2 / average) < 1e-3);
  }
});

test("the choosiest neurons come first", () => {
  const all = neuronFeatures(model, texts, { layer: 0, count: 32 }).map(({ selectivity }) => selectivity);
  assert.deepEqual(
    all,
    [...all].sort((a, b) => b - a),
  );
  assert.equal(neuronFeatures(model, texts, { layer: 0, count: 3 }).length, 3);
});
