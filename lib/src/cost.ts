/**
 * @file What it costs to answer and to learn: arithmetic, memory, energy and price per token, by formula. Notebook 9 holds
 * these formulas against operations that were counted (operation-count.ts) and seconds that were measured
 * (pass-times.ts). Needs no TensorFlow: models that fit no laptop can be priced here.
 *
 * One operation is one multiplication or one addition. Leaves out what a data centre needs besides its processors: memory traffic,
 * networks, cooling, and everybody who works there.
 */

import { CourseError } from "./errors";
import { type GPTConfig, parameterCount } from "./gpt-config";

/** A model's size, and a number of tokens. */
export interface Work {
  /** Number of weights, N. */
  params: number;
  /** Number of tokens, D. */
  tokens: number;
}

/**
 * The operations of using a model: each weight is multiplied once and added once for each token (Kaplan et al. 2020, 2.1).
 *
 *     C = 2 N D
 *
 * One weight and one token: 2.
 */
export function inferenceFlops({ params, tokens }: Work): number {
  return 2 * assertAmount("params", params) * assertAmount("tokens", tokens);
}

/**
 * The operations of training: the way forward, and twice as much on the way back, once for the slope of each value and
 * once for the slope of each weight.
 *
 *     C = 2 N D + 4 N D = 6 N D
 */
export function trainingFlops(work: Work): number {
  return 3 * inferenceFlops(work);
}

/**
 * What 2 N leaves out, per token on the way forward: every position compares itself with T others and mixes what they
 * offer, 2 operations each for C numbers in each layer.
 *
 *     2 (q k^T) + 2 (p v) = 4 nLayer T C
 *
 * It needs no weights, so that it grows with the text and not with the model.
 */
export function attentionFlopsPerToken(config: GPTConfig, contextLength: number = config.contextLength): number {
  return 4 * config.nLayer * contextLength * config.nEmbd;
}

/** A matrix product of the way forward. */
export interface LayerCost {
  name: string;
  /** How many weights take part; 0 for products of two activations. */
  weights: number;
  /** Operations per token. */
  flops: number;
}

/**
 * The products of one pass, layer by layer, from their shapes: (1, in) x (in, out) takes 2 in out operations a token.
 *
 * The sum is what TensorFlow is asked for, exactly; 2 N is this without attention, and with the embeddings and gains, which are
 * looked up or multiplied once but in no product.
 */
export function forwardCosts(config: GPTConfig, contextLength: number = config.contextLength): LayerCost[] {
  const { nLayer, nEmbd: C, vocabSize: V } = config;
  const dense = (name: string, from: number, to: number): LayerCost => ({
    name,
    weights: from * to,
    flops: 2 * from * to,
  });
  const layer = (i: number): LayerCost[] => [
    dense(`h.${i}.attn.c_attn`, C, 3 * C),
    { name: `h.${i}.attn: compare`, weights: 0, flops: 2 * contextLength * C },
    { name: `h.${i}.attn: mix`, weights: 0, flops: 2 * contextLength * C },
    dense(`h.${i}.attn.c_proj`, C, C),
    dense(`h.${i}.mlp.c_fc`, C, 4 * C),
    dense(`h.${i}.mlp.c_proj`, 4 * C, C),
  ];
  return [...Array.from({ length: nLayer }, (_, i) => layer(i)).flat(), dense("wte (unembedding)", C, V)];
}

/** What has to be in memory. All in bytes. */
export interface MemoryNeed {
  weights: number;
  /** Slopes, one for each weight; 0 when nothing is learned. */
  grads: number;
  /** What AdamW remembers: two numbers for each weight; 0 when nothing is learned. */
  optimizer: number;
  total: number;
}

/**
 * The memory of the weights and what belongs to them: 4 bytes a weight to use a model, 16 to train it with AdamW in 32 bits.
 * Leaves out activations, which training has to keep for the way back: they are measured in pass-times.ts.
 */
export function memoryNeed(params: number, options: { training: boolean; bytesPerNumber?: number }): MemoryNeed {
  const { training, bytesPerNumber = 4 } = options;
  const weights = bytesPerNumber * assertAmount("params", params);
  const [grads, optimizer] = training ? [weights, 2 * weights] : [0, 0];
  return { weights, grads, optimizer, total: weights + grads + optimizer };
}

/** A machine: how fast, how hungry, how dear. */
export interface Machine {
  /** Rated operations per second. */
  flopsPerSecond: number;
  /** The share of its rated speed that it reaches. */
  utilisation?: number;
  /** Electric power, watts. Default 0. */
  watts?: number;
  /** Rent. Default 0. */
  dollarsPerHour?: number;
}

/** What some work costs on a machine. */
export interface Bill {
  flops: number;
  seconds: number;
  joules: number;
  dollars: number;
}

/**
 * Time, energy and price of some operations on a machine.
 *
 *     seconds = flops / (flopsPerSecond utilisation)      joules = seconds watts      dollars = seconds / 3600 dollarsPerHour
 *
 * 7.2e15 operations at 1e12 a second for 2 dollars an hour take 7,200 s and cost 4 dollars.
 */
export function billFor(flops: number, machine: Machine): Bill {
  const { flopsPerSecond, utilisation = 1, watts = 0, dollarsPerHour = 0 } = machine;
  if (!(utilisation > 0 && utilisation <= 1)) {
    throw new CourseError({ what: "utilisation", expected: "a share above 0, at most 1", received: `${utilisation}` });
  }
  const seconds = assertAmount("flops", flops) / (assertAmount("flopsPerSecond", flopsPerSecond) * utilisation);
  return { flops, seconds, joules: seconds * watts, dollars: (seconds / 3600) * dollarsPerHour };
}

/** Training, and what it is weighed against. */
export interface BreakEvenOptions {
  params: number;
  /** Tokens that the model was trained on. */
  trainingTokens: number;
  /** Tokens read and written each day, all users together. */
  tokensPerDay: number;
}

/** When answering has taken as much arithmetic as training did. */
export interface BreakEven {
  trainingFlops: number;
  /** Tokens that can be answered for it. */
  tokens: number;
  days: number;
}

/**
 * When using a model has cost as much as making it: 2 N x = 6 N D, so after three times the tokens it was trained on,
 * however large it is.
 *
 * Trained on 100 tokens, used for 10 a day: after 300 tokens, which is 30 days.
 */
export function breakEven({ params, trainingTokens, tokensPerDay }: BreakEvenOptions): BreakEven {
  const training = trainingFlops({ params, tokens: trainingTokens });
  const tokens = training / inferenceFlops({ params, tokens: 1 });
  return { trainingFlops: training, tokens, days: tokens / assertAmount("tokensPerDay", tokensPerDay) };
}

/** A config's weights and its operations per token, with and without attention. */
export function costPerToken(config: GPTConfig): { params: number; byFormula: number; withAttention: number } {
  const params = parameterCount(config);
  const byFormula = inferenceFlops({ params, tokens: 1 });
  return { params, byFormula, withAttention: byFormula + attentionFlopsPerToken(config) };
}

function assertAmount(what: string, value: number): number {
  if (value > 0 && Number.isFinite(value)) return value;
  throw new CourseError({ what, expected: "a number above 0", received: String(value) });
}
