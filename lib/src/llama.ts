/**
 * @file A Llama: the transformer of most open models since 2023 (Touvron et al. 2023, arXiv:2302.13971). Used with the
 * downloaded model SmolLM2-135M from notebook 2 on, beside the course's own GPT. What differs is in llama-ops.ts; also,
 * several heads share one set of keys and values (Ainslie et al. 2023, arXiv:2305.13245), and there are no biases.
 * The weights are frozen: gradients go to what is put beside them (llama-lora.ts). Reading a file is llama-file.ts.
 *
 * Axes: B batch, S new tokens, P all tokens that are looked at, C channels (nEmbd), H heads, K key heads, G = H / K heads
 * that share one, D head width (C / H), F width of the MLP, V vocabulary.
 */

import { CourseError } from "./errors";
import { lookUp, maskedAttention } from "./fused";
import type { ActivationHook, TokenBatch, Weights } from "./gpt";
import { assertLlamaConfig, type LlamaConfig, llamaShapes } from "./llama-config";
import { frozenProduct, type Rotation, rmsNorm, rotate, rotationAt, swiGlu } from "./llama-ops";
import { nativeBackend } from "./native";
import { assertShape, formatShape, ShapeError, sizeOf } from "./shape";
import { backend, type Tensor, tf, type Variable } from "./tf";

export { type LlamaConfig, llamaShapes } from "./llama-config";

/** A model is its configuration and its weights, as a GPT is. */
export interface Llama {
  readonly config: Readonly<LlamaConfig>;
  /** The weights by name, in the order of {@link llamaShapes}. They stay in memory until {@link disposeLlama}. */
  readonly params: Readonly<Record<string, Variable>>;
}

/** True for a Llama, false for a GPT. */
export function isLlama(model: { readonly config: object }): model is Llama {
  return "nKvHead" in model.config;
}

/**
 * A model with given weights: all of them, or a function that makes one at a time, so that they need not be in memory twice.
 */
export function createLlama(config: LlamaConfig, source: Weights | ((name: string) => Float32Array)): Llama {
  assertLlamaConfig(config);
  const params: Record<string, Variable> = {};
  for (const [name, shape] of Object.entries(llamaShapes(config))) {
    const data = typeof source === "function" ? source(name) : source[name]?.data;
    if (data?.length !== sizeOf(shape)) {
      tf.dispose(Object.values(params));
      throw new CourseError({
        what: `weights["${name}"]`,
        expected: `${sizeOf(shape)} numbers of shape ${formatShape(shape)}`,
        received: data ? `${data.length}` : "nothing",
      });
    }
    params[name] = tf.tidy(() => {
      const tensor = tf.tensor(data, shape as number[], "float32");
      if (backend().native) nativeBackend().getInputTensorIds([tensor]); // handed over now: JavaScript keeps no copy
      return tf.variable(tensor);
    });
  }
  return { config: { ...config }, params };
}

/** Frees the memory of the weights. The model cannot be used afterwards. */
export function disposeLlama(model: Llama): void {
  tf.dispose(Object.values(model.params));
}

/** What {@link forwardLlama} can be told. */
export interface LlamaForwardOptions {
  /** Sees the values under the names that a GPT has for them: `embed`, `h.i.attn.probs` (B, H, S, S), `h.i`, `ln_f` ... */
  hook?: ActivationHook;
  /** How the linear layers multiply. Default: x W^T. */
  product?: Product;
}

/** The linear layers of a block. */
export type LinearLayer = "attn_qkv" | "attn_output" | "ffn_gate_up" | "ffn_down";

/** Multiplies x (N, in) with the weight (out, in) of a layer such as `blk.3.attn_qkv`. */
export type Product = (layer: string, x: Tensor, weight: Tensor) => Tensor;

const plainProduct: Product = (_, x, weight) => frozenProduct(x, weight);

/**
 * The logits (B, S, V): at every position, one number for each token that could come next. The caller frees the result.
 * For long texts prefer a cache (`createLlamaCache`): V is large, and so is S times V.
 */
export function forwardLlama(model: Llama, inputs: TokenBatch, options: LlamaForwardOptions = {}): Tensor {
  return tf.tidy(() => unembedLlama(model, finalLlamaStates(model, inputs, options)));
}

