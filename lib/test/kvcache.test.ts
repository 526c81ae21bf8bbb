import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { CourseError } from "../src/errors";
import { createGPT, disposeGPT, forward, type GPT, type GPTConfig } from "../src/gpt";
import { createKVCache } from "../src/kvcache";
import { createRandom } from "../src/random";
import { tf } from "../src/tf";

const config: GPTConfig = { vocabSize: 40, contextLength: 37, nLayer: 3, nHead: 2, nEmbd: 16 };

/** A small model with weights large enough that every part of it matters. */
function opinionated(seed: number, changes: Partial<GPTConfig> = {}): GPT {
  const random = createRandom(seed);
  const model = createGPT({ ...config, ...changes }, { random });
  for (const variable of Object.values(model.params)) {
    const noise = Float32Array.from({ length: variable.size }, () => 0.3 * random.normal());
    tf.tidy(() => variable.assign(variable.add(tf.tensor(noise, variable.shape))));
  }
  return model;
}

/** The logits after the last token, everything read anew. */
function anew(model: GPT, ids: readonly number[]): number[] {
  return tf.tidy(() => forward(model, [[...ids]]).arraySync() as number[][][])[0]!.at(-1)!;
}

function close(actual: Float32Array | undefined, expected: readonly number[], what: string): void {
  assert.equal(actual?.length, expected.length, what);
  expected.forEach((value, id) => {
    assert.ok(Math.abs(actual![id]! - value) < 1e-5, `${what}: ${actual![id]} is not ${value}`);
  });
}

const randomIds = (length: number, random = createRandom(length)): number[] =>
  Array.from({ length }, () => random.integer(config.vocabSize));

for (const bias of [true, false]) {
  test(`token by token up to the full context, logits are those of reading anew, to 1e-5 (bias: ${bias})`, () => {
    const model = opinionated(1, { bias });
    const cache = createKVCache(model);
    const ids = randomIds(37);
    ids.forEach((id, t) => {
      close(cache.read([[id]])[0], anew(model, ids.slice(0, t + 1)), `after token ${t}`);
    });
    assert.deepEqual(cache.lengths, [37]);
    cache.dispose();
  });
}

test("a text read in pieces of any length gives the logits of reading it anew, to 1e-5", () => {
  const model = opinionated(2);
  const cache = createKVCache(model);
  const random = createRandom(3);
  for (let round = 0; round < 10; round++) {
    cache.clear();
    const ids = randomIds(37, random);
    for (let read = 0; read < ids.length; ) {
      const piece = ids.slice(read, read + 1 + random.integer(25));
      read += piece.length;
      close(cache.read([piece])[0], anew(model, ids.slice(0, read)), `round ${round}, ${read} tokens`);
    }
  }
  cache.dispose();
});

test("rows of different lengths do not disturb each other, and a row may wait, to 1e-5", () => {
  const model = opinionated(4);
  const cache = createKVCache(model, { batchSize: 3 });
  const random = createRandom(5);
  const texts: number[][] = [[], [], []];
  for (let round = 0; round < 12; round++) {
    const pieces = texts.map((text) => {
      const most = Math.min(config.contextLength - text.length, round % 3 === 0 ? 20 : 1);
      return most > 0 && random.uniform() < 0.7 ? randomIds(1 + random.integer(most), random) : [];
    });
    const logits = cache.read(pieces);
    pieces.forEach((piece, row) => {
      texts[row]!.push(...piece);
      if (piece.length === 0) assert.equal(logits[row], undefined);
      else close(logits[row], anew(model, texts[row]!), `round ${round}, row ${row}`);
    });
    assert.deepEqual(
      cache.lengths,
      texts.map((text) => text.length),
    );
  }
  cache.dispose();
});

test("changed weights are used from the next token on", () => {
  const model = opinionated(6);
  const cache = createKVCache(model);
  cache.read([[1]]);
  tf.tidy(() => model.params["wte.weight"]!.assign(model.params["wte.weight"]!.mul(2)));
  cache.clear();
  cache.read([[1]]);
  close(cache.read([[2]])[0], anew(model, [1, 2]), "after the change");
  cache.dispose();
});

