/**
 * @file How wrong is a prediction? Cross-entropy, and two ways to say it in other units.
 * Used from notebook 1 on. The gradient is written out in fused.ts.
 */

import { assertCount } from "./errors";
import { softmaxCrossEntropy } from "./fused";
import { assertShape } from "./shape";
import { type Tensor, tf } from "./tf";

/**
 * The surprise at every token, in nats: minus the log of the probability that the model gave to what came.
 *
 *     loss = -log softmax(z)[y] = log(sum over v of exp(z[v])) - z[y]
 *
 * Computed with the largest logit subtracted first, so that exp() cannot overflow.
 * `tokenLosses(tf.zeros([1, 1, 4]), [[2]])` is `[[1.386]]`: four equal choices, ln 4.
 */
export function tokenLosses(logits: Tensor, targets: Tensor | number[][]): Tensor {
  const [B, T, V] = logits.shape as [number, number, number];
  return tf.tidy(() => {
    const y = Array.isArray(targets) ? tf.tensor2d(targets, undefined, "int32") : targets; // (B, T)
    assertShape("targets", y.shape, [B, T], "B, T");
    return softmaxCrossEntropy(logits.reshape([B * T, V]), y.reshape([B * T])).reshape([B, T]); // (B, T)
  });
}

/**
 * The mean surprise in nats, a tensor with one value. This is the number that training makes small.
 * `logits` is (B, T, V), `targets` (B, T). `mask` (B, T) weighs the tokens: 0 leaves one out.
 *
 * A model that knows nothing gives each of V tokens the same probability; its loss is ln V.
 */
export function crossEntropy(logits: Tensor, targets: Tensor | number[][], options: { mask?: Tensor } = {}): Tensor {
  const { mask } = options;
  return tf.tidy(() => {
    const losses = tokenLosses(logits, targets); // (B, T)
    if (!mask) return losses.mean(); // ()
    assertShape("mask", mask.shape, losses.shape, "B, T");
    return losses.mul(mask).sum().div(mask.sum()); // ()
  });
}

/** The number of equally likely tokens that would be as surprising: `perplexity(Math.log(50))` is 50. */
export function perplexity(lossNats: number): number {
  return Math.exp(lossNats);
}

/**
 * The loss in bits for each byte of text, which lets models with different tokenizers be compared.
 * `bitsPerByte(Math.LN2, { tokens: 10, bytes: 20 })` is 0.5: one bit a token, two bytes a token.
 */
export function bitsPerByte(lossNats: number, size: { tokens: number; bytes: number }): number {
  assertCount("tokens", size.tokens);
  assertCount("bytes", size.bytes);
  return ((lossNats / Math.LN2) * size.tokens) / size.bytes;
}
