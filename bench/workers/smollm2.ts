/** SmolLM2 in the course, for bench/smollm2.ts: a token, a prompt, or only the reading of all matrices once. */

import { availableParallelism } from "node:os";
import { loadSmolLM2 } from "../../datasets/src/smollm2";
import { compile } from "../../lib/src/compile";
import { createLlamaCache } from "../../lib/src/llama-cache";
import { frozenProduct } from "../../lib/src/llama-ops";
import { type Tensor, tf } from "../../lib/src/tf";
import { serve } from "./serve";

const {
  what,
  tokens,
  compiled = true,
} = JSON.parse(process.argv[2]!) as {
  what: "token" | "prompt" | "read" | "load";
  tokens: number;
  compiled?: boolean;
};
const began = performance.now();
const { model } = loadSmolLM2();
if (what === "load") {
  console.log(JSON.stringify({ loadMs: performance.now() - began, residentBytes: process.memoryUsage().rss }));
  process.exit(0);
}
const cache = createLlamaCache(model, { compiled });
const prompt = Array.from({ length: tokens }, (_, i) => 1000 + i);

/** The next token of a text that begins anew before it is longer than 120 tokens. */
function token(): void {
  if (cache.lengths[0]! > 119 || cache.lengths[0] === 0) {
    cache.clear();
    cache.read([prompt]);
  } else cache.read([[2000 + cache.lengths[0]!]]);
}

/** Every matrix times one vector, in one part per core: the bytes of a token without anything else. */
function reading(): () => void {
  const matrices = Object.values(model.params).filter(({ rank }) => rank === 2);
  const vectors = new Map([576, 1536].map((width) => [width, tf.ones([1, width])]));
  const parts = availableParallelism();
  const all = compile((): Tensor => {
    const sums = matrices.flatMap((matrix) => {
      const [rows, width] = matrix.shape as [number, number];
      return Array.from({ length: parts }, (_, i) => {
        const [from, to] = [Math.floor((i * rows) / parts), Math.floor(((i + 1) * rows) / parts)];
        return frozenProduct(vectors.get(width)!, matrix.slice([from, 0], [to - from, width])).slice([0, 0], [1, 1]);
      });
    });
    return tf.addN(sums);
  });
  return () => {
    const sum = all();
    sum.dataSync();
    sum.dispose();
  };
}

const once = {
  token,
  prompt: () => {
    cache.clear();
    cache.read([prompt]);
  },
  read: what === "read" ? reading() : () => {},
}[what];
for (let i = 0; i < 3; i++) once();
serve(once);
