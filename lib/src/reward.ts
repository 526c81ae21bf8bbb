/**
 * @file A reward model: the GPT with one number at its end instead of logits, taught by pairs which of two responses people
 * prefer. The number is made of two things: the state at the last token, and how likely the model itself finds the
 * response, which is where its knowledge of what is true comes in. Used by notebook 7. Bradley and Terry 1952; Christiano et al. 2017, arXiv:1706.03741; Ouyang et al. 2022.
 * Leaves out ensembles, and margins for preferences of different strength.
 */

import { compile } from "./compile";
import { sampleBatch, type Tokens } from "./dataset";
import { CourseError } from "./errors";
import { createGPT, disposeGPT, finalStates, forward, type GPT, unembed, weightsOf } from "./gpt";
import { tokenLosses } from "./loss";
import { adamw, type Optimizer } from "./optimizer";
import { pause } from "./pause";
import { progressBar } from "./progress";
import type { Random } from "./random";
import { inBatches, packResponses, type ResponseBatch, type ResponseTokens, rowLength } from "./response-batch";
import { warmupCosine } from "./schedule";
import { type Tensor, tf, type Variable } from "./tf";
import { inLengthGroups, type TokenPair } from "./token-pairs";
import { createTrainStep } from "./train-step";
import { WeightAverage } from "./weight-average";

/**
 * Bradley and Terry's probability that a response with reward a is preferred to one with reward b.
 *
 *     P(a over b) = sigmoid(a - b) = 1 / (1 + e^(b - a))
 *
 * Equal rewards: 0.5. A lead of ln 3: 0.75.
 */
export function preferenceProb(a: number, b: number): number {
  return 1 / (1 + Math.exp(b - a));
}

/**
 * The loss of each pair: the surprise at what was chosen. It sees only differences, so rewards have no zero and no unit.
 *
 *     loss = -log sigmoid(r_chosen - r_rejected)
 *
 * Rewards 2 and 0: 0.127; 0 and 0: ln 2 = 0.693; 0 and 2: 2.127.
 *
 * With label smoothing s a judgement counts as the opposite with a share of s (Szegedy et al. 2016, arXiv:1512.00567, section 7), because
 * people err: no difference of rewards is then large enough to be sure. With s = 0.1, rewards 2 and 0: 0.327.
 */
export function bradleyTerryLoss(chosen: Tensor, rejected: Tensor, labelSmoothing = 0): Tensor {
  return tf.tidy(() => {
    const lead = chosen.sub(rejected);
    const loss = lead.neg().softplus(); // -log sigmoid(x) = log(1 + e^-x) = softplus(-x)
    // (1 - s) softplus(-x) + s softplus(x) = softplus(-x) + s x
    return labelSmoothing > 0 ? loss.add(lead.mul(labelSmoothing)) : loss;
  });
}

/** A model that gives a response a number. */
export interface RewardModel {
  /** The layers, a copy of the model it was made from. */
  readonly trunk: GPT;
  /** What turns the state at the last token into the reward: (C, 1). */
  readonly head: Variable;
  /** What the log-probability of the response counts: (). It is learned too. */
  readonly likelihoodWeight: Variable;
  /** Taken away from every reward, so that some responses of reference have the mean 0. */
  offset: number;
  /** The rewards of some responses. */
  rewards(responses: readonly ResponseTokens[]): Promise<number[]>;
  /** Frees the weights. */
  dispose(): void;
}

/** What the log-probability of a response counts before anything was learned: a likely response is a fair first guess. */
const LIKELIHOOD_WEIGHT = 0.3;

/** A reward model on a copy of a model's layers. Its head is 0: at first a response is worth what the model finds it likely. */
export function createRewardModel(model: GPT): RewardModel {
  const trunk = createGPT(model.config, { weights: weightsOf(model) });
  const head = tf.tidy(() => tf.variable(tf.zeros([model.config.nEmbd, 1])));
  const likelihoodWeight = tf.tidy(() => tf.variable(tf.scalar(LIKELIHOOD_WEIGHT))) as Variable;
  const parts = { trunk, head, likelihoodWeight };
  const compiled = compile((...batch: Tensor[]) => rewardsOf(parts, batch), { name: "rewards", splitRows: true });
  return {
    ...parts,
    offset: 0,
    rewards(responses) {
      return inBatches(trunk, responses, (batch, members) =>
        tf.tidy(() => {
          const values = compiled(...rewardTensors(batch)); // (B)
          return Array.from(values.dataSync().slice(0, members.length), (value) => value - this.offset);
        }),
      );
    },
    dispose() {
      compiled.dispose();
      disposeGPT(trunk);
      tf.dispose([head, likelihoodWeight]);
    },
  };
}

