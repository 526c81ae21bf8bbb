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
 * The buffer (B, H, places, D) with the fresh keys or values (B, H, S, D) in their places. The native backend writes into the
 * buffer's own memory where it can, so that it is not copied for each token: the given buffer is not to be used afterwards.
 */
export function writeTokens(buffer: Tensor, fresh: Tensor, positions: Tensor, rows: Tensor): Tensor {
  const [B, H, places, D] = buffer.shape as [number, number, number, number];
  const S = fresh.shape[2] as number;
  if (backend().native) {
    const inputs = [buffer.reshape([B * H * places, D]), rows.reshape([B * H * S]), fresh.reshape([B * H * S, D])];
    return nativeOp("InplaceUpdate", { T: TYPE_FLOAT }, inputs).reshape(buffer.shape);
  }
  const chosen = tf.oneHot(positions as never, places).toFloat(); // (B, S, places)
  const placed = tf.matMul(chosen.transpose([0, 2, 1]).reshape([B, 1, places, S]).tile([1, H, 1, 1]), fresh);
  const kept = tf.scalar(1).sub(chosen.max(1).reshape([B, 1, places, 1])); // (B, 1, places, 1)
  return buffer.mul(kept).add(placed); // (B, H, places, D)
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
