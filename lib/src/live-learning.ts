/**
 * @file What comes of learning from each message, measured: what it forgets, how few lies it takes, what it costs, and that
 * the order counts. Notebook 8 runs one seed; bench/live-learning.ts keeps three.
 * Knows the valley only through what it is given: lessons, questions, and functions that measure.
 */

import { type AskOptions, ask, askAll, encodeChat, questionAndAnswer } from "./chat";
import { assertCount, CourseError } from "./errors";
import type { GPT } from "./gpt";
import type { Lesson, OnlineModel } from "./online";
import { median } from "./timing";
import type { Tokenizer } from "./tokenizer";

/** What was measured after so many messages. */
export interface DriftPoint {
  messages: number;
  /** The shares that `measure` returned. */
  scores: Record<string, number>;
  /** The hash of the weights at this moment. */
  hash: string;
}

/** What {@link measureDrift} needs. */
export interface DriftOptions {
  lessons: readonly Lesson[];
  /** After how many messages to measure; 0 is before the first. */
  marks: readonly number[];
  measure: (model: GPT) => Promise<Record<string, number>>;
  /** Told after each lesson. */
  onMessage?: (messages: number) => void;
}

/** Lets a model learn one lesson after the other, and measures it on the way. It goes on from where it is. */
export async function measureDrift(online: OnlineModel, options: DriftOptions): Promise<DriftPoint[]> {
  const { lessons, measure, onMessage } = options;
  const marks = new Set(options.marks);
  const last = Math.max(...marks);
  assertCount("marks", last, 0);
  if (last > lessons.length) {
    throw new CourseError({
      what: "marks",
      expected: `at most ${lessons.length}, the lessons`,
      received: String(last),
    });
  }
  const points: DriftPoint[] = [];
  for (let messages = 0; messages <= last; messages++) {
    if (messages > 0) online.learn(lessons[messages - 1]!);
    onMessage?.(messages);
    if (marks.has(messages)) points.push({ messages, scores: await measure(online.model), hash: online.hash() });
  }
  return points;
}

/** The share of the questions whose answer is as it should be, e.g. a refusal. Asked greedily, many at a time. */
export async function shareOfAnswers(
  model: GPT,
  tokenizer: Tokenizer,
  questions: readonly string[],
  holds: (answer: string, question: string) => boolean,
): Promise<number> {
  assertCount("questions", questions.length);
  const answers = await askAll(model, tokenizer, questions, SHORT);
  return answers.filter((answer, i) => holds(answer, questions[i]!)).length / questions.length;
}

/** Somebody who was never spoken of. */
export interface Bystander {
  question: string;
  /** The right answer, as it is said. */
  truth: string;
}

/** What a lie did. */
export interface Poisoning {
  /** The answers before and after each message: the first is that of the untouched model. */
  answers: string[];
  /** How many messages it took until the answer was the lie; null if `atMost` were not enough. */
  messages: number | null;
  /** The share of the bystanders of whom the model then says the lie, though it did not before and it is not the truth. */
  spread: number;
  /** The share of the bystanders of whom it no longer says what it said before. */
  disturbed: number;
}

/** What {@link poison} needs. */
export interface PoisonOptions {
  /** What is repeated. Its answer is the lie. */
  lesson: Lesson;
  /** Whether an answer tells the lie. */
  tells: (answer: string) => boolean;
  bystanders: readonly Bystander[];
  /** Default 20. */
  atMost?: number;
}

/** Tells a fresh copy the same lie until it repeats it, and then asks it about others. */
export async function poison(online: OnlineModel, options: PoisonOptions): Promise<Poisoning> {
  const { lesson, tells, bystanders, atMost = 20 } = options;
  assertCount("atMost", atMost);
  online.reset();
  const { model, tokenizer } = online;
  const questions = bystanders.map(({ question }) => question);
  const before = await askAll(model, tokenizer, questions, SHORT);
  const answers = [await ask(model, tokenizer, lesson.question, SHORT)];
  while (!tells(answers.at(-1)!) && answers.length <= atMost) {
    online.learn(lesson);
    answers.push(await ask(model, tokenizer, lesson.question, SHORT));
  }
  const after = await askAll(model, tokenizer, questions, SHORT);
  const share = (counts: (i: number) => boolean): number =>
    questions.filter((_, i) => counts(i)).length / Math.max(1, questions.length);
  return {
    answers,
    messages: tells(answers.at(-1)!) ? answers.length - 1 : null,
    spread: share((i) => tells(after[i]!) && !tells(before[i]!) && !tells(bystanders[i]!.truth)),
    disturbed: share((i) => after[i] !== before[i]),
  };
}

/** What a model became, and what it then answers. */
export interface Outcome {
  hash: string;
  answer: string;
}

/** Gives two fresh copies the same lessons, one in the given order and one in the reverse, and asks both the same. */
export async function compareOrders(
  online: OnlineModel,
  lessons: readonly Lesson[],
  question: string,
): Promise<{ inOrder: Outcome; reversed: Outcome }> {
  const run = async (order: readonly Lesson[]): Promise<Outcome> => {
    online.reset();
    for (const lesson of order) online.learn(lesson);
    return { hash: online.hash(), answer: await ask(online.model, online.tokenizer, question, SHORT) };
  };
  return { inOrder: await run(lessons), reversed: await run([...lessons].reverse()) };
}

/** Answers in the valley are short. */
const SHORT: AskOptions & { batchSize: number } = { maxTokens: 24, batchSize: 64 };

/** What one message costs, with and without learning from it. */
export interface MessageCost {
  /** Time to answer it, and time to learn from it: medians of several rounds. */
  answerMs: number;
  learnMs: number;
  /** Bytes of weights that are written for one message. */
  answerWrites: number;
  learnWrites: number;
  /** What has to be kept for each user until the next message: the conversation, or a model of one's own. */
  answerKeeps: number;
  learnKeeps: number;
}

/**
 * Measures what a message costs. The times are those of this machine at this moment; the bytes are counted: 4 for a
 * weight, 2 for a token of the conversation. The model that learned is set back to its beginning.
 * Simplified: while it learns, a model holds as many bytes of gradients again; an optimizer like Adam keeps three times as much.
 */
export async function costOfMessage(
  online: OnlineModel,
  lesson: Lesson,
  options: { rounds?: number } = {},
): Promise<MessageCost> {
  const { rounds = 9 } = options;
  assertCount("rounds", rounds);
  const { model, tokenizer } = online;
  const answering: number[] = [];
  const learning: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const began = performance.now();
    await ask(model, tokenizer, lesson.question, SHORT);
    const answered = performance.now();
    online.learn(lesson);
    if (round === 0) continue; // graphs are compiled in the first round
    answering.push(answered - began);
    learning.push(performance.now() - answered);
  }
  online.reset();
  const weights = 4 * Object.values(model.params).reduce((sum, { size }) => sum + size, 0);
  const conversation = encodeChat(tokenizer, questionAndAnswer(lesson.question, lesson.answer));
  return {
    answerMs: median(answering),
    learnMs: median(learning),
    answerWrites: 0,
    learnWrites: weights,
    answerKeeps: 2 * conversation.tokens.length,
    learnKeeps: weights,
  };
}
