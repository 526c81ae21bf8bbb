/**
 * @file The cache of keys and values for a Llama: the same idea as kvcache.ts, for a model with long contexts. Used by
 * sample.ts. The buffers begin small and double when they are full: each size has its own compiled graph.
 * Reading is limited by memory, not by arithmetic: for each new token all weights, half a gigabyte, pass by once.
 * The graph therefore cuts every matrix into one part per core.
 */

import { availableParallelism } from "node:os";
import { assertReadable, idsAndPositions, type TextCache, writeVectors } from "./cache-buffers";
import { isTracing } from "./capture";
import { compile } from "./compile";
import { forEachModel } from "./compiled-forward";
import { assertCount } from "./errors";
import { lookUp } from "./fused";
import { type Llama, llamaBlock, maskOf, type Product, rotationOf, unembedLlama, weightsOfBlock } from "./llama";
import { frozenProduct, rmsNorm } from "./llama-ops";
import { assertShape } from "./shape";
import { type Tensor, tf } from "./tf";

/** The tokens that fit in at first. */
const FIRST_PLACES = 128;

/** An empty cache for `batchSize` texts; `generate` makes one itself. `compiled: false` takes every operation apart, for comparison. */
export function createLlamaCache(model: Llama, options: { batchSize?: number; compiled?: boolean } = {}): TextCache {
  const { batchSize: B = 1, compiled = true } = options;
  assertCount("batchSize", B);
  const { config } = model;
  const { contextLength, nLayer, nKvHead: K, nEmbd, nHead, vocabSize } = config;
  const lengths = new Array<number>(B).fill(0);
  let places = Math.min(FIRST_PLACES, contextLength);
  const empty = (count: number): Tensor => tf.zeros([B, K, count, nEmbd / nHead]);
  // Keys and values of each layer: 2 nLayer tensors (B, K, places + 1, D). The last place belongs to no token.
  let buffers = Array.from({ length: 2 * nLayer }, () => empty(places + 1));

  const makeRoom = (needed: number): void => {
    if (needed <= places) return;
    const before = places;
    while (places < needed) places = Math.min(2 * places, contextLength);
    const grown = buffers.map((buffer) => tf.tidy(() => tf.concat([buffer, empty(places - before)], 2)));
    tf.dispose(buffers);
    buffers = grown;
  };

  return {
    lengths,
    read(tokens) {
      assertShape("tokens", [tokens.length], [B], "B");
      for (let b = 0; b < B; b++) assertReadable(tokens[b]!, lengths[b]!, config);
      const S = Math.max(...tokens.map((row) => row.length));
      if (S === 0) return tokens.map(() => undefined);
      makeRoom(Math.max(...tokens.map((row, b) => row.length + lengths[b]!)));
      const { ids, positions } = idsAndPositions(tokens, lengths, S, places);
      const last = Int32Array.from(tokens, (row, b) => b * S + Math.max(row.length - 1, 0)); // (B)
      const rows = bufferRows({ heads: K, places: places + 1 }, positions, B, S);
      const step = S === 1 && compiled ? compiledStep(model) : (...inputs: Tensor[]) => extend(model, inputs);
      const [logits, ...grown] = tf.tidy(() =>
        step(
          tf.tensor2d(ids, [B, S], "int32"),
          tf.tensor2d(positions, [B, S], "int32"),
          tf.tensor1d(rows, "int32"),
          tf.tensor1d(last, "int32"),
          ...buffers,
        ),
      ) as [Tensor, ...Tensor[]];
      tf.dispose(buffers);
      buffers = grown;
      const values = logits.dataSync() as Float32Array; // (B, V)
      logits.dispose();
      return tokens.map((row, b) => {
        lengths[b]! += row.length;
        return row.length > 0 ? values.slice(b * vocabSize, (b + 1) * vocabSize) : undefined;
      });
    },
    clear() {
      lengths.fill(0); // what is left in the buffers is written over before it is looked at
    },
    dispose: () => tf.dispose(buffers),
  };
}

const compiledStep = forEachModel((model: Llama) =>
  compile((...inputs: Tensor[]) => extend(model, inputs), { name: "generate" }),
);

/**
 * One pass of the model over S new tokens per row. Takes their ids (B, S), positions (B, S), rows in the buffers
 * (B K S), which token is the last of each row (B), and the buffers; returns the logits (B, V) and the new buffers.
 */
function extend(model: Llama, [ids, positions, rows, last, ...buffers]: Tensor[]): Tensor[] {
  const { config, params } = model;
  const P = buffers[0]!.shape[2] as number;
  const product = isTracing() && ids!.size < 8 ? inParts : undefined;
  const place = { rotation: rotationOf(config, positions!), mask: maskOf(config, positions!, P) };
  const grown: Tensor[] = [];
  let x = lookUp(params["token_embd.weight"]!, ids!); // (B, S, C)
  for (let i = 0; i < config.nLayer; i++) {
    const before = x;
    const [after, ...all] = tf.tidy(() => {
      const kept: Tensor[] = [];
      const remember = (...fresh: [Tensor, Tensor]): [Tensor, Tensor] => {
        kept.push(...fresh.map((t, j) => writeTokens(buffers[2 * i + j]!, t, rows!)));
        return kept as [Tensor, Tensor]; // each (B, K, P, D)
      };
      return [llamaBlock(config, weightsOfBlock(model, i), before, place, { remember, product }), ...kept];
    }); // nothing else of a block is needed again
    before.dispose();
    grown.push(...all);
    x = after!;
  }
  const final = tf.gather(x.reshape([-1, config.nEmbd]), last as never); // (B, C)
  const normed = rmsNorm(final, params["output_norm.weight"]!, config.normEpsilon);
  return [unembedLlama(model, normed, product), ...grown];
}

/** Where the keys of each token go, as row numbers of a buffer seen as (B H places, D): (B H S). */
function bufferRows(
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

/** {@link writeVectors} for keys or values (B, H, S, D) and their buffer (B, H, places, D). */
function writeTokens(buffer: Tensor, fresh: Tensor, rows: Tensor): Tensor {
  const D = buffer.shape[3] as number;
  return writeVectors(buffer.reshape([-1, D]), rows, fresh.reshape([-1, D])).reshape(buffer.shape);
}

/** x W^T with the rows of W shared out among the cores, which a graph runs side by side. */
const inParts: Product = (_, x, weight) => {
  const parts = availableParallelism();
  const [nOut, nIn] = weight.shape as [number, number];
  const sizes = Array.from(
    { length: parts },
    (_, i) => Math.floor(((i + 1) * nOut) / parts) - Math.floor((i * nOut) / parts),
  );
  let from = 0;
  const products = sizes.map((size) => {
    const part = weight.slice([from, 0], [size, nIn]); // (out / parts, in)
    from += size;
    return frozenProduct(x, part); // (N, out / parts)
  });
  return tf.concat(products, 1); // (N, out)
};
