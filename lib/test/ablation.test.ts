import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { ablate, ablationStudy, meanActivations, type Part, partName, specialists } from "../src/ablation";
import { createGPT, forward, type GPT, weightsOf } from "../src/gpt";
import { createRandom } from "../src/random";
import { tally } from "../src/scores";
import { tf } from "../src/tf";
import { assertClose, goldenWeights } from "./golden";

const reference = JSON.parse(readFileSync(path.join(__dirname, "reference", "inspect.json"), "utf8"));
const { config, ids } = reference;
const weights = goldenWeights(config);
const model = createGPT(config, { weights });
const logitsOfModel = (of: GPT, batch: number[][] = [ids]): number[] => [...forward(of, batch).dataSync()];
// One window of contextLength: the mean over it is the mean over the text that PyTorch takes.
const means = meanActivations(model, Int32Array.from([...ids, 0]));

const CASES: [string, Part | Part[], boolean][] = [
  ["head 1.0, zero", { layer: 1, head: 0 }, false],
  ["head 0.1, mean", { layer: 0, head: 1 }, true],
  ["neurons 0.3 and 0.17, zero", { layer: 0, neurons: [3, 17] }, false],
  ["neuron 1.30, mean", { layer: 1, neurons: [30] }, true],
  ["attention of layer 0, zero", { layer: 0, whole: "attn" }, false],
];
for (const [name, parts, byMean] of CASES) {
  test(`${name}: the edited weights give the logits of PyTorch, which replaces the activations, to 1e-4`, () => {
    const edited = ablate(weights, config, parts, byMean ? { means } : {});
    const without = createGPT(config, { weights: edited });
    assertClose(logitsOfModel(without), reference.ablated[name], 1e-4, name);
  });
}

test("a silent head by weights is a silent head by hook, in every layer and on a batch, to 1e-5", () => {
  const random = createRandom(4);
  const batch = Array.from({ length: 3 }, () => Array.from({ length: 6 }, () => random.integer(11)));
  for (let layer = 0; layer < config.nLayer; layer++) {
    for (let head = 0; head < config.nHead; head++) {
      const byHook = forward(model, batch, {
        hook(name, value) {
          if (name !== `h.${layer}.attn.heads`) return;
          const keep = tf.tensor(
            [0, 1].map((h) => (h === head ? 0 : 1)),
            [1, 2, 1, 1],
          );
          return value.mul(keep); // (B, H, T, D)
        },
      });
      const without = createGPT(config, { weights: ablate(weights, config, { layer, head }) });
      assertClose(logitsOfModel(without, batch), byHook.dataSync(), 1e-5, `head ${layer}.${head}`);
    }
  }
});

test("only c_proj of the part's layer changes; the weights that were given stay as they are", () => {
  const before = structuredClone(weights);
  const edited = ablate(weights, config, { layer: 1, neurons: [0] }, { means });
  assert.deepEqual(weights, before);
  const changed = Object.keys(weights).filter((name) =>
    edited[name]!.data.some((x, i) => x !== weights[name]!.data[i]),
  );
  assert.deepEqual(changed, ["h.1.mlp.c_proj.weight", "h.1.mlp.c_proj.bias"]);
});

test("two parts of one layer can be taken away together, in either order", () => {
  const [a, b]: Part[] = [
    { layer: 0, head: 0 },
    { layer: 0, head: 1 },
  ];
  const both = ablate(weights, config, [a!, b!]);
  assert.deepEqual(both, ablate(weights, config, [b!, a!]));
  assert.ok(both["h.0.attn.c_proj.weight"]!.data.every((x) => x === 0));
});

test("the mean output of heads and neurons over random text agrees with the sum over positions, to 1e-5", () => {
  const random = createRandom(5);
  const tokens = Int32Array.from({ length: 6 * 4 + 1 }, () => random.integer(11));
  const got = meanActivations(model, tokens);
  const sums = new Float64Array(4 * config.nEmbd);
  for (let window = 0; window < 4; window++) {
    forward(model, [[...tokens.slice(6 * window, 6 * window + 6)]], {
      hook(name, value) {
        if (name !== "h.1.mlp.act") return;
        value.dataSync().forEach((x, i) => {
          sums[i % sums.length]! += x / 24;
        });
      },
    }).dispose();
  }
  assertClose(got.neurons[1]!, sums, 1e-5);
});

test("parts that are not there are refused with what there is", () => {
  assert.throws(() => ablate(weights, config, { layer: 2, head: 0 }), /a layer from 0 to 1, received 2/);
  assert.throws(() => ablate(weights, config, { layer: 0, head: 2 }), /a head from 0 to 1, received 2/);
  assert.throws(() => ablate(weights, config, { layer: 0, neurons: [32] }), /neurons from 0 to 31, received 32/);
  const { "h.0.attn.c_proj.bias": _, ...noBias } = weights;
  assert.throws(() => ablate(noBias, config, { layer: 0, head: 0 }, { means }), /a model with biases/);
});

test("a study leaves the model as it was, gives each part its own result, and no tensor remains", async () => {
  const before = weightsOf(model);
  const parts: Part[] = [
    { layer: 0, head: 0 },
    { layer: 1, whole: "mlp" },
    { layer: 0, neurons: [1, 2] },
  ];
  const measure = (without: GPT) => tf.tidy(() => logitsOfModel(without)[0]!);
  const count = tf.memory().numTensors;
  const study = await ablationStudy(model, parts, measure);
  assert.equal(tf.memory().numTensors, count);
  assert.deepEqual(weightsOf(model), before);
  study.forEach(({ part, result }, i) => {
    assert.equal(part, parts[i]);
    const alone = createGPT(config, { weights: ablate(weights, config, part) });
    assertClose([result], [measure(alone)], 1e-6, partName(part));
  });
});

test("specialists: the part whose loss is confined to one kind goes first", () => {
  const scores = (right: Record<string, number>) =>
    tally(
      Object.entries(right).flatMap(([kind, correct]) =>
        Array.from({ length: 10 }, (_, i) => ({ kind, group: "g", correct: i < correct })),
      ),
    );
  const baseline = scores({ a: 10, b: 10, c: 8 });
  const [all, one]: Part[] = [
    { layer: 0, head: 0 },
    { layer: 0, head: 1 },
  ];
  const study = [
    { part: all!, result: scores({ a: 1, b: 0, c: 0 }) }, // breaks everything
    { part: one!, result: scores({ a: 10, b: 5, c: 8 }) }, // breaks b, which can be guessed half of the time
  ];
  const effects = specialists(baseline, study, { a: 0, b: 0.5, c: 0 });
  assert.equal(effects.length, 6);
  assert.deepEqual(effects[0], { part: one, kind: "b", before: 1, after: 0.5, lost: 1, othersLost: 0 });
  assert.deepEqual(
    specialists(baseline, study, { a: 0 }).map(({ part, kind, lost }) => [part, kind, lost]),
    [
      [all, "a", 0.9],
      [one, "a", 0],
    ],
  );
});

test("parts have names for people", () => {
  assert.deepEqual(
    [
      { layer: 2, head: 1 },
      { layer: 0, neurons: [17] },
      { layer: 1, neurons: [1, 2] },
      { layer: 3, whole: "mlp" as const },
    ].map(partName),
    ["head 2.1", "neuron 0.17", "2 neurons of h.1", "h.3.mlp"],
  );
});
