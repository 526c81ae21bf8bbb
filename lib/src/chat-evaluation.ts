/**
 * @file Does a tuned model do what it is asked? Exact match on questions it has never seen, by kind, each share with the
 * interval that counting leaves open. Used from notebook 6 on. Leaves out judging free text: an answer is right when it
 * is the reference word for word, so a right answer with a flourish counts as wrong.
 */

import { type AskOptions, askAll } from "./chat";
import type { GPT } from "./gpt";
import { type ProbeScores, tally } from "./scores";
import type { Tokenizer } from "./tokenizer";

/** A question with the answer that counts as right. */
export interface ReferenceQuestion {
  kind: string;
  question: string;
  reference: string;
}

/** A question as it was answered. */
export interface JudgedAnswer extends ReferenceQuestion {
  answer: string;
  correct: boolean;
}

/** Shares of right answers, by kind and together, and the answers themselves. */
export interface ChatScores extends Pick<ProbeScores, "kinds"> {
  /** All questions together. */
  all: ProbeScores["groups"][string];
  answers: JudgedAnswer[];
}

/**
 * Asks every question once, greedily, and compares the answers with the references.
 *
 *     const { all, kinds } = await exactMatch(model, tokenizer, chat.heldOut);
 *     all.accuracy;            // 0.83
 *     kinds.stranger;          // { correct: 35, n: 40, accuracy: 0.875, low: 0.74, high: 0.95 }
 */
export async function exactMatch(
  model: GPT,
  tokenizer: Tokenizer,
  questions: readonly ReferenceQuestion[],
  options: AskOptions & { batchSize?: number } = {},
): Promise<ChatScores> {
  const texts = await askAll(
    model,
    tokenizer,
    questions.map(({ question }) => question),
    { batchSize: 64, ...options },
  );
  const answers = questions.map((question, i) => ({
    ...question,
    answer: texts[i]!,
    correct: texts[i]! === question.reference,
  }));
  const { kinds, groups } = tally(answers.map(({ kind, correct }) => ({ kind, correct, group: "all" })));
  return { kinds, all: groups.all!, answers };
}
