/**
 * @file Writing text with a model: predict, choose a token, append it, again. Used from notebook 1 on; 5 takes it apart.
 * Nothing here changes a model. How a token is chosen from logits is `next-token.ts`.
 * Leaves out batches of prompts and speculative decoding.
 */

import { assertCount, CourseError } from "./errors";
import { forward, type GPT } from "./gpt";
import { type SamplingOptions, sampleToken } from "./next-token";
import { pause } from "./pause";
import type { Random } from "./random";
import { tf } from "./tf";
import { startIds, type Tokenizer } from "./tokenizer";

export { nextTokenProbs, type SamplingOptions, sampleToken } from "./next-token";

/** How a text is continued. */
export interface GenerateOptions extends SamplingOptions {
  /** The most tokens to write. Default 64. */
  maxTokens?: number;
  /** Where the chance comes from; not needed with `temperature: 0`. */
  random?: Random;
  /** Ends the text before any of these: names of special tokens, such as `<end>`, or pieces of text, such as a full stop. */
  stop?: readonly string[];
  /** Sees the text grow. A character of several tokens comes when it is complete. */
  onToken?: (text: string, id: number) => void;
  /** Stops between two tokens with an AbortError. Default: the signal of the running notebook cell. */
  signal?: AbortSignal;
  /** What stands in front of a prompt given as text. Default `<doc>`, if the tokenizer has it; `null` for nothing. */
  startToken?: string | null;
  /** Whether `<user>` and the like in the prompt become special tokens. Default false. */
  allowSpecial?: boolean;
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

/**
 * Continues a prompt (a text, or token ids), token by token.
 *
 *     const { text } = await generate(model, tokenizer, "The owl lives in", { maxTokens: 10, temperature: 0 });
 *
 * The model sees at most `contextLength` tokens. When the text is longer, it sees the last `contextLength` of them, and
 * what was before has no influence any more.
 *
 * The same model, prompt, options and seed give the same text.
 */
export async function generate(
  model: GPT,
  tokenizer: Tokenizer,
  prompt: string | readonly number[],
  options: GenerateOptions = {},
): Promise<Generation> {
  const { maxTokens = 64, stop = [], onToken, signal } = options;
  assertCount("maxTokens", maxTokens);
  const promptTokens =
    typeof prompt === "string"
      ? [...startIds(tokenizer, options.startToken), ...tokenizer.encode(prompt, options)]
      : [...prompt];
  assertFits(model, tokenizer, promptTokens);
  const stopIds = new Set(stop.flatMap((name) => tokenizer.special[name] ?? []));
  const writer = new TextWriter(
    tokenizer,
    stop.filter((name) => tokenizer.special[name] === undefined),
  );

  const tokens: number[] = [];
  let ended = false;
  while (!ended && tokens.length < maxTokens) {
    const logits = nextLogits(model, [...promptTokens, ...tokens]).subarray(0, tokenizer.vocabSize); // (V)
    const id = sampleToken(logits, options);
    tokens.push(id);
    ended = stopIds.has(id) || writer.add(id);
    const fresh = ended || tokens.length === maxTokens ? writer.end() : writer.take();
    onToken?.(fresh, id);
    await pause(signal);
  }
  return { text: writer.text, tokens, promptTokens, endedBy: ended ? "stop" : "maxTokens" };
}

/**
 * The logits (V) of the token that comes after `ids`, of which the model sees the last `contextLength`.
 *
 * The positions after the last one are filled up to a few fixed lengths; the model cannot look there.
 */
export function nextLogits(model: GPT, ids: readonly number[]): Float32Array {
  const window = ids.slice(-model.config.contextLength);
  const T = Math.min(Math.ceil(window.length / 16) * 16, model.config.contextLength);
  return tf.tidy(() => {
    const inputs = [...window, ...new Array<number>(T - window.length).fill(0)];
    const logits = forward(model, [inputs]); // (1, T, V)
    return logits.slice([0, window.length - 1, 0], [1, 1, -1]).dataSync() as Float32Array; // (V)
  });
}

/** Collects tokens to text, holding back what may still become part of a character or of a stop text. */
class TextWriter {
  /** The text so far, without the stop text. */
  text = "";
  private pending: number[] = []; // tokens that end inside a character
  private taken = 0;
  private complete = false;

  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly stops: readonly string[],
  ) {}

  /** Adds a token; true when the text now contains a stop text, before which it is cut. */
  add(id: number): boolean {
    this.pending.push(id);
    const piece = this.tokenizer.decode(this.pending);
    if (piece.endsWith("\ufffd") && this.pending.length < 4) return false; // a character has at most 4 bytes
    this.pending = [];
    this.text += piece;
    const ends = this.stops.map((stop) => this.text.indexOf(stop)).filter((at) => at >= 0);
    if (ends.length === 0) return false;
    this.text = this.text.slice(0, Math.min(...ends));
    this.complete = true;
    return true;
  }

  /** The new text that is certain to stay. */
  take(): string {
    const held = this.complete ? 0 : Math.max(0, ...this.stops.map((stop) => overlap(this.text, stop)));
    return this.advance(this.text.length - held);
  }

  /** The rest of the text. */
  end(): string {
    if (this.pending.length > 0) this.text += this.tokenizer.decode(this.pending);
    this.pending = [];
    return this.advance(this.text.length);
  }

  private advance(end: number): string {
    const fresh = this.text.slice(this.taken, end);
    this.taken = Math.max(this.taken, end);
    return fresh;
  }
}

/** How many characters at the end of the text are a beginning of `stop`: `overlap("I am", "me")` is 1. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}

function assertFits(model: GPT, tokenizer: Tokenizer, promptTokens: readonly number[]): void {
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
