/**
 * @file The four operations of a transformer and their gradients by hand, on small matrices in plain loops: a product of
 * matrices, softmax with cross-entropy, layer norm, attention. Needed by notebook 4, which derives them; the same formulas for
 * large tensors are in fused.ts. Leaves out batches and heads: attention here is one head on one text.
 *
 * `dOut` is always the slope of the loss by what the operation gave; the result is its slope by what went in.
 */

import { assertShape } from "./shape";

/** A matrix as a list of rows: `[[1, 2], [3, 4]]`. */
export type Matrix = number[][];

/** a b: `matmul([[1, 2]], [[3], [4]])` is `[[11]]`. */
export function matmul(a: Matrix, b: Matrix): Matrix {
  assertShape("b", [b.length], [a[0]?.length ?? 0], "columns of a");
  return a.map((row) => b[0]!.map((_, j) => row.reduce((total, value, k) => total + value * b[k]![j]!, 0)));
}

/** Rows become columns: `transpose([[1, 2]])` is `[[1], [2]]`. */
export function transpose(a: Matrix): Matrix {
  return a[0]!.map((_, j) => a.map((row) => row[j]!));
}

/**
 * The gradient of a product. Each number of `a` was multiplied with a row of `b`, and passes its part back along that row.
 *
 *     out = a b      da = dOut b^T      db = a^T dOut
 *
 * The shapes leave no other choice: da has the shape of a. `matmulGrad([[1, 2]], [[3], [4]], [[1]])` is
 * `{ a: [[3, 4]], b: [[1], [2]] }`.
 */
export function matmulGrad(a: Matrix, b: Matrix, dOut: Matrix): { a: Matrix; b: Matrix } {
  return { a: matmul(dOut, transpose(b)), b: matmul(transpose(a), dOut) };
}

/** Positive shares that add up to 1: `softmax([0, Math.log(3)])` is `[0.25, 0.75]`. The largest is taken away for safety. */
export function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}

/** The mean over rows of -ln softmax(z)[y]: `softmaxCrossEntropy([[0, 0]], [1])` is ln 2. */
export function softmaxCrossEntropy(logits: Matrix, targets: readonly number[]): number {
  assertShape("targets", [targets.length], [logits.length], "rows");
  return -logits.reduce((total, row, i) => total + Math.log(softmax(row)[targets[i]!]!), 0) / logits.length;
}

/**
 * The gradient of {@link softmaxCrossEntropy}: what was said, less what was right.
 *
 *     dz = (softmax(z) - onehot(y)) / rows
 *
 * `softmaxCrossEntropyGrad([[0, 0]], [1])` is `[[0.5, -0.5]]`.
 */
export function softmaxCrossEntropyGrad(logits: Matrix, targets: readonly number[]): Matrix {
  return logits.map((row, i) => softmax(row).map((p, v) => (p - (v === targets[i] ? 1 : 0)) / logits.length));
}

/**
 * Layer norm (Ba, Kiros and Hinton 2016): each row less its mean, divided by its standard deviation; then a gain and a bias.
 *
 *     n = (x - mean x) / sqrt(var x + epsilon)      out = gain n + bias
 */
export function layerNorm(x: Matrix, gain: readonly number[], bias: readonly number[], epsilon = 1e-5): Matrix {
  return x.map((row) => normalized(row, epsilon).n.map((n, c) => gain[c]! * n + bias[c]!));
}

/**
 * The gradient of {@link layerNorm}. Each x moves its own n, and the mean and the deviation that all share; so from what
 * comes back, the part that would shift or stretch the whole row is taken away.
 *
 *     dn = gain dOut      dx = (dn - mean dn - n mean(dn n)) / sqrt(var x + epsilon)
 *     dgain = sum over rows of n dOut      dbias = sum over rows of dOut
 */
export function layerNormGrad(
  x: Matrix,
  gain: readonly number[],
  dOut: Matrix,
  epsilon = 1e-5,
): { x: Matrix; gain: number[]; bias: number[] } {
  const dGain = gain.map(() => 0);
  const dBias = gain.map(() => 0);
  const dx = x.map((row, i) => {
    const { n, deviation } = normalized(row, epsilon);
    const dn = dOut[i]!.map((d, c) => d * gain[c]!);
    const shift = mean(dn);
    const stretch = mean(dn.map((d, c) => d * n[c]!));
    for (let c = 0; c < gain.length; c++) {
      dGain[c]! += n[c]! * dOut[i]![c]!;
      dBias[c]! += dOut[i]![c]!;
    }
    return dn.map((d, c) => (d - shift - n[c]! * stretch) / deviation);
  });
  return { x: dx, gain: dGain, bias: dBias };
}

function normalized(row: readonly number[], epsilon: number): { n: number[]; deviation: number } {
  const centre = mean(row);
  const deviation = Math.sqrt(mean(row.map((value) => (value - centre) ** 2)) + epsilon);
  return { n: row.map((value) => (value - centre) / deviation), deviation };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** Who looks at whom: row t holds the shares that position t gives to the positions 0 to t. */
function attentionShares(q: Matrix, k: Matrix): Matrix {
  const scores = matmul(q, transpose(k)); // (T, D) x (D, T) -> (T, T)
  const scale = 1 / Math.sqrt(q[0]!.length);
  return scores.map((row, t) => {
    const seen = softmax(row.slice(0, t + 1).map((score) => score * scale));
    return row.map((_, s) => seen[s] ?? 0); // nothing of the future
  });
}

/** Attention of one head (Vaswani et al. 2017): softmax(q k^T / sqrt(D)) v, where no position sees a later one. */
export function attention(q: Matrix, k: Matrix, v: Matrix): Matrix {
  return matmul(attentionShares(q, k), v); // (T, T) x (T, D) -> (T, D)
}

/**
 * The gradient of {@link attention}: two products of matrices, with a softmax between them, walked back in turn.
 *
 *     out = p v        dp = dOut v^T    dv = p^T dOut
 *     p = softmax(s)   ds = p (dp - sum over the row of dp p)
 *     s = q k^T / sqrt(D)      dq = ds k / sqrt(D)      dk = ds^T q / sqrt(D)
 */
export function attentionGrad(q: Matrix, k: Matrix, v: Matrix, dOut: Matrix): { q: Matrix; k: Matrix; v: Matrix } {
  const p = attentionShares(q, k); // (T, T)
  const { a: dp, b: dv } = matmulGrad(p, v, dOut); // (T, T), (T, D)
  const scale = 1 / Math.sqrt(q[0]!.length);
  const ds = p.map((row, t) => {
    const common = row.reduce((total, share, s) => total + share * dp[t]![s]!, 0);
    return row.map((share, s) => share * (dp[t]![s]! - common) * scale);
  });
  return { q: matmul(ds, k), k: matmul(transpose(ds), q), v: dv }; // each (T, D)
}
