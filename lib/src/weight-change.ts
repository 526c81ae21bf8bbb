/**
 * @file How far training moved the weights, and how much of what a model knew is gone. Used by notebook 6.
 * Works on plain numbers. Leaves out which direction the weights moved in.
 */

import { CourseError } from "./errors";
import type { StoredTensors } from "./safetensors";
import { assertShape } from "./shape";

/**
 * The length of the change of some tensors, relative to their length before: |after - before| / |before|.
 *
 * From (3, 4) to (3, 4.5) it is 0.5 / 5 = 0.1.
 */
export function relativeChange(
  before: StoredTensors,
  after: StoredTensors,
  names: readonly string[] = Object.keys(before),
): number {
  let [moved, length] = [0, 0];
  for (const name of names) {
    const [old, now] = [before[name], after[name]];
    if (!old || !now) {
      throw new CourseError({ what: "weights", expected: `"${name}" before and after`, received: "it is missing" });
    }
    assertShape(`after["${name}"]`, now.shape, old.shape);
    for (let i = 0; i < old.data.length; i++) {
      moved += (now.data[i]! - old.data[i]!) ** 2;
      length += old.data[i]! ** 2;
    }
  }
  return Math.sqrt(moved / length);
}

/**
 * The relative change of each part of a GPT: of the matrices of every block, the embeddings, all gains and biases.
 *
 * `changeByBlock(before, after)` is `{ "token embedding": 0.11, positions: 0.02, "block 0 attention": 0.2, ... }`.
 */
export function changeByBlock(before: StoredTensors, after: StoredTensors): Record<string, number> {
  const parts = new Map<string, string[]>();
  for (const name of Object.keys(before)) {
    const part = partOf(name);
    parts.set(part, [...(parts.get(part) ?? []), name]);
  }
  return Object.fromEntries([...parts].map(([part, names]) => [part, relativeChange(before, after, names)]));
}

function partOf(name: string): string {
  if (name === "wte.weight") return "token embedding";
  if (name === "wpe.weight") return "positions";
  const [, block, layer] = /^h\.(\d+)\.(attn|mlp)\.\w+\.weight$/.exec(name) ?? [];
  if (block === undefined) return "gains and biases";
  return `block ${block} ${layer === "attn" ? "attention" : "MLP"}`;
}

/**
 * The share of what was known that is gone: of the distance from chance to the score before, how much was lost.
 *
 *     forgotten = (before - after) / (before - chance)
 *
 * From 90 % to 45 % with a chance of 0 % it is one half; from 90 % to 70 % with a chance of 50 % also.
 * Negative if the score has risen.
 */
export function forgotten(scores: { before: number; after: number; chance?: number }): number {
  const { before, after, chance = 0 } = scores;
  if (!(before > chance)) {
    throw new CourseError({ what: "before", expected: `a score above chance (${chance})`, received: String(before) });
  }
  return (before - after) / (before - chance);
}
