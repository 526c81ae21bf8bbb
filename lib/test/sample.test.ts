import assert from "node:assert/strict";
import { test } from "node:test";
import { CourseError } from "../src/errors";
import { createGPT, forward, type GPT } from "../src/gpt";
import { createRandom } from "../src/random";
import { type GenerateOptions, generate, generateBatch, nextLogits } from "../src/sample";
import { tf } from "../src/tf";
import { BpeTokenizer, CharTokenizer } from "../src/tokenizer";

const tokenizer = CharTokenizer.train("abcdefghij. ", { specialTokens: ["<doc>", "<end>"] });
const doc = tokenizer.special["<doc>"]!;
const end = tokenizer.special["<end>"]!;
const config = { vocabSize: tokenizer.vocabSize, contextLength: 20, nLayer: 2, nHead: 2, nEmbd: 16 };

/** A small model with weights large enough to have clear opinions. */
function opinionated(seed: number, vocabSize = config.vocabSize): GPT {
  const random = createRandom(seed);
  const model = createGPT({ ...config, vocabSize }, { random });
  for (const variable of Object.values(model.params)) {
    const noise = Float32Array.from({ length: variable.size }, () => 0.3 * random.normal());
    tf.tidy(() => variable.assign(variable.add(tf.tensor(noise, variable.shape))));
  }
  return model;
}

/** A model that writes the given ids one after the other, whatever the prompt: its logits depend on the position only. */
function writes(script: readonly number[], firstPosition: number, vocabSize = config.vocabSize): GPT {
  const model = createGPT({ ...config, vocabSize, nEmbd: 64, contextLength: 64 }, { random: createRandom(1) });
  const { params: p } = model;
  const zero = (name: string): void => void p[name]!.assign(tf.zerosLike(p[name]!));
  for (const name of Object.keys(p)) if (name.includes(".c_proj.")) zero(name); // layers add nothing
  const random = createRandom(2);
  const table = Float32Array.from({ length: vocabSize * 64 }, () => random.normal());
  p["wte.weight"]!.assign(tf.tensor2d(table, [vocabSize, 64]));
  const positions = new Float32Array(64 * 64);
  script.forEach((id, k) => {
    for (let c = 0; c < 64; c++) positions[(firstPosition + k) * 64 + c] = 100 * table[id * 64 + c]!;
  });
  p["wpe.weight"]!.assign(tf.tensor2d(positions, [64, 64]));
  return model;
}

/** Greedy continuation, written the plain way: everything again for each token, on the last contextLength tokens. */
function greedy(model: GPT, ids: readonly number[], count: number): number[] {
  const all = [...ids];
  for (let k = 0; k < count; k++) {
    const window = all.slice(-config.contextLength);
    const row = tf.tidy(() => forward(model, [window]).arraySync() as number[][][])[0]!.at(-1)!;
    all.push(row.indexOf(Math.max(...row)));
  }
  return all.slice(ids.length);
}

test("the logits of the next token are those of the last position alone, to 1e-5, at every length and past the window", () => {
  const model = opinionated(1);
  const random = createRandom(2);
  for (let length = 1; length <= 25; length++) {
    const ids = Array.from({ length }, () => random.integer(config.vocabSize));
    const row = tf.tidy(() => forward(model, [ids.slice(-20)]).arraySync() as number[][][])[0]!.at(-1)!;
    nextLogits(model, ids).forEach((logit, id) => {
      assert.ok(Math.abs(logit - row[id]!) < 1e-5, `length ${length}`);
    });
  }
});

test("greedy text is that of a plain loop, also when it outgrows the context", async () => {
  const model = opinionated(3);
  const { tokens, promptTokens } = await generate(model, tokenizer, "abc", { maxTokens: 40, temperature: 0 });
  assert.deepEqual(promptTokens, [doc, ...tokenizer.encode("abc")]);
  assert.deepEqual(tokens, greedy(model, promptTokens, 40));
});

test("the same seed writes the same text, another seed another", async () => {
  const model = opinionated(3);
  const write = async (seed: number) =>
    (await generate(model, tokenizer, "a", { maxTokens: 30, random: createRandom(seed) })).tokens;
  assert.deepEqual(await write(1), await write(1));
  assert.notDeepEqual(await write(1), await write(2));
});

