/**
 * @file How long a model takes to read, to learn and to write, measured on this machine; and how fast the machine
 * multiplies matrices at its best. Notebook 9 compares these seconds with counted operations.
 *
 * Each figure is the median of several runs after some that do not count: the first ones compile.
 */

import { availableParallelism } from "node:os";
import { compile } from "./compile";
import { assertCount } from "./errors";
import { copyGPT, disposeGPT, forward, type GPT } from "./gpt";
import { createKVCache } from "./kvcache";
import { tokenLosses } from "./loss";
import { adamw } from "./optimizer";
import { pause } from "./pause";
import { type Tensor, tf } from "./tf";
import { median } from "./timing";
import { createTrainStep } from "./train-step";

/** What is measured, and how often. */
export interface PassOptions {
  /** Texts at a time, B. Default 8, as in training. */
  batchSize?: number;
  /** Tokens per text, T. Default: what the model can read. */
  contextLength?: number;
  /** Runs of which the median is taken. Default 9. */
  repeats?: number;
}

/** Measured times, in milliseconds. */
export interface PassTimes {
  /** Tokens in a batch, B T. */
  tokens: number;
  /** To read a batch and compute its loss. */
  forwardMs: number;
  /** To walk back: a whole step of training less the way forward and the update. */
  backwardMs: number;
  /** To change the weights: a step with a single token, of which nearly all is the update. */
  updateMs: number;
  /** A whole step of training. */
  stepMs: number;
  /** To write one token with the cache of keys and values. */
  writeMs: number;
}

/**
 * Measures the passes of a model. Its weights stay as they are: what is trained is a copy.
 *
 * `const { forwardMs, backwardMs, updateMs, writeMs } = await measurePasses(model);`
 */
export async function measurePasses(model: GPT, options: PassOptions = {}): Promise<PassTimes> {
  const { batchSize: B = 8, contextLength: T = model.config.contextLength, repeats = 9 } = options;
  assertCount("repeats", repeats);
  const { vocabSize, contextLength } = model.config;
  const ids = (rows: number, columns: number, shift: number): Tensor =>
    tf.tensor2d(
      Array.from({ length: rows * columns }, (_, i) => (7 * i + shift) % vocabSize),
      [rows, columns],
      "int32",
    );
  const losses = (of: GPT, x: Tensor, y: Tensor): Tensor => tokenLosses(forward(of, x), y); // (B, T)

  const batch = [ids(B, T, 0), ids(B, T, 7)];
  const read = compile((x: Tensor, y: Tensor) => losses(model, x, y), { name: "measurePasses", splitRows: true });
  const forwardMs = await pausingMedianMs(repeats, () => tf.tidy(() => void read(batch[0]!, batch[1]!).dataSync()));
  read.dispose();

  const copy = copyGPT(model);
  const step = createTrainStep({
    params: copy.params,
    loss: ([x, y]) => losses(copy, x!, y!).sum(),
    optimizer: adamw(),
    clipNorm: 1,
  });
  const stepMs = await pausingMedianMs(repeats, () => void step.run(batch, 1e-6, { scale: 1 / (B * T) }));
  const single = [ids(1, 1, 0), ids(1, 1, 7)];
  const updateMs = await pausingMedianMs(repeats, () => void step.run(single, 1e-6));
  step.dispose();
  disposeGPT(copy);
  tf.dispose([...batch, ...single]);

  const cache = createKVCache(model);
  cache.read([Array.from({ length: Math.floor(contextLength / 2) }, (_, i) => i % vocabSize)]);
  const writes = Math.min(4 * repeats, contextLength - cache.lengths[0]! - WARM_UP);
  const writeMs = await pausingMedianMs(writes, () => void cache.read([[1]]));
  cache.dispose();
  const backwardMs = Math.max(0, stepMs - forwardMs - updateMs);
  return { tokens: B * T, forwardMs, backwardMs, updateMs, stepMs, writeMs };
}

/**
 * How many operations a second this machine reaches in products of large matrices, with a product of `size` x `size` for
 * each of its cores: what it can do at its best.
 *
 * `await matmulSpeed()` is about 2e11 on two cores of a server.
 */
export async function matmulSpeed(options: { size?: number; repeats?: number } = {}): Promise<number> {
  const { size = 1024, repeats = 7 } = options;
  const rows = size * availableParallelism();
  const [a, b] = [tf.ones([rows, size]), tf.ones([size, size])] as const;
  const multiply = compile((x: Tensor) => tf.matMul(x, b), { name: "matmulSpeed", splitRows: true });
  const ms = await pausingMedianMs(repeats, () => tf.tidy(() => void multiply(a).slice([0, 0], [1, 1]).dataSync()));
  multiply.dispose();
  tf.dispose([a, b]);
  return (2 * rows * size ** 2) / (ms / 1000);
}

const WARM_UP = 3;

/** As `medianMs` of timing.ts, with a pause after each run, in which it can be interrupted. */
async function pausingMedianMs(repeats: number, run: () => void): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < WARM_UP + repeats; i++) {
    const startedMs = performance.now();
    run();
    times.push(performance.now() - startedMs);
    await pause();
  }
  return median(times.slice(WARM_UP));
}
