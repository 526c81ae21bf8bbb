/**
 * @file A reward model: the GPT with one number at its end instead of logits, taught by pairs which of two responses people
 * prefer. The number is made of two things: the state at the last token, and how likely the model, as it was, finds the
 * response, which is where its knowledge of what is true comes in. Used by notebook 7. Bradley and Terry 1952; Christiano et al. 2017, arXiv:1706.03741; Ouyang et al. 2022.
 * Leaves out ensembles, and margins for preferences of different strength.
 */

import { compile } from "./compile";
import { CourseError } from "./errors";
import { copyGPT, disposeGPT, finalStates, type GPT, loadWeights, weightsOf } from "./gpt";
import { adamw, type Optimizer } from "./optimizer";
import { pause } from "./pause";
import { progressBar } from "./progress";
import type { Random } from "./random";
import {
  inBatches,
  packResponses,
  type ResponseBatch,
  type ResponseTokens,
  rowLength,
  totalLogProbs,
} from "./response-batch";
import { warmupCosine } from "./schedule";
import { type Tensor, tf, type Variable } from "./tf";
import { inLengthGroups, pairLogProbs, SIDES, type TokenPair } from "./token-pairs";
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
  /** The layers that learn, a copy of the model it was made from. */
  readonly trunk: GPT;
  /** Another copy, which learns nothing and so forgets nothing: it says how likely a response is. */
  readonly reference: GPT;
  /** What turns the trunk's state at the last token into the reward: (C, 1). */
  readonly head: Variable;
  /** What the log-probability of the response counts: (). It is learned too, unless it is 0 from the beginning. */
  readonly likelihoodWeight: Variable;
  /** Taken away from every reward, so that some responses of reference have the mean 0. */
  offset: number;
  /** The rewards of some responses. */
  rewards(responses: readonly ResponseTokens[]): Promise<number[]>;
  /** Frees the weights. */
  dispose(): void;
}

/** What the log-probability counts before anything was learned: a likely response is a fair first guess. */
const LIKELIHOOD_WEIGHT = 0.3;

/**
 * A reward model on a copy of a model's layers. Its head is 0: at first a response is worth what the model finds it likely. With a
 * `likelihoodWeight` of 0 that counts for nothing, now and later.
 */
export function createRewardModel(model: GPT, options: { likelihoodWeight?: number } = {}): RewardModel {
  const [trunk, reference] = [copyGPT(model), copyGPT(model)];
  const head = tf.tidy(() => tf.variable(tf.zeros([model.config.nEmbd, 1])));
  const likelihoodWeight = tf.tidy(() =>
    tf.variable(tf.scalar(options.likelihoodWeight ?? LIKELIHOOD_WEIGHT)),
  ) as Variable;
  const parts = { trunk, head, likelihoodWeight };
  const compiled = compile((...batch: Tensor[]) => rewardsOf(parts, batch), { name: "rewards", splitRows: true });
  return {
    ...parts,
    reference,
    offset: 0,
    async rewards(responses) {
      const logProbs = await totalLogProbs(reference, responses);
      const known = new Map(responses.map((response, i) => [response, logProbs[i]!]));
      return inBatches(trunk, responses, (batch, members) =>
        tf.tidy(() => {
          const likely = members.map((response) => known.get(response)!);
          const values = compiled(...rewardTensors(batch, likely)); // (B)
          return Array.from(values.dataSync().slice(0, members.length), (value) => value - this.offset);
        }),
      );
    },
    dispose() {
      compiled.dispose();
      disposeGPT(trunk);
      disposeGPT(reference);
      tf.dispose([head, likelihoodWeight]);
    },
  };
}

/** A reward model of its own with the same weights. */
export function copyRewardModel({ trunk, reference, head, likelihoodWeight, offset }: RewardModel): RewardModel {
  const copy = createRewardModel(reference);
  loadWeights(copy.trunk, weightsOf(trunk));
  copy.head.assign(head as never);
  copy.likelihoodWeight.assign(likelihoodWeight as never);
  copy.offset = offset;
  return copy;
}

/** What {@link rewardsOf} reads of a batch: inputs (B, T), the place of the last token (B), and the log-probabilities (B). */
function rewardTensors(
  { inputs, last, batchSize: B, length: T }: ResponseBatch,
  logProbs: readonly number[],
): Tensor[] {
  const likely = Float32Array.from({ length: B }, (_, row) => logProbs[row] ?? 0);
  return [tf.tensor2d(inputs, [B, T], "int32"), tf.tensor1d(last, "int32"), tf.tensor1d(likely)];
}

/**
 * The rewards (B) of a batch.
 *
 *     r = head . state at the last token + weight * log-probability of the response under the reference
 */
function rewardsOf(
  { trunk, head, likelihoodWeight }: Pick<RewardModel, "trunk" | "head" | "likelihoodWeight">,
  [inputs, last, logProbs]: Tensor[],
): Tensor {
  const T = inputs!.shape[1] as number;
  const states = finalStates(trunk, inputs!); // (B, T, C)
  const places = tf.oneHot(last as never, T).toFloat();
  const chosen = tf.matMul(places.expandDims(1), states).squeeze([1]); // (B, 1, T) x (B, T, C) -> (B, C)
  return tf
    .matMul(chosen as never, head as never)
    .squeeze([1])
    .add(logProbs!.mul(likelihoodWeight)) as Tensor; // (B)
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
  /** With what share a judgement counts as the opposite of what it says. Default 0. */
  labelSmoothing?: number;
  /**
   * The weights at the end are the mean of those after this share of the steps, and the learning rate falls to a third instead of
   * to 0, so that they differ. Default 1: the last ones.
   */
  averageFrom?: number;
  /** What the log-probability of a response counts at first; 0 leaves it out. Default 0.3. */
  likelihoodWeight?: number;
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
  const rewardModel = options.rewardModel ?? createRewardModel(model, options);
  const { trunk, head, likelihoodWeight } = rewardModel;
  const { contextLength } = trunk.config;
  const logProbs = await pairLogProbs(rewardModel.reference, pairs);
  const steps = Math.floor(pairs.length / batchSize) * epochs;
  const finalLearningRate = averageFrom < 1 ? learningRate / 3 : 0;
  const schedule = warmupCosine({ learningRate, finalLearningRate, steps, warmupSteps: Math.min(20, steps - 1) });
  const counts = likelihoodWeight.dataSync()[0] !== 0;
  const params = {
    ...trunk.params,
    "reward.weight": head,
    ...(counts ? { "reward.likelihood": likelihoodWeight } : {}),
  };
  const average = averageFrom < 1 ? new WeightAverage(params) : undefined;
  const step = createTrainStep({
    params,
    optimizer: options.optimizer ?? adamw({ weightDecay: 0.01 }),
    clipNorm: 1,
    loss: (batch) => {
      const sides = [0, 1, 2].map((i) => tf.concat([batch[i]!, batch[i + 3]!])); // (2B, ...), in one pass
      const rewards = rewardsOf(rewardModel, sides); // (2B)
      const [better, worse] = tf.split(rewards, 2) as [Tensor, Tensor];
      return bradleyTerryLoss(better, worse, labelSmoothing).sum();
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
        const batch = SIDES.flatMap((side) =>
          rewardTensors(
            packResponses(
              members.map((pair) => pair[side]),
              { length },
            ),
            indices.map((i) => logProbs[side][i]!),
          ),
        );
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