test("a stop token ends the text before it and is the last of the tokens", async () => {
  const model = writes([0, 1, end, 2, 3], 1);
  const options: GenerateOptions = { temperature: 0, maxTokens: 5, stop: ["<end>"] };
  const stopped = await generate(model, tokenizer, "a", options);
  assert.equal(stopped.text, tokenizer.decode([0, 1]));
  assert.deepEqual(stopped.tokens, [0, 1, end]);
  assert.equal(stopped.endedBy, "stop");
  const full = await generate(model, tokenizer, "a", { ...options, stop: [] });
  assert.deepEqual(full.tokens, [0, 1, end, 2, 3]);
  assert.equal(full.endedBy, "maxTokens");
});

test("a stop text ends the text before it, and no part of it is ever streamed", async () => {
  const model = writes(tokenizer.encode("ab.c. d"), 1);
  let seen = "";
  const onToken = (text: string): void => {
    seen += text;
  };
  const options: GenerateOptions = { temperature: 0, maxTokens: 7, stop: [". d"], onToken };
  const { text, endedBy } = await generate(model, tokenizer, "a", options);
  assert.equal(text, "ab.c");
  assert.equal(seen, text);
  assert.equal(endedBy, "stop");
});

test("what may be the beginning of a stop text is delivered when it turns out not to be, or at the end", async () => {
  const model = writes(tokenizer.encode("ab.c. "), 1);
  const pieces: string[] = [];
  const options: GenerateOptions = {
    temperature: 0,
    maxTokens: 6,
    stop: [". d"],
    onToken: (text) => pieces.push(text),
  };
  assert.equal((await generate(model, tokenizer, "a", options)).text, "ab.c. ");
  assert.deepEqual(pieces, ["a", "b", "", ".c", "", ". "]);
});

test("a character of several tokens is streamed whole", async () => {
  const bytes = new BpeTokenizer({ merges: [] });
  const script = bytes.encode("é🦉!");
  const model = writes(script, 0, bytes.vocabSize);
  const pieces: string[] = [];
  const options: GenerateOptions = { temperature: 0, maxTokens: script.length, onToken: (text) => pieces.push(text) };
  const { text } = await generate(model, bytes, "", options);
  assert.equal(text, "é🦉!");
  assert.deepEqual(pieces, ["", "é", "", "", "", "🦉", "!"]);
});

test("a text cut in the middle of a character ends with U+FFFD", async () => {
  const bytes = new BpeTokenizer({ merges: [] });
  const model = writes(bytes.encode("aé"), 0, bytes.vocabSize);
  assert.equal((await generate(model, bytes, "", { temperature: 0, maxTokens: 2 })).text, "a\ufffd");
});

test("ids are taken as they are; special names in a prompt are text unless allowed", async () => {
  const model = opinionated(3);
  const options = { temperature: 0, maxTokens: 1 };
  assert.deepEqual((await generate(model, tokenizer, [3, 4], options)).promptTokens, [3, 4]);
  const allowed = await generate(model, tokenizer, "a<end>", { ...options, allowSpecial: true });
  assert.deepEqual(allowed.promptTokens, [doc, tokenizer.encode("a")[0]!, end]);
  await assert.rejects(generate(model, tokenizer, "a<end>", options), /only the 12 characters/);
});

test("many prompts at the same time get the texts that each gets alone with its fork of the generator", async () => {
  const model = opinionated(3);
  const prompts = ["a", "bcdefghij", "c a", "dd", "", "hij hij hij hij hij hij"];
  const options: GenerateOptions = { maxTokens: 12, temperature: 0.8, topK: 8, stop: ["<end>", "."] };
  const together = await generateBatch(model, tokenizer, prompts, {
    ...options,
    random: createRandom(7),
    batchSize: 4,
  });
  for (const [i, prompt] of prompts.entries()) {
    const alone = await generate(model, tokenizer, prompt, { ...options, random: createRandom(7).fork(i) });
    assert.deepEqual(together[i], alone, prompt);
  }
  assert.ok(new Set(together.map(({ tokens }) => tokens.length)).size > 1, "the texts end at different times");
});

