/**
 * @file Snapshots: is this file the model it says it is, where does it come from, and what is different from another one?
 * Notebook 8 verifies and compares snapshots, 9 draws the whole chain. A snapshot is a checkpoint that nobody trains any
 * more; how it is written is in checkpoint.ts, what its manifest says in manifest.ts.
 * Leaves out signatures: who can write the manifest can also write its hash. Knows nothing of TensorFlow.
 */

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { CheckpointError, hasCheckpoint, readManifest } from "./checkpoint";
import { CourseError } from "./errors";
import { courseHome } from "./home";
import { type Manifest, short } from "./manifest";
import { type StoredTensors, sha256 } from "./safetensors";
import { assertShape } from "./shape";

/** One file of a snapshot, compared with what the manifest says of it. */
export interface FileCheck {
  file: string;
  /** The hash that the manifest gives, or null if the manifest cannot be used. */
  expected: string | null;
  /** The hash of the file as it is, or null if it is missing. */
  received: string | null;
  ok: boolean;
}

/** What {@link verifySnapshot} found. */
export interface Verification {
  /** True if every file is what the manifest says. */
  ok: boolean;
  /** Null if it cannot be used. */
  manifest: Manifest | null;
  files: FileCheck[];
  /** What is wrong, in sentences. */
  problems: string[];
}

/** The files of a checkpoint's folder that a manifest vouches for, with the hash it gives; null for a file that must not be there. */
function promised(manifest: Manifest): Record<string, string | null> {
  return {
    "weights.safetensors": manifest.weightsHash,
    "tokenizer.json": manifest.tokenizerHash,
    "trainer.safetensors": manifest.trainerHash,
  };
}

/**
 * Compares every file of a snapshot with its manifest, and the manifest with its own hash. Reports what it finds; to
 * refuse a snapshot that is not sound, load it: `loadCheckpoint(folder)` throws.
 *
 * `verifySnapshot(checkpointFolder("01-pretrained")).ok` is true until somebody changes a single bit.
 */
export function verifySnapshot(folder: string): Verification {
  let manifest: Manifest | null = null;
  const problems: string[] = [];
  try {
    manifest = readManifest(folder);
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    problems.push(error.message);
  }
  const hashes: Record<string, string | null> = manifest
    ? promised(manifest)
    : { "weights.safetensors": null, "tokenizer.json": null };
  const files: FileCheck[] = [];
  for (const [file, expected] of Object.entries(hashes)) {
    const received = hashOfFile(path.join(folder, file));
    if (expected === null && received === null && manifest) continue; // promised by nobody, and not there
    const ok = expected !== null && received === expected;
    files.push({ file, expected, received, ok });
    if (ok || !manifest) continue;
    if (expected === null) problems.push(`${file}: the manifest knows of no such file.`);
    else if (received === null) problems.push(`${file}: it is missing.`);
    else problems.push(`${file}: expected the hash ${short(expected)}, received ${short(received)}: it was altered.`);
  }
  return { ok: manifest !== null && problems.length === 0, manifest, files, problems };
}

function hashOfFile(file: string): string | null {
  try {
    return sha256(readFileSync(file));
  } catch {
    return null;
  }
}

/** The manifests of all checkpoints in a folder, by default the course's, in the order of their names. Altered ones are refused. */
export function findSnapshots(folder: string = courseHome("checkpoints")): Manifest[] {
  let names: string[];
  try {
    names = readdirSync(folder).sort();
  } catch {
    return []; // nothing has been made yet
  }
  return names
    .map((name) => path.join(folder, name))
    .filter((each) => !/\.(new-\d+|previous)$/.test(each) && hasCheckpoint(each))
    .map(readManifest);
}

/** A snapshot among others. */
export interface LineageNode {
  manifest: Manifest;
  /** The snapshot it was trained from; null for a beginning with random weights, and if the parent is not among the given ones. */
  parent: Manifest | null;
  /** It names a parent that is not among the given ones. */
  orphan: boolean;
  /** How many trainings lie between it and random weights, as far as is known: 0 for a beginning. */
  generation: number;
}

/**
 * Finds each snapshot's parent, by hash and not by name. Parents stand before their children.
 *
 * Of `01-pretrained` (parentHash null) and `06-tuned` (parentHash: the weightsHash of the first) it makes two nodes of
 * generation 0 and 1.
 */
export function lineage(manifests: readonly Manifest[]): LineageNode[] {
  const byHash = new Map<string, Manifest>();
  for (const manifest of manifests) if (!byHash.has(manifest.weightsHash)) byHash.set(manifest.weightsHash, manifest);
  const parentOf = ({ parentHash }: Manifest): Manifest | null =>
    parentHash === null ? null : (byHash.get(parentHash) ?? null);
  const generationOf = (manifest: Manifest): number => {
    let generation = 0;
    for (let next = parentOf(manifest); next; next = parentOf(next)) {
      generation++;
      if (generation <= manifests.length) continue;
      const received = `${manifest.name}, which is its own ancestor`;
      throw new CourseError({ what: "lineage", expected: "snapshots that end at random weights", received });
    }
    return generation;
  };
  const nodes = manifests.map((manifest) => {
    const parent = parentOf(manifest);
    return {
      manifest,
      parent,
      orphan: manifest.parentHash !== null && !parent,
      generation: generationOf(manifest),
    };
  });
  return nodes.sort((a, b) => a.generation - b.generation);
}

