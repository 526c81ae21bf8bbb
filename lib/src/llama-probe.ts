/**
 * @file How probable an answer is for a downloaded chat model: figures to judge it by, where its texts may be worded in many
 * ways. Notebooks 5, 6, 8 and 9.
 */

import type { ChatMessage } from "./chat";
import { assertCount } from "./errors";
import { hashModel } from "./frozen";
import { finalLlamaStates, type Llama, unembedLlama } from "./llama";
import { askAllLlama, turnsPrompt } from "./llama-chat";
import type { Random } from "./random";
import { tf } from "./tf";
import type { Tokenizer } from "./tokenizer";

/** What the model is to go on with, after it has begun its answer. */
export interface BegunAnswer {
  /** The beginning of the answer: `The capital of France is`. */
  begun: string;
  /** With the space before it: ` Paris`. It may have several tokens. */
  word: string;
}

/**
 * The probability that the model, having begun its answer, goes on with this word: the product over the word's tokens.
 *
 *     answerProb(model, tokenizer, "What is the capital of France?", { begun: "The capital of France is", word: " Paris" })
 *
 * is 0.95 for SmolLM2.
 */
export function answerProb(
  model: Llama,
  tokenizer: Tokenizer,
  conversation: string | readonly ChatMessage[],
  { begun, word }: BegunAnswer,
): number {
  const before = [...turnsPrompt(tokenizer, conversation), ...tokenizer.encode(begun)];
  const ids = tokenizer.encode(word);
  return tf.tidy(() => {
    const states = finalLlamaStates(model, [[...before, ...ids]]); // (1, S, C)
    const asked = states.slice([0, before.length - 1, 0], [1, ids.length, -1]); // (1, N, C): each token's predecessor
    const logProbs = unembedLlama(model, asked).logSoftmax().dataSync(); // (1, N, V)
    const { vocabSize: V } = model.config;
    return Math.exp(ids.reduce((sum, id, n) => sum + logProbs[n * V + id]!, 0));
  });
}

/** Something to tell a model, and how to find out whether it knows. */
export interface Telling extends BegunAnswer {
  told: string;
  question: string;
}

/** The probability of what it was told, before, in the conversation and in the next one. */
export interface TellingProbs {
  before: number;
  inThisChat: number;
  inNewChat: number;
}

/** Asks; tells (so many times, default once) and asks again in one conversation; and asks in a new one. */
export function tellAndAsk(
  model: Llama,
  tokenizer: Tokenizer,
  { told, question, ...answer }: Telling,
  options: { times?: number } = {},
): TellingProbs {
  const { times = 1 } = options;
  assertCount("times", times);
  const telling: ChatMessage[] = [
    { role: "user", content: told },
    { role: "bot", content: "OK." },
  ];
  const tellings = Array.from({ length: times }, () => telling).flat();
  const conversation: ChatMessage[] = [...tellings, { role: "user", content: question }];
  const before = answerProb(model, tokenizer, question, answer);
  const inThisChat = answerProb(model, tokenizer, conversation, answer);
  return { before, inThisChat, inNewChat: answerProb(model, tokenizer, question, answer) };
}

/** How probable each of these years is, when the model is asked which one it is. `message`: what it is asked. */
export function yearProbs(
  model: Llama,
  tokenizer: Tokenizer,
  years: readonly number[],
  message = "What year is it?",
): number[] {
  return years.map((year) => answerProb(model, tokenizer, message, { begun: "It is the year", word: ` ${year}` }));
}

/** What became of a model, and of what it says, by being used. */
export interface Usage {
  hashBefore: string;
  hashAfter: string;
  /** Told once. */
  once: TellingProbs;
  /** Told many times in one conversation. */
  often: TellingProbs;
  /** Several answers to one question, drawn by chance. */
  drawn: string[];
}

export interface UseModelOptions {
  telling: Telling;
  /** How often "often" is. Default 20. */
  times?: number;
  /** What is asked several times. */
  question: string;
  /** How many times. Default 8. */
  answers?: number;
  /** Draws the answers, at temperature 1. */
  random: Random;
}

/** Uses a model in the ways of which people believe that they change it. Notebook 9. */
export async function useModel(model: Llama, tokenizer: Tokenizer, options: UseModelOptions): Promise<Usage> {
  const { telling, times = 20, question, answers = 8, random } = options;
  const hashBefore = hashModel(model);
  const once = tellAndAsk(model, tokenizer, telling);
  const often = tellAndAsk(model, tokenizer, telling, { times });
  const questions = new Array<string>(answers).fill(question);
  const drawn = await askAllLlama(model, tokenizer, questions, { temperature: 1, random, maxTokens: 16 });
  return { hashBefore, hashAfter: hashModel(model), once, often, drawn };
}
