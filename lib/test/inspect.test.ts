import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { createGPT, forward, parameterCount, weightsOf } from "../src/gpt";
import {
  allHeads,
  argmaxOf,
  attentionOf,
  countByPart,
  headName,
  logitLens,
  rankOf,
  shuffledWeights,
  tensorSizes,
  weightRow,
} from "../src/inspect";
import { createRandom } from "../src/random";
import { tf } from "../src/tf";
import { assertClose, goldenWeights } from "./golden";

const reference = JSON.parse(readFileSync(path.join(__dirname, "reference", "inspect.json"), "utf8"));
const { config, ids } = reference;
const model = createGPT(config, { weights: goldenWeights(config) });

test("GPT-2 small has 124,439,808 weights, in the parts that its published sizes give", () => {
  const [V, T, L, C] = [50_257, 1024, 12, 768];
  const gpt2 = { vocabSize: V, contextLength: T, nLayer: L, nHead: 12, nEmbd: C };
  const parts = countByPart(gpt2);
  assert.deepEqual(parts, {
    "token embedding": V * C,
    "position embedding": T * C,
    attention: L * (4 * C * C + 4 * C),
    MLPs: L * (8 * C * C + 5 * C),
    "layer norms": (2 * L + 1) * 2 * C,
  });
  const sum = Object.values(parts).reduce((a, b) => a + b, 0);
  assert.equal(sum, 124_439_808);
  assert.equal(
    Object.values(tensorSizes(gpt2)).reduce((a, b) => a + b, 0),
    parameterCount(gpt2),
  );
});

test("the worked example of countByPart is right", () => {
  assert.deepEqual(countByPart({ vocabSize: 4, contextLength: 3, nLayer: 1, nHead: 1, nEmbd: 2, bias: false }), {
    "token embedding": 8,
    "position embedding": 6,
    attention: 16,
    MLPs: 32,
    "layer norms": 6,
  });
});

test("each head looks where the same head in PyTorch looks, to 1e-5", () => {
  const heads = attentionOf(model, ids);
  assert.deepEqual(heads.map(headName), ["0.0", "0.1", "1.0", "1.1"]);
  heads.forEach(({ weights }, i) => {
    assertClose(weights.flat(), reference.maps[i], 1e-5, `head ${i}`);
  });
});

test("the logit lens gives PyTorch's probabilities after each layer, to 1e-5", () => {
  const readings = logitLens(model, ids);
  assert.deepEqual(
    readings.map((reading) => reading.after),
    ["embed", "h.0", "h.1"],
  );
  readings.forEach(({ probs }, i) => {
    assertClose(
      probs.flatMap((row) => [...row]),
      reference.lens[i],
      1e-5,
      `reading ${i}`,
    );
  });
});

test("reading attention and lens leaves no tensor behind, and no weight changed", () => {
  const before = weightsOf(model);
  attentionOf(model, ids);
  const count = tf.memory().numTensors;
  attentionOf(model, ids);
  logitLens(model, ids);
  assert.equal(tf.memory().numTensors, count);
  assert.deepEqual(weightsOf(model), before);
});

test("shuffled weights are the same numbers in other places", () => {
  const weights = weightsOf(createGPT(config, { random: createRandom(1) }));
  const shuffled = shuffledWeights(weights, createRandom(2));
  assert.deepEqual(Object.keys(shuffled), Object.keys(weights));
  const sorted = (data: Float32Array): number[] => [...data].sort((a, b) => a - b);
  for (const [name, { shape, data }] of Object.entries(weights)) {
    assert.deepEqual(shuffled[name]!.shape, shape);
    assert.deepEqual(sorted(shuffled[name]!.data), sorted(data), name);
  }
  assert.notDeepEqual(shuffled["wte.weight"]!.data, weights["wte.weight"]!.data);
  assert.deepEqual(shuffledWeights(weights, createRandom(2)), shuffled);
});

test("every order of a shuffle is about equally likely: of 6000 shuffles of three numbers each gets 1000, within 5 sigma", () => {
  const counts = new Map<string, number>();
  const random = createRandom(3);
  for (let i = 0; i < 6000; i++) {
    const { a } = shuffledWeights({ a: { shape: [3], data: Float32Array.of(1, 2, 3) } }, random);
    const order = a!.data.join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 6);
  const sigma = Math.sqrt(6000 * (1 / 6) * (5 / 6));
  for (const [order, count] of counts) assert.ok(Math.abs(count - 1000) < 5 * sigma, `${order}: ${count}`);
});

test("a row of the token embedding is what the model adds for that token", () => {
  const weights = goldenWeights(config);
  let embedded: number[] = [];
  forward(model, [[7]], {
    hook(name, value) {
      if (name === "embed") embedded = [...value.dataSync()];
    },
  }).dispose();
  const position = weightRow(weights, "wpe.weight", 0);
  const sum = weightRow(weights, "wte.weight", 7).map((x, c) => x + position[c]!);
  assertClose(embedded, sum, 1e-6);
});

test("a weight that is not there, or a row beyond the matrix, is an error that says what there is", () => {
  const weights = goldenWeights(config);
  assert.throws(() => weightRow(weights, "wte", 0), /expected a name such as wte\.weight, .* received "wte"/);
  assert.throws(() => weightRow(weights, "wte.weight", 11), /a row of wte\.weight, shape \(11, 8\), received 11/);
  assert.throws(() => weightRow(weights, "ln_f.bias", 0), /a row of ln_f\.bias, shape \(8\)/);
});

test("heads are listed layer by layer, ranks and largest entries count as people do", () => {
  assert.deepEqual(allHeads(config).map(headName), ["0.0", "0.1", "1.0", "1.1"]);
  assert.equal(rankOf([0.2, 0.5, 0.3], 1), 1);
  assert.equal(rankOf([0.2, 0.5, 0.3], 0), 3);
  assert.equal(rankOf([1, 1, 1], 2), 1);
  assert.equal(argmaxOf([1, 3, 3]), 1);
});
