/**
 * @file A new snapshot with what has happened since the last one: a short further training on the news. Notebook 8.
 * Three things are learned at the same time: the news as texts, the news as questions with answers, and, so that the rest
 * stays, old texts and the model's own answers to other questions (Li and Hoiem 2016, "Learning without Forgetting").
 * Simplified: makers of real models more often begin again from a pretrained model, and repeat what came after it.
 */

import { askAll } from "./chat";
import { encodeDocuments } from "./dataset";
import { assertCount } from "./errors";
import { assertNotFrozen } from "./frozen";
import type { GPT } from "./gpt";
import { createRandom } from "./random";
import { fineTune } from "./sft";
import type { Tokenizer } from "./tokenizer";
import type { TrainHistory, TrainOptions } from "./train";

/** What happened: what `loadNews()` returns. */
export interface NewsCorpus {
  readonly documents: readonly { readonly text: string }[];
  readonly questions: readonly { question: string; answer: string; taught: boolean }[];
}

/** What is already known, to be rehearsed. */
export interface OldKnowledge {
  /** The texts that the model was pretrained on. */
  documents: readonly { readonly text: string }[];
  /** Questions that the model answers as before. Those that the news answer anew are left out. */
  questions: readonly string[];
}

/** Options of {@link learnNews}, and any other setting of `train`. */
export interface LearnNewsOptions extends Partial<Omit<TrainOptions, "tokens" | "batches">> {
  /** How often each question of the news is among the examples. Default 4. */
  repeats?: number;
  /** The share of the news in the texts that are read; the rest is old. Default 0.4. */
  newsShare?: number;
}

/** The settings of the update. Found by experiment. */
export const NEWS_TRAINING = {
  steps: 400,
  batchSize: 16,
  learningRate: 1e-3,
  /** How much the texts count beside the answers. */
  textWeight: 1,
} as const;

/**
 * Teaches a model the news. Its weights change; a frozen model is refused, so give it a copy.
 *
 * `await learnNews(model, tokenizer, news, { documents: almanac.documents, questions })`
 */
export async function learnNews(
  model: GPT,
  tokenizer: Tokenizer,
  news: NewsCorpus,
  old: OldKnowledge,
  options: LearnNewsOptions = {},
): Promise<TrainHistory> {
  const {
    repeats = 4,
    newsShare = 0.4,
    steps = NEWS_TRAINING.steps,
    batchSize = NEWS_TRAINING.batchSize,
    ...training
  } = options;
  assertNotFrozen(model, "learning the news");
  assertCount("repeats", repeats);
  const random = createRandom(options.seed ?? 1).fork("news");
  const anew = new Set(news.questions.map(({ question }) => question));
  const same = old.questions.filter((question) => !anew.has(question));
  const answers = await askAll(model, tokenizer, same, { batchSize: 64 });
  const taught = news.questions.filter((each) => each.taught).map(({ question, answer }) => ({ question, answer }));
  const examples = [
    ...same.map((question, i) => ({ question, answer: answers[i]! })),
    ...Array.from({ length: repeats }, () => taught).flat(),
  ];
  const [newTokens, oldTokens] = [news.documents, old.documents].map((documents) =>
    encodeDocuments(
      tokenizer,
      random.shuffle(documents).map(({ text }) => text),
    ),
  ) as [Int32Array, Int32Array];
  return fineTune(model, {
    learningRate: NEWS_TRAINING.learningRate,
    ...training,
    tokenizer,
    examples,
    batchSize,
    epochs: Math.ceil((steps * batchSize) / Math.max(batchSize, examples.length - batchSize)),
    steps,
    rehearsal: { tokens: mixed(newTokens, oldTokens, newsShare), weight: NEWS_TRAINING.textWeight },
  });
}

/** The old text, and behind it the new one as often as it takes to have its share of the whole. */
function mixed(fresh: Int32Array, old: Int32Array, share: number): Int32Array {
  const times = Math.max(1, Math.round((share * old.length) / ((1 - share) * fresh.length)));
  const all = new Int32Array(old.length + times * fresh.length);
  all.set(old);
  for (let k = 0; k < times; k++) all.set(fresh, old.length + k * fresh.length);
  return all;
}
