/**
 * @file LoRA for a Llama: the pairs of lora.ts beside its matrices, of which only the pairs are trained. Notebook 6.
 * The gradient is worked out block by block (Chen et al. 2016, arXiv:1604.06174, "checkpointing"): of the way forward only what
 * enters each block is kept, and on the way back each block computes its inside again. One third more arithmetic, and
 * the memory of one block instead of thirty.
 *
 *     y = x W^T + s (x A) B      W (out, in) frozen, A (in, r) random, B (r, out) zero at first, s = alpha / r
 */

import { availableParallelism } from "node:os";
import { compile } from "./compile";
import { CourseError } from "./errors";
import { lookUp, softmaxCrossEntropy } from "./fused";
import {
  type BlockWeights,
  type Llama,
  type LlamaConfig,
  llamaBlock,
  llamaShapes,
  maskOf,
  type Place,
  type Product,
  rotationOf,
  weightsOfBlock,
} from "./llama";
import { frozenProduct, rmsNorm } from "./llama-ops";
import type { Lora } from "./lora";
import type { Random } from "./random";
import { shareOut } from "./rows";
import { type Tensor, tf, type Variable } from "./tf";
import type { TrainBatch } from "./train-options";

/** The linear layers of a block that can have a pair. */
const KINDS = ["attn_qkv", "attn_output", "ffn_gate_up", "ffn_down"] as const;

export interface LlamaLoraOptions {
  /** r: the width between A and B. Default 8. */
  rank?: number;
  /** The pair counts alpha / r times. Default 16. */
  alpha?: number;
  /** Which layers of each block. Default: only `attn_qkv`, queries, keys and values. */
  kinds?: readonly (typeof KINDS)[number][];
  /** Only in so many blocks, the last ones: the others are passed forward only, which saves time. Default: all. */
  lastBlocks?: number;
  /** Draws A. */
  random: Random;
}

/** Adapters that change nothing yet, because every B is zero. Free them with `disposeLora`. */
export function createLlamaLora(model: Llama, options: LlamaLoraOptions): Lora {
  const { config } = model;
  const { rank = 8, alpha = 16, kinds = ["attn_qkv"], lastBlocks = config.nLayer, random } = options;
  const assertBelow = (what: string, value: number, most: number): void => {
    if (Number.isInteger(value) && value >= 1 && value <= most) return;
    throw new CourseError({ what, expected: `a whole number from 1 to ${most}`, received: String(value) });
  };
  assertBelow("rank", rank, config.nEmbd);
  assertBelow("lastBlocks", lastBlocks, config.nLayer);
  const shapes = llamaShapes(config);
  const layers: string[] = [];
  const params: Record<string, Variable> = {};
  for (let i = config.nLayer - lastBlocks; i < config.nLayer; i++) {
    for (const kind of KINDS.filter((kind) => kinds.includes(kind))) {
      const layer = `blk.${i}.${kind}`;
      const [nOut, nIn] = shapes[`${layer}.weight`] as [number, number];
      const A = Float32Array.from({ length: nIn * rank }, () => random.normal() / Math.sqrt(nIn));
      layers.push(layer);
      tf.tidy(() => {
        params[`${layer}.lora_A`] = tf.variable(tf.tensor2d(A, [nIn, rank]));
        params[`${layer}.lora_B`] = tf.variable(tf.zeros([rank, nOut]));
      });
    }
  }
  return { rank, alpha, layers, tokenRows: [], params };
}

/** How a model with adapters multiplies: `forwardLlama(model, ids, { product: loraProduct(lora) })`. */
export function loraProduct({ params, rank, alpha }: Pick<Lora, "params" | "rank" | "alpha">): Product {
  return (layer, x, weight) => {
    const [A, B] = [params[`${layer}.lora_A`], params[`${layer}.lora_B`]];
    return A && B ? withPair(x, weight, A, B, alpha / rank) : frozenProduct(x, weight);
  };
}

function withPair(x: Tensor, weight: Tensor, A: Tensor, B: Tensor, scale: number): Tensor {
  const detour = tf.matMul(tf.matMul(x, A) as Tensor, B) as Tensor; // (N, in) x (in, r) x (r, out) -> (N, out)
  return frozenProduct(x, weight).add(detour.mul(scale));
}

