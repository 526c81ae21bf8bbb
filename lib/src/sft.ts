/**
 * @file Supervised fine-tuning: a pretrained model goes on learning, from conversations. Used from notebook 6 on.
 * It is the training of train.ts with two changes: only the bot's words are learned (a mask), and if asked for, every
 * step also rehearses some of the old text, so that it is not forgotten.
 *
 *     loss = mean surprise at the bot's words + weight * mean surprise at the old text
 *
 * Instruction tuning after Ouyang et al. 2022 (arXiv:2203.02155), section 3; mixing in pretraining text is what that
 * paper calls "ptx" (there in the stage of RLHF), and the rehearsal of Robins 1995. Leaves out packing several
 * conversations into one row.
 */

import { type ChatMessage, type EncodedChat, encodeChat, questionAndAnswer } from "./chat";
import { sampleBatch, type Tokens } from "./dataset";
import { assertCount, CourseError } from "./errors";
import type { GPT } from "./gpt";
import { type Lora, trainableLora } from "./lora";
import { createRandom, type Random } from "./random";
import type { Tokenizer } from "./tokenizer";
import { type TrainBatch, type TrainHistory, type TrainOptions, train } from "./train";

/** What is learned from: a conversation, or a question with its answer. */
export type TuningExample = readonly ChatMessage[] | { question: string; answer: string };

/** Old text that is practised beside the new. */
export interface Rehearsal {
  /** The text that the model was pretrained on. */
  tokens: Tokens;
  /** How much its loss counts beside that of the answers. Default 0.7. */
  weight?: number;
  /** Windows of it in each step. Default 8. */
  batchSize?: number;
  /** Their length in tokens. Default 64. */
  contextLength?: number;
}

/** Options of {@link fineTune}, and any other setting of `train`. */
export interface FineTuneOptions<E extends object = object>
  extends Omit<TrainOptions<E>, "tokens" | "batches" | "steps" | "contextLength" | "trainable"> {
  tokenizer: Tokenizer;
  examples: readonly TuningExample[];
  /** How often each example is seen. Default 2. */
  epochs?: number;
  /** Conversations in each step. Default 16. */
  batchSize?: number;
  /** Default: none, the old text is not seen again. */
  rehearsal?: Rehearsal;
  /** Trains these adapters, and not the model's own weights. */
  lora?: Lora;
  /** Stops after so many steps, and has the learning rate fall until then. Default: all epochs. */
  steps?: number;
}

/** The settings that the course's model is tuned with. Found by experiment; what else was tried is in notebook 6. */
export const FINE_TUNING = {
  epochs: 2,
  batchSize: 16,
  learningRate: 2e-3,
  warmupSteps: 20,
  weightDecay: 0,
  beta2: 0.98,
  rehearsalWeight: 0.7,
} as const;

/**
 * Teaches a model to answer. Its weights change, or with `lora` the adapters'; `history.lossNats` is the sum of both losses if there is a rehearsal.
 *
 * `await fineTune(model, { tokenizer, examples: chat.train, rehearsal: { tokens } })` takes about a minute.
 */
export async function fineTune<E extends object = object>(
  model: GPT,
  options: FineTuneOptions<E>,
): Promise<TrainHistory<E>> {
  const {
    tokenizer,
    examples,
    epochs = FINE_TUNING.epochs,
    batchSize = FINE_TUNING.batchSize,
    rehearsal,
    lora,
    ...rest
  } = options;
  assertCount("epochs", epochs);
  assertCount("batchSize", batchSize);
  const encoded = encodeExamples(tokenizer, examples, model.config.contextLength);
  if (encoded.length < batchSize) {
    throw new CourseError({
      what: "examples",
      expected: `at least ${batchSize}, one batch`,
      received: `${encoded.length}`,
    });
  }
  const plan = planBatches(
    encoded.map(({ tokens }) => tokens.length),
    { batchSize, epochs, random: createRandom(options.seed ?? 1).fork("order") },
  );
  const learningRate = rest.learningRate ?? FINE_TUNING.learningRate;
  return train<E>(model, {
    warmupSteps: FINE_TUNING.warmupSteps,
    weightDecay: FINE_TUNING.weightDecay,
    beta2: FINE_TUNING.beta2,
    finalLearningRate: typeof learningRate === "number" ? learningRate / 20 : undefined,
    steps: plan.length,
    ...rest,
    ...(lora && { trainable: trainableLora(model, lora) }),
    learningRate,
    batchSize,
    batches: (random, step) => ({
      ...paddedBatch(
        plan[step % plan.length]!.map((i) => encoded[i]!),
        model.config.contextLength,
      ),
      ...(rehearsal && { beside: rehearsalOf(rehearsal, random) }),
    }),
  });
}

