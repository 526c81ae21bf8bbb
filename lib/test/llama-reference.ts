/** @file What the tests of GGUF files and of the Llama share: the small file and the values that reference/llama.py got from it. */

import { readFileSync } from "node:fs";
import path from "node:path";

interface Reference {
  /** Of each tensor the sum of its numbers, and of their sizes. */
  sums: Record<string, [number, number]>;
  /** Of some tensors the last 64 numbers. */
  rows: Record<string, number[]>;
  strings: Record<string, number[]>;
  ids: number[][];
  logits: number[];
  hidden: number[][];
  attention: number[][];
  lora: {
    rank: number;
    alpha: number;
    learningRate: number;
    A: Record<string, number[]>;
    targets: number[][];
    weights: number[][];
    gradientsOfB: Record<string, number[]>;
    losses: number[];
  };
}

/** A Llama with two layers and random weights, written by the Python package `gguf`. */
export const llamaPath: string = path.join(__dirname, "reference", "llama.gguf");

/** What `gguf`, `tokenizers`, `transformers` and PyTorch say about it. */
export const reference: Reference = JSON.parse(readFileSync(path.join(__dirname, "reference", "llama.json"), "utf8"));