/** The final state (B, S, C) at every position, after the last norm. The caller frees the result. */
export function finalLlamaStates(model: Llama, inputs: TokenBatch, options: LlamaForwardOptions = {}): Tensor {
  const { hook, product } = options;
  return tf.tidy(() => {
    const ids = tokenTensor(inputs, model.config); // (B, S)
    const [B, S] = ids.shape as [number, number];
    const positions = tf.range(0, S, 1, "int32").reshape([1, S]); // (1, S)
    const place = { rotation: rotationOf(model.config, positions), mask: maskOf(model.config, positions, S) };
    const eachBlock: (fn: () => Tensor) => Tensor = hook ? (fn) => fn() : (fn) => tf.tidy(fn); // a hook may collect values
    let x = seen(hook, "embed", lookUp(model.params["token_embd.weight"]!, ids)); // (B, S, C)
    for (let i = 0; i < model.config.nLayer; i++) {
      const name = `h.${i}`;
      const see = hook && ((part: string, value: Tensor): Tensor => seen(hook, `${name}.${part}`, value));
      const before = x;
      x = eachBlock(() =>
        llamaBlock(model.config, weightsOfBlock(model, i), before, place, { see, product, layer: `blk.${i}` }),
      );
      x = seen(hook, name, x);
    }
    return seen(
      hook,
      "ln_f",
      rmsNorm(x, model.params["output_norm.weight"]!, model.config.normEpsilon).reshape([B, S, -1]),
    );
  });
}

/** The logits (..., V) of final states (..., C). The caller frees the result. */
export function unembedLlama({ config, params }: Llama, states: Tensor, product: Product = plainProduct): Tensor {
  return tf.tidy(() => {
    const rows = states.reshape([-1, config.nEmbd]); // (N, C)
    const logits = product("token_embd", rows, params["token_embd.weight"]!); // (N, V)
    return logits.reshape([...states.shape.slice(0, -1), config.vocabSize]);
  });
}

/** The weights of a block by the last part of their names. */
export type BlockWeights = Readonly<Record<LinearLayer | "attn_norm" | "ffn_norm", Tensor>>;

const BLOCK_WEIGHTS = ["attn_norm", "attn_qkv", "attn_output", "ffn_norm", "ffn_gate_up", "ffn_down"] as const;

/** The weights of block i. */
export function weightsOfBlock({ params }: Llama, i: number): BlockWeights {
  const entries = BLOCK_WEIGHTS.map((name) => [name, params[`blk.${i}.${name}.weight`]!]);
  return Object.fromEntries(entries) as unknown as BlockWeights;
}

/** Where the tokens stand, and what each of them may look at. */
export interface Place {
  rotation: Rotation;
  /** (B or 1, 1, G S, P): see {@link maskOf}. */
  mask: Tensor;
}

/** What can be put into a block. */
export interface BlockOptions {
  /** Names the block for `product`. */
  layer?: string;
  product?: Product;
  /** Puts the new keys and values (B, K, S, D) to those of earlier tokens and returns all (B, K, P, D). */
  remember?: (keys: Tensor, values: Tensor) => [Tensor, Tensor];
  /** Sees `attn.probs`, `attn` and `mlp`, and may replace them. */
  see?: (name: string, value: Tensor) => Tensor;
}