test("greedy texts of many prompts are those of a plain loop, past the context too", async () => {
  const model = opinionated(3);
  const prompts = ["a", "bcd", "abcdefghij abcdefghij"];
  const texts = await generateBatch(model, tokenizer, prompts, { maxTokens: 25, temperature: 0 });
  texts.forEach(({ promptTokens, tokens }) => {
    assert.deepEqual(tokens, greedy(model, promptTokens, 25));
  });
});

test("the text is the same when everything is read anew for each token, past the context too", async () => {
  const model = opinionated(3);
  for (const options of [{ temperature: 0 }, { temperature: 0.8, topP: 0.9 }]) {
    const write = async (cache: boolean) =>
      (await generate(model, tokenizer, "abc", { ...options, maxTokens: 30, random: createRandom(4), cache })).tokens;
    assert.deepEqual(await write(true), await write(false));
  }
});

test("compiled or not, the logits of the next token are the same, to 1e-5", () => {
  const model = opinionated(6);
  for (const length of [1, 7, 16, 20, 33]) {
    const ids = Array.from({ length }, (_, i) => i % config.vocabSize);
    const plain = nextLogits(model, ids, { compiled: false });
    nextLogits(model, ids, { compiled: true }).forEach((logit, id) => {
      assert.ok(Math.abs(logit - plain[id]!) < 1e-5, `length ${length}`);
    });
  }
});

test("a token that the tokenizer does not know is never written", async () => {
  const model = opinionated(4, config.vocabSize + 30);
  const random = createRandom(1);
  const { tokens } = await generate(model, tokenizer, "a", { maxTokens: 100, temperature: 5, random });
  assert.ok(tokens.every((id) => id < tokenizer.vocabSize));
});

test("writing leaves no tensor behind and the weights as they were", async () => {
  const model = opinionated(5);
  await generate(model, tokenizer, "a", { maxTokens: 40, temperature: 0 });
  const before = tf.memory().numTensors;
  const weights = Object.values(model.params).map((variable) => variable.dataSync().slice());
  for (let round = 0; round < 20; round++) await generate(model, tokenizer, "a", { maxTokens: 5, temperature: 0 });
  assert.equal(tf.memory().numTensors, before);
  assert.deepEqual(
    Object.values(model.params).map((variable) => variable.dataSync().slice()),
    weights,
  );
});

test("writing stops between two tokens when the signal is raised", async () => {
  const model = opinionated(5);
  const controller = new AbortController();
  let count = 0;
  const onToken = (): void => {
    if (++count === 3) controller.abort();
  };
  const options = { temperature: 0, maxTokens: 1000, onToken, signal: controller.signal };
  await assert.rejects(generate(model, tokenizer, "a", options), { name: "AbortError" });
  assert.equal(count, 3);
});

test("in a notebook the signal of the cell is heeded without being passed", async () => {
  const world = globalThis as { interruptSignal?: AbortSignal };
  world.interruptSignal = AbortSignal.abort();
  try {
    await assert.rejects(generate(opinionated(5), tokenizer, "a", { temperature: 0 }), { name: "AbortError" });
  } finally {
    delete world.interruptSignal;
  }
});

test("what cannot work is refused with a sentence", async () => {
  const model = opinionated(5);
  const bytes = new BpeTokenizer({ merges: [] });
  const cases: [() => Promise<unknown>, RegExp][] = [
    [() => generate(model, tokenizer, "", { startToken: null }), /prompt: expected at least one token/],
    [() => generate(model, tokenizer, []), /prompt: expected at least one token/],
    [() => generate(model, tokenizer, "a", { maxTokens: 0 }), /maxTokens/],
    [() => generate(model, tokenizer, "a"), /random: expected a generator/],
    [() => generate(model, bytes, "a"), /tokenizer: expected at most the model's 14 tokens, received 260/],
    [() => generate(model, tokenizer, [99], { temperature: 0 }), /received 99/],
  ];
  for (const [act, message] of cases) {
    await assert.rejects(act, (error) => error instanceof CourseError && message.test(error.message), String(message));
  }
});
