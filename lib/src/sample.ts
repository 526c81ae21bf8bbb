/**
 * @file Writing text with a model: predict, choose a token, append it, again. Used from notebook 1 on; 5 takes it apart.
 * Nothing here changes a model. How a token is chosen from logits is `next-token.ts`, what is remembered of the tokens
 * before is `kvcache.ts`. Leaves out beam search and speculative decoding.
 */

import { compile } from "./compile";
import { forEachModel } from "./compiled-forward";
import { assertCount, CourseError } from "./errors";
import { forward } from "./gpt";
import type { KVCache } from "./kvcache";
import { createCache, type LanguageModel } from "./language-model";
import { isLlama } from "./llama";
import { type SamplingOptions, sampleToken } from "./next-token";
import { pause } from "./pause";
import type { Random } from "./random";
import { TextWriter } from "./text-writer";
import { type Tensor, tf } from "./tf";
import { startIds, type Tokenizer } from "./tokenizer";

export { nextTokenProbs, type SamplingOptions, sampleToken } from "./next-token";

/** How texts are continued. */
export interface GenerateBatchOptions extends SamplingOptions {
  /** The most tokens to write. Default 64. */
  maxTokens?: number;
  /** Where the chance comes from; not needed with `temperature: 0`. */
  random?: Random;
  /** Ends the text before any of these: names of special tokens, such as `<end>`, or pieces of text, such as a full stop. */
  stop?: readonly string[];
  /** Stops between two tokens with an AbortError. Default: the signal of the running notebook cell. */
  signal?: AbortSignal;
  /** What stands in front of a prompt given as text. Default `<doc>`, if the tokenizer has it; `null` for nothing. */
  startToken?: string | null;
  /** Whether `<user>` and the like in the prompt become special tokens. Default false. */
  allowSpecial?: boolean;
  /** Whether keys and values of the tokens before are kept. False reads the whole text anew for each token. Default true. */
  cache?: boolean;
}

/** How one text is continued. */
export interface GenerateOptions extends GenerateBatchOptions {
  /** Sees the text grow. A character of several tokens comes when it is complete. */
  onToken?: (text: string, id: number) => void;
}

/** A continued text. */
export interface Generation {
  /** What was written, without the prompt and without what ended it. */
  text: string;
  /** All tokens that the model wrote, in order, the one that ended the text among them. */
  tokens: number[];
  /** The tokens of the prompt, with the start token. */
  promptTokens: number[];
  /** Why it ended. */
  endedBy: "stop" | "maxTokens";
}

/** A text that is being written. */
interface Draft {
  promptTokens: number[];
  tokens: number[];
  writer: TextWriter;
  random: Random | undefined;
  endedBy?: "stop" | "maxTokens";
}

/**
 * Continues a prompt (a text, or token ids), token by token.
 *
 *     const { text } = await generate(model, tokenizer, "The owl lives in", { maxTokens: 10, temperature: 0 });
 *
 * The model sees at most `contextLength` tokens. When the text is longer, it sees the last `contextLength` of them, and
 * what was before has no influence any more. From there on each token takes longer, because all others have moved.
 *
 * The same model, prompt, options and seed give the same text.
 */
export async function generate(
  model: LanguageModel,
  tokenizer: Tokenizer,
  prompt: string | readonly number[],
  options: GenerateOptions = {},
): Promise<Generation> {
  const draft = startDraft(model, tokenizer, prompt, options, options.random);
  await writeTogether(model, tokenizer, [draft], options);
  return finish(draft);
}

/**
 * Continues many prompts, `batchSize` (default 32) at the same time: about five times as fast as one after the other.
 * Each has its own chance: prompt i gets the text that {@link generate} writes with `random.fork(i)`, up to rounding.
 */
export async function generateBatch(
  model: LanguageModel,
  tokenizer: Tokenizer,
  prompts: readonly (string | readonly number[])[],
  options: GenerateBatchOptions & { batchSize?: number } = {},
): Promise<Generation[]> {
  const { batchSize = 32, random } = options;
  assertCount("batchSize", batchSize);
  const drafts = prompts.map((prompt, i) => startDraft(model, tokenizer, prompt, options, random?.fork(i)));
  for (let first = 0; first < drafts.length; first += batchSize) {
    await writeTogether(model, tokenizer, drafts.slice(first, first + batchSize), options);
  }
  return drafts.map(finish);
}

function startDraft(
  model: LanguageModel,
  tokenizer: Tokenizer,
  prompt: string | readonly number[],
  options: GenerateBatchOptions,
  random: Random | undefined,
): Draft {
  assertCount("maxTokens", options.maxTokens ?? 64);
  const promptTokens =
    typeof prompt === "string"
      ? [...startIds(tokenizer, options.startToken), ...tokenizer.encode(prompt, options)]
      : [...prompt];
  assertFits(model, tokenizer, promptTokens);
  const stopTexts = (options.stop ?? []).filter((name) => tokenizer.special[name] === undefined);
  return { promptTokens, tokens: [], writer: new TextWriter(tokenizer, stopTexts), random };
}

