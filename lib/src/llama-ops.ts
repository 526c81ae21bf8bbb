/**
 * @file The operations in which a Llama differs from a GPT, with gradients written by hand as in fused.ts: a simpler norm,
 * positions as rotations, an MLP with a gate. Engine room of llama.ts. Each is checked against finite differences.
 */

import { type GradFunction, matMul, type Save, sigmoidGradient, withGradient } from "./fused";
import { type Tensor, tf } from "./tf";

/**
 * Each row divided by its root mean square, times a gain (Zhang and Sennrich 2019, arXiv:1910.07467): layer norm without
 * taking off the mean. There is no gradient by the gain: it stays as it was read.
 *
 *     n = x r      r = 1 / sqrt(mean x^2 + eps)      y = n g      dx = r (dy g - n mean(dy g n))
 */
export function rmsNorm(x: Tensor, gain: Tensor, epsilon: number): Tensor {
  return withGradient(
    ([x], save) => {
      const r = x!.square().mean(-1, true).add(epsilon).rsqrt();
      const n = x!.mul(r);
      save([n, r, gain]);
      const gradFunc: GradFunction = (dy, [n, r, gain]) => {
        const dn = dy.mul(gain!);
        return [dn.sub(n!.mul(dn.mul(n!).mean(-1, true))).mul(r!)];
      };
      return { value: n.mul(gain), gradFunc };
    },
    [x],
  );
}

/** x W^T for x (N, in) and a frozen W (out, in): (N, out). There is no gradient by W. */
export function frozenProduct(x: Tensor, weight: Tensor): Tensor {
  return withGradient(
    ([x], save) => {
      save([weight]);
      return { value: matMul(x!, weight, false, true), gradFunc: (dy, [weight]) => [matMul(dy, weight!)] };
    },
    [x],
  );
}

/** How far each pair of numbers is turned at each position: cosines and sines (B, S, 1, D/2). */
export interface Rotation {
  cos: Tensor;
  sin: Tensor;
}

/**
 * The rotations of rotary position embedding (Su et al. 2021, arXiv:2104.09864) for positions (B, S):
 *
 *     angle = position * base^(-2i / D)      for pair i of D/2
 *
 * At position 0 nothing turns; the first pair turns by one radian a token, the last by nearly nothing.
 */
export function rotationAt(positions: Tensor, width: number, base: number): Rotation {
  const [B, S] = positions.shape as [number, number];
  const speeds = Float32Array.from({ length: width / 2 }, (_, i) => base ** ((-2 * i) / width));
  const angles = positions.toFloat().reshape([B, S, 1, 1]).mul(tf.tensor1d(speeds)); // (B, S, 1, D/2)
  return { cos: angles.cos(), sin: angles.sin() };
}

/**
 * Turns the pairs of x (B, S, H, D); number i and number i + D/2 are a pair.
 *
 *     a' = a cos - b sin      b' = b cos + a sin      and backwards the other way round
 */
export function rotate(x: Tensor, { cos, sin }: Rotation): Tensor {
  return withGradient(
    ([x], save) => {
      save([cos, sin]);
      return { value: turn(x!, cos, sin), gradFunc: (dy, [cos, sin]) => [turn(dy, cos!, sin!.neg())] };
    },
    [x],
  );
}

function turn(x: Tensor, cos: Tensor, sin: Tensor): Tensor {
  const [a, b] = tf.split(x, 2, -1) as [Tensor, Tensor]; // each (B, S, H, D/2)
  return tf.concat([a.mul(cos).sub(b.mul(sin)), b.mul(cos).add(a.mul(sin))], -1);
}

/**
 * The gate of the MLP (Shazeer 2020, arXiv:2002.05202, "SwiGLU"): the first half of x (N, 2F) decides how much of the
 * second half passes: (N, F).
 *
 *     y = g s u      s = sigmoid(g)      dg = dy u (s + g s (1 - s))      du = dy g s
 */
export function swiGlu(x: Tensor): Tensor {
  return withGradient(
    ([x], save: Save) => {
      const [g, u] = tf.split(x!, 2, -1) as [Tensor, Tensor]; // each (N, F)
      const s = g.sigmoid();
      const gs = g.mul(s);
      save([g, u, s, gs]);
      const gradFunc: GradFunction = (dy, [g, u, s, gs]) => {
        const dg = dy.mul(u!).mul(s!.add(sigmoidGradient(s!, g!)));
        return [tf.concat([dg, dy.mul(gs!)], -1)];
      };
      return { value: gs.mul(u), gradFunc };
    },
    [x],
  );
}
