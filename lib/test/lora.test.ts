import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { createGPT, forward, type GPT, type GPTConfig, weightsOf } from "../src/gpt";
import {
  applyLora,
  createLora,
  disposeLora,
  type Lora,
  linearLayers,
  loraFromBytes,
  loraLinear,
  loraParameterCount,
  loraToBytes,
  mergeLora,
  trainableLora,
} from "../src/lora";
import { createRandom } from "../src/random";
import { readSafetensors } from "../src/safetensors";
import { tf } from "../src/tf";
import { train } from "../src/train";
import { assertClose, goldenWeights, numbers } from "./golden";

interface Golden {
  config: GPTConfig;
  ids: number[][];
  mask: number[][];
  lora: {
    rank: number;
    alpha: number;
    tokenRows: number[];
    logits: number[];
    losses: number[][];
    after: number[];
    adapters: Record<string, number[]>;
  };
}
const golden: Golden = JSON.parse(readFileSync(path.join(__dirname, "reference", "sft.json"), "utf8"));
const inputs = golden.ids.map((row) => row.slice(0, -1));
const targets = golden.ids.map((row) => row.slice(1));
const goldenModel = (): GPT => createGPT(golden.config, { weights: goldenWeights(golden.config) });

/** Adapters with the numbers of make_sft.py. */
function goldenLora(model: GPT): Lora {
  const { rank, alpha, tokenRows } = golden.lora;
  const lora = createLora(model, { rank, alpha, tokenRows, random: createRandom(1) });
  let salt = 100;
  for (const layer of lora.layers) {
    for (const [part, scale] of [["lora_A", 0.5] as const, ["lora_B", 0.1] as const]) {
      const param = lora.params[`${layer}.${part}`]!;
      param.assign(tf.tensor(numbers(param.shape, salt++, scale), param.shape) as never);
    }
  }
  const rows = lora.params["wte.rows"]!;
  rows.assign(tf.tensor(numbers(rows.shape, salt, 0.1), rows.shape) as never);
  return lora;
}

test("a model with adapters gives PyTorch's logits, to 1e-5; PyTorch follows the two paths", () => {
  const model = goldenModel();
  const logits = tf.tidy(() => forward(applyLora(model, goldenLora(model)), inputs));
  assertClose(logits, golden.lora.logits, 1e-5);
});

for (const compiled of [true, false]) {
  test(`five steps train the adapters as PyTorch does, to 1e-3, and leave the model alone; ${compiled ? "compiled" : "direct"}`, async () => {
    const model = goldenModel();
    const before = weightsOf(model);
    const lora = goldenLora(model);
    const batch = {
      inputs: Int32Array.from(inputs.flat()),
      targets: Int32Array.from(targets.flat()),
      weights: Float32Array.from(golden.mask.flat()),
      batchSize: 2,
      contextLength: 5,
    };
    const history = await train(model, {
      batches: () => batch,
      steps: 5,
      learningRate: () => 0.01,
      beta2: 0.98,
      weightDecay: 0,
      compiled,
      trainable: trainableLora(model, lora),
      display: "none",
    });
    assertClose(
      history.lossNats,
      golden.lora.losses.map(([total]) => total!),
      1e-4,
      "loss",
    );
    for (const [name, expected] of Object.entries(golden.lora.adapters)) {
      assertClose(lora.params[name]!, expected, 1e-3, name);
    }
    assert.deepEqual(weightsOf(model), before);
  });
}

test("merged into the matrices the adapters give the same logits, to 1e-5", () => {
  const model = goldenModel();
  const lora = goldenLora(model);
  const merged = mergeLora(model, lora);
  assertClose(forward(merged, inputs), golden.lora.logits, 1e-5);
  assert.deepEqual(weightsOf(model), weightsOf(goldenModel()), "the model itself is not changed");
});