function finish({ writer, tokens, promptTokens, endedBy }: Draft): Generation {
  return { text: writer.text, tokens, promptTokens, endedBy: endedBy ?? "maxTokens" };
}

/** Writes all drafts to their ends, one token of each at a time. */
async function writeTogether(
  model: LanguageModel,
  tokenizer: Tokenizer,
  drafts: readonly Draft[],
  options: GenerateOptions,
): Promise<void> {
  const { maxTokens = 64, stop = [], onToken, signal, cache: cached = true } = options;
  const stopIds = new Set(stop.flatMap((name) => tokenizer.special[name] ?? []));
  const cache = createCache(model, { batchSize: drafts.length });
  try {
    while (drafts.some(({ endedBy }) => endedBy === undefined)) {
      const logits = cached ? readAll(model, cache, drafts) : readAnew(model, drafts);
      drafts.forEach((draft, row) => {
        if (draft.endedBy !== undefined) return;
        const { tokens, writer, random } = draft;
        const id = sampleToken(logits[row]!.subarray(0, tokenizer.vocabSize), { ...options, random });
        tokens.push(id);
        if (stopIds.has(id) || writer.add(id)) draft.endedBy = "stop";
        else if (tokens.length === maxTokens) draft.endedBy = "maxTokens";
        const fresh = draft.endedBy === undefined ? writer.take() : writer.end();
        onToken?.(fresh, id);
      });
      await pause(signal);
    }
  } finally {
    cache.dispose();
  }
}

/** The next token's logits for each draft that is not finished. What the cache has not read yet is read now. */
function readAll(model: LanguageModel, cache: KVCache, drafts: readonly Draft[]): (Float32Array | undefined)[] {
  const { contextLength } = model.config;
  const texts = drafts.map(({ promptTokens, tokens }) => [...promptTokens, ...tokens]);
  const open = drafts.map(({ endedBy }) => endedBy === undefined);
  const short = texts.map((text, row) => open[row] && text.length <= contextLength);
  const fresh = texts.map((text, row) => (short[row] ? text.slice(cache.lengths[row]) : []));
  const logits = cache.read(fresh);
  return logits.map((row, i) => (open[i] && !short[i] ? nextLogits(model, texts[i]!) : row));
}

/** The same without a cache. */
function readAnew(model: LanguageModel, drafts: readonly Draft[]): (Float32Array | undefined)[] {
  return drafts.map(({ promptTokens, tokens, endedBy }) =>
    endedBy === undefined ? nextLogits(model, [...promptTokens, ...tokens], { compiled: true }) : undefined,
  );
}

/**
 * The logits (V) of the token that comes after `ids`, of which the model sees the last `contextLength`, all read anew.
 * Positions after the last one are filled up to a few fixed lengths; the model cannot look there.
 *
 * `compiled` makes a graph for each of these lengths, which pays when many texts are read. By default only the full
 * window gets one. The result is the same up to rounding.
 */
export function nextLogits(
  model: LanguageModel,
  ids: readonly number[],
  options: { compiled?: boolean } = {},
): Float32Array {
  const { contextLength } = model.config;
  const { compiled = ids.length > contextLength } = options;
  const window = ids.slice(-contextLength);
  if (isLlama(model)) return readOnce(model, window);
  const T = Math.min(Math.ceil(window.length / 16) * 16, contextLength);
  const inputs = [...window, ...new Array<number>(T - window.length).fill(0)];
  assertIds(window, model.config.vocabSize);
  const predict = compiled ? compiledForward(model) : (x: Tensor) => forward(model, x);
  return tf.tidy(() => {
    const logits = predict(tf.tensor2d(inputs, [1, T], "int32")); // (1, T, V)
    return logits.slice([0, window.length - 1, 0], [1, 1, -1]).dataSync() as Float32Array; // (V)
  });
}

/** The same with a cache that is used once: only the last position is turned into logits, of which there are many. */
function readOnce(model: LanguageModel, ids: readonly number[]): Float32Array {
  const cache = createCache(model);
  try {
    return cache.read([ids])[0]!;
  } finally {
    cache.dispose();
  }
}

/** For a text that is read anew for each of its tokens. */
const compiledForward = forEachModel((model) => compile((x: Tensor) => forward(model, x), { name: "generate" }));

function assertIds(ids: readonly number[], vocabSize: number): void {
  const wrong = ids.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabSize));
  if (wrong === undefined) return;
  throw new CourseError({ what: "tokens", expected: `token ids from 0 to ${vocabSize - 1}`, received: String(wrong) });
}

function assertFits(model: LanguageModel, tokenizer: Tokenizer, promptTokens: readonly number[]): void {
  if (promptTokens.length === 0) {
    throw new CourseError({
      what: "prompt",
      expected: "at least one token to continue from",
      received: "none",
      remedy: "Give a text, or a tokenizer with a start token.",
    });
  }
  if (tokenizer.vocabSize <= model.config.vocabSize) return;
  throw new CourseError({
    what: "tokenizer",
    expected: `at most the model's ${model.config.vocabSize} tokens`,
    received: `${tokenizer.vocabSize}`,
    remedy: "Is it the tokenizer that the model was trained with?",
  });
}
