/**
 * @file What the course's GPT and a downloaded Llama have in common, so that writing, looking inside and freezing are one
 * code for both. Engine room of sample.ts, inspect.ts and frozen.ts.
 */

import type { TextCache } from "./cache-buffers";
import { type ActivationHook, forward, type GPT, logitsOf, type TokenBatch } from "./gpt";
import { createKVCache } from "./kvcache";
import { finalLlamaStates, isLlama, type Llama, llamaLogitsOf } from "./llama";
import { createLlamaCache } from "./llama-cache";
import { type Tensor, tf } from "./tf";

/** A model that says how likely each token is to come next. */
export type LanguageModel = GPT | Llama;

/** An empty cache of keys and values for `batchSize` texts. */
export function createCache(model: LanguageModel, options: { batchSize?: number } = {}): TextCache {
  return isLlama(model) ? createLlamaCache(model, options) : createKVCache(model, options);
}

/**
 * The values inside the model whose names `wanted` picks, in the order in which they are computed. The caller frees them.
 *
 * `collect(model, [ids], (name) => name.endsWith(".attn.probs"))` are the attention weights (B, H, T, T) of each layer.
 */
export function collect(model: LanguageModel, inputs: TokenBatch, wanted: (name: string) => boolean): Tensor[] {
  const found: Tensor[] = [];
  const hook: ActivationHook = (name, value) => {
    if (wanted(name)) found.push(tf.keep(value.clone()));
  };
  tf.dispose(isLlama(model) ? finalLlamaStates(model, inputs, { hook }) : forward(model, inputs, { hook }));
  return found;
}

/** The residual stream (B, T, C) after the embedding and after each layer. The caller frees the tensors. */
export function residualStream(model: LanguageModel, inputs: TokenBatch): Tensor[] {
  return collect(model, inputs, (name) => name === "embed" || /^h\.\d+$/.test(name));
}

/** The logits (..., V) of a state of the residual stream (..., C), as if it were the last. The caller frees the result. */
export function logitsOfState(model: LanguageModel, state: Tensor): Tensor {
  return isLlama(model) ? llamaLogitsOf(model, state) : logitsOf(model, state);
}
