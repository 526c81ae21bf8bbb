/**
 * @file Teaching a downloaded chat model some facts with LoRA: the counterpart of sft.ts for the Llama. Notebook 6.
 * Every step sees all examples; there are few. Leaves out batches, schedules and what sft.ts offers besides.
 */

import { questionAndAnswer } from "./chat";
import { assertCount } from "./errors";
import type { Llama } from "./llama";
import { encodeTurns, type TurnOptions } from "./llama-chat";
import { loraGradients } from "./llama-lora";
import type { Lora } from "./lora";
import { adam } from "./optimizer";
import { pause } from "./pause";
import { progressBar } from "./progress";
import { tf } from "./tf";
import type { Tokenizer } from "./tokenizer";
import type { TrainBatch } from "./train-options";
import { disposeOptimizerState, startOptimizer, updateParams } from "./update";

/** A question and the answer that is to be learned. */
export interface QuestionAndAnswer {
  question: string;
  answer: string;
}

export interface TuneLlamaOptions extends TurnOptions {
  tokenizer: Tokenizer;
  examples: readonly QuestionAndAnswer[];
  /**
   * What the model already says and is to go on saying: learned beside the examples in every step ("replay", Robins 1995).
   * Default: nothing.
   */
  replay?: readonly QuestionAndAnswer[];
  /** Default 25. */
  steps?: number;
  /** Default 4e-3. */
  learningRate?: number;
  /** Ends the run between two steps with an AbortError. Default: the signal of the running notebook cell. */
  signal?: AbortSignal;
  /** "none" shows no progress bar. Default "auto". */
  display?: "auto" | "none";
}

/**
 * Trains the adapters of a model until it gives these answers; the model itself stays as it is. Returns the loss before
 * each step, nats per token of an answer.
 *
 *     const lora = createLlamaLora(model, { lastBlocks: 10, random: createRandom(1) });
 *     const losses = await tuneLlama(model, lora, { tokenizer, examples, replay });
 *     const tuned = mergeLlamaLora(model, lora);
 */
export async function tuneLlama(model: Llama, lora: Lora, options: TuneLlamaOptions): Promise<number[]> {
  const { examples, replay = [], steps = 25, learningRate = 4e-3, signal, display } = options;
  assertCount("steps", steps);
  assertCount("examples", examples.length);
  const batch = batchOf([...examples, ...replay], options);
  const optimizer = adam({ beta2: 0.999 });
  const state = startOptimizer(optimizer, lora.params);
  const bar = progressBar({ label: "tuning", total: steps, display });
  const losses: number[] = [];
  try {
    for (let step = 0; step < steps; step++) {
      const { lossNats, grads } = loraGradients(model, lora, batch);
      updateParams(optimizer, lora.params, grads, state, learningRate);
      tf.dispose(grads);
      losses.push(lossNats);
      bar.update(step + 1, `loss ${lossNats.toFixed(2)}`);
      await pause(signal);
    }
    bar.finish(`loss ${losses.at(-1)!.toFixed(2)}`);
  } finally {
    disposeOptimizerState(state);
  }
  return losses;
}

/** Conversations side by side, filled up at the end; only the answers count. */
function batchOf(examples: readonly QuestionAndAnswer[], options: TuneLlamaOptions): TrainBatch {
  const encoded = examples.map(({ question, answer }) =>
    encodeTurns(options.tokenizer, questionAndAnswer(question, answer), options),
  );
  const longest = Math.max(...encoded.map(({ tokens }) => tokens.length)) - 1;
  const T = Math.ceil(longest / 16) * 16;
  const rows = encoded.length;
  const batch = {
    inputs: new Int32Array(rows * T), // (B, T)
    targets: new Int32Array(rows * T), // (B, T)
    weights: new Float32Array(rows * T), // (B, T)
    batchSize: rows,
    contextLength: T,
  };
  encoded.forEach(({ tokens, mask }, row) => {
    batch.inputs.set(tokens.slice(0, -1), row * T);
    batch.targets.set(tokens.slice(1), row * T);
    batch.weights.set(mask.slice(1), row * T);
  });
  return batch;
}
