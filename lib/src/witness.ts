/**
 * @file A witness: lets some work happen, and says what is different afterwards. Is it training, or only use? Notebook 5
 * asks it about every way to use a model.
 *
 * It reads all weights before and after (their hash), counts the tensors that are left in memory, the operations that
 * TensorFlow.js wrote down for a gradient (its "tape"), and the most memory that tensors took meanwhile.
 * Leaves out what happens inside a compiled graph: its intermediate values are not tensors of TensorFlow.js.
 */

import { type GPT, weightsOf } from "./gpt";
import { hashWeights } from "./safetensors";
import { tf } from "./tf";

/** What was different after some work. */
export interface Testimony<T> {
  /** What the work returned. */
  result: T;
  hashBefore: string;
  hashAfter: string;
  /** True when a single bit of the weights is another one. */
  changed: boolean;
  /** Tensors that are in memory now and were not before; below zero when some were freed. */
  tensorsLeft: number;
  /** Operations written down so that a gradient can be taken. Without them nothing can be learned. */
  tapedOperations: number;
  /** The most memory that tensors took while it worked, beyond what was in use before. */
  peakBytes: number;
}

/** The methods of TensorFlow.js through which each new tensor and each taped operation goes. */
interface Engine {
  state: { numBytes: number };
  addTapeNode?(...args: unknown[]): void;
  trackTensor?(...args: unknown[]): void;
}

/**
 * Lets some work happen to a model, or beside it, and reports.
 *
 *     const { changed } = await witness(model, () => generate(model, tokenizer, "Once", { temperature: 0 })); // false
 *
 * One witness at a time: it listens to all of TensorFlow.js.
 */
export async function witness<T>(model: GPT, work: () => T | Promise<T>): Promise<Testimony<T>> {
  const hashBefore = hashWeights(weightsOf(model));
  const engine = tf.engine() as unknown as Engine;
  const tensorsBefore = tf.memory().numTensors;
  const bytesBefore = engine.state.numBytes;
  const { addTapeNode, trackTensor } = engine;
  let tapedOperations = 0;
  let peakBytes = 0;
  engine.addTapeNode = (...args) => {
    tapedOperations++;
    addTapeNode!.apply(engine, args);
  };
  engine.trackTensor = (...args) => {
    trackTensor!.apply(engine, args);
    peakBytes = Math.max(peakBytes, engine.state.numBytes - bytesBefore);
  };
  let result: T;
  try {
    result = await work();
  } finally {
    delete engine.addTapeNode; // what they cover are methods of the class
    delete engine.trackTensor;
  }
  const tensorsLeft = tf.memory().numTensors - tensorsBefore;
  const hashAfter = hashWeights(weightsOf(model));
  const changed = hashAfter !== hashBefore;
  return { result, hashBefore, hashAfter, changed, tensorsLeft, tapedOperations, peakBytes };
}
