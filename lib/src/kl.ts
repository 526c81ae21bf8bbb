/**
 * @file How far has a policy moved away from the model it started from? The Kullback-Leibler divergence, exactly and
 * estimated from samples. Used by notebook 7: the leash of RLHF is made of it.
 */

import { CourseError } from "./errors";
import { type Tensor, tf } from "./tf";

/**
 * The divergence of two distributions over the same few choices, in nats. It is 0 when they are equal and never below.
 *
 *     KL(p, q) = sum over x of p(x) log(p(x) / q(x))
 *
 * `klDivergence([0.5, 0.5], [0.25, 0.75])` is 0.5 ln 2 + 0.5 ln(2/3) = 0.144.
 */
export function klDivergence(p: ArrayLike<number>, q: ArrayLike<number>): number {
  assertSameLength(p, q);
  let sum = 0;
  for (let x = 0; x < p.length; x++) if (p[x]! > 0) sum += p[x]! * Math.log(p[x]! / q[x]!);
  return sum;
}

/** Three estimates of a divergence from one sample each (Schulman 2020, "Approximating KL divergence"). */
export interface KLEstimates {
  /** Without bias, but as often far below 0 as above. */
  k1: number[];
  /** Never below 0, and nearly without bias while the two are close. */
  k2: number[];
  /** Never below 0, and without bias. */
  k3: number[];
}

/**
 * The estimates for samples x drawn from p, from the log-probabilities that p and q give them.
 *
 *     d = log q(x) - log p(x)      k1 = -d      k2 = d^2 / 2      k3 = e^d - 1 - d
 *
 * A token that p gives probability 0.5 and q 0.25: d = -ln 2, so k1 = 0.693, k2 = 0.240, k3 = 0.193.
 */
export function klEstimates(logP: ArrayLike<number>, logQ: ArrayLike<number>): KLEstimates {
  assertSameLength(logP, logQ);
  const d = Array.from(logP, (value, i) => logQ[i]! - value);
  return { k1: d.map((x) => -x), k2: d.map((x) => (x * x) / 2), k3: d.map((x) => Math.exp(x) - 1 - x) };
}

/** The estimate k3 for each token, as tensors of any shape: what the losses of GRPO and PPO add (Shao et al. 2024). */
export function k3Loss(logProbs: Tensor, referenceLogProbs: Tensor): Tensor {
  return tf.tidy(() => {
    const d = referenceLogProbs.sub(logProbs);
    return d.exp().sub(1).sub(d);
  });
}

function assertSameLength(p: ArrayLike<number>, q: ArrayLike<number>): void {
  if (p.length === q.length) return;
  throw new CourseError({ what: "q", expected: `${p.length} values, one for each of p`, received: `${q.length}` });
}
