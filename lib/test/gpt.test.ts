import assert from "node:assert/strict";
import { test } from "node:test";
import {
  attentionMaps,
  createGPT,
  disposeGPT,
  forward,
  type GPTConfig,
  hiddenStates,
  loadWeights,
  logitsOf,
  parameterCount,
  weightsOf,
} from "../src/gpt";
import { crossEntropy } from "../src/loss";
import { createRandom } from "../src/random";
import { type Tensor, tf } from "../src/tf";
import { gradients } from "../src/update";
import { assertClose, golden, goldenWeights } from "./golden";

const SMALL: GPTConfig = { vocabSize: 11, contextLength: 6, nLayer: 2, nHead: 2, nEmbd: 8 };
const freshModel = (config = SMALL) => createGPT(config, { random: createRandom(1) });

for (const reference of golden.gpt) {
  const { config, inputs, targets } = reference;
  const kind = config.bias ? "with biases" : "without biases";

  test(`logits equal PyTorch's to 1e-4, ${kind}`, () => {
    const model = createGPT(config, { weights: goldenWeights(config) });
    assertClose(forward(model, inputs), reference.logits, 1e-4, "logits");
  });

  test(`the gradient of every weight equals PyTorch's to 1e-4, ${kind}`, () => {
    const model = createGPT(config, { weights: goldenWeights(config) });
    const { value, grads } = gradients(model.params, () => crossEntropy(forward(model, inputs), targets));
    assertClose(value, [reference.lossNats], 1e-4, "loss");
    assert.deepEqual(Object.keys(grads), Object.keys(reference.grads));
    for (const [name, grad] of Object.entries(grads)) assertClose(grad, reference.grads[name]!, 1e-4, name);
  });

  test(`the residual stream after every layer equals PyTorch's to 1e-4, ${kind}`, () => {
    const model = createGPT(config, { weights: goldenWeights(config) });
    const states = hiddenStates(model, inputs);
    assert.equal(states.length, reference.hidden.length);
    states.forEach((state, i) => {
      assertClose(state, reference.hidden[i]!, 1e-4, `after layer ${i}`);
    });
    assertClose(logitsOf(model, states.at(-1)!), reference.logits, 1e-4, "logits of the last state");
  });
}

test("GPT-2 small has 124,439,808 weights, as published", () => {
  assert.equal(
    parameterCount({ vocabSize: 50257, contextLength: 1024, nLayer: 12, nHead: 12, nEmbd: 768 }),
    124_439_808,
  );
});

test("the counted weights are those that a model has", () => {
  const model = freshModel();
  const sizes = Object.values(model.params).map((param) => param.size);
  assert.equal(
    sizes.reduce((a, b) => a + b),
    parameterCount(SMALL),
  );
});

test("a fresh model knows nothing: its loss is ln V to 0.05", () => {
  const model = freshModel({ ...SMALL, vocabSize: 50, nEmbd: 32 });
  const loss = crossEntropy(forward(model, [[1, 2, 3, 4, 5, 6]]), [[7, 8, 9, 10, 11, 12]]);
  assertClose(loss, [Math.log(50)], 0.05);
});

test("weights start with GPT-2's standard deviations, to 3 %", () => {
  const weights = weightsOf(freshModel({ vocabSize: 300, contextLength: 64, nLayer: 8, nHead: 4, nEmbd: 128 }));
  const std = (name: string): number =>
    Math.sqrt(weights[name]!.data.reduce((sum, x) => sum + x * x, 0) / weights[name]!.data.length);
  assertClose(
    [std("wte.weight"), std("h.3.attn.c_attn.weight"), std("h.3.mlp.c_fc.weight")],
    [0.02, 0.02, 0.02],
    0.0006,
  );
  assertClose([std("h.3.attn.c_proj.weight"), std("h.3.mlp.c_proj.weight")], [0.005, 0.005], 0.00015);
  assert.ok(weights["h.3.ln_1.weight"]!.data.every((gain) => gain === 1));
  assert.ok(weights["h.3.ln_1.bias"]!.data.every((bias) => bias === 0));
});

test("the same seed gives the same weights", () => {
  assert.deepEqual(weightsOf(freshModel()), weightsOf(freshModel()));
});

test("a later token changes no earlier logit", () => {
  const model = freshModel();
  const first = forward(model, [[1, 2, 3, 4, 5]]).slice([0, 0, 0], [1, 3, 11]);
  const second = forward(model, [[1, 2, 3, 9, 0]]).slice([0, 0, 0], [1, 3, 11]);
  assertClose(second, first.dataSync(), 1e-6);
});

