/**
 * @file Opens a Llama model in a GGUF file: its settings, its tokenizer, and its weights as 32-bit floats. Notebook 2 on.
 * Leaves out models that do not fit into memory, and computing with the rounded weights as they are stored.
 */

import { CourseError } from "./errors";
import { type GgufFile, openGguf } from "./gguf";
import { createLlama, type Llama } from "./llama";
import { type LlamaConfig, llamaConfigFromGguf } from "./llama-config";
import { tokenizerFromGguf, type VocabularyTokenizer } from "./vocabulary-tokenizer";

/** A model with its tokenizer. */
export interface LoadedLlama {
  model: Llama;
  tokenizer: VocabularyTokenizer;
  /** What the file calls itself. */
  name: string;
  /** How a conversation is written for this model, in the template language Jinja; see llama-chat.ts. */
  chatTemplate: string | undefined;
}

/** Loads a file: `const { model, tokenizer } = loadLlama("model.gguf");` The caller frees the model. */
export function loadLlama(path: string): LoadedLlama {
  const file = openGguf(path);
  const config = llamaConfigFromGguf(file.metadata);
  if ("output.weight" in file.tensors) {
    const expected = "a model whose last layer is its token embedding";
    throw new CourseError({ what: path, expected, received: "one with a last layer of its own" });
  }
  const template = file.metadata["tokenizer.chat_template"];
  return {
    model: createLlama(config, (name) => weightOf(file, config, name)),
    tokenizer: tokenizerFromGguf(file.metadata),
    name: String(file.metadata["general.name"] ?? path),
    chatTemplate: typeof template === "string" ? template : undefined,
  };
}

/** A weight by its name in {@link llamaShapes}, put together from the file's. */
function weightOf(file: GgufFile, config: LlamaConfig, name: string): Float32Array {
  const block = /^(blk\.\d+)\.(attn_qkv|ffn_gate_up)\.weight$/.exec(name);
  if (!block) return file.read(name);
  const read = (part: string): Float32Array => file.read(`${block[1]}.${part}.weight`);
  if (block[2] === "ffn_gate_up") return joined([read("ffn_gate"), read("ffn_up")]);
  const { nHead, nKvHead } = config;
  return joined([
    pairsApart(read("attn_q"), config, nHead),
    pairsApart(read("attn_k"), config, nKvHead),
    read("attn_v"),
  ]);
}

/**
 * The rows of each head in another order. The file has the two numbers that turn together side by side, 0 1 2 3 4 5;
 * llama-ops.ts wants them half a head apart: 0 2 4 1 3 5.
 */
function pairsApart(rows: Float32Array, { nEmbd: C, nHead }: LlamaConfig, heads: number): Float32Array {
  const D = C / nHead;
  const ordered = new Float32Array(rows.length); // (heads D, C)
  for (let h = 0; h < heads; h++) {
    for (let i = 0; i < D; i++) {
      const from = h * D + i;
      const to = h * D + (i % 2) * (D / 2) + Math.floor(i / 2);
      ordered.set(rows.subarray(from * C, (from + 1) * C), to * C);
    }
  }
  return ordered;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
