/**
 * @file Checkpoints: a model kept on disk, so that the next notebook starts where the last one ended. Used by every
 * notebook; 8 looks inside. Knows nothing of TensorFlow: weights are plain arrays (`weightsOf(model)`).
 *
 * A checkpoint is a folder: `weights.safetensors`, `tokenizer.json`, `manifest.json` (see manifest.ts), and if training
 * is to go on, `trainer.safetensors`. It is written aside and then moved into place, so that an interrupted save leaves
 * the old one. Every byte is covered by a hash; what was cut off or altered is refused.
 */

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { assertCount, CourseError } from "./errors";
import { type GPTConfig, parameterShapes } from "./gpt-config";
import { courseHome } from "./home";
import { CheckpointError, formatManifest, type Manifest, parseManifest, REMEDY, short } from "./manifest";
import { readSafetensors, type StoredTensors, sha256, writeSafetensors } from "./safetensors";
import type { EvaluationSheet } from "./scores";
import { formatShape } from "./shape";
import { type Tokenizer, type TokenizerJSON, tokenizerFromJSON } from "./tokenizer";

export { CheckpointError, type Manifest } from "./manifest";
export { hashWeights, type StoredTensor, type StoredTensors, sha256 } from "./safetensors";

/** What training needs to go on exactly as if it had not stopped: the optimizer's tensors, and anything else as JSON. */
export interface TrainerState {
  tensors: StoredTensors;
  state: unknown;
}

/** What {@link saveCheckpoint} keeps. */
export interface CheckpointParts {
  /** What the checkpoint is called, e.g. `pretrained`. */
  name: string;
  config: GPTConfig;
  /** `weightsOf(model)` */
  weights: StoredTensors;
  tokenizer: Tokenizer;
  /** The seed that all chance in the training came from. */
  seed: number | string;
  /** How many updates made it. */
  steps: number;
  /** The manifest, or the weights' hash, of the checkpoint it was trained from. Default: none, it began with random weights. */
  parent?: Manifest | string | null;
  /** The hash of the training data. */
  dataHash?: string | null;
  evaluation?: EvaluationSheet | null;
  /** Further settings of the run, such as batch size and learning rate. No times: equal runs give equal manifests. */
  settings?: Record<string, unknown>;
  /** Versions to note beside Node's. */
  createdWith?: Record<string, string>;
  trainer?: TrainerState | null;
}

/** A loaded checkpoint. */
export interface Checkpoint {
  manifest: Manifest;
  weights: StoredTensors;
  tokenizer: Tokenizer;
  /** Null if it was not kept. */
  trainer: TrainerState | null;
}

/**
 * The folder of a checkpoint: `checkpointFolder("pretrained")` is `.course/checkpoints/pretrained` in the repository,
 * wherever the program was started. The environment variable `COURSE_HOME` takes the place of `.course`.
 */
export function checkpointFolder(name: string): string {
  if (/^[a-z0-9][a-z0-9._-]*$/i.test(name)) return courseHome("checkpoints", name);
  const expected = "letters, digits, hyphens, dots and underscores";
  throw new CourseError({ what: "checkpoint name", expected, received: JSON.stringify(name) });
}

/** Whether there is a checkpoint in the folder. Whether it is sound is known when it is loaded. */
export function hasCheckpoint(folder: string): boolean {
  return existsSync(path.join(folder, "manifest.json")) || existsSync(path.join(previous(folder), "manifest.json"));
}

/** Saves a checkpoint, in the place of the one that is there, and returns its manifest. */
export function saveCheckpoint(folder: string, parts: CheckpointParts): Manifest {
  assertCount("steps", parts.steps, 0);
  assertWeights("weights", parts.weights, parts.config);
  assertTokenizer(parts.tokenizer, parts.config);
  const files: Record<string, Uint8Array> = {
    "weights.safetensors": writeSafetensors(parts.weights),
    "tokenizer.json": new TextEncoder().encode(`${JSON.stringify(parts.tokenizer)}\n`),
  };
  if (parts.trainer) {
    const { tensors, state } = parts.trainer;
    files["trainer.safetensors"] = writeSafetensors(tensors, { state: JSON.stringify(state) });
  }
  const { parent = null } = parts;
  const parentHash = typeof parent === "object" ? (parent?.weightsHash ?? null) : parent;
  const manifest: Manifest = {
    formatVersion: 1,
    name: parts.name,
    weightsHash: sha256(files["weights.safetensors"]!),
    parentHash,
    dataHash: parts.dataHash ?? null,
    seed: parts.seed,
    steps: parts.steps,
    config: parts.config,
    tokenizerHash: sha256(files["tokenizer.json"]!),
    trainerHash: files["trainer.safetensors"] ? sha256(files["trainer.safetensors"]) : null,
    evaluation: parts.evaluation ?? null,
    settings: parts.settings ?? {},
    createdWith: { node: process.version, ...parts.createdWith },
  };
  const text = formatManifest(manifest);
  replaceFolder(folder, { ...files, "manifest.json": new TextEncoder().encode(text) });
  return parseManifest(text);
}

