/**
 * @file The two ideas of PPO: do not trust an update that moves the policy far, and let a second head predict what is to be
 * expected of each token, so that the rest is surprise. Used by notebook 7. Schulman et al. 2017, arXiv:1707.06347.
 */

import { CourseError } from "./errors";
import { type Tensor, tf } from "./tf";

/**
 * PPO's loss for each token: what was better than expected shall become likelier, but only until the probability has changed
 * by the share `clip`. Beyond that nothing is gained, so the gradient is 0; what was made worse can still be undone.
 *
 *     ratio = exp(log p - log p_old)      loss = -min(ratio A, clip(ratio, 1 - c, 1 + c) A)
 *
 * A ratio of 1.5 with A = 2 gives -2.4 (clipped at 1.2); with A = -2 it gives 3 (not clipped: that step was a mistake).
 * At a ratio of 1, in the first update on fresh samples, its gradient is REINFORCE's: -A times that of log p.
 */
export function clippedLoss(
  logProbs: Tensor,
  oldLogProbs: Tensor,
  advantages: Tensor,
  options: { clip?: number } = {},
): Tensor {
  const { clip = 0.2 } = options;
  return tf.tidy(() => {
    const ratio = logProbs.sub(oldLogProbs).exp();
    const clipped = ratio.clipByValue(1 - clip, 1 + clip);
    return tf.minimum(ratio.mul(advantages), clipped.mul(advantages)).neg();
  });
}

/**
 * REINFORCE's loss for each token (Williams 1992): what was better than expected becomes likelier, with no bound.
 *
 *     loss = -A log p
 */
export function reinforceLoss(logProbs: Tensor, advantages: Tensor): Tensor {
  return tf.tidy(() => logProbs.mul(advantages).neg());
}

/** What the tokens of one response were worth. */
export interface TokenAdvantages {
  /** How much better it went from each token on than had been expected. */
  advantages: number[];
  /** What the value head should have said before each token. */
  returns: number[];
}

/**
 * Generalised advantage estimation for one response (Schulman et al. 2016, arXiv:1506.02438). `rewards` has what came after
 * each token (mostly 0; at the last one the reward of the whole response), `values` what was expected before each token.
 *
 *     d_t = r_t + gamma V_(t+1) - V_t      A_t = d_t + gamma lambda A_(t+1)      return_t = A_t + V_t
 *
 * After the last token nothing is expected. Rewards `[0, 0, 1]` and values `[0.5, 0.5, 0.5]` give, with lambda = 0,
 * `[0, 0, 0.5]`: only the end was a surprise; with lambda = 1 `[0.5, 0.5, 0.5]`: all tokens had a part in it.
 */
export function tokenAdvantages(
  rewards: readonly number[],
  values: readonly number[],
  options: { gamma?: number; lambda?: number } = {},
): TokenAdvantages {
  const { gamma = 1, lambda = 0.95 } = options;
  if (rewards.length !== values.length) {
    throw new CourseError({ what: "values", expected: `${rewards.length}, one a token`, received: `${values.length}` });
  }
  const advantages = new Array<number>(rewards.length).fill(0);
  let next = 0;
  for (let t = rewards.length - 1; t >= 0; t--) {
    const surprise = rewards[t]! + gamma * (values[t + 1] ?? 0) - values[t]!;
    next = surprise + gamma * lambda * next;
    advantages[t] = next;
  }
  return { advantages, returns: advantages.map((advantage, t) => advantage + values[t]!) };
}

/**
 * How wrong the value head was, for each token: half the square, where a value that moved by more than `clip` since the
 * responses were drawn counts as it would have been without the excess, if that is worse.
 *
 *     loss = max((V - R)^2, (clip(V, V_old - c, V_old + c) - R)^2) / 2
 */
export function valueLoss(values: Tensor, oldValues: Tensor, returns: Tensor, options: { clip?: number } = {}): Tensor {
  const { clip = 0.2 } = options;
  return tf.tidy(() => {
    const clipped = oldValues.add(values.sub(oldValues).clipByValue(-clip, clip));
    return tf.maximum(values.sub(returns).square(), clipped.sub(returns).square()).div(2);
  });
}
