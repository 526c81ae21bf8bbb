/**
 * @file Looking inside a model without changing it: how many weights each part has, where its heads look, what it would
 * say after each layer, and the same numbers in another order. Notebook 2; parts of it in 5 to 8.
 * Taking parts away is ablation.ts. Leaves out probes that are trained (linear classifiers on hidden states) and
 * patching activations from one text into another.
 */

import { CourseError } from "./errors";
import type { Weights } from "./gpt";
import { type GPTConfig, parameterShapes } from "./gpt-config";
import { collect, type LanguageModel, logitsOfState, residualStream } from "./language-model";
import { type LlamaConfig, llamaShapes } from "./llama-config";
import type { Random } from "./random";
import { sizeOf } from "./shape";
import { type Tensor, tf } from "./tf";

/** The number of weights in each tensor by its name: `{ "wte.weight": 98304, ... }`. */
export function tensorSizes(config: GPTConfig | LlamaConfig): Record<string, number> {
  const shapes = "nKvHead" in config ? llamaShapes(config) : parameterShapes(config);
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, sizeOf(shape)]));
}

/** What the weights of a model are for. A Llama has no position embedding. */
export type PartName = "token embedding" | "position embedding" | "attention" | "MLPs" | "layer norms";

/**
 * The number of weights by what they are for.
 *
 * Of a model with vocabSize 4, contextLength 3, nLayer 1, nEmbd 2 and no biases: token embedding 4 x 2 = 8, position
 * embedding 3 x 2 = 6, attention 2 x 6 + 2 x 2 = 16, MLPs 2 x 8 + 8 x 2 = 32, layer norms 3 x 2 = 6.
 */
export function countByPart(config: GPTConfig | LlamaConfig): Record<PartName, number> {
  const counts: Record<PartName, number> = {
    "token embedding": 0,
    "position embedding": 0,
    attention: 0,
    MLPs: 0,
    "layer norms": 0,
  };
  for (const [name, size] of Object.entries(tensorSizes(config))) counts[partOf(name)] += size;
  return counts;
}

/** What the tensor of this name is for: `partOf("h.2.mlp.c_fc.bias")` is `MLPs`, and so is `partOf("blk.2.ffn_down.weight")`. */
export function partOf(name: string): PartName {
  if (/^(wte|token_embd)\./.test(name)) return "token embedding";
  if (name.startsWith("wpe.")) return "position embedding";
  if (/\.attn\.|\.attn_(qkv|output)\./.test(name)) return "attention";
  return /\.mlp\.|\.ffn_(gate_up|down)\./.test(name) ? "MLPs" : "layer norms";
}

/** One attention head. Both numbers count from 0, as in the names of the weights: layer 2 is `h.2`. */
export interface Head {
  layer: number;
  head: number;
}

/** All heads of a model, layer by layer. */
export function allHeads({ nLayer, nHead }: GPTConfig): Head[] {
  return Array.from({ length: nLayer * nHead }, (_, i) => ({ layer: Math.floor(i / nHead), head: i % nHead }));
}

/** The usual short name of a head: `headName({ layer: 2, head: 1 })` is `2.1`. */
export function headName({ layer, head }: Head): string {
  return `${layer}.${head}`;
}

/** A head and where it looks in one text: row t has the shares that token t gives to the tokens 0 to t; they add up to 1. */
export interface HeadAttention extends Head {
  /** (T, T) */
  weights: number[][];
}

/**
 * Where each head looks in a text of T tokens.
 *
 * `attentionOf(model, ids).find((h) => headName(h) === "0.3")!.weights[5][2]` is how much, in layer 0, head 3 takes from
 * token 2 for token 5.
 */
export function attentionOf(model: LanguageModel, ids: readonly number[]): HeadAttention[] {
  const maps = collect(model, [[...ids]], (name) => name.endsWith(".attn.probs"));
  const found = maps.flatMap((map, layer) => {
    const [heads] = map.arraySync() as number[][][][]; // (1, H, T, T) -> (H, T, T)
    return heads!.map((weights, head) => ({ layer, head, weights }));
  });
  tf.dispose(maps);
  return found;
}

/** What the model would say if it stopped here. */
export interface LensReading {
  /** After which part: `embed`, then `h.0` and so on. */
  after: string;
  /** At each position that was read the probability of each token to come next: (T, V). */
  probs: Float32Array[];
}

/**
 * The logit lens (nostalgebraist 2020): the residual stream after each layer, taken through the last norm and the
 * unembedding as if it were the end. The last reading is what the model really says.
 *
 *     p_l = softmax(ln_f(x_l) W_e^T),  x_l the stream after l layers
 *
 * `logitLens(model, ids).map(({ after, probs }) => [after, probs.at(-1)![town]])` tells after which layer the town is there.
 * `last` reads only so many positions at the end, which saves memory where the vocabulary is large.
 */
export function logitLens(
  model: LanguageModel,
  ids: readonly number[],
  options: { last?: number } = {},
): LensReading[] {
  const { last = ids.length } = options;
  const states = residualStream(model, [[...ids]]); // each (1, T, C)
  const readings = states.map((state, i) => {
    const probs = tf.tidy(() => {
      const end = state.slice([0, Math.max(0, ids.length - last), 0]); // (1, last, C)
      return rowsOf((logitsOfState(model, end) as Tensor).softmax()); // (1, last, V)
    });
    return { after: i === 0 ? "embed" : `h.${i - 1}`, probs };
  });
  tf.dispose(states);
  return readings;
}

function rowsOf(tensor: Tensor): Float32Array[] {
  const width = tensor.shape[tensor.shape.length - 1] as number;
  const data = tensor.dataSync() as Float32Array;
  return Array.from({ length: data.length / width }, (_, row) => data.slice(row * width, (row + 1) * width));
}

/** How many entries are larger than this one, plus 1: `rankOf([0.2, 0.5, 0.3], 2)` is 2. */
export function rankOf(values: ArrayLike<number>, index: number): number {
  let rank = 1;
  for (let i = 0; i < values.length; i++) if (values[i]! > values[index]!) rank++;
  return rank;
}

/** The index of the largest entry; of several the first. */
export function argmaxOf(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** One row of a matrix among the weights, as a copy: `weightRow(weights, "wte.weight", id)` is the embedding of a token. */
export function weightRow(weights: Weights, name: string, row: number): Float32Array {
  const { shape, data } = named(weights, name);
  const [rows, width] = shape as [number, number];
  if (shape.length === 2 && Number.isInteger(row) && row >= 0 && row < rows)
    return data.slice(row * width, (row + 1) * width);
  throw new CourseError({ what: "row", expected: `a row of ${name}, shape (${shape.join(", ")})`, received: `${row}` });
}

/**
 * The same numbers in another order: each tensor keeps its values, and with them its mean, its spread and its size, but
 * they change places at random.
 */
export function shuffledWeights(weights: Weights, random: Random): Weights {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => {
      const shuffled = data.slice();
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = random.integer(i + 1); // Fisher and Yates
        [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
      }
      return [name, { shape: [...shape], data: shuffled }];
    }),
  );
}

/** The tensor of this name, or an error that lists some that are there. */
export function named(weights: Weights, name: string): Weights[string] {
  const found = weights[name];
  if (found) return found;
  throw new CourseError({
    what: "weight",
    expected: `a name such as ${Object.keys(weights).slice(0, 3).join(", ")}`,
    received: `"${name}"`,
  });
}
