import assert from "node:assert/strict";
import { test } from "node:test";
import { weightsOf } from "../src/gpt";
import { sgd } from "../src/optimizer";
import { createRandom } from "../src/random";
import { responseLogProbs } from "../src/response-batch";
import { copyRewardModel, createRewardModel, rewardAccuracy, trainRewardModel } from "../src/reward";
import { tf } from "../src/tf";
import { assertClose, numbers } from "./golden";
import { assertWeights, golden, goldenModel, LEARNING_RATE } from "./rlhf-golden";

const { config, responses, reward } = golden;
const pairs = [
  { chosen: responses[0]!, rejected: responses[1]! },
  { chosen: responses[3]!, rejected: responses[2]! },
];

/** A reward model with the head of reference/rlhf.py. */
function goldenRewardModel(): ReturnType<typeof createRewardModel> {
  const model = createRewardModel(goldenModel());
  model.head.assign(tf.tensor2d(numbers([config.nEmbd, 1], 40, 0.3), [config.nEmbd, 1]) as never);
  tf.tidy(() => model.likelihoodWeight.assign(tf.scalar(0.25)));
  return model;
}

test("rewards equal PyTorch's, which looks at one response at a time without padding, to 1e-5", async () => {
  const model = goldenRewardModel();
  assertClose(await model.rewards(responses), reward.rewards, 1e-5);
  model.offset = 2;
  assertClose(
    await model.rewards(responses),
    reward.rewards.map((value) => value - 2),
    1e-5,
  );
  model.dispose();
});

test("an update by pairs equals PyTorch's: loss to 1e-5, weights to 1e-5", async () => {
  const model = goldenRewardModel();
  const { lossNats } = await trainRewardModel(model.trunk, pairs, {
    random: createRandom(1),
    rewardModel: model,
    batchSize: 2,
    learningRate: LEARNING_RATE,
    optimizer: sgd(),
    display: "none",
  });
  assertClose(lossNats, [reward.loss], 1e-5, "loss");
  assertWeights(model.trunk, reward.weights, 1e-5);
  assertClose(model.head, reward.weights["reward.weight"]!, 1e-5, "head");
  assertClose(model.likelihoodWeight, reward.weights["reward.likelihood"]!, 1e-5, "likelihood");
  model.dispose();
});

test("a new reward model goes by likelihood alone, then learns the pairs, and leaves the model it was made from alone", async () => {
  const model = goldenModel();
  const before = weightsOf(model);
  const options = { random: createRandom(1), batchSize: 2, display: "none" as const };
  const { rewardModel, lossNats } = await trainRewardModel(model, pairs, {
    ...options,
    epochs: 120,
    learningRate: 3e-3,
  });
  const likelihoods = (await responseLogProbs(model, responses)).map((values) => values.reduce((a, b) => a + b, 0));
  const untaught = await createRewardModel(model).rewards(responses);
  assertClose(
    untaught,
    likelihoods.map((value) => 0.3 * value),
    1e-5,
  );
  assert.ok(lossNats.at(-1)! < lossNats[0]!);
  const { accuracy, probs } = await rewardAccuracy(rewardModel, pairs);
  assert.equal(accuracy, 1);
  assert.ok(
    probs.every((p) => p > 0.8),
    `${probs}`,
  );
  assert.deepEqual(weightsOf(model), before);
  const copy = copyRewardModel(rewardModel);
  const rewards = await rewardModel.rewards(responses);
  assert.deepEqual(await copy.rewards(responses), rewards);
  await trainRewardModel(model, pairs, { ...options, rewardModel: copy, learningRate: 1e-2 });
  assert.notDeepEqual(await copy.rewards(responses), rewards);
  assert.deepEqual(await rewardModel.rewards(responses), rewards);
  copy.dispose();
  rewardModel.dispose();
});

test("a reward model in which likelihood is left out is worth nothing at first, and learns with its head alone", async () => {
  const { rewardModel } = await trainRewardModel(goldenModel(), pairs, {
    ...{ random: createRandom(1), batchSize: 2, display: "none" as const },
    ...{ epochs: 60, learningRate: 3e-3, likelihoodWeight: 0 },
  });
  assert.deepEqual(await createRewardModel(goldenModel(), { likelihoodWeight: 0 }).rewards(responses), [0, 0, 0, 0]);
  assert.equal(rewardModel.likelihoodWeight.dataSync()[0], 0);
  assert.equal((await rewardAccuracy(rewardModel, pairs)).accuracy, 1);
  rewardModel.dispose();
});