/**
 * The model with the adapters added into its matrices: no slower than without. What has not changed is shared with
 * `model`; free the rest with {@link disposeMerged} before the model.
 */
export function mergeLlamaLora(model: Llama, { layers, params, rank, alpha }: Lora): Llama {
  const merged: Record<string, Variable> = { ...model.params };
  for (const layer of layers) {
    const name = `${layer}.weight`;
    merged[name] = tf.tidy(() => {
      const delta = tf.matMul(params[`${layer}.lora_A`]!, params[`${layer}.lora_B`]!).transpose(); // (out, in)
      return tf.variable(model.params[name]!.add(delta.mul(alpha / rank)));
    });
  }
  return { config: model.config, params: merged };
}

/** Frees the matrices that {@link mergeLlamaLora} made. */
export function disposeMerged(merged: Llama, model: Llama): void {
  tf.dispose(Object.entries(merged.params).flatMap(([name, param]) => (param === model.params[name] ? [] : [param])));
}

/** The loss of a batch, and its gradient by each adapter. The caller frees the gradients. */
export interface LoraGradients {
  lossNats: number;
  grads: Record<string, Tensor>;
}

/**
 * One pass forward and back. The loss is the mean over the targets, each as often as its weight says; positions of
 * weight 0 cost nothing in the last layer.
 */
export function loraGradients(model: Llama, lora: Lora, batch: TrainBatch): LoraGradients {
  const { config } = model;
  const { batchSize: B, contextLength: T } = batch;
  const firstBlock = Math.min(...lora.layers.map((layer) => Number(layer.split(".")[1])));
  return tf.tidy(() => {
    const positions = tf.range(0, T, 1, "int32").reshape([1, T]);
    const place: Place = { rotation: rotationOf(config, positions), mask: maskOf(config, positions, T) };
    const pairs = (i: number): Tensor[] => pairsOf(lora, i);

    const ids = tf.tensor2d(batch.inputs as Int32Array, [B, T], "int32");
    const entered: Tensor[] = []; // what enters each block, from the first with adapters on
    let x: Tensor = lookUp(model.params["token_embd.weight"]!, ids); // (B, T, C)
    for (let i = 0; i < config.nLayer; i++) {
      if (i >= firstBlock) entered[i] = x;
      const before = x;
      const own = pairs(i);
      x = blockPass(config, lora, own.length > 0).forward(before, ...placeOf(place), ...weightList(model, i), ...own);
      if (i < firstBlock) before.dispose();
    }
    const grads: Record<string, Tensor> = {};
    const [loss, dLast] = lossPass(model, x, batch);
    let dx = dLast;
    for (let i = config.nLayer - 1; i >= firstBlock; i--) {
      const own = pairs(i);
      const { backward } = blockPass(config, lora, own.length > 0);
      const [dBelow, ...dPairs] = backward(dx, entered[i]!, ...placeOf(place), ...weightList(model, i), ...own);
      pairNames(lora, i).forEach((name, n) => {
        grads[name] = tf.keep(dPairs[n]!);
      });
      tf.dispose([dx, entered[i]!]);
      dx = dBelow as Tensor;
    }
    return { lossNats: loss.dataSync()[0] as number, grads };
  });
}

/** The names of the adapters of block i, A before B. */
function pairNames(lora: Lora, i: number): string[] {
  const own = lora.layers.filter((layer) => layer.startsWith(`blk.${i}.`));
  return own.flatMap((layer) => [`${layer}.lora_A`, `${layer}.lora_B`]);
}

function pairsOf(lora: Lora, i: number): Tensor[] {
  return pairNames(lora, i).map((name) => lora.params[name]!);
}

const placeOf = ({ rotation, mask }: Place): Tensor[] => [rotation.cos, rotation.sin, mask];
const WEIGHTS = ["attn_norm", "attn_qkv", "attn_output", "ffn_norm", "ffn_gate_up", "ffn_down"] as const;

function weightList(model: Llama, i: number): Tensor[] {
  const weights = weightsOfBlock(model, i);
  return WEIGHTS.map((name) => weights[name]);
}

