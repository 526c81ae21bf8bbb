/**
 * @file Direct preference optimisation: learning from pairs without a reward model and without drawing responses. Used by
 * notebook 7. Rafailov et al. 2023, arXiv:2305.18290. Leaves out its relatives (IPO, KTO, ORPO).
 */

import { assertCount, CourseError } from "./errors";
import { forward, type GPT } from "./gpt";
import { tokenLosses } from "./loss";
import { adamw, type Optimizer } from "./optimizer";
import { pause } from "./pause";
import { progressBar } from "./progress";
import type { Random } from "./random";
import { packResponses, rowLength } from "./response-batch";
import { warmupCosine } from "./schedule";
import { type Tensor, tf } from "./tf";
import { inLengthGroups, pairLogProbs, SIDES, type TokenPair } from "./token-pairs";
import { createTrainStep } from "./train-step";

/** The log-probability of whole responses, each the sum over its tokens: tensors (B). */
export interface PairLogProbs {
  chosen: Tensor;
  rejected: Tensor;
  referenceChosen: Tensor;
  referenceRejected: Tensor;
}

/**
 * The loss of each pair: the policy should make the chosen response likelier, compared with the reference, than the rejected one.
 *
 *     loss = -log sigmoid(beta ((log p_c - log q_c) - (log p_r - log q_r)))
 *
 * A policy equal to the reference has a loss of ln 2 = 0.693. beta is the leash: the larger, the sooner a pair is content.
 */
export function dpoLoss(logProbs: PairLogProbs, options: { beta?: number } = {}): Tensor {
  const { beta = 0.1 } = options;
  const { chosen, rejected, referenceChosen, referenceRejected } = logProbs;
  return tf.tidy(() => {
    const margin = chosen.sub(referenceChosen).sub(rejected.sub(referenceRejected)); // (B)
    return margin.mul(-beta).softplus(); // (B), because -log sigmoid(x) = log(1 + e^-x) = softplus(-x)
  });
}

/** Settings of {@link trainDpo}. */
export interface DpoOptions {
  random: Random;
  beta?: number;
  learningRate?: number;
  epochs?: number;
  batchSize?: number;
  /** Default: AdamW without weight decay. */
  optimizer?: Optimizer;
  /** Called after so many pairs have been learned from; what it measures is its own affair. */
  evaluateEvery?: number;
  evaluate?: (pairsSeen: number) => Promise<void> | void;
  display?: "auto" | "none";
}

/**
 * Trains a policy on pairs. The reference is the model as it is at the beginning. Returns the loss of each step.
 */
export async function trainDpo(model: GPT, pairs: readonly TokenPair[], options: DpoOptions): Promise<number[]> {
  const { random, beta = 0.1, learningRate = 2e-4, epochs = 1, batchSize = 16, evaluateEvery, display } = options;
  assertCount("batchSize", batchSize);
  if (pairs.length < batchSize) {
    throw new CourseError({ what: "pairs", expected: `at least ${batchSize}`, received: `${pairs.length}` });
  }
  const { contextLength } = model.config;
  const reference = await pairLogProbs(model, pairs);

  const perEpoch = Math.floor(pairs.length / batchSize);
  const steps = perEpoch * epochs;
  const schedule = warmupCosine({ learningRate, steps, warmupSteps: Math.min(10, steps - 1) });
  const step = createTrainStep({
    params: model.params,
    optimizer: options.optimizer ?? adamw({ weightDecay: 0 }),
    clipNorm: 1,
    loss: (batch) => batchLoss(model, batch, beta),
  });
  const losses: number[] = [];
  const bar = progressBar({ label: "DPO", total: steps, display });
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = inLengthGroups(pairs, { batchSize, contextLength, random });
      for (const indices of order) {
        const batch = batchTensors(pairs, indices, reference, contextLength);
        losses.push(step.run(batch, schedule(losses.length), { scale: 1 / batchSize }).lossNats);
        tf.dispose(batch);
        bar.update(losses.length, `loss ${losses.at(-1)!.toFixed(3)}`);
        if (evaluateEvery && options.evaluate && losses.length % evaluateEvery === 0) {
          step.sync();
          await options.evaluate(losses.length * batchSize);
        }
        await pause();
      }
    }
    bar.finish();
  } finally {
    step.sync();
    step.dispose();
  }
  return losses;
}

/** Inputs, targets and masks of both responses (B, T), and what the reference said (B). */
function batchTensors(
  pairs: readonly TokenPair[],
  indices: readonly number[],
  reference: { chosen: number[]; rejected: number[] },
  contextLength: number,
): Tensor[] {
  const both = indices.flatMap((i) => [pairs[i]!.chosen, pairs[i]!.rejected]);
  const length = rowLength(both, contextLength);
  const sides = SIDES.flatMap((side) => {
    const {
      inputs,
      targets,
      mask,
      batchSize: B,
    } = packResponses(
      indices.map((i) => pairs[i]![side]),
      { length },
    );
    return [
      tf.tensor2d(inputs, [B, length], "int32"),
      tf.tensor2d(targets, [B, length], "int32"),
      tf.tensor2d(mask, [B, length]),
      tf.tensor1d(indices.map((i) => reference[side][i]!)),
    ] as Tensor[];
  });
  return sides;
}

/** The sum of the pairs' losses, both responses in one pass of the model. */
function batchLoss(model: GPT, batch: Tensor[], beta: number): Tensor {
  const [x, y, mask, referenceChosen, xRejected, yRejected, maskRejected, referenceRejected] = batch;
  const losses = tokenLosses(forward(model, tf.concat([x!, xRejected!])), tf.concat([y!, yRejected!])); // (2B, T)
  const sums = losses
    .mul(tf.concat([mask!, maskRejected!]))
    .sum(1)
    .neg(); // (2B)
  const [chosen, rejected] = tf.split(sums, 2) as [Tensor, Tensor]; // (B) each
  const logProbs = { chosen, rejected, referenceChosen: referenceChosen!, referenceRejected: referenceRejected! };
  return dpoLoss(logProbs, { beta }).sum();
}
