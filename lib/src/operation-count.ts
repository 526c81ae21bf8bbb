/**
 * @file Counts the arithmetic that TensorFlow is asked for while a function runs: each operation, by the shapes of what goes
 * in and comes out. Notebook 9 holds the formulas 2ND and 6ND against it; nothing here knows of them.
 *
 * On the native backend the calls into the library are watched, elsewhere TensorFlow.js's own profiler.
 */

import { type Binding, type NativeBackend, nativeBackend } from "./native";
import { type Shape, sizeOf } from "./shape";
import { backend, tf } from "./tf";

/** What was counted. */
export interface OperationCount {
  /** Operations of products with a matrix of weights. */
  weightFlops: number;
  /** Operations of products of two activations, one pair of matrices for each head: attention. */
  attentionFlops: number;
  /** One for each number that any other operation computed: a little less than what these take. */
  otherFlops: number;
  /** All products together. */
  productFlops: number;
  /** How often each operation was called. */
  calls: Record<string, number>;
  /** The most memory that tensors held at once, beyond what was held before. */
  peakBytes: number;
}

const PRODUCTS = new Set(["MatMul", "_FusedMatMul", "BatchMatMul", "BatchMatMulV2"]);
/** Operations that move numbers without computing any. */
const MOVES = new Set(
  `Reshape Transpose Identity Cast Const ConcatV2 Concat Slice StridedSlice Split SplitV Unpack Pack GatherV2 GatherNd
   ResourceGather ExpandDims Squeeze Fill ZerosLike OnesLike OneHot DeepCopy Tile BroadcastTo`.split(/\s+/),
);

/** One call of an operation. */
interface Call {
  op: string;
  inputs: Shape[];
  outputs: Shape[];
}

/**
 * Counts what a function computes. What it returns is freed; the gradients it takes are counted too.
 *
 *     const a = tf.ones([2, 3]), b = tf.ones([3, 4]);
 *     (await countOperations(() => tf.matMul(a, b))).productFlops; // 2 x 2 x 3 x 4 = 48
 */
export async function countOperations(fn: () => unknown): Promise<OperationCount> {
  const before = tf.memory().numBytes;
  const calls: Call[] = [];
  let peak = before;
  const body = (): void => {
    tf.tidy(() => {
      fn();
    });
  };
  if (backend().native) {
    const stopWatching = watch(nativeBackend(), (call) => {
      calls.push(call);
      peak = Math.max(peak, tf.memory().numBytes);
    });
    try {
      body();
    } finally {
      stopWatching();
    }
  } else {
    const profile = await tf.profile(body);
    for (const kernel of profile.kernels) {
      calls.push({ op: kernel.name, inputs: kernel.inputShapes as Shape[], outputs: kernel.outputShapes as Shape[] });
    }
    peak = before + profile.peakBytes;
  }
  return { ...addUp(calls), peakBytes: peak - before };
}

function addUp(calls: readonly Call[]): Omit<OperationCount, "peakBytes"> {
  const count = {
    weightFlops: 0,
    attentionFlops: 0,
    otherFlops: 0,
    productFlops: 0,
    calls: {} as Record<string, number>,
  };
  for (const { op, inputs, outputs } of calls) {
    count.calls[op] = (count.calls[op] ?? 0) + 1;
    if (PRODUCTS.has(op)) {
      const flops = productFlops(inputs, outputs[0]!);
      count.productFlops += flops;
      count[matricesIn(outputs[0]!) > 1 ? "attentionFlops" : "weightFlops"] += flops;
    } else if (!MOVES.has(op)) {
      count.otherFlops += outputs.reduce((sum, shape) => sum + sizeOf(shape), 0);
    }
  }
  return count;
}

/**
 * The operations of B products of an m x k and a k x n matrix, whichever of them is stored transposed:
 *
 *     2 B m k n,  from  |a| |b| |out| = (B m k) (B k n) (B m n) = B (B m k n)^2
 */
function productFlops([a, b]: Shape[], out: Shape): number {
  const matrices = matricesIn(out);
  const whole = (shape: Shape): number => sizeOf(shape) * (matrices / matricesIn(shape)); // one matrix may serve all
  return Math.round(2 * Math.sqrt((whole(a!) * whole(b!) * sizeOf(out)) / matrices));
}

/** How many matrices a tensor holds: (B, H, m, n) holds B H. */
function matricesIn(shape: Shape): number {
  return sizeOf(shape.slice(0, -2));
}

/** Puts itself between TensorFlow.js and the library, and returns the function that undoes it. */
function watch(native: NativeBackend, note: (call: Call) => void): () => void {
  const { binding, getInputTensorIds } = native;
  const shapes = new Map<number, Shape>(); // of the tensors that were handed over, by id
  const members = Object.getOwnPropertyNames(binding).map((key) => {
    const member = (binding as unknown as Record<string, unknown>)[key];
    return [key, typeof member === "function" ? member.bind(binding) : member];
  });
  const executeOp: Binding["executeOp"] = (op, attributes, inputs, count) => {
    const results = binding.executeOp(op, attributes, inputs, count);
    note({ op, inputs: inputs.map((id) => shapes.get(id) ?? []), outputs: results.map(({ shape }) => shape) });
    return results;
  };
  native.binding = { ...Object.fromEntries(members), executeOp };
  native.getInputTensorIds = (tensors) => {
    const ids = getInputTensorIds.call(native, tensors);
    ids.forEach((id, i) => {
      shapes.set(id, tensors[i]!.shape);
    });
    return ids;
  };
  return () => {
    native.binding = binding;
    delete (native as Partial<NativeBackend>).getInputTensorIds; // what is covered is a method of the class
  };
}