/** A block as two compiled functions that serve all blocks: the weights come in like any other input. */
interface BlockPass {
  /** x, the place, the weights and the adapters of a block -> its output. */
  forward: (...inputs: Tensor[]) => Tensor;
  /** dy, then the same -> dx and the gradients by the adapters. */
  backward: (...inputs: Tensor[]) => Tensor[];
}

const passes = new Map<string, BlockPass>();

function blockPass(config: LlamaConfig, lora: Lora, adapted: boolean): BlockPass {
  const kinds = adapted ? KINDS.filter((kind) => lora.layers.some((layer) => layer.endsWith(`.${kind}`))) : [];
  const scale = lora.alpha / lora.rank;
  const key = JSON.stringify([config, kinds, scale]);
  const known = passes.get(key);
  if (known) return known;

  const run = (x: Tensor, [cos, sin, mask, ...rest]: Tensor[]): Tensor => {
    const weights = Object.fromEntries(WEIGHTS.map((name, n) => [name, rest[n]!])) as BlockWeights;
    const pairs = rest.slice(WEIGHTS.length);
    const product: Product = (layer, x, weight) => {
      const n = kinds.findIndex((kind) => layer.endsWith(`.${kind}`));
      return n < 0 ? frozenProduct(x, weight) : withPair(x, weight, pairs[2 * n]!, pairs[2 * n + 1]!, scale);
    };
    return llamaBlock(config, weights, x, { rotation: { cos: cos!, sin: sin! }, mask: mask! }, { product });
  };
  // The rows of the batch are shared out among the cores, which a graph runs side by side.
  const made: BlockPass = {
    forward: compile((x: Tensor, ...rest: Tensor[]) => tf.concat(rowsOf(x).map((rows) => run(rows, rest))), {
      name: "block",
    }),
    backward: compile(
      (dy: Tensor, x: Tensor, ...rest: Tensor[]) => {
        const pairs = rest.slice(3 + WEIGHTS.length);
        const dys = rowsOf(dy);
        const parts = rowsOf(x).map((rows, n) => tf.grads(() => run(rows, rest))([rows, ...pairs], dys[n]!));
        const dx = tf.concat(parts.map(([dRows]) => dRows!)) as Tensor;
        return [dx, ...pairs.map((_, n) => tf.addN(parts.map((grads) => grads[n + 1]!)))];
      },
      { name: "block, backwards" },
    ),
  };
  passes.set(key, made);
  return made;
}

/** x (B, T, C) cut into one part of the rows for each core. */
function rowsOf(x: Tensor): Tensor[] {
  return tf.split(x, shareOut(x.shape[0] as number, availableParallelism()), 0) as Tensor[];
}

/** The loss of what leaves the last block, and its gradient by it. */
function lossPass({ config, params }: Llama, x: Tensor, batch: TrainBatch): [Tensor, Tensor] {
  const weights = batch.weights ?? new Float32Array(batch.targets.length).fill(1);
  const counted = Array.from(weights.keys()).filter((n) => weights[n]! > 0);
  if (counted.length === 0) {
    throw new CourseError({ what: "weights", expected: "at least one target that counts", received: "none" });
  }
  const total = counted.reduce((sum, n) => sum + weights[n]!, 0);
  const rows = tf.tensor1d(counted, "int32"); // (N)
  const targets = tf.tensor1d(
    Int32Array.from(counted, (n) => batch.targets[n]!),
    "int32",
  ); // (N)
  const shares = tf.tensor1d(Float32Array.from(counted, (n) => weights[n]! / total)); // (N), they add up to 1
  const loss = (x: Tensor): Tensor => {
    const final = lookUp(x.reshape([-1, config.nEmbd]), rows); // (N, C)
    const normed = rmsNorm(final, params["output_norm.weight"]!, config.normEpsilon);
    const logits = frozenProduct(normed, params["token_embd.weight"]!); // (N, V)
    return softmaxCrossEntropy(logits, targets).mul(shares).sum();
  };
  const { value, grad } = tf.valueAndGrad(loss as never)(x);
  return [value as Tensor, grad as Tensor];
}
