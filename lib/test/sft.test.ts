import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { encodeChat, questionAndAnswer } from "../src/chat";
import { createGPT, type GPTConfig, weightsOf } from "../src/gpt";
import { createRandom } from "../src/random";
import { encodeExamples, fineTune, paddedBatch, planBatches } from "../src/sft";
import { BpeTokenizer } from "../src/tokenizer";
import { type TrainBatch, train } from "../src/train";
import { assertClose, goldenWeights, withoutKeyBiases } from "./golden";

interface Golden {
  config: GPTConfig;
  ids: number[][];
  mask: number[][];
  old: number[][];
  full: { losses: number[][]; weights: Record<string, number[]> };
}
const golden: Golden = JSON.parse(readFileSync(path.join(__dirname, "reference", "sft.json"), "utf8"));

/** The batch of make_sft.py: two conversations, and three rows of old text beside them. */
function goldenBatch(weight?: number): TrainBatch {
  const cut = (rows: number[][], from: number, to?: number) =>
    Int32Array.from(rows.flatMap((row) => row.slice(from, to)));
  const { ids, mask, old } = golden;
  const batch = { inputs: cut(ids, 0, -1), targets: cut(ids, 1), batchSize: 2, contextLength: 5 };
  const beside = { inputs: cut(old, 0, -1), targets: cut(old, 1), batchSize: 3, contextLength: 3 };
  const weights = Float32Array.from(mask.flat());
  return { ...batch, weights, ...(weight !== undefined && { beside: { batch: beside, weight } }) };
}

const SETTINGS = { learningRate: () => 0.01, beta2: 0.98, weightDecay: 0, display: "none" } as const;

for (const compiled of [true, false]) {
  test(`five steps on masked answers with rehearsal are those of PyTorch: losses to 1e-4, weights to 1e-3; ${compiled ? "compiled" : "direct"}`, async () => {
    const model = createGPT(golden.config, { weights: goldenWeights(golden.config) });
    const history = await train(model, { ...SETTINGS, steps: 5, compiled, batches: () => goldenBatch(0.7) });
    assertClose(
      history.lossNats,
      golden.full.losses.map(([total]) => total!),
      1e-4,
      "loss",
    );
    const expected = Object.fromEntries(
      Object.entries(golden.full.weights).map(([name, values]) => [
        name,
        { shape: [], data: Float32Array.from(values) },
      ]),
    );
    for (const [name, { data }] of Object.entries(withoutKeyBiases(weightsOf(model)))) {
      assertClose(data, withoutKeyBiases(expected)[name]!.data, 1e-3, name);
    }
  });
}

test("without rehearsal the loss is that of the answers alone", async () => {
  const model = createGPT(golden.config, { weights: goldenWeights(golden.config) });
  const history = await train(model, { ...SETTINGS, steps: 1, batches: () => goldenBatch() });
  assertClose(history.lossNats, [golden.full.losses[0]![1]!], 1e-5);
});

const tokenizer = new BpeTokenizer({ merges: [] });
const CONFIG: GPTConfig = { vocabSize: 260, contextLength: 40, nLayer: 1, nHead: 2, nEmbd: 32 };
const freshModel = () => createGPT(CONFIG, { random: createRandom(1) });

test("a row is filled up at the end, and the weight of a target is its mask", () => {
  const encoded = [
    encodeChat(tokenizer, questionAndAnswer("a", "b")),
    encodeChat(tokenizer, questionAndAnswer("", "cd")),
  ];
  const { inputs, targets, weights, batchSize, contextLength: T } = paddedBatch(encoded, 40);
  assert.deepEqual([batchSize, T, inputs.length], [2, 32, 64]);
  assert.deepEqual([...inputs.slice(0, 9)], [256, 257, 32, 97, 258, 32, 98, 0, 0]);
  assert.deepEqual([...targets.slice(0, 9)], [257, 32, 97, 258, 32, 98, 259, 0, 0]);
  assert.deepEqual([...weights.slice(0, 9)], [0, 0, 0, 0, 1, 1, 1, 0, 0]);
  assert.equal(
    weights.slice(7, 32).some((weight) => weight !== 0),
    false,
  );
});

test("an example has as many learned tokens as its answer has, and one for the end", () => {
  const [encoded] = encodeExamples(tokenizer, [{ question: "long question", answer: "b" }], 40);
  assert.equal(encoded!.mask.filter((bit) => bit === 1).length, 3, "space, b, <end>");
});

test("in every epoch each example comes once, but for what does not fill a batch; lengths in a batch are similar", () => {
  const lengths = Array.from({ length: 103 }, (_, i) => 10 + ((i * 37) % 60));
  const plan = planBatches(lengths, { batchSize: 10, epochs: 2, random: createRandom(1) });
  assert.equal(plan.length, 20);
  for (const epoch of [plan.slice(0, 10), plan.slice(10)]) {
    const used = epoch.flat();
    assert.equal(new Set(used).size, 100);
    assert.equal(used.length, 100);
    const spread = epoch.map((batch) => {
      const of = batch.map((i) => lengths[i]!);
      return Math.max(...of) - Math.min(...of);
    });
    assert.ok(Math.max(...spread) < 30, `${spread}`);
  }
  assert.notDeepEqual(plan.slice(0, 10), plan.slice(10));
});

test("a small model learns four answers by heart, and the same seed gives the same run", async () => {
  const examples = ["ab", "cd", "ef", "gh"].map((question, i) => ({ question, answer: "wxyz"[i]! }));
  const run = async () => {
    const model = freshModel();
    const options = { tokenizer, examples, epochs: 120, batchSize: 4, learningRate: 1e-2, display: "none" } as const;
    return (await fineTune(model, options)).lossNats;
  };
  const losses = await run();
  assert.equal(losses.length, 120);
  assert.ok(losses.at(-1)! < 0.1, `the loss was ${losses.at(-1)}`);
  assert.deepEqual(await run(), losses);
});

test("rehearsal keeps the old text's loss from rising", async () => {
  const old = Int32Array.from({ length: 300 }, (_, i) => 65 + (i % 7));
  const examples = ["ab", "cd"].map((question) => ({ question, answer: "xyz" }));
  const pretrained = freshModel();
  await train(pretrained, {
    tokens: old,
    steps: 60,
    batchSize: 4,
    contextLength: 16,
    learningRate: 1e-2,
    display: "none",
  });
  const tuned = async (rehearsal?: { tokens: Int32Array; contextLength: number }) => {
    const model = createGPT(CONFIG, { weights: weightsOf(pretrained) });
    await fineTune(model, {
      tokenizer,
      examples,
      epochs: 80,
      batchSize: 2,
      learningRate: 1e-2,
      rehearsal,
      display: "none",
    });
    const { lossNats } = await train(model, {
      tokens: old,
      steps: 1,
      batchSize: 8,
      contextLength: 16,
      display: "none",
    });
    return lossNats[0]!;
  };
  const [without, kept] = [await tuned(), await tuned({ tokens: old, contextLength: 16 })];
  assert.ok(kept < 0.1 && kept < without / 5, `with rehearsal ${kept}, without ${without}`);
});

test("too few or too long examples are refused", async () => {
  const long = [{ question: "x".repeat(50), answer: "y" }];
  await assert.rejects(
    fineTune(freshModel(), { tokenizer, examples: long }),
    /examples\[0\]: expected at most 41 tokens/,
  );
  await assert.rejects(
    fineTune(freshModel(), { tokenizer, examples: [{ question: "x", answer: "y" }] }),
    /examples: expected at least 16, one batch, received 1/,
  );
});