/** One layer: x (B, S, C) -> (B, S, C). */
export function llamaBlock(
  config: LlamaConfig,
  weights: BlockWeights,
  x: Tensor,
  { rotation, mask }: Place,
  options: BlockOptions = {},
): Tensor {
  const { nHead: H, nKvHead: K, nEmbd: C, normEpsilon } = config;
  const { layer = "blk", product = plainProduct, remember, see = (_, value) => value } = options;
  const [B, S] = x.shape as [number, number, number];
  const [D, G] = [C / H, H / K];
  const linear = (name: LinearLayer, x: Tensor): Tensor => product(`${layer}.${name}`, x, weights[name]); // (N, in) -> (N, out)

  const rows = x.reshape([B * S, C]); // (N, C) with N = B S, the residual stream
  const qkv = linear("attn_qkv", rmsNorm(rows, weights.attn_norm, normEpsilon)).reshape([B, S, H + 2 * K, D]);
  const [turned, still] = tf.split(qkv, [H + K, K], 2) as [Tensor, Tensor];
  const [q, k] = tf.split(rotate(turned, rotation), [H, K], 2) as [Tensor, Tensor]; // (B, S, H, D), (B, S, K, D)
  const fresh = [k, still].map((t) => t.transpose([0, 2, 1, 3])) as [Tensor, Tensor]; // each (B, K, S, D)
  const [keys, values] = remember ? remember(...fresh) : fresh; // each (B, K, P, D)
  // The G heads that share a key head ask one below the other: G S rows for one product.
  const asked = q
    .reshape([B, S, K, G, D])
    .transpose([0, 2, 3, 1, 4])
    .reshape([B, K, G * S, D]);
  const heads = options.see
    ? attentionInSteps(asked, keys, values, mask, (probs) =>
        see("attn.probs", probs.reshape([B, H, S, -1])).reshape(probs.shape),
      )
    : maskedAttention(asked, keys, values, mask); // (B, K, G S, D)
  const joined = heads
    .reshape([B, H, S, D])
    .transpose([0, 2, 1, 3])
    .reshape([B * S, C]); // (N, C)
  const attended = see("attn", linear("attn_output", joined).reshape([B, S, C])).reshape([B * S, C]);
  const middle = rows.add(attended); // (N, C)

  const wide = swiGlu(linear("ffn_gate_up", rmsNorm(middle, weights.ffn_norm, normEpsilon))); // (N, F)
  const thought = see("mlp", linear("ffn_down", wide).reshape([B, S, C])).reshape([B * S, C]);
  return middle.add(thought).reshape([B, S, C]);
}

/** What {@link maskedAttention} computes, one step at a time, so that the attention weights can be looked at or replaced. */
function attentionInSteps(q: Tensor, k: Tensor, v: Tensor, mask: Tensor, look: (probs: Tensor) => Tensor): Tensor {
  const scores = tf.matMul(q.mul(1 / Math.sqrt(q.shape[3] as number)), k, false, true); // (B, K, G S, P)
  return tf.matMul(look(scores.add(mask).softmax()), v); // (B, K, G S, D)
}

/** How far the tokens at these positions (B, S) are turned. */
export function rotationOf({ nEmbd, nHead, ropeBase }: LlamaConfig, positions: Tensor): Rotation {
  return rotationAt(positions, nEmbd / nHead, ropeBase);
}

/**
 * 0 where the token at a position of (B, S) may look, which is at places 0 to its own of P, and a large negative number
 * elsewhere: (B, 1, G S, P), once for each of the G heads that share keys.
 */
export function maskOf({ nHead, nKvHead }: LlamaConfig, positions: Tensor, P: number): Tensor {
  const [B, S] = positions.shape as [number, number];
  const places = tf.range(0, P, 1, "int32").reshape([1, 1, 1, P]);
  const hidden = places.greater(positions.reshape([B, 1, S, 1])); // (B, 1, S, P)
  return hidden
    .toFloat()
    .mul(-1e9)
    .tile([1, 1, nHead / nKvHead, 1]);
}

/** The logits (B, S, V) of a hidden state (B, S, C): the end of {@link forwardLlama} alone. The caller frees the result. */
export function llamaLogitsOf(model: Llama, hidden: Tensor): Tensor {
  return tf.tidy(() => {
    const final = rmsNorm(hidden, model.params["output_norm.weight"]!, model.config.normEpsilon);
    return unembedLlama(model, final);
  });
}

function seen(hook: ActivationHook | undefined, name: string, value: Tensor): Tensor {
  const replaced = hook?.(name, value);
  if (!replaced) return value;
  assertShape(`hook("${name}")`, replaced.shape, value.shape);
  return replaced;
}

/** The ids as a tensor (B, S), checked against the context. */
function tokenTensor(inputs: TokenBatch, config: LlamaConfig): Tensor {
  const ids = Array.isArray(inputs) ? tf.tensor2d(inputs, undefined, "int32") : inputs;
  if (ids.rank !== 2 || ids.size === 0 || (ids.shape[1] as number) > config.contextLength) {
    throw new ShapeError({
      what: "inputs",
      expected: `(B, T) token ids, at least one and at most ${config.contextLength} in a row`,
      received: formatShape(ids.shape),
      remedy: "A single text is a batch of one: [ids].",
    });
  }
  return ids;
}
