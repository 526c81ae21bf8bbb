/**
 * @file Reading a text token by token without reading it again: the cache of keys and values. Engine room of sample.ts;
 * notebook 5 builds one by hand, shows that it changes no answer, and measures what it saves.
 *
 * A token's keys and values depend only on the tokens before it, so they stay as they are when the text grows. They are
 * kept, per layer, in buffers of fixed size (B, H, T + 1, D); a new token computes its own, writes them to its place and
 * looks at all places up to it. Fixed sizes let one compiled graph serve every step. The last place belongs to no
 * token: rows that have nothing to read write there.
 * Leaves out paging and sliding: positions are learned, so that a text longer than `contextLength` must be read anew.
 */

import { compile } from "./compile";
import { forEachModel } from "./compiled-forward";
import { assertCount, CourseError } from "./errors";
import { gelu, linear, lookUp, normalize } from "./fused";
import type { GPT } from "./gpt";
import { nativeOp, TYPE_FLOAT, TYPE_INT32 } from "./native";
import { assertShape } from "./shape";
import { backend, type Tensor, tf } from "./tf";

/** Some texts that one model reads at the same time, each row on its own. */
export interface KVCache {
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

/** A cache whose rows can be chosen anew. */
export interface SelectableKVCache extends KVCache {
  /**
   * Goes on with some of the rows, in this order; a row may come several times, to be continued in several ways.
   * `select([0, 0, 2])` leaves three rows: the first one twice, and the third.
   */
  select(rows: readonly number[]): void;
}

/** How many tokens a row reads at once when it has several to read. */
const CHUNK = 16;

/**
 * An empty cache for `batchSize` texts.
 *
 *     const cache = createKVCache(model);
 *     let [logits] = cache.read([[256, 84, 104]]); // three tokens at first,
 *     [logits] = cache.read([[101]]); //              then one: the same logits as for all four at once
 */
export function createKVCache(model: GPT, options: { batchSize?: number; places?: number } = {}): SelectableKVCache {
  const { contextLength, vocabSize } = model.config;
  const { batchSize = 1, places = contextLength } = options;
  assertCount("batchSize", batchSize);
  assertCount("places", places);
  const lengths = new Array<number>(batchSize).fill(0);
  let buffers = emptyBuffers(model, batchSize, places);

  const readColumn = (tokens: readonly (readonly number[])[], S: number): Float32Array => {
    const B = lengths.length;
    const ids = new Int32Array(B * S); // (B, S)
    const positions = new Int32Array(B * S).fill(places); // (B, S)
    tokens.forEach((row, b) => {
      ids.set(row, b * S);
      for (let s = 0; s < row.length; s++) positions[b * S + s] = lengths[b]! + s;
    });
    const step = S === 1 ? compiledStep(model) : (...inputs: Tensor[]) => extend(model, inputs);
    const results = tf.tidy(() =>
      step(
        tf.tensor2d(ids, [B, S], "int32"),
        tf.tensor2d(positions, [B, S], "int32"),
        tf.tensor2d(bufferRows(model, positions, { B, S, places }), [B * model.config.nHead * S, 1], "int32"),
        ...buffers,
      ),
    );
    const [logits, ...grown] = results as [Tensor, ...Tensor[]];
    tf.dispose(buffers);
    buffers = grown;
    const values = logits.dataSync() as Float32Array; // (B, S, V)
    logits.dispose();
    for (let b = 0; b < B; b++) lengths[b]! += tokens[b]!.length;
    return values;
  };

  return {
    lengths,
    read(tokens) {
      const B = lengths.length;
      assertShape("tokens", [tokens.length], [B], "B");
      for (let b = 0; b < B; b++) assertReadable(tokens[b]!, lengths[b]!, { vocabSize, places });
      const longest = Math.max(...tokens.map((row) => row.length));
      const logits = new Array<Float32Array | undefined>(B).fill(undefined);
      const S = longest > 1 ? CHUNK : 1;
      for (let first = 0; first < longest; first += S) {
        const column = tokens.map((row) => row.slice(first, first + S));
        const values = readColumn(column, S);
        column.forEach((row, b) => {
          const last = b * S + row.length - 1;
          if (row.length > 0) logits[b] = values.slice(last * vocabSize, (last + 1) * vocabSize);
        });
      }
      return logits;
    },
    select(rows) {
      const wrong = rows.find((row) => lengths[row] === undefined);
      if (rows.length === 0 || wrong !== undefined) {
        const expected = `rows from 0 to ${lengths.length - 1}, at least one`;
        throw new CourseError({ what: "select(rows)", expected, received: rows.length === 0 ? "none" : `${wrong}` });
      }
      const indices = tf.tensor1d([...rows], "int32");
      const chosen = buffers.map((buffer) => tf.gather(buffer, indices as never) as Tensor);
      tf.dispose([indices, ...buffers]);
      buffers = chosen;
      lengths.splice(0, lengths.length, ...rows.map((row) => lengths[row]!));
    },
    clear() {
      lengths.fill(0); // what is left in the buffers is written over before it is looked at
    },
    dispose: () => tf.dispose(buffers),
  };
}

/** Keys and values of each layer, all zero: 2 nLayer tensors (B, H, T + 1, D), with T places. */
function emptyBuffers({ config }: GPT, B: number, places: number): Tensor[] {
  const { nLayer, nHead: H, nEmbd: C } = config;
  return Array.from({ length: 2 * nLayer }, () => tf.zeros([B, H, places + 1, C / H]));
}

/** Where the keys of each token go, as row numbers of a buffer seen as (B H (T + 1), D): (B H S). */
function bufferRows(
  { config }: GPT,
  positions: Int32Array,
  { B, S, places }: { B: number; S: number; places: number },
): Int32Array {
  const { nHead: H } = config;
  const rows = new Int32Array(B * H * S);
  for (let b = 0; b < B; b++) {
    for (let h = 0; h < H; h++) {
      for (let s = 0; s < S; s++) rows[(b * H + h) * S + s] = (b * H + h) * (places + 1) + positions[b * S + s]!;
    }
  }
  return rows;
}

const compiledStep = forEachModel((model) =>
  compile((...inputs: Tensor[]) => extend(model, inputs), { name: "generate" }),
);

/**
 * One pass of the model over S new tokens per row. Takes their ids (B, S), positions (B, S) and rows in the buffers
 * (B H S, 1), and the buffers; returns the logits (B, S, V) and the new buffers. The operations are those of gpt.ts.
 */
function extend(model: GPT, [ids, positions, rows, ...buffers]: Tensor[]): Tensor[] {
  const { config, params: p } = model;
  const { contextLength, nLayer, nHead: H, nEmbd: C } = config;
  const [B, S] = ids!.shape as [number, number];
  const dense = (name: string, x: Tensor): Tensor => {
    const y = linear(x, p[`${name}.weight`]!); // (..., in) x (in, out) -> (..., out)
    return p[`${name}.bias`] ? y.add(p[`${name}.bias`]!) : y;
  };
  const layerNorm = (name: string, x: Tensor): Tensor => {
    const y = normalize(x).mul(p[`${name}.weight`]!); // (B, S, C)
    return p[`${name}.bias`] ? y.add(p[`${name}.bias`]!) : y;
  };

  const count = buffers[0]!.shape[2] as number; // T + 1
  const places = tf.range(0, count, 1, "int32").reshape([1, 1, 1, count]);
  const hidden = places.greater(positions!.reshape([B, 1, S, 1])); // (B, 1, S, T + 1), places that are later
  const mask = hidden.toFloat().mul(-1e9); // (B, 1, S, T + 1)
  const grown: Tensor[] = [];
  const known = positions!.minimum(tf.scalar(contextLength - 1, "int32")); // (B, S), the place of no token has no embedding
  let x = lookUp(p["wte.weight"]!, ids!).add(lookUp(p["wpe.weight"]!, known)); // (B, S, C)
  const layer = (i: number, x: Tensor): [Tensor, Tensor, Tensor] => {
    const qkv = dense(`h.${i}.attn.c_attn`, layerNorm(`h.${i}.ln_1`, x)) // (B, S, 3C)
      .reshape([B, S, 3, H, C / H])
      .transpose([2, 0, 3, 1, 4]); // (3, B, H, S, D)
    const [q, k, v] = tf.unstack(qkv, 0) as [Tensor, Tensor, Tensor]; // each (B, H, S, D)
    const keys = write(buffers[2 * i]!, k, positions!, rows!); // (B, H, T + 1, D)
    const values = write(buffers[2 * i + 1]!, v, positions!, rows!); // (B, H, T + 1, D)
    const scores = tf.matMul(q.mul(1 / Math.sqrt(C / H)), keys, false, true); // (B, H, S, T + 1)
    const heads = tf.matMul(scores.add(mask).softmax(), values); // (B, H, S, D)
    const joined = heads.transpose([0, 2, 1, 3]).reshape([B, S, C]); // (B, S, C)
    const seen = x.add(dense(`h.${i}.attn.c_proj`, joined));
    const wide = gelu(dense(`h.${i}.mlp.c_fc`, layerNorm(`h.${i}.ln_2`, seen))); // (B, S, 4C)
    return [seen.add(dense(`h.${i}.mlp.c_proj`, wide)), keys, values];
  };
  for (let i = 0; i < nLayer; i++) {
    const [next, keys, values] = tf.tidy(() => layer(i, x)); // nothing else of a layer is needed again
    grown.push(keys, values);
    x = next;
  }
  const logits = linear(layerNorm("ln_f", x), p["wte.weight"]!, { transposed: true }); // (B, S, V)
  return [logits, ...grown];
}

/** The buffer (B, H, T + 1, D) with the fresh keys or values (B, H, S, D) in their places. */
function write(buffer: Tensor, fresh: Tensor, positions: Tensor, rows: Tensor): Tensor {
  const [B, H, places, D] = buffer.shape as [number, number, number, number];
  const S = fresh.shape[2] as number;
  if (backend().native) {
    const attributes = { T: TYPE_FLOAT, Tindices: TYPE_INT32 };
    const inputs = [buffer.reshape([B * H * places, D]), rows, fresh.reshape([B * H * S, D])];
    return nativeOp("TensorScatterUpdate", attributes, inputs).reshape(buffer.shape);
  }
  const chosen = tf.oneHot(positions as never, places).toFloat(); // (B, S, T + 1)
  const placed = tf.matMul(chosen.transpose([0, 2, 1]).reshape([B, 1, places, S]).tile([1, H, 1, 1]), fresh);
  const kept = tf.scalar(1).sub(chosen.max(1).reshape([B, 1, places, 1])); // (B, 1, T + 1, 1)
  return buffer.mul(kept).add(placed); // (B, H, T + 1, D)
}

function assertReadable(
  tokens: readonly number[],
  length: number,
  { vocabSize, places }: { vocabSize: number; places: number },
): void {
  if (length + tokens.length > places) {
    throw new CourseError({
      what: "tokens",
      expected: `at most ${places} in all (contextLength)`,
      received: `${tokens.length} after ${length}`,
      remedy: "Clear the cache and read the last ones again.",
    });
  }
  const wrong = tokens.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabSize));
  if (wrong === undefined) return;
  throw new CourseError({ what: "tokens", expected: `token ids from 0 to ${vocabSize - 1}`, received: String(wrong) });
}
