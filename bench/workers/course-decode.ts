/** Writing text with the course's cache, greedily, for bench/decoding.ts: the same task as torch_decode.py. */

import { createGPT } from "../../lib/src/gpt";
import { createKVCache } from "../../lib/src/kvcache";
import { createRandom } from "../../lib/src/random";
import { serve } from "./serve";

const { batchSize: B, prompt: P, tokens: N, ...config } = JSON.parse(process.argv[2]!);
const random = createRandom(1);
const model = createGPT(config, { random });
const cache = createKVCache(model, { batchSize: B });

function argmax(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return best;
}

function write(): void {
  cache.clear();
  let next = Array.from({ length: B }, () => Array.from({ length: P }, () => random.integer(config.vocabSize)));
  for (let i = 0; i < N; i++) next = cache.read(next).map((logits) => [argmax(logits!)]);
}

for (let i = 0; i < 3; i++) write();
serve(write);
