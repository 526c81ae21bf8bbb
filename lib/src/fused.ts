/**
 * @file The few operations of a transformer whose gradients are worth writing by hand: one pass back instead of the
 * dozen small ones that the chain rule would make. Each is checked against finite differences and PyTorch.
 * Engine room of gpt.ts and loss.ts; notebook 4 derives these gradients step by step.
 *
 * `tf.customGrad` takes a function that returns a value and, for a gradient `dy` of the loss by that value, the
 * gradients by its inputs. `save` keeps tensors alive until then. Where TensorFlow has one kernel for the job and the
 * native backend runs, that kernel is used; elsewhere the same formula in TensorFlow.js operations.
 */

import { hasOwnKernels, nativeOp, TYPE_FLOAT, TYPE_INT32 } from "./native";
import { backend, type Tensor, tf } from "./tf";

const ownKernels = backend().native && hasOwnKernels();

type Saved = Tensor[];
/** Keeps tensors until the way back. */
export type Save = (tensors: Tensor[]) => void;
/** From the gradient of the loss by the value, and what was saved, to the gradients by the inputs. */
export type GradFunction = (dy: Tensor, saved: Saved) => Tensor[];
/** A value and the way back. */
export type Result = { value: Tensor; gradFunc: GradFunction };

/** `tf.customGrad` without its overloads. */
export function withGradient(forward: (inputs: Tensor[], save: Save) => Result, inputs: Tensor[]): Tensor {
  const custom = tf.customGrad(
    (...args) => forward(args.slice(0, -1) as Tensor[], args[args.length - 1] as Save) as never,
  );
  return custom(...inputs);
}

/** a b, with either factor transposed first, for matrices. */
export function matMul(a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  if (!backend().native) return tf.matMul(a, b, transposeA, transposeB);
  return nativeOp("MatMul", { transpose_a: transposeA, transpose_b: transposeB, T: TYPE_FLOAT }, [a, b]);
}

/**
 * a b for each pair of matrices of a and b (B, H, ., .), b transposed first if asked. No gradient. TensorFlow's kernel for a few
 * rows at a time: the one behind `tf.matMul` takes twice as long for them, and is the faster one for many.
 */
export function matMulEach(a: Tensor, b: Tensor, transposeB = false): Tensor {
  if (!backend().native) return tf.matMul(a, b, false, transposeB);
  const attributes = { Ta: TYPE_FLOAT, Tb: TYPE_FLOAT, Tout: TYPE_FLOAT, adj_x: false, adj_y: transposeB };
  return nativeOp("BatchMatMulV3", attributes, [a, b]);
}

/**
 * x W + b for x (..., in), W (in, out) and b (out), which may be left out; with `transposed`, x W^T for W (out, in).
 *
 *     dx = dy W^T      dW = x^T dy      db = the sum of the rows of dy
 */
export function linear(x: Tensor, weight: Tensor, options: { bias?: Tensor; transposed?: boolean } = {}): Tensor {
  const { bias, transposed = false } = options;
  const nIn = x.shape[x.shape.length - 1] as number;
  const nOut = weight.shape[transposed ? 0 : 1] as number;
  const forward = ([x, weight, bias]: Tensor[], save: Save): Result => {
    save([x!, weight!]);
    const product = matMul(x!, weight!, false, transposed);
    const gradFunc: GradFunction = (dy, [x, weight]) => [
      matMul(dy, weight!, false, !transposed),
      transposed ? matMul(dy, x!, true) : matMul(x!, dy, true),
      ...(bias ? [sumRows(dy)] : []),
    ];
    return { value: bias ? addToRows(product, bias) : product, gradFunc };
  };
  const rows = x.reshape([-1, nIn]); // (..., in) -> (N, in)
  const y = withGradient(forward, bias ? [rows, weight, bias] : [rows, weight]); // (N, out)
  return y.reshape([...x.shape.slice(0, -1), nOut]); // (..., out)
}

/** Adds b (C) to each row of x (N, C). In a graph TensorFlow does it while it multiplies. */
function addToRows(x: Tensor, b: Tensor): Tensor {
  return backend().native ? nativeOp("BiasAdd", { T: TYPE_FLOAT }, [x, b]) : x.add(b);
}

function sumRows(x: Tensor): Tensor {
  return backend().native ? nativeOp("BiasAddGrad", { T: TYPE_FLOAT }, [x]) : x.sum(0);
}

/** Added to the variance, so that a row of equal numbers is not divided by 0. */
const EPSILON = 1e-5;

