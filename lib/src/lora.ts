/**
 * @file LoRA: beside a frozen matrix W a thin pair of matrices A and B is trained, and W + s A B is used in its place.
 * Used by notebook 6. Any linear layer can have a pair; rows of the embedding can be trained too, for tokens that the
 * pretrained model has never met, such as `<user>`.
 *
 *     y = x W + b + s (x A) B      W (in, out) frozen, A (in, r) random, B (r, out) zero at first, s = alpha / r
 *
 * Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models" (arXiv:2106.09685).
 * Simplified: in training W + s A B is formed once a step instead of following both paths. The numbers are the same; what
 * LoRA saves in memory during the backward pass is not saved. Leaves out dropout on the path through A.
 */

import { CourseError } from "./errors";
import { linear } from "./fused";
import { createGPT, type GPT, type GPTConfig, parameterShapes, type Weights, weightsOf } from "./gpt";
import type { Random } from "./random";
import { hashWeights, readSafetensors, type StoredTensors, writeSafetensors } from "./safetensors";
import { assertShape } from "./shape";
import { type Tensor, tf, type Variable } from "./tf";
import type { Trainable } from "./train-options";

/** Adapters of a model. They stay in memory until {@link disposeLora}. */
export interface Lora {
  readonly rank: number;
  readonly alpha: number;
  /** The layers that have a pair, e.g. `h.0.attn.c_attn`. */
  readonly layers: readonly string[];
  /** The rows of the embedding that are trained: token ids. */
  readonly tokenRows: readonly number[];
  /** `h.0.attn.c_attn.lora_A` (in, r), `h.0.attn.c_attn.lora_B` (r, out), ..., and `wte.rows` (n, C), added to those rows. */
  readonly params: Readonly<Record<string, Variable>>;
}

export interface LoraOptions {
  /** r: the width between A and B. Default 4. */
  rank?: number;
  /** The pair counts alpha / r times. Default 16. */
  alpha?: number;
  /** Layers by name, `h.0.attn.c_attn`, or by kind, `attn.c_attn`. Default: all. */
  layers?: readonly string[];
  /** Token ids whose embedding is trained too. Default: none. */
  tokenRows?: readonly number[];
  /** Draws A. */
  random: Random;
}

/** The names of all linear layers: four in each block. */
export function linearLayers(config: GPTConfig): string[] {
  return Object.keys(parameterShapes(config))
    .filter((name) => /\.(c_attn|c_proj|c_fc)\.weight$/.test(name))
    .map((name) => name.slice(0, -".weight".length));
}

/** Adapters that change nothing yet, because every B is zero. */
export function createLora(model: GPT, options: LoraOptions): Lora {
  const { rank = 4, alpha = 16, tokenRows = [], random } = options;
  const { config } = model;
  if (!(Number.isInteger(rank) && rank >= 1 && rank <= config.nEmbd)) {
    throw new CourseError({ what: "rank", expected: `a whole number from 1 to ${config.nEmbd}`, received: `${rank}` });
  }
  const layers = chosenLayers(config, options.layers);
  assertRows(tokenRows, config);
  const params: Record<string, Variable> = {};
  for (const layer of layers) {
    const [nIn, nOut] = parameterShapes(config)[`${layer}.weight`] as [number, number];
    const A = Float32Array.from({ length: nIn * rank }, () => random.normal() / Math.sqrt(nIn));
    params[`${layer}.lora_A`] = variable(A, [nIn, rank]);
    params[`${layer}.lora_B`] = variable(new Float32Array(rank * nOut), [rank, nOut]);
  }
  if (tokenRows.length > 0) {
    params["wte.rows"] = variable(new Float32Array(tokenRows.length * config.nEmbd), [tokenRows.length, config.nEmbd]);
  }
  return { rank, alpha, layers, tokenRows: [...tokenRows], params };
}

/**
 * What a linear layer with its pair gives: x W + b + s (x A) B. The caller frees it.
 *
 * For x = (1, 1), W the identity, A = (1, 0)^T, B = (0, 2) and s = 1 it is (1, 3): the pair adds 2 to the second value.
 */
export function loraLinear(
  x: Tensor,
  layer: { weight: Tensor; bias?: Tensor; A: Tensor; B: Tensor; scale: number },
): Tensor {
  return tf.tidy(() => {
    const direct = linear(x, layer.weight, { bias: layer.bias }); // (..., in) x (in, out) -> (..., out)
    const thin = linear(x, layer.A); // (..., in) x (in, r) -> (..., r)
    return direct.add(linear(thin, layer.B).mul(layer.scale)); // (..., r) x (r, out) -> (..., out)
  });
}

/** The model with its adapters in use. Its new tensors belong to the caller's `tf.tidy`; the model's own are shared. */
export function applyLora(model: GPT, lora: Lora): GPT {
  const params: Record<string, Tensor> = { ...model.params };
  for (const layer of lora.layers) params[`${layer}.weight`] = params[`${layer}.weight`]!.add(deltaOf(lora, layer));
  if (lora.tokenRows.length > 0) {
    const place = tf.oneHot(lora.tokenRows as number[], model.config.vocabSize).toFloat(); // (n, V)
    params["wte.weight"] = params["wte.weight"]!.add(tf.matMul(place, lora.params["wte.rows"]!, true)); // (V, C)
  }
  return { config: model.config, params: params as GPT["params"] };
}

