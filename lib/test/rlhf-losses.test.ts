import assert from "node:assert/strict";
import { test } from "node:test";
import { bestOf, bestOfKL, expectedBestOf } from "../src/best-of-n";
import { dpoLoss } from "../src/dpo";
import { groupAdvantages, leaveOneOut } from "../src/grpo";
import { k3Loss, klDivergence, klEstimates } from "../src/kl";
import { clippedLoss, reinforceLoss, tokenAdvantages, valueLoss } from "../src/ppo";
import { createRandom } from "../src/random";
import { bradleyTerryLoss, preferenceProb } from "../src/reward";
import { type Tensor, tf } from "../src/tf";
import { assertClose } from "./golden";
import { golden } from "./rlhf-golden";

const losses: Record<keyof typeof golden.elementwise, (inputs: Record<string, Tensor>) => Tensor> = {
  clipped: ({ logProbs, oldLogProbs, advantages }) => clippedLoss(logProbs!, oldLogProbs!, advantages!),
  k3: ({ logProbs, referenceLogProbs }) => k3Loss(logProbs!, referenceLogProbs!),
  value: ({ values, oldValues, returns }) => valueLoss(values!, oldValues!, returns!),
  dpo: (inputs) => dpoLoss(inputs as never, { beta: 0.1 }),
  bradleyTerry: ({ chosen, rejected }) => bradleyTerryLoss(chosen!, rejected!),
};

for (const [name, loss] of Object.entries(losses)) {
  test(`the loss "${name}" and its gradient equal PyTorch's to 1e-5 of their size`, () => {
    const { inputs, losses: expected, gradient } = golden.elementwise[name as keyof typeof losses];
    const tensors = Object.entries(inputs).map(([key, values]) => [key, tf.tensor1d(values)] as const);
    const given = Object.fromEntries(tensors) as Record<string, Tensor>;
    const [firstName, first] = tensors[0]!;
    const computed = loss(given).dataSync();
    for (const [i, value] of expected.entries()) {
      assertClose([computed[i]!], [value], 1e-5 * Math.max(1, Math.abs(value)), `loss ${i}`);
    }
    const slope = tf.grad(((x: Tensor) => loss({ ...given, [firstName]: x }).sum()) as never);
    assertClose(slope(first as never) as Tensor, gradient, 2e-5, "gradient");
  });
}

test("with label smoothing a judgement counts as its opposite with that share, to 1e-6", () => {
  const lead = [2, 0, -2, 30];
  const right = lead.map((x) => Math.log(1 + Math.exp(-x)));
  const wrong = lead.map((x) => Math.log(1 + Math.exp(x)));
  const mixed = lead.map((_, i) => 0.9 * right[i]! + 0.1 * wrong[i]!);
  assertClose(bradleyTerryLoss(tf.tensor1d(lead), tf.zeros([4]), 0.1), mixed, 1e-6);
});

test("at a ratio of 1 the gradient of PPO's loss is REINFORCE's", () => {
  const [logProbs, before] = [tf.tensor1d([-1, -2, -0.3]), tf.tensor1d([-1, -2, -0.3]) as Tensor];
  const advantages = tf.tensor1d([1, -2, 0.5]) as Tensor;
  const slope = (loss: (x: Tensor) => Tensor): Tensor => tf.grad(loss as never)(logProbs as never) as Tensor;
  const ppo = slope((x) => clippedLoss(x, before, advantages).sum());
  const reinforce = slope((x) => reinforceLoss(x, advantages).sum());
  assertClose(ppo, Array.from(reinforce.dataSync()), 1e-6);
  assertClose(reinforce, [-1, 2, -0.5], 1e-6);
});

test("advantages of tokens equal the sum of all later surprises, term by term, to 1e-8", () => {
  for (const { rewards, values, gamma, lambda, advantages, returns } of golden.gae) {
    const received = tokenAdvantages(rewards, values, { gamma, lambda });
    assertClose(received.advantages, advantages, 1e-8, "advantages");
    assertClose(received.returns, returns, 1e-8, "returns");
  }
});

test("advantages in groups equal PyTorch's in every scale, to 1e-8", () => {
  const { rewards, leaveOneOut: others, ...scales } = golden.groupAdvantages;
  for (const scale of ["group", "batch", "none"] as const) {
    assertClose(groupAdvantages(rewards, { groupSize: 4, scale }), scales[scale], 1e-8, scale);
  }
  assertClose(leaveOneOut(rewards, { groupSize: 4 }), others, 1e-8, "leave one out");
});

test("rewards that do not divide into groups are refused", () => {
  assert.throws(() => groupAdvantages([1, 2, 3], { groupSize: 2 }), /groups of 2, received 3 numbers/);
});

test("the best of n on average equals the count over all groups, ties among them, to 1e-8", () => {
  const { rewards, values, expected } = golden.bestOfN;
  const received = expected.map((_, i) => expectedBestOf(rewards, values, i + 1));
  assertClose(received, expected, 1e-8);
  assert.equal(bestOf(rewards), 4);
  assert.throws(() => expectedBestOf(rewards, values, 8), /at most 7/);
});

test("the divergence of best-of-n is that of the distribution of the best of n among a thousand equal choices, to 1 %", () => {
  for (const n of [2, 4, 16]) {
    const N = 1000;
    const best = Array.from({ length: N }, (_, i) => ((i + 1) / N) ** n - (i / N) ** n);
    const exact = klDivergence(best, new Array<number>(N).fill(1 / N));
    assert.ok(Math.abs(bestOfKL(n) - exact) <= 0.01 * exact, `${n}: ${bestOfKL(n)} and ${exact}`);
  }
});

test("the divergence of two distributions is the closed form, and 0 only for equal ones", () => {
  assertClose([klDivergence([0.5, 0.5], [0.25, 0.75])], [0.5 * Math.log(2) + 0.5 * Math.log(2 / 3)], 1e-12);
  assert.equal(klDivergence([0.2, 0.8, 0], [0.2, 0.8, 0]), 0);
});

test("the estimates k1 and k3 have the divergence as their mean over 200,000 samples, to 0.005; k2 and k3 are never below 0", () => {
  const [p, q] = [
    [0.5, 0.3, 0.2],
    [0.3, 0.3, 0.4],
  ];
  const random = createRandom(1);
  const drawn = Array.from({ length: 200_000 }, () => random.categorical(p!));
  const { k1, k2, k3 } = klEstimates(
    drawn.map((x) => Math.log(p![x]!)),
    drawn.map((x) => Math.log(q![x]!)),
  );
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const exact = klDivergence(p!, q!);
  assertClose([mean(k1), mean(k3)], [exact, exact], 0.005);
  assert.ok(k2.every((value) => value >= 0) && k3.every((value) => value >= 0));
  assert.ok(k1.some((value) => value < 0));
});

test("the estimates for one token are those of the docblock", () => {
  const { k1, k2, k3 } = klEstimates([Math.log(0.5)], [Math.log(0.25)]);
  assertClose([k1[0]!, k2[0]!, k3[0]!], [Math.LN2, Math.LN2 ** 2 / 2, Math.LN2 - 0.5], 1e-12);
});

test("Bradley and Terry's probability: equal rewards 0.5, a lead of ln 3 gives 0.75, and far apart stays within 0 and 1", () => {
  assertClose([preferenceProb(1, 1), preferenceProb(Math.log(3), 0)], [0.5, 0.75], 1e-12);
  assert.equal(preferenceProb(-2000, 0), 0);
  assert.equal(preferenceProb(2000, 0), 1);
});
