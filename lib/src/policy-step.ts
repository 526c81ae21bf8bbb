/**
 * @file One update of a policy from rollouts: make what went better than expected likelier, stay near the reference, and
 * keep reading the old text on the side. The heart of rlhf.ts; used by notebook 7. One graph, like every training step.
 */

import { finalStates, type GPT, unembed } from "./gpt";
import { k3Loss } from "./kl";
import { tokenLosses } from "./loss";
import { adamw, type Optimizer } from "./optimizer";
import { clippedLoss, valueLoss } from "./ppo";
import { packResponses, placeValues, type ResponseTokens, rowLength } from "./response-batch";
import { type Tensor, tf, type Variable } from "./tf";
import { createTrainStep, type StepResult } from "./train-step";
import type { SavedOptimizer } from "./update";

/** What an update is made from: for each response one number a token, or one for all of its tokens. */
export interface PolicyUpdate {
  responses: readonly ResponseTokens[];
  advantages: readonly (ArrayLike<number> | number)[];
  /** The log-probability of each token when the responses were drawn. */
  oldLogProbs: readonly ArrayLike<number>[];
  /** The same under the reference policy. */
  referenceLogProbs: readonly ArrayLike<number>[];
  /** With a value head: what it said when the responses were drawn, and what it should have said. */
  oldValues?: readonly ArrayLike<number>[];
  returns?: readonly ArrayLike<number>[];
  /** Some of the text of pretraining: inputs and targets (B, T). */
  rehearsal?: { inputs: Int32Array; targets: Int32Array; batchSize: number; contextLength: number };
}

/** Settings of {@link createPolicyStep}. */
export interface PolicyStepOptions {
  /** What the divergence from the reference costs, per token. Default 0: nothing in the loss. */
  kl?: number;
  /** PPO's bound on a change. Default 0.2. */
  clip?: number;
  /** What the loss on the rehearsed text counts, beside the mean loss of a response's token. Default 0.3. */
  rehearsalWeight?: number;
  /** A value head (C, 1) that learns along, and what its loss counts. */
  valueHead?: Variable;
  valueWeight?: number;
  /** Default: AdamW without weight decay. */
  optimizer?: Optimizer;
}

/** A policy that can be updated. */
export interface PolicyStep {
  run(update: PolicyUpdate, learningRate: number): StepResult;
  /** Makes the model's weights current; needed before it writes. */
  sync(): void;
  saveOptimizer(): SavedOptimizer;
  loadOptimizer(saved: SavedOptimizer): void;
  dispose(): void;
}

/**
 * Updates of a model by
 *
 *     loss = mean over the responses' tokens of (PPO's loss + kl k3 + valueWeight value loss) + rehearsalWeight LM loss
 */
export function createPolicyStep(model: GPT, options: PolicyStepOptions = {}): PolicyStep {
  const { kl = 0, clip = 0.2, rehearsalWeight = 0.3, valueHead, valueWeight = 0.5 } = options;
  const { optimizer = adamw({ weightDecay: 0, beta2: 0.98 }) } = options;
  const step = createTrainStep({
    params: valueHead ? { ...model.params, "value.weight": valueHead } : model.params,
    optimizer,
    clipNorm: 1,
    loss: (batch) => {
      const [x, y, mask, advantages, oldLogProbs, referenceLogProbs] = batch as Required<typeof batch>;
      const more = batch.slice(6);
      const states = finalStates(model, x!); // (B, T, C)
      const logProbs = tokenLosses(unembed(model, states), y!).neg(); // (B, T)
      let losses = clippedLoss(logProbs, oldLogProbs!, advantages!, { clip }); // (B, T)
      if (kl > 0) losses = losses.add(k3Loss(logProbs, referenceLogProbs!).mul(kl));
      if (valueHead) {
        const [oldValues, returns] = more.splice(0, 2);
        const ofValues = valueLoss(valuesOf(states, valueHead), oldValues!, returns!); // (B, T)
        losses = losses.add(ofValues.mul(valueWeight));
      }
      const loss = losses.mul(mask!).sum();
      const [text, next, weights] = more;
      return text
        ? loss.add(
            tokenLosses(unembed(model, finalStates(model, text)), next!)
              .mul(weights!)
              .sum(),
          )
        : loss;
    },
  });
  return {
    run(update, learningRate) {
      const { tensors, tokens } = updateTensors(model, update, { rehearsalWeight, valueHead });
      try {
        return step.run(tensors, learningRate, { scale: 1 / tokens });
      } finally {
        tf.dispose(tensors);
      }
    },
    sync: step.sync,
    saveOptimizer: step.saveOptimizer,
    loadOptimizer: step.loadOptimizer,
    dispose: step.dispose,
  };
}

/** What is expected before each token: the states (B, T, C) times the value head (C, 1): (B, T). */
export function valuesOf(states: Tensor, valueHead: Tensor): Tensor {
  const [B, T, C] = states.shape as [number, number, number];
  return tf.matMul(states.reshape([B * T, C]), valueHead).reshape([B, T]);
}

function updateTensors(
  { config }: GPT,
  update: PolicyUpdate,
  { rehearsalWeight, valueHead }: { rehearsalWeight: number; valueHead?: Variable },
): { tensors: Tensor[]; tokens: number } {
  const { responses, rehearsal } = update;
  const batch = packResponses(responses, { length: rowLength(responses, config.contextLength) });
  const { batchSize: B, length: T } = batch;
  const placed = (values: readonly (ArrayLike<number> | number)[]): Tensor =>
    tf.tensor2d(placeValues(batch, responses, values), [B, T]);
  const tokens = batch.mask.reduce((sum, counts) => sum + counts, 0);
  const tensors: Tensor[] = [
    tf.tensor2d(batch.inputs, [B, T], "int32"),
    tf.tensor2d(batch.targets, [B, T], "int32"),
    tf.tensor2d(batch.mask, [B, T]),
    placed(update.advantages),
    placed(update.oldLogProbs),
    placed(update.referenceLogProbs),
  ];
  if (valueHead) tensors.push(placed(update.oldValues!), placed(update.returns!));
  if (rehearsal) {
    const { inputs, targets, batchSize, contextLength } = rehearsal;
    const shape: [number, number] = [batchSize, contextLength];
    // The step divides everything by the number of the responses' tokens, so the text's mean is multiplied with it here.
    const weight = (rehearsalWeight * tokens) / inputs.length;
    tensors.push(tf.tensor2d(inputs, shape, "int32"), tf.tensor2d(targets, shape, "int32"), tf.fill(shape, weight));
  }
  return { tensors, tokens };
}