/**
 * Layer norm (Ba, Kiros and Hinton 2016): each row of x (..., C) less its mean, divided by its standard deviation, then times
 * a gain g (C) and plus a bias b (C), which may be left out.
 *
 *     n = (x - mean x) / sqrt(var x + eps)      y = n g + b
 *     dx = (dn - mean dn - n mean(dn n)) / sqrt(var x + eps) with dn = dy g
 *     dg = the sum over rows of dy n      db = the sum over rows of dy
 *
 * One kernel each way where the binding has them.
 */
export function layerNorm(x: Tensor, gain: Tensor, bias?: Tensor): Tensor {
  if (!ownKernels) return composedLayerNorm(x, gain, bias);
  return withGradient(layerNormInOnePass, [x, gain, bias ?? tf.zerosLike(gain)]);
}

function layerNormInOnePass([x, gain, bias]: Tensor[], save: Save): Result {
  const attributes = { epsilon: { float: EPSILON } };
  save([x!, gain!]);
  return {
    value: nativeOp("CourseLayerNorm", attributes, [x!, gain!, bias!]),
    gradFunc: (dy, [x, gain]) => nativeOp("CourseLayerNormGrad", attributes, [x!, gain!, dy], 3),
  };
}

/** The same in TensorFlow's operations. */
export function composedLayerNorm(x: Tensor, gain: Tensor, bias?: Tensor): Tensor {
  const y = normalize(x).mul(gain);
  return bias ? y.add(bias) : y;
}

/** Layer norm without gain and bias. */
function normalize(x: Tensor): Tensor {
  return withGradient(
    ([x], save) => {
      const centered = x!.sub(x!.mean(-1, true));
      const inverseStd = centered.square().mean(-1, true).add(EPSILON).rsqrt();
      const n = centered.mul(inverseStd);
      save([n, inverseStd]);
      const gradFunc: GradFunction = (dy, [n, inverseStd]) => [
        dy
          .sub(dy.mean(-1, true))
          .sub(n!.mul(dy.mul(n!).mean(-1, true)))
          .mul(inverseStd!),
      ];
      return { value: n, gradFunc };
    },
    [x],
  );
}

/**
 * GELU, the tanh approximation that GPT-2 uses (Hendrycks and Gimpel 2016). Because (1 + tanh(u)) / 2 = sigmoid(2u),
 *
 *     gelu(x) = x s      s = sigmoid(x w)      w = 2 sqrt(2/pi) (1 + 0.044715 x^2)
 *     dx = dy (s + x s (1 - s) (3w - 4 sqrt(2/pi)))
 *
 * One kernel each way where the binding has them.
 */
export function gelu(x: Tensor): Tensor {
  return ownKernels ? withGradient(geluInOnePass, [x]) : composedGelu(x);
}

function geluInOnePass([x]: Tensor[], save: Save): Result {
  save([x!]);
  const gradFunc: GradFunction = (dy, [x]) => [nativeOp("CourseGeluGrad", {}, [x!, dy])];
  return { value: nativeOp("CourseGelu", {}, [x!]), gradFunc };
}

/** The same in TensorFlow's operations. */
export function composedGelu(x: Tensor): Tensor {
  const a = 2 * Math.sqrt(2 / Math.PI);
  return withGradient(
    ([x], save) => {
      const w = x!
        .square()
        .mul(0.044715 * a)
        .add(a);
      const s = x!.mul(w).sigmoid();
      save([x!, s, w]);
      const gradFunc: GradFunction = (dy, [x, s, w]) => {
        const inner = x!.mul(w!.mul(3).sub(2 * a)); // x times the derivative of x w
        return [dy.mul(s!.add(sigmoidGradient(s!, inner)))];
      };
      return { value: x!.mul(s), gradFunc };
    },
    [x],
  );
}

/** dy s (1 - s). */
export function sigmoidGradient(s: Tensor, dy: Tensor): Tensor {
  return backend().native ? nativeOp("SigmoidGrad", { T: TYPE_FLOAT }, [s, dy]) : dy.mul(s.sub(s.square()));
}

/**
 * softmax(scale s + mask) for scores s (B, H, S, P), without a gradient. The mask (S, P) or (B or 1, H or 1, S or 1, P) holds
 * 0 where a position may look and a large negative number where it may not; the result is 0 there.
 */
export function maskedSoftmax(scores: Tensor, mask: Tensor, scale: number): Tensor {
  return ownKernels
    ? nativeOp("CourseSoftmax", { scale: { float: scale } }, [scores, mask])
    : scores.mul(scale).add(mask).softmax();
}

/**
 * softmax(q k^T / sqrt(D) + mask) v for q (B, H, S, D), k and v (B, H, P, D), and a mask as in {@link maskedSoftmax}. With
 * attention weights a and their gradient e = dy v^T:
 *
 *     dv = a^T dy      ds = a (e - sum(e a)) / sqrt(D)      dq = ds k      dk = ds^T q
 *
 * One kernel each way for the softmax where the binding has them.
 */
