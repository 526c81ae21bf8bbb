/**
 * @file SmolLM2 itself against llama.cpp, transformers and PyTorch: part of `npm run verify:smollm2`, once the file was fetched;
 * elsewhere the small model of lib's tests stands for it. The expected values are in lib/test/reference, smollm2.*.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { forwardLlama } from "@course/lib/llama";
import { createLlamaCache } from "@course/lib/llama-cache";
import { createLlamaLora, loraGradients } from "@course/lib/llama-lora";
import { disposeLora } from "@course/lib/lora";
import { nextTokenProbs } from "@course/lib/next-token";
import { adam } from "@course/lib/optimizer";
import { createRandom } from "@course/lib/random";
import { tf } from "@course/lib/tf";
import { startOptimizer, updateParams } from "@course/lib/update";
import { hasSmolLM2, loadSmolLM2 } from "../src/smollm2";

const references = join(__dirname, "..", "..", "lib", "test", "reference");
const read = <T>(name: string): T => JSON.parse(readFileSync(join(references, name), "utf8")) as T;

interface Reference {
  prompts: { prompt: string; ids: number[]; top: [number, number][] }[];
  lora: {
    rank: number;
    alpha: number;
    learningRate: number;
    inputs: number[][];
    targets: number[][];
    weights: number[][];
    losses: number[];
  };
}

/** The formula of lib/test/golden.ts. */
const numbers = (count: number, salt: number, scale: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => {
    const golden = (i + 1) * 0.6180339887498949 + salt * 0.4142135623730951;
    return scale * (2 * (golden % 1) - 1);
  });

if (hasSmolLM2()) {
  const { model, tokenizer } = loadSmolLM2();
  const { prompts, lora: golden } = read<Reference>("smollm2.json");
  after(() => tf.disposeVariables());

  test("400 texts get the ids that llama.cpp gives them, and come back", () => {
    const pairs = read<[string, number[]][]>("smollm2-tokens.json");
    assert.equal(pairs.length, 400);
    for (const [text, ids] of pairs) {
      assert.deepEqual(tokenizer.encode(text), ids, JSON.stringify(text));
      assert.equal(tokenizer.decode(ids), text);
    }
  });

  test("the 20 likeliest next tokens have the probabilities that transformers computes, to 1e-3", () => {
    const cache = createLlamaCache(model);
    for (const { prompt, ids, top } of prompts) {
      assert.deepEqual(tokenizer.encode(prompt, { allowSpecial: true }), ids);
      cache.clear();
      const probs = nextTokenProbs(cache.read([ids])[0]!);
      for (const [id, expected] of top) {
        const far = Math.abs(probs[id]! - expected);
        assert.ok(far < 1e-3, `${JSON.stringify(prompt)}, ${tokenizer.token(id)}: ${probs[id]}, expected ${expected}`);
      }
    }
    cache.dispose();
  });

  test("reading a prompt token by token gives the logits of reading it at once, to 1e-3", () => {
    const { ids } = prompts.at(-1)!;
    const cache = createLlamaCache(model);
    let logits: Float32Array | undefined;
    for (const id of ids) [logits] = cache.read([[id]]);
    cache.dispose();
    const whole = tf.tidy(() =>
      forwardLlama(model, [ids])
        .slice([0, ids.length - 1, 0], [1, 1, -1])
        .dataSync(),
    );
    const far = Math.max(...whole.map((value, id) => Math.abs(value - logits![id]!)));
    assert.ok(far < 1e-3, `${far}`);
  });

  test("the losses of five steps of LoRA in all 30 blocks equal PyTorch's to 4 decimals", () => {
    const lora = createLlamaLora(model, { rank: golden.rank, alpha: golden.alpha, random: createRandom(1) });
    lora.layers.forEach((layer, i) => {
      const A = lora.params[`${layer}.lora_A`]!;
      tf.tidy(() => A.assign(tf.tensor(numbers(A.size, i + 1, 1 / 24), A.shape)));
    });
    const optimizer = adam({ beta2: 0.999, epsilon: 1e-8 });
    const state = startOptimizer(optimizer, lora.params);
    const flat = (rows: number[][]): number[] => rows.flat();
    for (const expected of golden.losses) {
      const { lossNats, grads } = loraGradients(model, lora, {
        inputs: Int32Array.from(flat(golden.inputs)),
        targets: Int32Array.from(flat(golden.targets)),
        weights: Float32Array.from(flat(golden.weights)),
        batchSize: 2,
        contextLength: golden.inputs[0]!.length,
      });
      assert.ok(Math.abs(lossNats - expected) < 1e-4, `${lossNats}, expected ${expected}`);
      updateParams(optimizer, lora.params, grads, state, golden.learningRate);
      tf.dispose(grads);
    }
    disposeLora(lora);
  });
}
