import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { createGPT, loadWeights, weightsOf } from "../src/gpt";
import {
  quantizedBytes,
  quantizeMatrix,
  quantizeWeights,
  restoreMatrix,
  restoreWeights,
  weightBytes,
} from "../src/quantize";
import { createRandom } from "../src/random";
import { assertClose, goldenWeights } from "./golden";

const reference = JSON.parse(readFileSync(path.join(__dirname, "reference", "inspect.json"), "utf8"));
const { config } = reference;
const weights = goldenWeights(config);
const { shape, data } = weights["h.0.mlp.c_fc.weight"]!;

for (const { axis, bits, scales, restored } of reference.quantized) {
  const along = axis === 0 ? "row" : "column";
  test(`${bits} bits for each ${along}: scales and restored numbers are PyTorch's, to 1e-6`, () => {
    const quantized = quantizeMatrix(data, shape, { along, bits });
    assertClose(quantized.scales, scales, 1e-6, "scales");
    assertClose(restoreMatrix(quantized).data, restored, 1e-6, "restored");
  });
}

test("the worked example: (0.5, -1, 0.25) becomes 64, -127, 32", () => {
  const quantized = quantizeMatrix(Float32Array.of(0.5, -1, 0.25), [1, 3]);
  assert.deepEqual([...quantized.codes], [64, -127, 32]);
  assertClose(restoreMatrix(quantized).data, [0.504, -1, 0.252], 5e-4);
});

test("no number moves by more than half a step of its channel", () => {
  const random = createRandom(6);
  const values = Float32Array.from({ length: 40 * 30 }, () => random.normal());
  for (const along of ["row", "column", "all"] as const) {
    for (const bits of [2, 3, 8]) {
      const quantized = quantizeMatrix(values, [40, 30], { along, bits });
      const restored = restoreMatrix(quantized).data;
      values.forEach((w, i) => {
        const scale = quantized.scales[along === "all" ? 0 : along === "row" ? Math.floor(i / 30) : i % 30]!;
        assert.ok(Math.abs(w - restored[i]!) <= (scale / 2) * (1 + 1e-5), `${along}, ${bits} bits, ${i}`);
      });
    }
  }
});

test("a channel of zeros stays zero", () => {
  const quantized = quantizeMatrix(Float32Array.of(0, 0, 1, 2), [2, 2]);
  assert.deepEqual([...restoreMatrix(quantized).data.slice(0, 2)], [0, 0]);
});

test("what is restored fits the model again, vectors unchanged, and quantising it once more changes nothing, to 1e-6", () => {
  const quantized = quantizeWeights(weights);
  const restored = restoreWeights(quantized);
  const model = createGPT(config, { random: createRandom(1) });
  loadWeights(model, restored);
  assert.deepEqual(weightsOf(model)["ln_f.bias"], weights["ln_f.bias"]);
  const again = restoreWeights(quantizeWeights(restored));
  for (const [name, { data: once }] of Object.entries(restored)) assertClose(again[name]!.data, once, 1e-6, name);
});

test("the channel of a linear layer is its output, that of the embedding its token", () => {
  const { matrices } = quantizeWeights(weights);
  assert.equal(matrices["h.0.mlp.c_fc.weight"]!.scales.length, 32);
  assert.equal(matrices["wte.weight"]!.scales.length, 11);
  assert.equal(quantizeWeights(weights, { per: "tensor" }).matrices["wte.weight"]!.scales.length, 1);
});

test("the size of GPT-2 small's shape in int8 is a little over a quarter", () => {
  const one = (size: number[]) => ({ shape: size, data: new Float32Array(size[0]! * (size[1] ?? 1)) });
  const layer = { a: one([768, 3072]), b: one([3072, 768]), c: one([768]) };
  const share = quantizedBytes(quantizeWeights(layer)) / weightBytes(layer);
  assert.equal(weightBytes(layer), 4 * (2 * 768 * 3072 + 768));
  assert.ok(share > 0.25 && share < 0.252, String(share));
  assert.equal(quantizedBytes(quantizeWeights({ a: one([10, 3]) }, { bits: 3 })), Math.ceil(90 / 8) + 12);
});

test("numbers of bits that make no sense are refused", () => {
  for (const bits of [1, 9, 2.5]) assert.throws(() => quantizeWeights(weights, { bits }), /bits: expected/);
});
