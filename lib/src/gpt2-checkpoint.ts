/**
 * @file Opens a GPT-2 as Hugging Face's Python package `transformers` saves it: a folder with `config.json`,
 * `model.safetensors` and, if the tokenizer was saved too, `tokenizer.json`. The course's GPT has GPT-2's names and shapes, so its
 * weights can be used as they are. Leaves out half-precision files and files in several parts.
 */

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { CourseError } from "./errors";
import { createGPT, type GPT, type GPTConfig, parameterShapes, type Weights } from "./gpt";
import { readSafetensors } from "./safetensors";
import { VocabularyTokenizer } from "./vocabulary-tokenizer";

/** A model with its tokenizer, if there is one in the folder. */
export interface LoadedGPT2 {
  model: GPT;
  tokenizer: VocabularyTokenizer | undefined;
}

/** Loads a folder: `const { model, tokenizer } = loadGPT2("gpt2");` The caller frees the model. */
export function loadGPT2(folder: string): LoadedGPT2 {
  const config = gpt2Config(readJson(folder, "config.json"));
  const file = path.join(folder, "model.safetensors");
  const { tensors } = readSafetensors(readBytes(folder, "model.safetensors"), file);
  return {
    model: createGPT(config, { weights: gpt2Weights(tensors, config) }),
    tokenizer: existsSync(path.join(folder, "tokenizer.json"))
      ? byteLevelTokenizer(readJson(folder, "tokenizer.json"))
      : undefined,
  };
}

/** What the course's GPT computes. A model that was made to compute something else is refused. */
const REQUIRED: Readonly<Record<string, readonly unknown[]>> = {
  model_type: ["gpt2"],
  activation_function: ["gelu_new", undefined],
  layer_norm_epsilon: [1e-5, undefined],
  scale_attn_weights: [true, undefined],
  scale_attn_by_inverse_layer_idx: [false, undefined],
  add_cross_attention: [false, undefined],
  tie_word_embeddings: [true, undefined],
};

/** The settings in the course's names. */
export function gpt2Config(json: Readonly<Record<string, unknown>>): GPTConfig {
  for (const [key, allowed] of Object.entries(REQUIRED)) {
    if (allowed.includes(json[key])) continue;
    throw new CourseError({
      what: `config.json, ${key}`,
      expected: JSON.stringify(allowed[0]),
      received: JSON.stringify(json[key]) ?? "nothing",
    });
  }
  const count = (key: string): number => {
    if (typeof json[key] === "number") return json[key];
    throw new CourseError({ what: `config.json, ${key}`, expected: "a number", received: JSON.stringify(json[key]) });
  };
  const config: GPTConfig = {
    vocabSize: count("vocab_size"),
    contextLength: count("n_positions"),
    nLayer: count("n_layer"),
    nHead: count("n_head"),
    nEmbd: count("n_embd"),
  };
  const inner = json.n_inner ?? 4 * config.nEmbd;
  if (inner === 4 * config.nEmbd) return config;
  throw new CourseError({ what: "config.json, n_inner", expected: `${4 * config.nEmbd}`, received: String(inner) });
}

/**
 * The weights in the course's names: without the prefix `transformer.` that newer files have, and without what is no
 * weight: the causal masks `h.0.attn.bias` of older files, and the last layer where it repeats the token embedding.
 */
export function gpt2Weights(tensors: Weights, config: GPTConfig): Weights {
  const weights: Weights = {};
  const shapes = parameterShapes(config);
  for (const [name, tensor] of Object.entries(tensors)) {
    const ours = name.replace(/^transformer\./, "");
    if (ours in shapes) weights[ours] = tensor;
    else if (!/^h\.\d+\.attn\.(bias|masked_bias)$|^lm_head\.weight$/.test(ours)) {
      throw new CourseError({
        what: "model.safetensors",
        expected: "the weights of a GPT-2",
        received: `also ${name}`,
      });
    }
  }
  const [last, first] = [tensors["lm_head.weight"], weights["wte.weight"]];
  if (!last || !first || last.data.every((value, i) => value === first.data[i])) return weights;
  const expected = "a last layer that is the token embedding";
  throw new CourseError({ what: "model.safetensors", expected, received: "another lm_head.weight" });
}

/** The parts of tokenizer.json that are used. */
interface TokenizerFile {
  model?: { type?: string; vocab?: Record<string, number>; merges?: (string | [string, string])[] };
  added_tokens?: { id: number; content: string; special: boolean }[];
  pre_tokenizer?: { type?: string; add_prefix_space?: boolean; use_regex?: boolean };
}

/** The tokenizer in a `tokenizer.json`, if it cuts texts as GPT-2's does. */
export function byteLevelTokenizer(json: object): VocabularyTokenizer {
  const { model, added_tokens: added = [], pre_tokenizer: pre } = json as TokenizerFile;
  if (model?.type !== "BPE" || pre?.type !== "ByteLevel" || pre.add_prefix_space || pre.use_regex === false) {
    const received = `${model?.type} with ${pre?.type}`;
    throw new CourseError({ what: "tokenizer.json", expected: "BPE with GPT-2's byte level", received });
  }
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(model.vocab ?? {})) tokens[id] = token;
  for (const { id, content } of added) tokens[id] = content;
  return new VocabularyTokenizer({
    pattern: "gpt2",
    tokens,
    merges: (model.merges ?? []).map((merge) => (typeof merge === "string" ? merge : merge.join(" "))),
    specialTokens: added.filter(({ special }) => special).map(({ content }) => content),
  });
}

function readJson(folder: string, name: string): Record<string, unknown> {
  return JSON.parse(readBytes(folder, name).toString("utf8")) as Record<string, unknown>;
}

function readBytes(folder: string, name: string): Buffer {
  const file = path.join(folder, name);
  if (existsSync(file)) return readFileSync(file);
  throw new CourseError({
    what: folder,
    expected: `a folder with ${name}`,
    received: "none",
    remedy: "Save the model with `save_pretrained` of the Python package transformers.",
  });
}
