/**
 * @file Reading a text token by token without reading it again: the cache of keys and values. Engine room of sample.ts;
 * notebook 5 builds one by hand, shows that it changes no answer, and measures what it saves.
 *
 * A token's keys and values depend only on the tokens before it, so they stay as they are when the text grows. They are
 * kept in a memory of fixed size; a new token computes its own, writes them to its place and looks at all places up to it.
 * A fixed size lets one compiled graph serve every step. The last place belongs to no
 * token: rows that have nothing to read write there.
 * Leaves out paging and sliding: positions are learned, so that a text longer than `contextLength` must be read anew.
 */

import { availableParallelism } from "node:os";
import { assertReadable, idsAndPositions, type TextCache, writeVectors } from "./cache-buffers";
import { compile } from "./compile";
import { forEachModel } from "./compiled-forward";
import { assertCount, CourseError } from "./errors";
import { gelu, layerNorm, linear, lookUp, maskedSoftmax, matMulEach } from "./fused";
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
  const vectors = stackVectors(model);
  let parts = emptyParts(model, batchSize, places);

  const readColumn = (tokens: readonly (readonly number[])[], S: number): Float32Array[] => {
    let first = 0;
    const inputs = parts.flatMap(({ B, memory }): Tensor[] => {
      const end = first + B;
      const { ids, positions } = idsAndPositions(tokens.slice(first, end), lengths.slice(first, end), S, places);
      first = end;
      const rows = memoryRows(model.config, positions, B, S, places);
      const numbers = new Int32Array(2 * B * S + rows.length);
      numbers.set(ids);
      numbers.set(positions, B * S);
      numbers.set(rows, 2 * B * S);
      return [tf.tensor2d(numbers, [S, numbers.length / S], "int32"), memory];
    });
    const step = parts.length > 1 ? sharedStep(model) : singleStep(model);
    const results = step(...vectors.now(), ...inputs); // each part's logits (B S, V) and memory
    tf.dispose(inputs);
    const values = parts.map((part, i) => {
      part.memory = results[2 * i + 1]!;
      const logits = results[2 * i]!;
      const read = logits.dataSync() as Float32Array;
      logits.dispose();
      return read;
    });
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
            if (column[b]!.length > 0) logits[b] = values[i]!.subarray(last * vocabSize, (last + 1) * vocabSize);
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
      parts = chosenRows(model, parts, rows);
      lengths.splice(0, lengths.length, ...rows.map((row) => lengths[row]!));
    },
    clear() {
      lengths.fill(0); // what is left in the buffers is written over before it is looked at
    },
    dispose() {
      vectors.dispose();
      tf.dispose(parts.map(({ memory }) => memory));
    },
  };
}

/**
 * Some of the rows, which one core works on. Its memory (2 nLayer B H (T + 1), D) with T places has one vector a row: for each
 * layer the keys of all texts, then their values, head by head, place by place.
 */
interface Part {
  B: number;
  memory: Tensor;
}

/** With so many rows or more each core gets a part of them; a few are read sooner by one. */
const ROWS_TO_SHARE = 8;

function shares(rows: number): number[] {
  return backend().native && rows >= ROWS_TO_SHARE ? shareOut(rows, availableParallelism()) : [rows];
}

function emptyParts({ config }: GPT, batchSize: number, places: number): Part[] {
  const { nLayer, nHead: H, nEmbd: C } = config;
  return shares(batchSize).map((B) => ({ B, memory: tf.zeros([2 * nLayer * B * H * (places + 1), C / H]) }));
}

/** Parts with some of the rows, in this order. Frees the parts that were. */
function chosenRows({ config }: GPT, parts: readonly Part[], rows: readonly number[]): Part[] {
  const sizes = shares(rows.length);
  const D = config.nEmbd / config.nHead;
  const chosen = tf.tidy(() => {
    const byText = parts.map(({ B, memory }) =>
      memory.reshape([2 * config.nLayer, B, memory.size / (2 * config.nLayer * B)]),
    );
    const all = tf.concat(byText, 1); // (2 nLayer, B of all parts, H (T + 1) D)
    const selected = tf.gather(all, tf.tensor1d([...rows], "int32"), 1);
    return splitRows(selected, sizes, 1).map((part) => part.reshape([-1, D]));
  });
  tf.dispose(parts.map(({ memory }) => memory));
  return sizes.map((B, i) => ({ B, memory: chosen[i]! }));
}

/** Where the keys and values of tokens at `positions` (B, S) go in the memory: for each layer 2 B S H rows. */
function memoryRows(
  { nLayer, nHead: H }: GPT["config"],
  positions: Int32Array,
  B: number,
  S: number,
  places: number,
): Int32Array {
  const rows = new Int32Array(nLayer * B * S * 2 * H);
  let next = 0;
  for (let layer = 0; layer < nLayer; layer++) {
    for (let b = 0; b < B; b++) {
      for (let s = 0; s < S; s++) {
        for (const kind of [2 * layer, 2 * layer + 1]) {
          for (let h = 0; h < H; h++) rows[next++] = ((kind * B + b) * H + h) * (places + 1) + positions[b * S + s]!;
        }
      }
    }
  }
  return rows;
}

/** The names of a model's vectors (gains and biases), those of the same length together. */
function vectorsByLength({ params }: GPT): string[][] {
  const groups = new Map<number, string[]>();
  for (const [name, { rank, size }] of Object.entries(params)) {
    if (rank === 1) groups.set(size, [...(groups.get(size) ?? []), name]);
  }
  return [...groups.values()];
}

/**
 * A model's vectors as the step is given them: for each length one tensor (count, length), because each input of a call
 * costs time (bench/NOTES.md). `now` stacks them anew when one of them was changed. The matrices are not copied.
 */
