/**
 * @file The size of a GPT: its settings, the names and shapes of its weights, and how many they are.
 * Used by every notebook, through gpt.ts. Needs no TensorFlow: models that fit no laptop can be counted here.
 */

import { assertCount, CourseError } from "./errors";
import { type Shape, sizeOf } from "./shape";

/** The size of a model. `{ vocabSize: 768, contextLength: 128, nLayer: 4, nHead: 4, nEmbd: 128 }` has 0.9 million weights. */
export interface GPTConfig {
  /** Number of different tokens, V. */
  vocabSize: number;
  /** The longest text the model can read, in tokens. */
  contextLength: number;
  nLayer: number;
  nHead: number;
  /** Numbers per token inside the model, C. */
  nEmbd: number;
  /** Whether linear layers and layer norms add a bias: true in GPT-2 and by default. */
  bias?: boolean;
}

/**
 * The name and shape of each weight tensor, in order.
 *
 * Linear weights are (in, out), as GPT-2 stores them. The token embedding also serves, transposed, as the last layer.
 */
export function parameterShapes(config: GPTConfig): Record<string, Shape> {
  const { vocabSize: V, contextLength: T, nLayer, nEmbd: C, bias = true } = config;
  const shapes: Record<string, Shape> = { "wte.weight": [V, C], "wpe.weight": [T, C] };
  const layer = (name: string, shape: Shape): void => {
    shapes[`${name}.weight`] = shape;
    if (bias) shapes[`${name}.bias`] = [shape[shape.length - 1] as number];
  };
  for (let i = 0; i < nLayer; i++) {
    layer(`h.${i}.ln_1`, [C]);
    layer(`h.${i}.attn.c_attn`, [C, 3 * C]); // queries, keys and values side by side
    layer(`h.${i}.attn.c_proj`, [C, C]);
    layer(`h.${i}.ln_2`, [C]);
    layer(`h.${i}.mlp.c_fc`, [C, 4 * C]);
    layer(`h.${i}.mlp.c_proj`, [4 * C, C]);
  }
  layer("ln_f", [C]);
  return shapes;
}

/** The number of weights, without building the model. GPT-2 small (50257, 1024, 12, 12, 768) has 124,439,808. */
export function parameterCount(config: GPTConfig): number {
  return Object.values(parameterShapes(config)).reduce((sum, shape) => sum + sizeOf(shape), 0);
}

/** Throws unless a model of this size can be built. */
export function assertConfig(config: GPTConfig): void {
  for (const key of ["vocabSize", "contextLength", "nLayer", "nHead", "nEmbd"] as const) assertCount(key, config[key]);
  if (config.nEmbd % config.nHead === 0) return;
  throw new CourseError({
    what: "nEmbd",
    expected: `a multiple of nHead (${config.nHead}), so that the heads share it equally`,
    received: String(config.nEmbd),
  });
}
