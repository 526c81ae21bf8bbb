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

import { availableParallelism } from "node:os";
import { assertReadable, bufferRows, type TextCache, writeTokens } from "./cache-buffers";
import { compile } from "./compile";
import { forEachModel } from "./compiled-forward";
import { assertCount, CourseError } from "./errors";
import { gelu, linear, lookUp, normalize } from "./fused";
import type { GPT } from "./gpt";
import { shareOut, splitRows } from "./rows";
import { assertShape } from "./shape";
import { backend, type Tensor, tf } from "./tf";

export type KVCache = TextCache;

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
  let parts = emptyParts(model, batchSize, places);

  const readColumn = (tokens: readonly (readonly number[])[], S: number): Float32Array[] => {
    let first = 0;
    const inputs = parts.flatMap(({ B, buffers }): Tensor[] => {
      const ids = new Int32Array(B * S); // (B, S)
      const positions = new Int32Array(B * S).fill(places); // (B, S)
      for (let b = 0; b < B; b++) {
        const row = tokens[first + b]!;
        ids.set(row, b * S);
        for (let s = 0; s < row.length; s++) positions[b * S + s] = lengths[first + b]! + s;
      }
      first += B;
      const rows = bufferRows({ heads: model.config.nHead, places: places + 1 }, positions, B, S);
      const given = [tf.tensor2d(ids, [B, S], "int32"), tf.tensor2d(positions, [B, S], "int32")];
      return [...given, tf.tensor2d(rows, [rows.length, 1], "int32"), ...buffers];
    });
    const step = S === 1 || isFrequent(model, inputs) ? compiledStep(model) : extendParts(model);
    const results = step(...inputs); // each part's logits (B, S, V) and buffers
    tf.dispose(inputs);
    const size = results.length / parts.length;
    const values = parts.map((part, i) => {
      const [logits, ...buffers] = results.slice(i * size, (i + 1) * size);
      part.buffers = buffers;
      return logits!.dataSync() as Float32Array;
    });
    tf.dispose(parts.map((_, i) => results[i * size]!));
    for (let b = 0; b < lengths.length; b++) lengths[b]! += tokens[b]!.length;
    return values;
  };

  return {
    lengths,
    read(tokens) {
      const B = lengths.length;
      assertShape("tokens", [tokens.length], [B], "B");
      for (let b = 0; b < B; b++) assertReadable(tokens[b]!, lengths[b]!, { vocabSize, contextLength: places });
      const longest = Math.max(...tokens.map((row) => row.length));
      const logits = new Array<Float32Array | undefined>(B).fill(undefined);
      const S = longest > 1 ? CHUNK : 1;
      for (let first = 0; first < longest; first += S) {
        const column = tokens.map((row) => row.slice(first, first + S));
        const values = readColumn(column, S);
        let b = 0;
        parts.forEach(({ B }, i) => {
          for (let own = 0; own < B; own++, b++) {
            const last = own * S + column[b]!.length - 1;
            if (column[b]!.length > 0) logits[b] = values[i]!.slice(last * vocabSize, (last + 1) * vocabSize);
          }
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
      parts = chosenRows(parts, rows);
      lengths.splice(0, lengths.length, ...rows.map((row) => lengths[row]!));
    },
    clear() {
      lengths.fill(0); // what is left in the buffers is written over before it is looked at
    },
    dispose: () => tf.dispose(parts.map(({ buffers }) => buffers)),
  };
}

/** Some of the rows, which one core works on: keys and values of each layer, 2 nLayer tensors (B, H, T + 1, D) with T places. */
interface Part {
  B: number;
  buffers: Tensor[];
}

/** With so many rows or more each core gets a part of them; a few are read sooner by one. */
const ROWS_TO_SHARE = 8;

function shares(rows: number): number[] {
  return backend().native && rows >= ROWS_TO_SHARE ? shareOut(rows, availableParallelism()) : [rows];
}

function emptyParts({ config }: GPT, batchSize: number, places: number): Part[] {
  const { nLayer, nHead: H, nEmbd: C } = config;
  return shares(batchSize).map((B) => {
    return { B, buffers: Array.from({ length: 2 * nLayer }, () => tf.zeros([B, H, places + 1, C / H])) };
  });
}

/** Parts with some of the rows, in this order. Frees the parts that were. */
function chosenRows(parts: readonly Part[], rows: readonly number[]): Part[] {
  const sizes = shares(rows.length);
  const chosen = tf.tidy(() => {
    const indices = tf.tensor1d([...rows], "int32");
    return parts[0]!.buffers.map((_, k) => {
      const all = parts.length === 1 ? parts[0]!.buffers[k]! : tf.concat(parts.map(({ buffers }) => buffers[k]!));
      return splitRows(tf.gather(all, indices as never), sizes);
    });
  });
  tf.dispose(parts.map(({ buffers }) => buffers));
  return sizes.map((B, i) => ({ B, buffers: chosen.map((shared) => shared[i]!) }));
}

/** How often a model has read pieces of several tokens, by their shapes. */
const pieces = new WeakMap<GPT, Map<string, number>>();

/** Whether pieces of such shapes are read often enough to be worth a graph. */
function isFrequent(model: GPT, inputs: readonly Tensor[]): boolean {
  const counts = pieces.get(model) ?? new Map<string, number>();
  pieces.set(model, counts);
  const shapes = inputs.map(({ shape }) => shape.join("x")).join();
  counts.set(shapes, (counts.get(shapes) ?? 0) + 1);
  return counts.get(shapes)! > 3;
}

/** {@link extend} for each of several parts; a graph of it works on them side by side. */
function extendParts(model: GPT): (...inputs: Tensor[]) => Tensor[] {
  const size = 3 + 2 * model.config.nLayer;
  return (...inputs) =>
    tf.tidy(() => {
      const parts = Array.from({ length: inputs.length / size }, (_, i) => inputs.slice(i * size, (i + 1) * size));
      return parts.flatMap((part) => extend(model, part));
    });
}

const compiledStep = forEachModel((model) => compile(extendParts(model), { name: "generate" }));

/**
 * One pass of the model over S new tokens per row. Takes their ids (B, S), positions (B, S) and rows in the buffers
 * (B H S, 1), and the buffers; returns the logits (B, S, V) and the new buffers. The operations are those of gpt.ts.
 */
function extend(model: GPT, [ids, positions, rows, ...buffers]: Tensor[]): Tensor[] {
  const { config, params: p } = model;
  const { contextLength, nLayer, nHead: H, nEmbd: C } = config;
  const [B, S] = ids!.shape as [number, number];
  const dense = (name: string, x: Tensor): Tensor => {
    return linear(x, p[`${name}.weight`]!, { bias: p[`${name}.bias`] }); // (..., in) x (in, out) -> (..., out)
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
    const keys = writeTokens(buffers[2 * i]!, k, positions!, rows!); // (B, H, T + 1, D)
    const values = writeTokens(buffers[2 * i + 1]!, v, positions!, rows!); // (B, H, T + 1, D)
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
