/** @file What the tests of rewards and policies share: PyTorch's values, and the model that they belong to. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { createGPT, type GPT, type GPTConfig, weightsOf } from "../src/gpt";
import type { ResponseTokens } from "../src/response-batch";
import { assertClose, goldenWeights, withoutKeyBiases } from "./golden";

interface Elementwise {
  inputs: Record<string, number[]>;
  losses: number[];
  gradient: number[];
}

/** An update by gradient descent at a learning rate of 0.05, clipped at 1. */
export interface GoldenUpdate {
  loss: number;
  norm: number;
  /** All weights after it. */
  weights: Record<string, number[]>;
}

interface Golden {
  config: GPTConfig;
  responses: ResponseTokens[];
  text: number[][];
  elementwise: Record<"clipped" | "k3" | "value" | "dpo" | "bradleyTerry", Elementwise>;
  gae: {
    rewards: number[];
    values: number[];
    gamma: number;
    lambda: number;
    advantages: number[];
    returns: number[];
  }[];
  bestOfN: { rewards: number[]; values: number[]; expected: number[] };
  groupAdvantages: Record<"rewards" | "group" | "batch" | "none" | "leaveOneOut", number[]>;
  grpo: GoldenUpdate & { advantages: number[]; old: number[][]; reference: number[][] };
  ppo: GoldenUpdate & Record<"advantages" | "returns" | "old" | "oldValues" | "reference", number[][]>;
  dpo: GoldenUpdate;
  reward: GoldenUpdate & { rewards: number[] };
}

/** Values computed with PyTorch by reference/rlhf.py. */
export const golden: Golden = JSON.parse(readFileSync(path.join(__dirname, "reference", "rlhf.json"), "utf8"));

export const LEARNING_RATE = 0.05;

/** The model of reference/rlhf.py. */
export function goldenModel(): GPT {
  return createGPT(golden.config, { weights: goldenWeights(golden.config) });
}

/** Asserts that the model's weights are within `tolerance` of PyTorch's after the same update. */
export function assertWeights(model: GPT, expected: GoldenUpdate["weights"], tolerance: number): void {
  for (const [name, { data }] of Object.entries(withoutKeyBiases(weightsOf(model)))) {
    assertClose(data, expected[name]!.slice(0, data.length), tolerance, name);
  }
}
