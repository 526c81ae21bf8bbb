import assert from "node:assert/strict";
import { test } from "node:test";
import { createGPT, forward, weightsOf } from "../src/gpt";
import { crossEntropy } from "../src/loss";
import { sgd } from "../src/optimizer";
import { createRandom } from "../src/random";
import { hashWeights } from "../src/safetensors";
import { generate } from "../src/sample";
import { tf } from "../src/tf";
import { CharTokenizer } from "../src/tokenizer";
import { gradients, startOptimizer, updateParams } from "../src/update";
import { witness } from "../src/witness";

const tokenizer = CharTokenizer.train("abcdefgh. ");
const config = { vocabSize: tokenizer.vocabSize, contextLength: 16, nLayer: 1, nHead: 2, nEmbd: 8 };
const fresh = () => createGPT(config, { random: createRandom(1) });
const lossOf = (model: ReturnType<typeof fresh>) => crossEntropy(forward(model, [[1, 2, 3]]), [[2, 3, 4]]);

test("writing changes no weight, tapes nothing and leaves no tensor", async () => {
  const model = fresh();
  const said = await witness(model, () => generate(model, tokenizer, "abc", { temperature: 0, maxTokens: 20 }));
  assert.equal(said.result.tokens.length, 20);
  assert.equal(said.changed, false);
  assert.equal(said.hashBefore, hashWeights(weightsOf(model)));
  assert.equal(said.tapedOperations, 0);
  assert.equal(said.tensorsLeft, 0);
});

test("a gradient is taped and changes nothing; a step of training changes the weights", async () => {
  const model = fresh();
  const taken = await witness(model, () => gradients(model.params, () => lossOf(model)));
  assert.ok(taken.tapedOperations > 10, `${taken.tapedOperations}`);
  assert.equal(taken.changed, false);
  assert.equal(taken.tensorsLeft, 1 + Object.keys(taken.result.grads).length);

  const optimizer = sgd();
  const state = startOptimizer(optimizer, model.params);
  const stepped = await witness(model, () => updateParams(optimizer, model.params, taken.result.grads, state, 0.1));
  assert.equal(stepped.changed, true);
  assert.equal(stepped.hashAfter, hashWeights(weightsOf(model)));
});

test("one bit is enough to be seen", async () => {
  const model = fresh();
  const bias = model.params["ln_f.bias"]!;
  const said = await witness(model, () => {
    const values = bias.dataSync().slice();
    values[3] = 1e-45; // the smallest number above 0
    tf.tidy(() => bias.assign(tf.tensor(values, bias.shape) as never));
  });
  assert.equal(said.changed, true);
});

test("the most memory is that of the tensors alive at the same time", async () => {
  const said = await witness(fresh(), () => {
    tf.tidy(() => void tf.ones([1000]).add(1)); // two of 4000 bytes, and the number 1
    return tf.tidy(() => tf.zeros([500])); // then one of 2000
  });
  assert.ok(said.peakBytes >= 8000 && said.peakBytes <= 8100, `${said.peakBytes}`);
  assert.equal(said.tensorsLeft, 1);
  said.result.dispose();
});

test("when the work fails, TensorFlow.js is as it was", async () => {
  const own = () => Object.keys(tf.engine()).sort();
  const before = own();
  await assert.rejects(
    witness(fresh(), () => {
      throw new Error("no");
    }),
    /no/,
  );
  assert.deepEqual(own(), before);
});
