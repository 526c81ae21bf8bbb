/**
 * @file How a gradient becomes a change of the weights: gradient descent, momentum, RMSprop, Adam, AdamW; clipping by global norm.
 * Used by training in every notebook; notebook 3 builds these by hand. Leaves out second-order methods and
 * per-layer learning rates. An optimizer here is a description: what it remembers for each weight tensor, and how one
 * weight tensor moves. The same few lines run directly (update.ts) or inside a
 * compiled step (compiled-step.ts).
 */

import { CourseError } from "./errors";
import { type AdamWSettings, adamwKernel, type UpdateKernel } from "./fused-adamw";
import { type Tensor, tf } from "./tf";

/** A number that changes from step to step; inside a compiled graph it is a tensor with one value. */
export type Scalar = number | Tensor;

/** What changes from step to step: the learning rate, and what {@link Optimizer.factors} computes. */
export type StepScalars = { learningRate: Scalar } & Record<string, Scalar>;

export interface Optimizer {
  readonly name: string;
  /** What is remembered for each weight tensor, as tensors of its shape that start at 0: `["m", "v"]`. */
  readonly slots: readonly string[];
  /** Numbers that depend on the step t = 1, 2, 3, ... */
  factors?(t: number): Record<string, number>;
  /** One weight tensor, its gradient and what was remembered, to the new weights and what is to be remembered. */
  update(
    param: Tensor,
    grad: Tensor,
    slots: Record<string, Tensor>,
    now: StepScalars,
  ): { param: Tensor; slots: Record<string, Tensor> };
  /** The same with one of TensorFlow's own kernels, for the compiled step. */
  readonly kernel?: UpdateKernel;
}

/**
 * Gradient descent, with momentum if asked for (Polyak 1964): a running sum of gradients, in which older ones fade.
 * Nesterov's variant (1983) goes on as if the next gradient had been added already.
 *
 *     u = momentum u + g      w = w - learningRate u            Nesterov: w = w - learningRate (g + momentum u)
 *
 * From w = 1 with g = 2 and a learning rate of 0.1, w becomes 0.8.
 */
export function sgd(settings: { momentum?: number; nesterov?: boolean } = {}): Optimizer {
  const { momentum = 0, nesterov = false } = settings;
  assertShare("momentum", momentum);
  if (momentum === 0) {
    return {
      name: "sgd",
      slots: [],
      update: (w, g, _, { learningRate }) => ({ param: w.sub(g.mul(learningRate)), slots: {} }),
    };
  }
  return {
    name: "sgd",
    slots: ["u"],
    update(w, g, { u }, { learningRate }) {
      const velocity = u!.mul(momentum).add(g);
      const direction = nesterov ? velocity.mul(momentum).add(g) : velocity;
      return { param: w.sub(direction.mul(learningRate)), slots: { u: velocity } };
    },
  };
}

/**
 * RMSprop (Tieleman and Hinton 2012): the step of each weight is divided by the usual size of its gradient.
 *
 *     v = decay v + (1 - decay) g^2      w = w - learningRate g / (sqrt(v) + epsilon)
 */
export function rmsprop(settings: { decay?: number; epsilon?: number } = {}): Optimizer {
  const { decay = 0.99, epsilon = 1e-8 } = settings;
  assertShare("decay", decay);
  return {
    name: "rmsprop",
    slots: ["v"],
    update(w, g, slots, { learningRate }) {
      const v = slots.v!.mul(decay).add(g.square().mul(1 - decay));
      return { param: w.sub(g.div(v.sqrt().add(epsilon)).mul(learningRate)), slots: { v } };
    },
  };
}

/**
 * AdamW (Kingma and Ba 2015; Loshchilov and Hutter 2019): each weight gets its own step length, from running means of
 * its gradient and of the gradient's square, and matrices shrink a little at each step.
 *
 *     m = beta1 m + (1 - beta1) g        mean of the gradient
 *     v = beta2 v + (1 - beta2) g^2      mean of its square
 *     w = w - learningRate weightDecay w                                           only matrices, not gains and biases
 *     w = w - learningRate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 *
 * The divisions by 1 - beta^t make up for m and v starting at 0. In the first step every weight moves by about
 * the learning rate, whatever the size of its gradient.
 */
export function adamw(settings: Partial<AdamWSettings> = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = settings;
  assertShare("beta1", beta1);
  assertShare("beta2", beta2);
  return {
    name: "adamw",
    slots: ["m", "v"],
    factors: (t) => ({ mCorrection: 1 - beta1 ** t, vCorrection: 1 - beta2 ** t }),
    update(w, g, slots, { learningRate, mCorrection, vCorrection }) {
      const m = slots.m!.mul(beta1).add(g.mul(1 - beta1));
      const v = slots.v!.mul(beta2).add(g.square().mul(1 - beta2));
      const direction = m.div(mCorrection!).div(v.div(vCorrection!).sqrt().add(epsilon));
      const decay = isMatrix(w) ? weightDecay : 0;
      return { param: w.sub(w.mul(decay).add(direction).mul(learningRate)), slots: { m, v } };
    },
    kernel: adamwKernel({ beta1, beta2, epsilon, weightDecay }),
  };
}

/** Adam (Kingma and Ba 2015): {@link adamw} without weight decay. */
export function adam(settings: Partial<Omit<AdamWSettings, "weightDecay">> = {}): Optimizer {
  return { ...adamw({ ...settings, weightDecay: 0 }), name: "adam" };
}

/** Weight decay is for weights that multiply inputs; gains and biases have one axis. */
export function isMatrix(param: Tensor): boolean {
  return param.rank >= 2;
}

/** The length of all gradients together, as if they were one long vector: the root of the sum of their squares. */
export function globalNorm(grads: Record<string, Tensor>): Tensor {
  return tf.tidy(() => tf.addN(Object.values(grads).map((g) => g.square().sum())).sqrt());
}

/**
 * Gradients that are together longer than `maxNorm` are shortened to that length; their direction stays
 * (Pascanu, Mikolov and Bengio 2013). Returns them, and the norm before. The caller frees all.
 *
 * The gradient (3, 4) has norm 5; clipped at 1 it is (0.6, 0.8).
 */
export function clipByGlobalNorm(
  grads: Record<string, Tensor>,
  maxNorm: number,
): { grads: Record<string, Tensor>; norm: Tensor } {
  const norm = globalNorm(grads);
  const clipped = tf.tidy(() => {
    const scale = clipScale(norm, maxNorm);
    return Object.fromEntries(Object.entries(grads).map(([name, g]) => [name, g.mul(scale)]));
  });
  return { grads: clipped, norm };
}

/** What gradients of this norm are multiplied with: 1, or less when they are too long. */
export function clipScale(norm: Tensor, maxNorm: number): Tensor {
  return tf.minimum(tf.scalar(maxNorm).div(norm.add(1e-6)), 1);
}

function assertShare(what: string, value: number): void {
  if (value >= 0 && value < 1) return;
  throw new CourseError({ what, expected: "a number from 0 to below 1", received: String(value) });
}
