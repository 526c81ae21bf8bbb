import assert from "node:assert/strict";
import { test } from "node:test";
import { weightsOf } from "../src/gpt";
import { sgd } from "../src/optimizer";
import { createPolicyStep } from "../src/policy-step";
import { tf, type Variable } from "../src/tf";
import { assertClose, numbers } from "./golden";
import { assertWeights, golden, goldenModel, LEARNING_RATE } from "./rlhf-golden";

const { config, responses, text } = golden;

const rehearsal = {
  inputs: Int32Array.from(text.flatMap((row) => row.slice(0, -1))),
  targets: Int32Array.from(text.flatMap((row) => row.slice(1))),
  batchSize: text.length,
  contextLength: text[0]!.length - 1,
};

test("an update of GRPO with k3 and rehearsal equals PyTorch's: loss and norm to 1e-5, weights to 1e-5", () => {
  const model = goldenModel();
  const { advantages, old, reference, loss, norm, weights } = golden.grpo;
  const step = createPolicyStep(model, { kl: 0.15, rehearsalWeight: 0.3, optimizer: sgd() });
  const received = step.run(
    { responses, advantages, oldLogProbs: old, referenceLogProbs: reference, rehearsal },
    LEARNING_RATE,
  );
  step.sync();
  assertClose([received.lossNats, received.gradNorm], [loss, norm], 1e-5, "loss and norm");
  assertWeights(model, weights, 1e-5);
  step.dispose();
});

test("an update of PPO with a value head equals PyTorch's: loss and norm to 1e-5, weights to 1e-5", () => {
  const model = goldenModel();
  const { advantages, returns, old, oldValues, reference, loss, norm, weights } = golden.ppo;
  const valueHead = tf.variable(tf.tensor2d(numbers([config.nEmbd, 1], 40, 0.3), [config.nEmbd, 1])) as Variable;
  const step = createPolicyStep(model, { valueHead, valueWeight: 0.5, optimizer: sgd() });
  const received = step.run(
    { responses, advantages, returns, oldLogProbs: old, oldValues, referenceLogProbs: reference },
    LEARNING_RATE,
  );
  step.sync();
  assertClose([received.lossNats, received.gradNorm], [loss, norm], 1e-5, "loss and norm");
  assertWeights(model, weights, 1e-5);
  assertClose(valueHead, weights["value.weight"]!, 1e-5, "value head");
  step.dispose();
});

test("where all responses were equally good and nothing holds it, the policy does not move", () => {
  const model = goldenModel();
  const before = weightsOf(model);
  const step = createPolicyStep(model, { optimizer: sgd() });
  const { old, reference } = golden.grpo;
  const advantages = responses.map(() => 0);
  const { gradNorm } = step.run(
    { responses, advantages, oldLogProbs: old, referenceLogProbs: reference },
    LEARNING_RATE,
  );
  step.sync();
  assert.equal(gradNorm, 0);
  assert.deepEqual(weightsOf(model), before);
  step.dispose();
});

test("tensors do not pile up over twenty updates", () => {
  const model = goldenModel();
  const { advantages, old, reference } = golden.grpo;
  const step = createPolicyStep(model, { kl: 0.1, optimizer: sgd() });
  const update = { responses, advantages, oldLogProbs: old, referenceLogProbs: reference, rehearsal };
  step.run(update, 1e-4);
  const before = tf.memory().numTensors;
  for (let i = 0; i < 20; i++) step.run(update, 1e-4);
  assert.equal(tf.memory().numTensors, before);
  step.dispose();
});