export function maskedAttention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor): Tensor {
  if (!ownKernels) return composedAttention(q, k, v, mask);
  const scale = 1 / Math.sqrt(q.shape[3] as number);
  return withGradient(
    ([q, k, v], save) => {
      const a = maskedSoftmax(tf.matMul(q!, k!, false, true), mask, scale); // (B, H, S, P)
      save([q!, k!, v!, a]);
      const gradFunc: GradFunction = (dy, [q, k, v, a]) => {
        const e = tf.matMul(dy, v!, false, true); // (B, H, S, P)
        const ds = nativeOp("CourseSoftmaxGrad", { scale: { float: scale } }, [a!, e]);
        return [tf.matMul(ds, k!), tf.matMul(ds, q!, true), tf.matMul(a!, dy, true)];
      };
      return { value: tf.matMul(a, v!), gradFunc };
    },
    [q, k, v],
  );
}

/** The same in TensorFlow's operations. They scale q, which is smaller than the scores. */
export function composedAttention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor): Tensor {
  const scale = 1 / Math.sqrt(q.shape[3] as number);
  return withGradient(
    ([q, k, v], save) => {
      const scaled = q!.mul(scale);
      const a = tf.matMul(scaled, k!, false, true).add(mask).softmax();
      save([scaled, k!, v!, a]);
      const gradFunc: GradFunction = (dy, [scaled, k, v, a]) => {
        const ea = tf.matMul(dy, v!, false, true).mul(a!);
        const ds = ea.sub(a!.mul(ea.sum(-1, true)));
        return [tf.matMul(ds, k!).mul(scale), tf.matMul(ds, scaled!, true), tf.matMul(a!, dy, true)];
      };
      return { value: tf.matMul(a, v!), gradFunc };
    },
    [q, k, v],
  );
}

/**
 * One row of `table` (V, C) for each id of `ids` (any shape): (..., C). The gradient adds each dy to its row.
 */
export function lookUp(table: Tensor, ids: Tensor): Tensor {
  const [V, C] = table.shape as [number, number];
  const flat = ids.reshape([-1]);
  const forward = ([table, flat]: Tensor[], save: Save): Result => {
    save([flat!]);
    const gradFunc: GradFunction = (dy, [flat]) => [addRows(dy, flat!, V), tf.zerosLike(flat!)];
    return { value: tf.gather(table!, flat! as never), gradFunc };
  };
  return withGradient(forward, [table, flat]).reshape([...ids.shape, C]);
}

/** Row v of the result is the sum of the rows of `rows` whose id is v. */
function addRows(rows: Tensor, ids: Tensor, count: number): Tensor {
  if (!backend().native) return tf.matMul(oneHot(ids, count), rows, true);
  const attributes = { T: TYPE_FLOAT, Tindices: TYPE_INT32, Tnumsegments: TYPE_INT32 };
  return nativeOp("UnsortedSegmentSum", attributes, [rows, ids, tf.scalar(count, "int32")]);
}

/**
 * -log softmax(z)[y] for every row of z (N, V) and target y (N): (N).
 *
 *     dz = softmax(z) - onehot(y), times dy
 */
export function softmaxCrossEntropy(logits: Tensor, targets: Tensor): Tensor {
  const forward = ([logits, targets]: Tensor[], save: Save): Result => {
    const [losses, gradient] = crossEntropyKernel(logits!, targets!);
    save([gradient, targets!]);
    const gradFunc: GradFunction = (dy, [gradient, targets]) => [
      gradient!.mul(dy.expandDims(-1)),
      tf.zerosLike(targets!),
    ];
    return { value: losses, gradFunc };
  };
  return withGradient(forward, [logits, targets]);
}

function crossEntropyKernel(logits: Tensor, targets: Tensor): [Tensor, Tensor] {
  if (backend().native) {
    const attributes = { T: TYPE_FLOAT, Tlabels: TYPE_INT32 };
    return nativeOp("SparseSoftmaxCrossEntropyWithLogits", attributes, [logits, targets], 2) as [Tensor, Tensor];
  }
  const logProbs = tf.logSoftmax(logits as never) as Tensor; // (N, V)
  const chosen = oneHot(targets, logits.shape[1] as number); // (N, V)
  return [logProbs.mul(chosen).sum(-1).neg(), logProbs.exp().sub(chosen)];
}

/** (N) ids to (N, count). By way of int32: the WebAssembly backend (4.22) fills a float32 oneHot with the bits of integers. */
function oneHot(ids: Tensor, count: number): Tensor {
  return tf.oneHot(ids, count).toFloat();
}