/** s A B (in, out): what a pair adds to its matrix. The caller frees it. */
export function deltaOf({ params, rank, alpha }: Lora, layer: string): Tensor {
  return tf.tidy(() => tf.matMul(params[`${layer}.lora_A`]!, params[`${layer}.lora_B`]!).mul(alpha / rank));
}

/** A new model with the adapters added into its matrices: no slower than the old one. Both stay usable. */
export function mergeLora(model: GPT, lora: Lora): GPT {
  let weights: Weights = {};
  tf.tidy(() => {
    weights = weightsOf(applyLora(model, lora));
  });
  return createGPT(model.config, { weights });
}

/** For `train`: the adapters are trained, the model stays as it is. */
export function trainableLora(model: GPT, lora: Lora): Trainable {
  return { params: lora.params, applied: () => applyLora(model, lora) };
}

/** The number of weights in the adapters. */
export function loraParameterCount(lora: Lora): number {
  return Object.values(lora.params).reduce((sum, { size }) => sum + size, 0);
}

export function disposeLora(lora: Lora): void {
  tf.dispose(Object.values(lora.params));
}

/** The adapters as a safetensors file of their own. It notes the hash of the model that they belong to. */
export function loraToBytes(model: GPT, lora: Lora): Uint8Array {
  const { rank, alpha, tokenRows } = lora;
  const tensors: StoredTensors = Object.fromEntries(
    Object.entries(lora.params).map(([name, param]) => [
      name,
      { shape: [...param.shape], data: (param.dataSync() as Float32Array).slice() },
    ]),
  );
  const note = { rank, alpha, tokenRows: [...tokenRows], model: hashWeights(weightsOf(model)) };
  return writeSafetensors(tensors, { lora: JSON.stringify(note) });
}

/** Reads adapters that {@link loraToBytes} wrote. Those of another model are refused. */
export function loraFromBytes(model: GPT, bytes: Uint8Array): Lora {
  const { tensors, metadata } = readSafetensors(bytes, "adapters");
  const refuse = (expected: string, received: string): never => {
    throw new CourseError({ what: "adapters", expected, received });
  };
  const note = JSON.parse(metadata.lora ?? "null") as
    | (Pick<Lora, "rank" | "alpha" | "tokenRows"> & { model: string })
    | null;
  if (!note) return refuse("a file that loraToBytes wrote", "one without its note");
  const hash = hashWeights(weightsOf(model));
  if (note.model !== hash) {
    refuse(`adapters of this model (${hash.slice(0, 12)}...)`, `some of another one (${note.model.slice(0, 12)}...)`);
  }
  const layers = Object.keys(tensors).flatMap((name) =>
    name.endsWith(".lora_A") ? [name.slice(0, -".lora_A".length)] : [],
  );
  const shapes = parameterShapes(model.config);
  const params: Record<string, Variable> = {};
  const take = (name: string, shape: number[]): void => {
    assertShape(`adapters, ${name}`, tensors[name]?.shape ?? [], shape);
    params[name] = variable(tensors[name]!.data, shape);
  };
  for (const layer of chosenLayers(model.config, layers)) {
    const [nIn, nOut] = shapes[`${layer}.weight`] as [number, number];
    take(`${layer}.lora_A`, [nIn, note.rank]);
    take(`${layer}.lora_B`, [note.rank, nOut]);
  }
  if (note.tokenRows.length > 0) take("wte.rows", [note.tokenRows.length, model.config.nEmbd]);
  return { rank: note.rank, alpha: note.alpha, layers, tokenRows: note.tokenRows, params };
}

function variable(data: Float32Array, shape: number[]): Variable {
  return tf.tidy(() => tf.variable(tf.tensor(data, shape, "float32")));
}

/** The layers that names and kinds stand for, in the order of the model. */
function chosenLayers(config: GPTConfig, wanted?: readonly string[]): string[] {
  const all = linearLayers(config);
  if (!wanted) return all;
  const fits = (layer: string, name: string): boolean => layer === name || layer.endsWith(`.${name}`);
  const unknown = wanted.find((name) => !all.some((layer) => fits(layer, name)));
  if (unknown !== undefined) {
    const expected =
      "linear layers, such as h.0.attn.c_attn, or a kind: attn.c_attn, attn.c_proj, mlp.c_fc, mlp.c_proj";
    throw new CourseError({ what: "layers", expected, received: JSON.stringify(unknown) });
  }
  return all.filter((layer) => wanted.some((name) => fits(layer, name)));
}

function assertRows(rows: readonly number[], { vocabSize }: GPTConfig): void {
  const wrong = rows.find((id, i) => !(Number.isInteger(id) && id >= 0 && id < vocabSize) || rows.indexOf(id) !== i);
  if (wrong === undefined) return;
  const expected = `different token ids from 0 to ${vocabSize - 1}`;
  throw new CourseError({ what: "tokenRows", expected, received: String(wrong) });
}
