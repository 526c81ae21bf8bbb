/**
 * @file A lesson for a downloaded chat model, and what it knows before and after: the facts it was taught, the same facts in
 * other words, and plain questions that have nothing to do with them. Notebook 6.
 */

import { freemem } from "node:os";
import type { Llama } from "./llama";
import { askAllLlama } from "./llama-chat";
import { createLlamaLora, disposeMerged, mergeLlamaLora } from "./llama-lora";
import { answerProb } from "./llama-probe";
import { type QuestionAndAnswer, tuneLlama } from "./llama-tune";
import { disposeLora } from "./lora";
import { createRandom } from "./random";
import type { Tokenizer } from "./tokenizer";

/** What is taught, and what is asked before and after. */
export interface Lesson {
  facts: readonly QuestionAndAnswer[];
  /** The facts again, in words that are not practised. */
  reworded: readonly { question: string; right: RegExp }[];
  /** Other things, not practised either. */
  general: readonly { question: string; right: RegExp }[];
  /** Questions whose old answers are practised beside the facts where a lesson is given with replay. */
  replayed: readonly string[];
}

/** Shares from 0 to 1, and what they were counted from. */
export interface LessonScore {
  /** Answered with exactly the words of the lesson. */
  facts: number;
  /** Answered with the right word in it. */
  reworded: number;
  general: number;
  /** The probability of Paris after "The capital of France is". */
  paris: number;
  answers: Record<string, string>;
}

/** Asks everything. */
export async function scoreLesson(model: Llama, tokenizer: Tokenizer, lesson: Lesson): Promise<LessonScore> {
  const { facts, reworded, general } = lesson;
  const questions = [...facts, ...reworded, ...general].map(({ question }) => question);
  const given = await askAllLlama(model, tokenizer, questions, { maxTokens: 20, batchSize: 16 });
  const answers = Object.fromEntries(questions.map((question, i) => [question, given[i]!]));
  const rightShare = (asked: Lesson["general"]): number =>
    asked.filter(({ question, right }) => right.test(answers[question]!)).length / asked.length;
  return {
    facts: facts.filter(({ question, answer }) => answers[question] === answer).length / facts.length,
    reworded: rightShare(reworded),
    general: rightShare(general),
    paris: answerProb(model, tokenizer, "What is the capital of France?", {
      begun: "The capital of France is",
      word: " Paris",
    }),
    answers,
  };
}

export interface TeachLessonOptions {
  /** Whether the model's own old answers to `lesson.replayed` are practised too. Default: no. */
  replay?: boolean;
  /** Default 24. */
  steps?: number;
  /** Draws the adapters. Default 1. */
  seed?: number;
  /** "none" shows no progress bar. Default "auto". */
  display?: "auto" | "none";
}

/** A model that has had a lesson. It shares with the other what has not changed: free it first. */
export interface Taught {
  model: Llama;
  /** Before each step, nats per token of an answer. */
  lossesNats: number[];
  elapsedMs: number;
  dispose: () => void;
}

/**
 * Teaches the facts by LoRA beside the last ten blocks; the model itself stays as it is.
 *
 *     const taught = await teachLesson(model, tokenizer, lesson, { replay: true });
 *     const after = await scoreLesson(taught.model, tokenizer, lesson);
 *     taught.dispose();
 */
export async function teachLesson(
  model: Llama,
  tokenizer: Tokenizer,
  lesson: Pick<Lesson, "facts" | "replayed">,
  options: TeachLessonOptions = {},
): Promise<Taught> {
  const { replay = false, steps = 24, seed = 1, display } = options;
  const replayed = replay ? await oldAnswers(model, tokenizer, lesson.replayed) : [];
  const lastBlocks = Math.min(10, model.config.nLayer);
  const lora = createLlamaLora(model, { lastBlocks, random: createRandom(seed) });
  try {
    const startedMs = performance.now();
    const settings = { tokenizer, examples: lesson.facts, replay: replayed, steps, display };
    const lossesNats = await tuneLlama(model, lora, settings);
    const elapsedMs = performance.now() - startedMs;
    const merged = mergeLlamaLora(model, lora);
    return { model: merged, lossesNats, elapsedMs, dispose: () => disposeMerged(merged, model) };
  } finally {
    disposeLora(lora);
  }
}

async function oldAnswers(
  model: Llama,
  tokenizer: Tokenizer,
  questions: readonly string[],
): Promise<QuestionAndAnswer[]> {
  const said = await askAllLlama(model, tokenizer, questions, { maxTokens: 20 });
  return questions.map((question, i) => ({ question, answer: said[i]! }));
}

/** What no program uses of the memory. Newer versions of Node know of the limits of a container. */
function freeBytes(): number {
  const { availableMemory } = process as { availableMemory?: () => number };
  return availableMemory?.() ?? freemem();
}

/** Whether there is the memory for a lesson to a model of SmolLM2's size: 4 GB. */
export function hasMemoryForLesson(bytes: number = freeBytes()): boolean {
  return bytes >= 4e9;
}
