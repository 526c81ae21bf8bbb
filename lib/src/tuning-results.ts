/**
 * @file The kept runs of `bench/fine-tuning.ts`: fine-tuning over learning rates, rounds, rehearsal, LoRA, seeds and numbers
 * of examples. Used by notebook 6, which plots them beside the reader's own run.
 */

import { type StoredResult, storedResult } from "./results";

/** How a run was made. */
export interface TuningPlan {
  group: string;
  /** Weights of the pretrained model, or random ones. */
  start: "pretrained" | "random";
  /** 0: all weights were trained. */
  loraRank: number;
  learningRate: number;
  examples: number;
  /** Rounds through the examples. In the groups "grid" and "lora" all measures are of one lesson of three rounds. */
  epochs: number;
  steps?: number;
  /** The weight of the rehearsal's loss; 0 is none. */
  rehearsal: number;
  seed: number;
}

/** A run and what came of it. Shares are percent. */
export interface TuningRun extends TuningPlan {
  id: string;
  steps: number;
  seconds: number;
  trainedWeights: number;
  /** How many held-out questions were asked. */
  questions: number;
  /** Those answered exactly right, all and by kind. */
  exactMatch: number;
  kinds: Record<string, number>;
  /** Gaps filled: all facts, and those about people and towns that no training question is about. */
  facts: number;
  factsNeverAsked: number;
  grammar: number;
  heuristics: number;
  /** Relative change of the weights, by part of the model. */
  change: Record<string, number>;
}

/** A run on a foreign text. */
export interface DomainRun {
  id: string;
  text: string;
  learningRate: number;
  steps: number;
  rehearsal: number;
  /** Of the end of the text, which was not trained on. */
  bitsPerByte: number;
  facts: number;
  grammar: number;
}

export interface TuningResults {
  /** The hash of the pretrained model that all runs began with. */
  parent: string;
  /** The same measures before any tuning. */
  before: Pick<TuningRun, "exactMatch" | "facts" | "grammar" | "heuristics"> & Pick<DomainRun, "bitsPerByte">;
  runs: TuningRun[];
  domain: DomainRun[];
}

/** The kept runs, with the command that makes them again. */
export function tuningResults(): StoredResult<TuningResults> {
  return storedResult<TuningResults>("fine-tuning");
}