function stackVectors(model: GPT): { now(): Tensor[]; dispose(): void } {
  const groups = vectorsByLength(model).map((names) => names.map((name) => model.params[name]!));
  const all = groups.flat();
  let stackedFrom: object[] = [];
  let stacked: Tensor[] = [];
  return {
    now() {
      if (all.every(({ dataId }, i) => dataId === stackedFrom[i])) return stacked;
      tf.dispose(stacked);
      stacked = groups.map((vectors) => tf.stack(vectors));
      stackedFrom = all.map(({ dataId }) => dataId);
      return stacked;
    },
    dispose: () => tf.dispose(stacked),
  };
}

/** {@link extend} for each of several parts; a graph of it works on them side by side. Takes {@link stackVectors}, then the parts. */
function extendParts(model: GPT): (...inputs: Tensor[]) => Tensor[] {
  const groups = vectorsByLength(model);
  return (...inputs) =>
    tf.tidy(() => {
      const vectors = groups.flatMap((names, i) => {
        const apart = tf.unstack(inputs[i]!);
        return names.map((name, j) => [name, apart[j]!] as const);
      });
      const params = { ...model.params, ...Object.fromEntries(vectors) };
      const rest = inputs.slice(groups.length);
      const parts = Array.from({ length: rest.length / 2 }, (_, i) => rest.slice(2 * i, 2 * i + 2));
      return parts.flatMap((part) => extend(model.config, params, part));
    });
}

const sharedStep = forEachModel((model) => compile(extendParts(model), { name: "generate" }));
const singleStep = forEachModel((model) => compile(extendParts(model), { name: "generate", callingThread: true }));

/**
 * One pass of the model over S new tokens per row. Takes S rows of whole numbers, one after the other the tokens' ids (B S),
 * their positions (B S) and for each layer their rows in the memory (B S 2 H); and the memory. Returns the logits (B S, V)
 * and the new memory. The operations are those of gpt.ts.
 */
function extend(config: GPT["config"], p: Record<string, Tensor>, [numbers, before]: Tensor[]): Tensor[] {
  const { contextLength, nLayer, nHead: H, nEmbd: C } = config;
  const S = numbers!.shape[0]!;
  const B = numbers!.size / (S * (2 + 2 * H * nLayer));
  const D = C / H;
  const sizes = [B * S, B * S, ...new Array<number>(nLayer).fill(B * S * 2 * H)];
  const [ids, positions, ...rows] = tf.split(numbers!.reshape([-1]), sizes) as [Tensor, Tensor, ...Tensor[]];
  const ofLayer = before!.shape[0]! / nLayer; // 2 B H (T + 1) vectors
  const count = ofLayer / (2 * B * H); // T + 1
  const dense = (name: string, x: Tensor): Tensor => {
    const y = linear(x, p[`${name}.weight`]!); // (B S, in) x (in, out) -> (B S, out)
    return p[`${name}.bias`] ? y.add(p[`${name}.bias`]!) : y; // apart: for a few rows, merging the two costs time
  };
  const norm = (name: string, x: Tensor): Tensor => layerNorm(x, p[`${name}.weight`]!, p[`${name}.bias`]); // (B S, C)

  const places = tf.range(0, count, 1, "int32").reshape([1, 1, 1, count]);
  const hidden = places.greater(positions.reshape([B, 1, S, 1])); // (B, 1, S, T + 1), places that are later
  const mask = hidden.toFloat().mul(-1e9); // (B, 1, S, T + 1)
  const known = positions.minimum(tf.scalar(contextLength - 1, "int32")); // the place of no token has no embedding
  let memory = before!;
  let x = lookUp(p["wte.weight"]!, ids).add(lookUp(p["wpe.weight"]!, known)); // (B S, C)
  const layer = (i: number, x: Tensor): [Tensor, Tensor] => {
    const qkv = dense(`h.${i}.attn.c_attn`, norm(`h.${i}.ln_1`, x)); // (B S, 3C)
    const [q, kv] = tf.split(qkv, [C, 2 * C], 1) as [Tensor, Tensor]; // (B S, C) and (B S, 2C)
    const written = writeVectors(memory, rows[i]!, kv.reshape([-1, D]));
    const known = written.slice([i * ofLayer, 0], [ofLayer, D]).reshape([2, B, H, count, D]);
    const [keys, values] = tf.unstack(known) as [Tensor, Tensor]; // each (B, H, T + 1, D)
    const queries = swapped(q, [B, S, H, D], [B, H, S, D]);
    const scores = matMulEach(queries, keys, true); // (B, H, S, T + 1)
    const heads = matMulEach(maskedSoftmax(scores, mask, 1 / Math.sqrt(D)), values); // (B, H, S, D)
    const joined = swapped(heads, [B, H, S, D], [B * S, C]);
    const seen = x.add(dense(`h.${i}.attn.c_proj`, joined));
    const wide = gelu(dense(`h.${i}.mlp.c_fc`, norm(`h.${i}.ln_2`, seen))); // (B S, 4C)
    return [seen.add(dense(`h.${i}.mlp.c_proj`, wide)), written];
  };
  for (let i = 0; i < nLayer; i++) [x, memory] = tf.tidy(() => layer(i, x)); // nothing else of a layer is needed again
  const logits = linear(norm("ln_f", x), p["wte.weight"]!, { transposed: true }); // (B S, V)
  return [logits, memory];
}

/** Numbers (a, b, c, d) in the order of (a, c, b, d), seen as `shape`. They lie in that order already if b or c is 1. */
function swapped(x: Tensor, [a, b, c, d]: [number, number, number, number], shape: number[]): Tensor {
  const inOrder = b === 1 || c === 1 ? x : x.reshape([a, b, c, d]).transpose([0, 2, 1, 3]);
  return inOrder.reshape(shape);
}
