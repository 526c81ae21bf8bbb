/**
 * @file The size of a Llama model: its settings, the names and shapes of its weights. Needs no TensorFlow.
 * Used with the downloaded model from notebook 2 on; llama.ts computes with it, llama-file.ts reads it from a file.
 */

import { CourseError } from "./errors";
import type { GgufValue } from "./gguf";
import type { Shape } from "./shape";

/** The size of a model. SmolLM2-135M has 49152, 8192, 30, 9, 3, 576, 1536. */
export interface LlamaConfig {
  vocabSize: number;
  /** The longest text the model can read, in tokens. */
  contextLength: number;
  nLayer: number;
  /** Heads that ask (queries). */
  nHead: number;
  /** Heads that answer (keys and values); each serves nHead / nKvHead of the others. */
  nKvHead: number;
  /** Numbers per token inside the model, C. */
  nEmbd: number;
  /** The width inside the MLPs, F. */
  nHidden: number;
  /** How slowly the slowest pair of numbers turns with the position: its wave is about 6 ropeBase tokens long. */
  ropeBase: number;
  /** Keeps the norm of a zero vector from dividing by zero. */
  normEpsilon: number;
}

/**
 * The name and shape of each weight tensor, in order. The names are those of GGUF files; what is multiplied with the
 * same numbers stands in one matrix: queries, keys and values in `attn_qkv`, gate and up in `ffn_gate_up`.
 *
 * Matrices are (out, in), as in the file. There are no biases and no position embedding. The token embedding also serves as the last layer.
 */
export function llamaShapes(config: LlamaConfig): Record<string, Shape> {
  const { vocabSize: V, nLayer, nHead, nKvHead, nEmbd: C, nHidden: F } = config;
  const D = C / nHead;
  const shapes: Record<string, Shape> = { "token_embd.weight": [V, C] };
  for (let i = 0; i < nLayer; i++) {
    shapes[`blk.${i}.attn_norm.weight`] = [C];
    shapes[`blk.${i}.attn_qkv.weight`] = [(nHead + 2 * nKvHead) * D, C];
    shapes[`blk.${i}.attn_output.weight`] = [C, C];
    shapes[`blk.${i}.ffn_norm.weight`] = [C];
    shapes[`blk.${i}.ffn_gate_up.weight`] = [2 * F, C];
    shapes[`blk.${i}.ffn_down.weight`] = [C, F];
  }
  shapes["output_norm.weight"] = [C];
  return shapes;
}

/** The settings of the model in a GGUF file. Anything that llama.ts does not compute is an error. */
export function llamaConfigFromGguf(metadata: Readonly<Record<string, GgufValue>>): LlamaConfig {
  if (metadata["general.architecture"] !== "llama") {
    throw new CourseError({
      what: "GGUF file",
      expected: "a model of the Llama kind",
      received: `one of the kind ${JSON.stringify(metadata["general.architecture"])}`,
    });
  }
  const setting = (name: string): number => {
    const value = metadata[`llama.${name}`];
    if (typeof value === "number") return value;
    throw new CourseError({ what: "GGUF file", expected: `the setting llama.${name}`, received: "none" });
  };
  const tokens = metadata["tokenizer.ggml.tokens"] as GgufValue[] | undefined;
  const config: LlamaConfig = {
    vocabSize: tokens?.length ?? setting("vocab_size"),
    contextLength: setting("context_length"),
    nLayer: setting("block_count"),
    nHead: setting("attention.head_count"),
    nKvHead: setting("attention.head_count_kv"),
    nEmbd: setting("embedding_length"),
    nHidden: setting("feed_forward_length"),
    ropeBase: setting("rope.freq_base"),
    normEpsilon: setting("attention.layer_norm_rms_epsilon"),
  };
  assertLlamaConfig(config);
  const turned = setting("rope.dimension_count");
  if (turned !== config.nEmbd / config.nHead) {
    const expected = `positions that turn all ${config.nEmbd / config.nHead} numbers of a head`;
    throw new CourseError({ what: "GGUF file", expected, received: `${turned} of them` });
  }
  if (metadata["llama.rope.scaling.type"] !== undefined && metadata["llama.rope.scaling.type"] !== "none") {
    throw new CourseError({ what: "GGUF file", expected: "positions that are not scaled", received: "scaled ones" });
  }
  return config;
}

/** Throws unless a model of this size can be built. */
export function assertLlamaConfig(config: LlamaConfig): void {
  const { nHead, nKvHead, nEmbd } = config;
  const fail = (what: string, expected: string, received: number): never => {
    throw new CourseError({ what, expected, received: String(received) });
  };
  for (const [key, value] of Object.entries(config)) {
    const whole = key !== "ropeBase" && key !== "normEpsilon";
    if (!(value > 0) || (whole && !Number.isInteger(value))) {
      fail(key, whole ? "a whole number above 0" : "a number above 0", value);
    }
  }
  if (nEmbd % (2 * nHead) !== 0) fail("nEmbd", `an even number for each of the ${nHead} heads`, nEmbd);
  if (nHead % nKvHead !== 0) fail("nHead", `a multiple of nKvHead (${nKvHead})`, nHead);
}
