import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { FrozenError, freeze, hashModel, isFrozen } from "../src/frozen";
import { createGPT, disposeGPT, forward, loadWeights, weightsOf } from "../src/gpt";
import { disposeLlama, forwardLlama } from "../src/llama";
import { loadLlama } from "../src/llama-file";
import { crossEntropy } from "../src/loss";
import { sgd } from "../src/optimizer";
import { createRandom } from "../src/random";
import { hashWeights, writeSafetensors } from "../src/safetensors";
import { tf } from "../src/tf";
import { train } from "../src/train";
import { gradients, startOptimizer, updateParams } from "../src/update";
import { assertClose } from "./golden";
import { llamaPath, reference } from "./llama-reference";

const config = { vocabSize: 11, contextLength: 8, nLayer: 1, nHead: 2, nEmbd: 8 };
const fresh = () => createGPT(config, { random: createRandom(1) });
const refused = { name: "FrozenError", message: /^frozen weight ".*": expected to be read, received a write\. / };

test("a frozen model computes bit by bit what the model computes", () => {
  const model = fresh();
  const frozen = freeze(model);
  assert.deepEqual(forward(frozen, [[1, 2, 3]]).dataSync(), forward(model, [[1, 2, 3]]).dataSync());
});

test("its hash is the SHA-256 of the file that holds its weights", () => {
  const model = fresh();
  const expected = createHash("sha256")
    .update(writeSafetensors(weightsOf(model)))
    .digest("hex");
  assert.equal(freeze(model).hash, expected);
  assert.equal(freeze(model).verify(), expected);
});

test("assigning a weight, loading weights and an update of an optimizer are refused, and change nothing", () => {
  const model = fresh();
  const frozen = freeze(model);
  const ones = tf.ones([11, 8]);
  assert.throws(() => frozen.params["wte.weight"]!.assign(ones as never), refused);
  assert.throws(() => loadWeights(frozen, weightsOf(createGPT(config, { random: createRandom(2) }))), refused);
  const { grads } = gradients(model.params, () => crossEntropy(forward(model, [[1, 2]]), [[2, 3]]));
  const optimizer = sgd();
  assert.throws(
    () => updateParams(optimizer, frozen.params, grads, startOptimizer(optimizer, frozen.params), 0.1),
    refused,
  );
  assert.equal(frozen.verify(), frozen.hash);
});

test("training it is refused in the words of the course, before it has changed a weight", async () => {
  const frozen = freeze(fresh());
  const tokens = Int32Array.from({ length: 100 }, (_, i) => i % 11);
  await assert.rejects(
    async () => await train(frozen, { tokens, steps: 3, batchSize: 2, learningRate: 0.1, display: "none" }),
    {
      name: "FrozenError",
      message:
        /^training: expected a model whose weights may change, received the frozen model [0-9a-f]{12}\. .*weightsOf/,
    },
  );
  assert.equal(frozen.verify(), frozen.hash);
});

test("no gradient is taken by its weights", () => {
  const frozen = freeze(fresh());
  assert.throws(() => gradients(frozen.params, () => crossEntropy(forward(frozen, [[1, 2]]), [[2, 3]])), /trainable/);
});

test("writing into what a reader got changes nothing", async () => {
  const frozen = freeze(fresh());
  frozen.params["wte.weight"]!.dataSync()[0] = 9;
  (await frozen.params["wte.weight"]!.data())[1] = 9;
  assert.equal(frozen.verify(), frozen.hash);
});

test("neither the list of its weights nor its configuration can be changed", () => {
  const frozen = freeze(fresh());
  assert.throws(() => Object.assign(frozen.params, { "wte.weight": tf.variable(tf.zeros([11, 8])) }), TypeError);
  assert.throws(() => Object.assign(frozen.config, { nLayer: 2 }), TypeError);
});

test("the model it was made from can still be changed, and it does not follow", () => {
  const model = fresh();
  const frozen = freeze(model);
  tf.tidy(() => model.params["wte.weight"]!.assign(tf.zeros([11, 8]) as never));
  assert.equal(frozen.verify(), frozen.hash);
  assert.equal(isFrozen(frozen), true);
  assert.equal(isFrozen(model), false);
});

test("a write past the guard is found by verify", () => {
  const frozen = freeze(fresh());
  const { prototype } = tf.Variable;
  tf.tidy(() => prototype.assign.call(frozen.params["ln_f.bias"], tf.ones([8]) as never));
  assert.throws(() => frozen.verify(), FrozenError);
});

test("it is freed like any model, and leaves nothing behind", () => {
  const model = fresh();
  const before = tf.memory().numTensors;
  disposeGPT(freeze(model));
  assert.equal(tf.memory().numTensors, before);
});

test("a Llama is frozen without a second copy of its numbers, and computes as before", () => {
  const { model: llama } = loadLlama(llamaPath);
  const { config, params } = llama;
  const weights = Object.fromEntries(
    Object.entries(params).map(([name, p]) => [name, { shape: p.shape, data: p.dataSync().slice() as Float32Array }]),
  );
  const buffers = tf.memory().numDataBuffers;
  const frozenLlama = freeze(llama);
  assert.equal(tf.memory().numDataBuffers, buffers);
  assert.equal(frozenLlama.hash, hashWeights(weights));
  assert.throws(() => frozenLlama.params["output_norm.weight"]!.assign(tf.zeros([64])), FrozenError);
  const said = forwardLlama(frozenLlama, reference.ids);
  assertClose(said, reference.logits, 1e-4, "logits");

  tf.tidy(() => params["output_norm.weight"]!.assign(tf.zeros([64])));
  assert.notEqual(hashModel(llama), frozenLlama.hash);
  assert.equal(frozenLlama.verify(), frozenLlama.hash); // what became of the model leaves the snapshot as it was
  disposeLlama(llama);
  assertClose(forwardLlama(frozenLlama, reference.ids), reference.logits, 1e-4, "logits after the model is gone");
  assert.equal(frozenLlama.config.nLayer, config.nLayer);
});