/** The examples in tokens. One that is longer than the model can read is an error. */
export function encodeExamples(
  tokenizer: Tokenizer,
  examples: readonly TuningExample[],
  contextLength: number,
): EncodedChat[] {
  return examples.map((example, i) => {
    const messages = "question" in example ? questionAndAnswer(example.question, example.answer) : example;
    const encoded = encodeChat(tokenizer, messages);
    if (encoded.tokens.length <= contextLength + 1) return encoded;
    throw new CourseError({
      what: `examples[${i}]`,
      expected: `at most ${contextLength + 1} tokens`,
      received: `${encoded.tokens.length}`,
      remedy: "Shorten the conversation, or leave it out.",
    });
  });
}

/**
 * Which examples go into which batch, by index: in each epoch every example once, those of similar length together (so
 * that little is filled up), the batches in random order. What does not fill a batch is left out.
 */
export function planBatches(
  lengths: readonly number[],
  { batchSize, epochs, random }: { batchSize: number; epochs: number; random: Random },
): number[][] {
  return Array.from({ length: epochs }, () => {
    const blurred = lengths.map((length, i) => ({ i, length: length + 8 * random.uniform() }));
    const order = random.shuffle(blurred).sort((a, b) => a.length - b.length);
    const left = order.length % batchSize;
    const dropped = new Set(random.sample(order, left));
    const kept = order.filter((entry) => !dropped.has(entry)).map(({ i }) => i);
    const batches = Array.from({ length: kept.length / batchSize }, (_, b) =>
      kept.slice(b * batchSize, (b + 1) * batchSize),
    );
    return random.shuffle(batches);
  }).flat();
}

/** Rows are filled up to one of these lengths: a step is compiled for each shape, which takes about a second. */
const ROW_LENGTHS = [32, 48, 64, 96];

/**
 * Conversations side by side, filled up at the end to one length T. Targets are the tokens that follow the inputs; the
 * weight of a target is its mask, so that the bot's first word is learned at the place of `<bot>`. `maxLength` is what the
 * model can read.
 */
export function paddedBatch(
  encoded: readonly EncodedChat[],
  maxLength: number,
): TrainBatch & { weights: Float32Array } {
  const B = encoded.length;
  const longest = Math.max(...encoded.map(({ tokens }) => tokens.length)) - 1;
  const T = Math.min(ROW_LENGTHS.find((length) => length >= longest) ?? Infinity, maxLength);
  const inputs = new Int32Array(B * T); // (B, T)
  const targets = new Int32Array(B * T); // (B, T)
  const weights = new Float32Array(B * T); // (B, T)
  encoded.forEach(({ tokens, mask }, row) => {
    inputs.set(tokens.slice(0, -1), row * T);
    targets.set(tokens.slice(1), row * T);
    weights.set(mask.slice(1), row * T);
  });
  return { inputs, targets, weights, batchSize: B, contextLength: T };
}

function rehearsalOf(rehearsal: Rehearsal, random: Random): NonNullable<TrainBatch["beside"]> {
  const { tokens, weight = FINE_TUNING.rehearsalWeight, batchSize = 8, contextLength = 64 } = rehearsal;
  return { batch: sampleBatch({ tokens, batchSize, contextLength, random }), weight };
}