/** A reward model of its own with the same weights. */
export function copyRewardModel({ trunk, head, likelihoodWeight, offset }: RewardModel): RewardModel {
  const copy = createRewardModel(trunk);
  copy.head.assign(head as never);
  copy.likelihoodWeight.assign(likelihoodWeight as never);
  copy.offset = offset;
  return copy;
}

/** What {@link rewardsOf} reads of a batch: inputs, targets and mask (B, T), and the place of the last token (B). */
function rewardTensors({ inputs, targets, mask, last, batchSize: B, length: T }: ResponseBatch): Tensor[] {
  const ids = [inputs, targets].map((values) => tf.tensor2d(values, [B, T], "int32") as Tensor);
  return [...ids, tf.tensor2d(mask, [B, T]), tf.tensor1d(last, "int32")];
}

/**
 * The rewards (B) of a batch.
 *
 *     r = head . state at the last token + weight * sum over the response's tokens of log p(token)
 */
function rewardsOf(
  { trunk, head, likelihoodWeight }: Pick<RewardModel, "trunk" | "head" | "likelihoodWeight">,
  [inputs, targets, mask, last]: Tensor[],
): Tensor {
  const T = inputs!.shape[1] as number;
  const states = finalStates(trunk, inputs!); // (B, T, C)
  const places = tf.oneHot(last as never, T).toFloat();
  const chosen = tf.matMul(places.expandDims(1), states).squeeze([1]); // (B, 1, T) x (B, T, C) -> (B, C)
  const logProbs = tokenLosses(unembed(trunk, states), targets!).mul(mask!).sum(1).neg(); // (B)
  return tf
    .matMul(chosen as never, head as never)
    .squeeze([1])
    .add(logProbs.mul(likelihoodWeight)) as Tensor; // (B)
}

/** The weights are averaged after every so many steps; those in between differ little. */
const STEPS_PER_AVERAGE = 4;

/** Settings of {@link trainRewardModel}. */
export interface RewardOptions {
  random: Random;
  epochs?: number;
  batchSize?: number;
  learningRate?: number;
  /** Default: AdamW with a weight decay of 0.01. */
  optimizer?: Optimizer;
  /** Old text that is read in each step, so that the layers do not forget what is right: a reward model has to know it. */
  rehearsal?: { tokens: Tokens; weight?: number; batchSize?: number; contextLength?: number };
  /** With what share a judgement counts as the opposite of what it says. Default 0. */
  labelSmoothing?: number;
  /**
   * The weights at the end are the mean of those after this share of the steps, and the learning rate falls to a third instead of
   * to 0, so that they differ. Default 1: the last ones.
   */
  averageFrom?: number;
  /** Goes on with this reward model instead of making a new one. */
  rewardModel?: RewardModel;
  display?: "auto" | "none";
}

/**
 * Makes a reward model of a model and teaches it the pairs. Returns it with the loss of each step.
 *
 * `const { rewardModel } = await trainRewardModel(tunedModel, pairs, { random: createRandom(1) });`
 */
