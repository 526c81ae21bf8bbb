import assert from "node:assert/strict";
import { test } from "node:test";
import { trainDpo } from "../src/dpo";
import { sgd } from "../src/optimizer";
import { createRandom } from "../src/random";
import type { TokenPair } from "../src/token-pairs";
import { assertClose } from "./golden";
import { assertWeights, golden, goldenModel, LEARNING_RATE } from "./rlhf-golden";

const [a, b, c, d] = golden.responses as [
  TokenPair["chosen"],
  TokenPair["chosen"],
  TokenPair["chosen"],
  TokenPair["chosen"],
];
const pairs: TokenPair[] = [
  { chosen: a, rejected: b },
  { chosen: d, rejected: c },
];
const settings = { random: createRandom(1), display: "none" as const };

test("an update of DPO equals PyTorch's: loss to 1e-5, weights to 1e-5", async () => {
  const model = goldenModel();
  const options = { ...settings, beta: 0.5, batchSize: 2, learningRate: LEARNING_RATE, optimizer: sgd() };
  const losses = await trainDpo(model, pairs, options);
  assertClose(losses, [golden.dpo.loss], 1e-5, "loss");
  assertWeights(model, golden.dpo.weights, 1e-5);
});

test("after fifty epochs the chosen responses are clearly preferred: the loss falls from ln 2 to below 0.2", async () => {
  const losses = await trainDpo(goldenModel(), pairs, {
    ...settings,
    beta: 0.5,
    batchSize: 2,
    epochs: 50,
    learningRate: 3e-3,
  });
  assert.ok(Math.abs(losses[0]! - Math.LN2) < 1e-5);
  assert.ok(losses.at(-1)! < 0.2, `${losses.at(-1)}`);
});

test("fewer pairs than a batch are refused", async () => {
  await assert.rejects(() => trainDpo(goldenModel(), pairs, settings), /at least 16, received 2/);
});
