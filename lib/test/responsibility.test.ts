import assert from "node:assert/strict";
import { test } from "node:test";
import { createGPT, forward, type GPTConfig, weightsOf } from "../src/gpt";
import { crossEntropy } from "../src/loss";
import { createRandom } from "../src/random";
import { descend, responsibility } from "../src/responsibility";
import { tf } from "../src/tf";
import { gradients } from "../src/update";
import { assertClose, goldenWeights } from "./golden";

const CONFIG: GPTConfig = { vocabSize: 11, contextLength: 6, nLayer: 2, nHead: 2, nEmbd: 8 };
const ids = [3, 0, 10, 7];
const target = 2;
const freshModel = () => createGPT(CONFIG, { weights: goldenWeights(CONFIG) });

/** The loss of the last position alone. */
const lossOf = (model: ReturnType<typeof freshModel>) =>
  crossEntropy(forward(model, [ids]), [[0, 0, 0, target]], { mask: tf.tensor2d([[0, 0, 0, 1]]) });

test("loss and weight gradients are those of training on the last token alone, to 1e-5", () => {
  const model = freshModel();
  const { value, grads } = gradients(model.params, () => lossOf(model));
  const found = responsibility(model, ids, target);
  assertClose([found.lossNats], value.dataSync(), 1e-5, "loss");
  assert.deepEqual(Object.keys(found.grads), Object.keys(model.params));
  for (const [name, grad] of Object.entries(grads)) assertClose(found.grads[name]!, grad.dataSync(), 1e-5, name);
});

test("the norm of a tensor's gradient is the root of the sum of its squares, to 1e-5", () => {
  const { grads, weightNorms } = responsibility(freshModel(), ids, target);
  for (const [name, grad] of Object.entries(grads)) {
    assertClose([weightNorms[name]!], [Math.hypot(...grad.dataSync())], 1e-5, name);
  }
});

test("at the embedding, a token has the slope of its position's row, which is added there, to 1e-5", () => {
  const { grads, tokenNorms } = responsibility(freshModel(), ids, target);
  const rows = grads["wpe.weight"]!.arraySync() as number[][];
  assertClose(
    tokenNorms[0]!,
    ids.map((_, t) => Math.hypot(...rows[t]!)),
    1e-5,
    "embedding",
  );
});

test("after the last layer only the last token can change the answer, before it every one", () => {
  const { tokenNorms } = responsibility(freshModel(), ids, target);
  assert.deepEqual(tokenNorms.at(-1)!.slice(0, -1), [0, 0, 0]);
  assert.ok(tokenNorms[0]!.every((norm) => norm > 0));
  assert.equal(tokenNorms.length, 3);
});

test("descend moves every weight by its slope times the learning rate, to 1e-6, and the loss falls", () => {
  const model = freshModel();
  const before = weightsOf(model);
  const { grads, lossNats } = responsibility(model, ids, target);
  descend(model, grads, 0.01);
  const after = weightsOf(model);
  for (const [name, { data }] of Object.entries(before)) {
    const grad = grads[name]!.dataSync();
    assertClose(
      after[name]!.data,
      Array.from(data, (w, i) => w - 0.01 * grad[i]!),
      1e-6,
      name,
    );
  }
  assert.ok(responsibility(model, ids, target).lossNats < lossNats);
});

test("twenty maps leave no tensor behind but the gradients, which the caller frees", () => {
  const model = createGPT(CONFIG, { random: createRandom(1) });
  const before = tf.memory().numTensors;
  for (let i = 0; i < 20; i++) {
    const { grads } = responsibility(model, ids, target);
    descend(model, grads, 0.01);
    tf.dispose(grads);
  }
  assert.equal(tf.memory().numTensors, before);
});
