/**
 * @file The buffers in which keys and values are kept: where a token's place is, and writing to it. Engine room of
 * kvcache.ts and llama-cache.ts.
 */

import { CourseError } from "./errors";
import { nativeOp, TYPE_FLOAT } from "./native";
import { backend, type Tensor, tf } from "./tf";

/** Some texts that one model reads at the same time, each row on its own. */
export interface TextCache {
  /** How many tokens each row has read. */
  readonly lengths: readonly number[];
  /**
   * Reads further tokens, for each row its own, and returns each row's logits (V) for the token that comes next.
   * A row without tokens stays as it is and gets undefined.
   */
  read(tokens: readonly (readonly number[])[]): (Float32Array | undefined)[];
  /** Forgets everything that was read. */
  clear(): void;
  /** Frees the buffers. */
  dispose(): void;
}

/**
 * The ids (B, S) of each row's new tokens and their positions (B, S), given how many tokens each row has read. What is
 * missing in a row has the id 0 and the position `nowhere`.
 */
export function idsAndPositions(
  tokens: readonly (readonly number[])[],
  lengths: readonly number[],
  S: number,
  nowhere: number,
): { ids: Int32Array; positions: Int32Array } {
  const ids = new Int32Array(tokens.length * S);
  const positions = new Int32Array(tokens.length * S).fill(nowhere);
  tokens.forEach((row, b) => {
    ids.set(row, b * S);
    for (let s = 0; s < row.length; s++) positions[b * S + s] = lengths[b]! + s;
  });
  return { ids, positions };
}

/**
 * The memory (R, D) with the vectors (N, D) in the given rows (N). The native backend writes into the memory itself where it
 * can, so that it is not copied for each token: the given tensor is not to be used afterwards.
 */
export function writeVectors(memory: Tensor, rows: Tensor, vectors: Tensor): Tensor {
  if (backend().native) return nativeOp("InplaceUpdate", { T: TYPE_FLOAT }, [memory, rows, vectors]);
  return tf.tensorScatterUpdate(memory, rows.expandDims(1), vectors) as Tensor;
}

/** Throws unless a row that has read `length` tokens can read these as well. */
export function assertReadable(
  tokens: readonly number[],
  length: number,
  { contextLength, vocabSize }: { contextLength: number; vocabSize: number },
): void {
  if (length + tokens.length > contextLength) {
    throw new CourseError({
      what: "tokens",
      expected: `at most ${contextLength} in all (contextLength)`,
      received: `${tokens.length} after ${length}`,
      remedy: "Clear the cache and read the last ones again.",
    });
  }
  const wrong = tokens.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabSize));
  if (wrong === undefined) return;
  throw new CourseError({ what: "tokens", expected: `token ids from 0 to ${vocabSize - 1}`, received: String(wrong) });
}