export async function trainRewardModel(
  model: GPT,
  pairs: readonly TokenPair[],
  options: RewardOptions,
): Promise<{ rewardModel: RewardModel; lossNats: number[] }> {
  const { random, epochs = 1, batchSize = 16, learningRate = 5e-4, labelSmoothing, averageFrom = 1, display } = options;
  if (pairs.length < batchSize) {
    throw new CourseError({ what: "pairs", expected: `at least ${batchSize}`, received: `${pairs.length}` });
  }
  const rewardModel = options.rewardModel ?? createRewardModel(model);
  const { trunk, head, likelihoodWeight } = rewardModel;
  const { contextLength } = trunk.config;
  const steps = Math.floor(pairs.length / batchSize) * epochs;
  const finalLearningRate = averageFrom < 1 ? learningRate / 3 : 0;
  const schedule = warmupCosine({ learningRate, finalLearningRate, steps, warmupSteps: Math.min(20, steps - 1) });
  const params = { ...trunk.params, "reward.weight": head, "reward.likelihood": likelihoodWeight };
  const average = averageFrom < 1 ? new WeightAverage(params) : undefined;
  const step = createTrainStep({
    params,
    optimizer: options.optimizer ?? adamw({ weightDecay: 0.01 }),
    clipNorm: 1,
    loss: (batch) => {
      const sides = [0, 1, 2, 3].map((i) => tf.concat([batch[i]!, batch[i + 4]!])); // (2B, ...), in one pass
      const [text, next, weights] = batch.slice(8);
      const rewards = rewardsOf(rewardModel, sides); // (2B)
      const [better, worse] = tf.split(rewards, 2) as [Tensor, Tensor];
      const loss = bradleyTerryLoss(better, worse, labelSmoothing).sum();
      return text ? loss.add(tokenLosses(forward(trunk, text), next!).mul(weights!).sum()) : loss;
    },
  });
  const lossNats: number[] = [];
  const bar = progressBar({ label: "reward model", total: steps, display });
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (const indices of inLengthGroups(pairs, { batchSize, contextLength, random })) {
        const members = indices.map((i) => pairs[i]!);
        const both = members.flatMap(({ chosen, rejected }) => [chosen, rejected]);
        const length = rowLength(both, contextLength);
        const sides = (["chosen", "rejected"] as const).map((side) =>
          packResponses(
            members.map((pair) => pair[side]),
            { length },
          ),
        );
        const batch: Tensor[] = [...sides.flatMap(rewardTensors), ...rehearsed(options, batchSize)];
        lossNats.push(step.run(batch, schedule(lossNats.length), { scale: 1 / batchSize }).lossNats);
        tf.dispose(batch);
        const isLast = lossNats.length === steps;
        if (
          average &&
          lossNats.length >= averageFrom * steps &&
          (isLast || lossNats.length % STEPS_PER_AVERAGE === 0)
        ) {
          step.sync();
          average.add();
        }
        bar.update(lossNats.length, `loss ${lossNats.at(-1)!.toFixed(3)}`);
        await pause();
      }
    }
    bar.finish();
  } finally {
    step.sync();
    step.dispose();
  }
  average?.assign();
  return { rewardModel, lossNats };
}

/** Inputs, targets and weights (B, T) of some old text. The step divides by the number of pairs, so its mean is multiplied with it. */
function rehearsed({ rehearsal, random }: RewardOptions, pairs: number): Tensor[] {
  if (!rehearsal) return [];
  const { tokens, weight = 0.5, batchSize = 8, contextLength = 64 } = rehearsal;
  const { inputs, targets } = sampleBatch({ tokens, batchSize, contextLength, random });
  const shape: [number, number] = [batchSize, contextLength];
  const each = (weight * pairs) / inputs.length;
  return [tf.tensor2d(inputs, shape, "int32"), tf.tensor2d(targets, shape, "int32"), tf.fill(shape, each)];
}

/** How well rewards predict judgements. */
export interface RewardAccuracy {
  /** The share of pairs in which the chosen response has the higher reward; equal rewards count half. */
  accuracy: number;
  /** The predicted probability of what is the first response of each pair. */
  probs: number[];
  pairs: number;
}

/** Compares a reward model with pairs that it has not seen. */
export async function rewardAccuracy(rewardModel: RewardModel, pairs: readonly TokenPair[]): Promise<RewardAccuracy> {
  const chosen = await rewardModel.rewards(pairs.map((pair) => pair.chosen));
  const rejected = await rewardModel.rewards(pairs.map((pair) => pair.rejected));
  const right = chosen.reduce((sum, reward, i) => sum + (Math.sign(reward - rejected[i]!) + 1) / 2, 0);
  return {
    accuracy: right / pairs.length,
    probs: chosen.map((reward, i) => preferenceProb(reward, rejected[i]!)),
    pairs: pairs.length,
  };
}