/**
 * Loads a checkpoint, or throws a {@link CheckpointError}: when there is none, when a file is missing, was cut off or
 * altered by a single bit, and when the weights do not fit the configuration.
 */
export function loadCheckpoint(folder: string): Checkpoint {
  const manifest = readManifest(folder);
  const file = (name: string, hash: string): Uint8Array => {
    const bytes = readFile(folder, name);
    if (sha256(bytes) === hash) return bytes;
    throw new CheckpointError({
      what: path.join(folder, name),
      expected: `a file with the hash ${short(hash)}`,
      received: `${short(sha256(bytes))}: it was altered or cut off`,
      remedy: REMEDY,
    });
  };
  const weightsFile = path.join(folder, "weights.safetensors");
  const { tensors } = readSafetensors(file("weights.safetensors", manifest.weightsHash), weightsFile);
  assertWeights(weightsFile, tensors, manifest.config);
  const tokenizer = JSON.parse(
    new TextDecoder().decode(file("tokenizer.json", manifest.tokenizerHash)),
  ) as TokenizerJSON;
  let trainer: TrainerState | null = null;
  if (manifest.trainerHash !== null) {
    const saved = readSafetensors(file("trainer.safetensors", manifest.trainerHash));
    trainer = { tensors: saved.tensors, state: JSON.parse(saved.metadata.state ?? "null") };
  }
  return { manifest, weights: tensors, tokenizer: tokenizerFromJSON(tokenizer), trainer };
}

/** Reads the manifest alone, e.g. to follow the chain of parents without loading their weights. */
export function readManifest(folder: string): Manifest {
  if (!existsSync(path.join(folder, "manifest.json")) && existsSync(path.join(previous(folder), "manifest.json"))) {
    renameSync(previous(folder), folder); // a save was interrupted between its two moves
  }
  if (!existsSync(folder)) {
    throw new CheckpointError({ what: folder, expected: "the folder of a checkpoint", received: "no such folder" });
  }
  const file = path.join(folder, "manifest.json");
  return parseManifest(new TextDecoder("utf-8", { ignoreBOM: true }).decode(readFile(folder, "manifest.json")), file);
}

function readFile(folder: string, name: string): Uint8Array {
  try {
    return readFileSync(path.join(folder, name));
  } catch (cause) {
    const received = (cause as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : (cause as Error).message;
    throw new CheckpointError({ what: path.join(folder, name), expected: "a file", received, remedy: REMEDY, cause });
  }
}

/** Writes all files into a folder aside, then moves the old folder away and the new one into its place. */
function replaceFolder(folder: string, files: Record<string, Uint8Array>): void {
  const aside = `${folder}.new-${process.pid}`;
  rmSync(aside, { recursive: true, force: true });
  try {
    mkdirSync(aside, { recursive: true });
    for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(aside, name), bytes, { flush: true });
    if (existsSync(folder)) {
      rmSync(previous(folder), { recursive: true, force: true });
      renameSync(folder, previous(folder));
    }
    renameSync(aside, folder);
    rmSync(previous(folder), { recursive: true, force: true });
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Where the old checkpoint is while the new one takes its place. */
function previous(folder: string): string {
  return `${folder}.previous`;
}

function assertTokenizer({ vocabSize }: Tokenizer, config: GPTConfig): void {
  if (vocabSize <= config.vocabSize) return;
  throw new CheckpointError({
    what: "tokenizer",
    expected: `at most the ${config.vocabSize} tokens of the model`,
    received: String(vocabSize),
  });
}

function assertWeights(what: string, weights: StoredTensors, config: GPTConfig): void {
  const expected = parameterShapes(config);
  for (const name of new Set([...Object.keys(expected), ...Object.keys(weights)])) {
    const [wanted, given] = [expected[name], weights[name]?.shape];
    if (wanted && given && formatShape(wanted) === formatShape(given)) continue;
    throw new CheckpointError({
      what: `${what}, ${name}`,
      expected: wanted ? `shape ${formatShape(wanted)}` : "no such tensor in a model of this configuration",
      received: given ? `shape ${formatShape(given)}` : "nothing",
      remedy: "The weights belong to another configuration.",
    });
  }
}
