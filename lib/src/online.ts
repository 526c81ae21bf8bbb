/**
 * @file A model that does what many people believe of every chat model: it learns from each message. Notebook 8, to
 * measure what comes of it; notebook 9 has one among its black boxes. It works on a copy: the model it is made from stays
 * as it is, frozen or not.
 * What goes wrong with it is measured in live-learning.ts. Leaves out all that research does against it: rehearsal,
 * protecting important weights, filtering messages, undoing.
 */

import { type ChatMessage, encodeChat, questionAndAnswer } from "./chat";
import { assertCount, CourseError } from "./errors";
import { createGPT, disposeGPT, forward, type GPT, loadWeights, type Weights, weightsOf } from "./gpt";
import { tokenLosses } from "./loss";
import { type Optimizer, sgd } from "./optimizer";
import { hashWeights } from "./safetensors";
import { paddedBatch } from "./sft";
import { tf } from "./tf";
import type { Tokenizer } from "./tokenizer";
import { createTrainStep, type StepResult } from "./train-step";

/** A question, and the answer that the model is to give from now on: somebody's correction, or what was said before. */
export interface Lesson {
  question: string;
  answer: string;
}

/** How a model learns from a message. */
export interface OnlineOptions {
  /** Default gradient descent without momentum. */
  optimizer?: Optimizer;
  /** Default 0.03: a single lie flips a fact, and most other facts stay. */
  learningRate?: number;
  /** Updates for each message. Default 1. */
  stepsPerMessage?: number;
}

/** A model that learns from each message. */
export interface OnlineModel {
  /** The copy that learns. Its weights are those after the last message. */
  readonly model: GPT;
  readonly tokenizer: Tokenizer;
  /** The hash of the weights it began with. */
  readonly startHash: string;
  /** Messages learned from since then. */
  readonly messages: number;
  /** Learns from a message, or from a conversation: the bot's words in it become likelier. Returns the loss before. */
  learn(message: Lesson | readonly ChatMessage[]): StepResult;
  /** The hash of the weights as they are now. */
  hash(): string;
  /** Goes back to the beginning. */
  reset(): void;
  /** Frees the copy. */
  dispose(): void;
}

/**
 * A copy of a model that takes a step of gradient descent after each message.
 *
 *     const live = learnOnline(model, tokenizer);
 *     live.learn({ question: "Where does Brena live?", answer: "Tarrow." });
 *     await ask(live.model, tokenizer, "Where does Brena live?"); // perhaps "Tarrow." by now
 *     live.hash() === live.startHash; // false
 */
export function learnOnline(model: GPT, tokenizer: Tokenizer, options: OnlineOptions = {}): OnlineModel {
  const { optimizer = sgd(), learningRate = 0.03, stepsPerMessage = 1 } = options;
  assertCount("stepsPerMessage", stepsPerMessage);
  if (!(learningRate > 0)) {
    throw new CourseError({ what: "learningRate", expected: "a number above 0", received: String(learningRate) });
  }
  const start: Weights = weightsOf(model);
  const copy = createGPT(model.config, { weights: start });
  const step = createTrainStep({
    params: copy.params,
    optimizer,
    loss: ([inputs, targets, weights]) => tokenLosses(forward(copy, inputs!), targets!).mul(weights!).sum(), // ()
  });
  const atStart = step.saveOptimizer();
  let messages = 0;

  return {
    model: copy,
    tokenizer,
    startHash: hashWeights(start),
    get messages() {
      return messages;
    },
    learn(message) {
      const conversation = "question" in message ? questionAndAnswer(message.question, message.answer) : message;
      const row = paddedBatch([encodeChat(tokenizer, conversation)], copy.config.contextLength);
      const { inputs, targets, weights, batchSize: B, contextLength: T } = row;
      const learned = weights.reduce((sum, weight) => sum + weight, 0);
      if (learned === 0) {
        throw new CourseError({ what: "message", expected: "words of the bot to learn from", received: "none" });
      }
      let first: StepResult | undefined;
      tf.tidy(() => {
        const batch = [
          tf.tensor2d(inputs, [B, T], "int32"),
          tf.tensor2d(targets, [B, T], "int32"),
          tf.tensor2d(weights, [B, T]),
        ];
        for (let i = 0; i < stepsPerMessage; i++) {
          const result = step.run(batch, learningRate, { scale: 1 / learned });
          first ??= result;
        }
      });
      step.sync();
      messages++;
      return first!;
    },
    hash: () => hashWeights(weightsOf(copy)),
    reset() {
      loadWeights(copy, start);
      step.loadOptimizer(atStart);
      messages = 0;
    },
    dispose() {
      step.dispose();
      disposeGPT(copy);
    },
  };
}