test("reading leaves no tensor behind", () => {
  const model = opinionated(7);
  const read = (): void => {
    const cache = createKVCache(model, { batchSize: 2 });
    cache.read([[1, 2, 3], [4]]);
    for (let t = 0; t < 5; t++) cache.read([[5], [6]]);
    cache.dispose();
  };
  read();
  const before = tf.memory().numTensors;
  for (let round = 0; round < 20; round++) read();
  assert.equal(tf.memory().numTensors, before);
});

test("a model that was freed takes nothing with it when another one reads", () => {
  const first = opinionated(8);
  createKVCache(first).read([[1]]);
  disposeGPT(first);
  const second = opinionated(9);
  close(createKVCache(second).read([[1]])[0], anew(second, [1]), "second model");
});

test("without the native backend the logits are the same, to 1e-5", () => {
  const ids = [3, 1, 4, 1, 5, 9, 2, 6];
  const script = `
    const { createGPT } = require("./lib/src/gpt.ts");
    const { createKVCache } = require("./lib/src/kvcache.ts");
    const { createRandom } = require("./lib/src/random.ts");
    const model = createGPT(${JSON.stringify(config)}, { random: createRandom(11) });
    const cache = createKVCache(model, { batchSize: 2 });
    cache.read([${JSON.stringify(ids.slice(0, 5))}, [7]]);
    let logits;
    for (const id of ${JSON.stringify(ids.slice(5))}) logits = cache.read([[id], []]);
    console.log(JSON.stringify([...logits[0]]));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "-e", script], {
    cwd: path.resolve(__dirname, "../.."),
    env: { ...process.env, COURSE_BACKEND: "cpu" },
    encoding: "utf8",
  });
  assert.ok(stdout, stderr);
  const logits = Float32Array.from(JSON.parse(stdout.trim().split("\n").at(-1)!) as number[]);
  close(logits, anew(createGPT(config, { random: createRandom(11) }), ids), "plain JavaScript");
});

test("what cannot be read is refused with a sentence, and nothing is read", () => {
  const cache = createKVCache(opinionated(10), { batchSize: 2 });
  cache.read([randomIds(36), []]);
  const cases: [number[][], RegExp][] = [
    [[[1, 2], []], /tokens: expected at most 37 in all \(contextLength\), received 2 after 36/],
    [[[40], []], /from 0 to 39, received 40/],
    [[[1.5], []], /received 1.5/],
    [[[1]], /tokens: expected \(2\) = \(B\), received \(1\)/],
  ];
  for (const [tokens, message] of cases) {
    assert.throws(
      () => cache.read(tokens),
      (error) => error instanceof CourseError && message.test(error.message),
    );
  }
  assert.deepEqual(cache.lengths, [36, 0]);
  cache.dispose();
});

test("rows chosen anew go on where they were, also twice and with fewer places: the logits of reading anew, to 1e-5", () => {
  const model = opinionated(8);
  const cache = createKVCache(model, { batchSize: 3, places: 8 });
  cache.read([[1, 2, 3], [4], [5, 6]]);
  cache.select([2, 0, 2, 2]);
  assert.deepEqual(cache.lengths, [2, 3, 2, 2]);
  const logits = cache.read([[7], [8], [9], []]);
  close(logits[0], anew(model, [5, 6, 7]), "row 0");
  close(logits[1], anew(model, [1, 2, 3, 8]), "row 1");
  close(logits[2], anew(model, [5, 6, 9]), "row 2");
  assert.equal(logits[3], undefined);
  assert.throws(() => cache.select([4]), /rows from 0 to 3/);
  assert.throws(() => cache.read([[0, 1, 2, 3, 4, 5, 6], [], [], []]), /at most 8 in all/);
  cache.dispose();
});
