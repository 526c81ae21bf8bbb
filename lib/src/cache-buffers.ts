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

/** Where the keys of each token go, as row numbers of a buffer seen as (B H places, D): (B H S). */
export function bufferRows(
  { heads: H, places }: { heads: number; places: number },
  positions: Int32Array,
  B: number,
  S: number,
): Int32Array {
  const rows = new Int32Array(B * H * S);
  for (let b = 0; b < B; b++) {
    for (let h = 0; h < H; h++) {
      for (let s = 0; s < S; s++) rows[(b * H + h) * S + s] = (b * H + h) * places + positions[b * S + s]!;
    }
  }
  return rows;
}

/**
 * The memory (R, D) with the vectors (N, D) in the given rows (N). The native backend writes into the memory itself where it
 * can, so that it is not copied for each token: the given tensor is not to be used afterwards.
 */
export function writeVectors(memory: Tensor, rows: Tensor, vectors: Tensor): Tensor {
  if (backend().native) return nativeOp("InplaceUpdate", { T: TYPE_FLOAT }, [memory, rows, vectors]);
  return tf.tensorScatterUpdate(memory, rows.expandDims(1), vectors) as Tensor;
}

/** {@link writeVectors} for keys or values (B, H, S, D) and their buffer (B, H, places, D). */
export function writeTokens(buffer: Tensor, fresh: Tensor, rows: Tensor): Tensor {
  const D = buffer.shape[3] as number;
  return writeVectors(buffer.reshape([-1, D]), rows, fresh.reshape([-1, D])).reshape(buffer.shape);
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