test("attention weights are shares of the past: each row sums to 1, and is 0 after its own place", () => {
  const maps = attentionMaps(freshModel(), [[1, 2, 3, 4]]);
  assert.equal(maps.length, 2);
  for (const map of maps) {
    assert.deepEqual(map.shape, [1, 2, 4, 4]);
    assertClose(map.sum(-1), new Array(8).fill(1), 1e-6);
    const [[head]] = map.arraySync() as number[][][][];
    assert.deepEqual([head![0]!.slice(1), head![1]!.slice(2), head![2]!.slice(3)], [[0, 0, 0], [0, 0], [0]]);
  }
});

test("looking with a hook changes no result, to 1e-5", () => {
  const model = freshModel();
  const names: string[] = [];
  const watched = forward(model, [[1, 2, 3]], { hook: (name) => void names.push(name) });
  assertClose(watched, forward(model, [[1, 2, 3]]).dataSync(), 1e-5);
  const layer = (i: number) => [
    `h.${i}.attn.probs`,
    `h.${i}.attn.heads`,
    `h.${i}.attn`,
    `h.${i}.mlp.act`,
    `h.${i}.mlp`,
    `h.${i}`,
  ];
  assert.deepEqual(names, ["embed", ...layer(0), ...layer(1), "ln_f"]);
});

test("what a hook returns takes the place of the value", () => {
  const model = freshModel();
  const silence = (name: string, value: Tensor) => (/^h\.\d\.(attn|mlp)$/.test(name) ? tf.zerosLike(value) : undefined);
  const [embedding] = hiddenStates(model, [[1, 2, 3]]);
  assertClose(forward(model, [[1, 2, 3]], { hook: silence }), logitsOf(model, embedding!).dataSync(), 1e-6);
});

test("a hook that returns another shape is refused", () => {
  assert.throws(
    () => forward(freshModel(), [[1, 2, 3]], { hook: (name) => (name === "embed" ? tf.zeros([1, 2, 8]) : undefined) }),
    /hook\("embed"\): expected \(1, 3, 8\), received \(1, 2, 8\)/,
  );
});

test("a token outside the vocabulary is named", () => {
  assert.throws(
    () => forward(freshModel(), [[1, 11]]),
    /inputs: expected token ids from 0 to 10, received 11\. Was the text/,
  );
});

test("a text longer than the context is refused", () => {
  assert.throws(
    () => forward(freshModel(), [[1, 2, 3, 4, 5, 6, 7]]),
    /expected at most 6 tokens \(contextLength\), received 7/,
  );
});

test("a text that is not in a batch is refused, with the remedy", () => {
  assert.throws(
    () => forward(freshModel(), tf.tensor1d([1, 2], "int32")),
    /expected \(B, T\).*received \(2\).*\[ids\]/,
  );
});

test("a width that the heads cannot share is refused", () => {
  assert.throws(() => freshModel({ ...SMALL, nHead: 3 }), /nEmbd: expected a multiple of nHead \(3\).*received 8/);
});

test("weights of another model are refused, and nothing is changed", () => {
  const model = freshModel();
  const before = weightsOf(model);
  const other = weightsOf(createGPT(SMALL, { random: createRandom(2) }));
  other["h.1.mlp.c_fc.weight"] = { shape: [8, 31], data: new Float32Array(8 * 31) };
  assert.throws(() => loadWeights(model, other), /h\.1\.mlp\.c_fc\.weight"\]: expected \(8, 32\), received \(8, 31\)/);
  assert.deepEqual(weightsOf(model), before);
  delete other["h.1.mlp.c_fc.weight"];
  assert.throws(() => loadWeights(model, other), /expected 256 numbers of shape \(8, 32\), received nothing/);
});

test("loaded weights are a copy", () => {
  const weights = weightsOf(freshModel());
  const model = createGPT(SMALL, { weights });
  weights["wte.weight"]!.data.fill(7);
  assert.notEqual(weightsOf(model)["wte.weight"]!.data[0], 7);
});

test("twenty passes leave only what the caller holds", () => {
  const model = freshModel();
  const before = tf.memory().numTensors;
  for (let i = 0; i < 20; i++) {
    tf.dispose(forward(model, [[1, 2, 3]]));
    tf.dispose(hiddenStates(model, [[1, 2, 3]]));
    tf.dispose(attentionMaps(model, [[1, 2, 3]]));
  }
  assert.equal(tf.memory().numTensors, before);
  disposeGPT(model);
  assert.equal(tf.memory().numTensors, before - Object.keys(model.params).length);
});