test("the two paths of one layer give what its merged matrix gives, to 1e-5", () => {
  const [x, weight, bias] = [
    tf.tensor(numbers([3, 8], 1, 1), [3, 8]),
    tf.tensor(numbers([8, 5], 2, 1), [8, 5]),
    tf.ones([5]),
  ];
  const [A, B] = [tf.tensor(numbers([8, 2], 3, 1), [8, 2]), tf.tensor(numbers([2, 5], 4, 1), [2, 5])];
  const merged = tf.matMul(x, weight.add(tf.matMul(A, B).mul(3))).add(bias);
  assertClose(loraLinear(x, { weight, bias, A, B, scale: 3 }), merged.dataSync(), 1e-5);
});

test("new adapters change nothing", () => {
  const model = goldenModel();
  const lora = createLora(model, { tokenRows: [7], random: createRandom(1) });
  assert.deepEqual(forward(applyLora(model, lora), inputs).dataSync(), forward(model, inputs).dataSync());
});

test("layers are chosen by name and by kind, and counted: rank (in + out) each, and C for each row", () => {
  const model = goldenModel(); // C = 8, two blocks
  const random = createRandom(1);
  assert.deepEqual(linearLayers(model.config).slice(0, 4), [
    "h.0.attn.c_attn",
    "h.0.attn.c_proj",
    "h.0.mlp.c_fc",
    "h.0.mlp.c_proj",
  ]);
  const chosen = createLora(model, { rank: 2, layers: ["attn.c_attn", "h.1.mlp.c_fc"], tokenRows: [9, 10], random });
  assert.deepEqual(chosen.layers, ["h.0.attn.c_attn", "h.1.attn.c_attn", "h.1.mlp.c_fc"]);
  assert.equal(loraParameterCount(chosen), 2 * (2 * (8 + 24) + (8 + 32)) + 2 * 8);
  const onlyRows = createLora(model, { layers: [], tokenRows: [3], random });
  assert.deepEqual(Object.keys(onlyRows.params), ["wte.rows"]);
});

test("adapters are saved alone and come back bit by bit; those of another model are refused", () => {
  const model = goldenModel();
  const lora = goldenLora(model);
  const bytes = loraToBytes(model, lora);
  assert.deepEqual(
    Object.keys(readSafetensors(bytes).tensors).sort(),
    Object.keys(lora.params).sort(),
    "nothing of the model is in the file",
  );
  const back = loraFromBytes(model, bytes);
  assert.deepEqual([back.rank, back.alpha, back.layers, back.tokenRows], [2, 8, lora.layers, [9, 10]]);
  for (const [name, param] of Object.entries(lora.params)) {
    assert.deepEqual(back.params[name]!.dataSync(), param.dataSync(), name);
  }
  const other = createGPT(golden.config, { random: createRandom(5) });
  assert.throws(() => loraFromBytes(other, bytes), /adapters: expected adapters of this model/);
});

test("unknown layers, rows and ranks are refused", () => {
  const model = goldenModel();
  const random = createRandom(1);
  assert.throws(() => createLora(model, { layers: ["attn.q"], random }), /layers: expected linear layers/);
  assert.throws(
    () => createLora(model, { tokenRows: [11], random }),
    /tokenRows: expected different token ids from 0 to 10/,
  );
  assert.throws(() => createLora(model, { tokenRows: [1, 1], random }), /tokenRows/);
  assert.throws(() => createLora(model, { rank: 0, random }), /rank: expected a whole number from 1 to 8/);
});

test("making, using and merging adapters leaves no tensors behind", () => {
  const model = goldenModel();
  const before = tf.memory().numTensors;
  const lora = createLora(model, { tokenRows: [1], random: createRandom(1) });
  tf.tidy(() => void forward(applyLora(model, lora), inputs));
  const merged = mergeLora(model, lora);
  tf.dispose(Object.values(merged.params));
  disposeLora(lora);
  assert.equal(tf.memory().numTensors, before);
});