/**
 * The way of a snapshot from random weights: the first of the chain first, itself last. Throws if a parent is not among
 * the given manifests: then nobody can say what it was made from.
 */
export function ancestry(manifest: Manifest, manifests: readonly Manifest[]): Manifest[] {
  const nodes = lineage([...manifests, manifest]);
  const chain: Manifest[] = [];
  for (let next: Manifest | null = manifest; next; ) {
    const node: LineageNode = nodes.find((each) => each.manifest.weightsHash === next!.weightsHash)!;
    if (node.orphan) {
      throw new CourseError({
        what: `parent of ${node.manifest.name}`,
        expected: `a snapshot with the hash ${short(node.manifest.parentHash)}`,
        received: "none of the given ones",
      });
    }
    chain.unshift(node.manifest);
    next = node.parent;
  }
  return chain;
}

/** How one tensor, or a group of them, differs between two snapshots. */
export interface WeightChange {
  /** The tensor, or the group. */
  name: string;
  /** Its numbers, and how many of them are not the same bit by bit. */
  size: number;
  changed: number;
  /** The length of the difference against the length of the weights before; 0 if nothing changed. */
  relativeChange: number;
  /** The largest difference of a single number. */
  largestChange: number;
}

/** What is added up over the numbers of a tensor or a group. */
interface Sums {
  size: number;
  changed: number;
  squares: number;
  squaresOfDifference: number;
  largestChange: number;
}

/**
 * Compares two sets of weights of the same shapes, tensor by tensor, in the order of `before`.
 *
 *     relativeChange = |after - before| / |before|        |x|: the root of the sum of the squares
 *
 * From (3, 4) to (3, 5): one of two numbers changed, by 1, which is 1/5 of the length 5.
 */
export function diffWeights(before: StoredTensors, after: StoredTensors): WeightChange[] {
  assertSameNames(before, after);
  return Object.entries(before).map(([name, { shape, data }]) => {
    assertShape(name, after[name]!.shape, shape);
    return toChange(name, sumsOf(data, after[name]!.data));
  });
}

/** The same by layer: the embeddings, each layer (`layer 0`, ...), and the last norm. */
export function diffByLayer(before: StoredTensors, after: StoredTensors): WeightChange[] {
  assertSameNames(before, after);
  const groups = new Map<string, Sums>();
  for (const [name, { shape, data }] of Object.entries(before)) {
    assertShape(name, after[name]!.shape, shape);
    const sums = sumsOf(data, after[name]!.data);
    const known = groups.get(layerOf(name));
    groups.set(layerOf(name), known ? addSums(known, sums) : sums);
  }
  return [...groups].map(([name, sums]) => toChange(name, sums));
}

/** The part of a GPT that a tensor belongs to: `layerOf("h.2.mlp.c_fc.weight")` is `layer 2`. */
export function layerOf(name: string): string {
  const layer = /^h\.(\d+)\./.exec(name)?.[1];
  if (layer !== undefined) return `layer ${layer}`;
  return /^w[tp]e\./.test(name) ? "embeddings" : "last norm";
}

function sumsOf(before: Float32Array, after: Float32Array): Sums {
  const sums: Sums = { size: before.length, changed: 0, squares: 0, squaresOfDifference: 0, largestChange: 0 };
  for (let i = 0; i < before.length; i++) {
    const [a, b] = [before[i]!, after[i]!];
    sums.squares += a * a;
    if (Object.is(a, b)) continue;
    sums.changed++;
    sums.squaresOfDifference += (b - a) ** 2;
    sums.largestChange = Math.max(sums.largestChange, Math.abs(b - a));
  }
  return sums;
}

function addSums(a: Sums, b: Sums): Sums {
  return {
    size: a.size + b.size,
    changed: a.changed + b.changed,
    squares: a.squares + b.squares,
    squaresOfDifference: a.squaresOfDifference + b.squaresOfDifference,
    largestChange: Math.max(a.largestChange, b.largestChange),
  };
}

function toChange(name: string, { size, changed, squares, squaresOfDifference, largestChange }: Sums): WeightChange {
  const relativeChange = squaresOfDifference === 0 ? 0 : Math.sqrt(squaresOfDifference / squares);
  return { name, size, changed, relativeChange, largestChange };
}

function assertSameNames(before: StoredTensors, after: StoredTensors): void {
  const other = Object.keys(before).find((name) => !(name in after)) ?? Object.keys(after).find((n) => !(n in before));
  if (other === undefined) return;
  throw new CourseError({
    what: "weights",
    expected: "two sets with the same tensors",
    received: `"${other}" in one of them only`,
    remedy: "Compare snapshots of models with the same configuration.",
  });
}
