/**
 * @file The manifest of a checkpoint: what the weights are, where they come from, what they can do, and the hashes that
 * prove it. Used by every notebook, through checkpoints; 8 verifies one by hand, 9 follows the chain of parents.
 * Leaves out signatures: the hashes show that a checkpoint was altered, not who altered it.
 */

import { CourseError } from "./errors";
import type { GPTConfig } from "./gpt-config";
import { sha256 } from "./safetensors";
import type { EvaluationSheet } from "./scores";

/** A checkpoint cannot be used: it is missing, incomplete or altered. */
export class CheckpointError extends CourseError {}

/** What is known about a checkpoint. All hashes are SHA-256 in hexadecimal. */
export interface Manifest {
  formatVersion: 1;
  /** What it is called, e.g. `pretrained`. */
  name: string;
  /** The hash of `weights.safetensors`, which is `hashWeights(weights)`. It identifies the model. */
  weightsHash: string;
  /** The weights' hash of the model that this one was trained from; null if it began with random weights. */
  parentHash: string | null;
  /** The hash of the data it was trained on, or null. */
  dataHash: string | null;
  /** The seed that all chance in its training came from. */
  seed: number | string;
  /** How many updates made it from its parent. */
  steps: number;
  config: GPTConfig;
  /** The hash of `tokenizer.json`. */
  tokenizerHash: string;
  /** The hash of `trainer.safetensors`, from which training can go on, or null if it was not kept. */
  trainerHash: string | null;
  /** What it can do, or null if that was not measured. */
  evaluation: EvaluationSheet | null;
  /** Further settings of the training run, such as batch size and learning rate. */
  settings: Record<string, unknown>;
  /** The versions of what made it, e.g. `{ node: "v20.20.2" }`. */
  createdWith: Record<string, string>;
}

/** The text of a file in JSON, of which each value has exactly one: with two spaces, and a line feed at the end. */
export function canonicalJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/**
 * The text of `manifest.json`: the manifest, and as its last entry `manifestHash`, the hash of the text without it.
 * There is no time in it: the same training run gives the same manifest.
 */
export function formatManifest(manifest: Manifest): string {
  return canonicalJson({ ...manifest, manifestHash: sha256(canonicalJson(manifest)) });
}

/** Reads a manifest and throws a {@link CheckpointError} if anything in it was changed, even a space. */
export function parseManifest(text: string, fileName = "manifest.json"): Manifest {
  const fail = (expected: string, received: string, cause?: unknown): never => {
    throw new CheckpointError({ what: fileName, expected, received, remedy: REMEDY, cause });
  };
  let parsed: { manifestHash?: unknown } & Manifest;
  try {
    parsed = JSON.parse(text) as typeof parsed;
  } catch (cause) {
    return fail("JSON", "a text that is none: the file was cut off or altered", cause);
  }
  if (typeof parsed !== "object" || parsed === null) return fail("a JSON object", "another value");
  const { manifestHash, ...manifest } = parsed;
  const hash = sha256(canonicalJson(manifest));
  if (manifestHash !== hash)
    return fail(`the hash ${short(manifestHash)} at its end`, `${short(hash)}: it was altered`);
  if (formatManifest(manifest) !== text)
    return fail("the text that was written", "the same values written differently");
  if (manifest.formatVersion !== 1) return fail("formatVersion 1", String(manifest.formatVersion));
  return manifest;
}

/** What to do about a checkpoint that cannot be used. */
export const REMEDY = "Delete the checkpoint's folder; the notebooks make it again.";

/** The beginning of a hash, for people. */
export function short(hash: unknown): string {
  return typeof hash === "string" ? `${hash.slice(0, 12)}...` : String(hash);
}
