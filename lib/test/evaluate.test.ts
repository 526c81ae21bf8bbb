import assert from "node:assert/strict";
import { test } from "node:test";
import { sequentialBatches } from "../src/dataset";
import { CourseError } from "../src/errors";
import {
  answerClozes,
  type Cloze,
  comparePairs,
  evaluateProbes,
  evaluateSheet,
  type MinimalPair,
  meanLoss,
  sequenceLogProbs,
} from "../src/evaluate";
import { createGPT, forward, type GPT } from "../src/gpt";
import { createRandom } from "../src/random";
import { tf } from "../src/tf";
import { CharTokenizer } from "../src/tokenizer";

const letters = "abcdefghijklmnop";
const tokenizer = CharTokenizer.train(letters, { specialTokens: ["<doc>"] });
const config = { vocabSize: tokenizer.vocabSize, contextLength: 24, nLayer: 2, nHead: 2, nEmbd: 16 };

/** A small model with weights large enough to have clear opinions. */
function opinionated(seed: number): GPT {
  const random = createRandom(seed);
  const model = createGPT(config, { random });
  for (const variable of Object.values(model.params)) {
    tf.tidy(() => variable.assign(variable.add(tf.tensor(noise(variable.size, random), variable.shape))));
  }
  return model;
}

function noise(size: number, random: ReturnType<typeof createRandom>): Float32Array {
  return Float32Array.from({ length: size }, () => 0.3 * random.normal());
}

/** The plain way: one sequence at a time, no padding, softmax in double precision. */
function oneByOne(model: GPT, sequence: number[], start: number): { logProb: number; allArgmax: boolean } {
  const logits = tf.tidy(() => forward(model, [sequence.slice(0, -1)]).arraySync() as number[][][])[0]!; // (T, V)
  let logProb = 0;
  let allArgmax = true;
  for (let t = start; t < sequence.length; t++) {
    const row = logits[t - 1]!;
    const sum = row.reduce((total, z) => total + Math.exp(z), 0);
    logProb += row[sequence[t]!]! - Math.log(sum);
    if (row.indexOf(Math.max(...row)) !== sequence[t]) allArgmax = false;
  }
  return { logProb, allArgmax };
}

function randomSequences(count: number, seed: number): { sequences: number[][]; starts: number[] } {
  const random = createRandom(seed);
  const sequences = Array.from({ length: count }, () =>
    Array.from({ length: 2 + random.integer(24) }, () => random.integer(config.vocabSize)),
  );
  return { sequences, starts: sequences.map((sequence) => 1 + random.integer(sequence.length - 1)) };
}

test("batches of any size give each sequence the score it gets alone, to 1e-4 nats", async () => {
  const model = opinionated(1);
  const { sequences, starts } = randomSequences(75, 2);
  const alone = sequences.map((sequence, i) => oneByOne(model, sequence, starts[i]!));
  for (const batchSize of [1, 7, 32, 128]) {
    const scores = await sequenceLogProbs(model, sequences, starts, { batchSize });
    scores.forEach(({ logProb, allArgmax }, i) => {
      assert.ok(Math.abs(logProb - alone[i]!.logProb) < 1e-4, `batchSize ${batchSize}, sequence ${i}`);
      assert.equal(allArgmax, alone[i]!.allArgmax, `batchSize ${batchSize}, sequence ${i}`);
    });
  }
});

test("a model of zeros finds every token equally likely", async () => {
  const weights = Object.fromEntries(
    Object.entries(createGPT(config, { random: createRandom(1) }).params).map(([name, { shape, size }]) => [
      name,
      { shape, data: new Float32Array(size) },
    ]),
  );
  const model = createGPT(config, { weights });
  const [score] = await sequenceLogProbs(model, [[0, 3, 2]], [1]);
  assert.ok(Math.abs(score!.logProb - 2 * Math.log(1 / config.vocabSize)) < 1e-6);
  const loss = await meanLoss(
    model,
    Int32Array.from({ length: 100 }, (_, i) => i % 16),
  );
  assert.ok(Math.abs(loss - Math.log(config.vocabSize)) < 1e-6);
});

test("a cloze is right exactly when greedy decoding writes the answer", async () => {
  const model = opinionated(3);
  const random = createRandom(4);
  const text = (length: number): string => Array.from({ length }, () => random.pick([...letters])).join("");
  const clozes: Cloze[] = Array.from({ length: 60 }, (_, i) => {
    const prompt = text(1 + random.integer(12));
    let ids = [tokenizer.special["<doc>"]!, ...tokenizer.encode(prompt)];
    const greedy = ids.length;
    for (let k = 0; k < 2; k++) ids = [...ids, argmax(model, ids)];
    const answer = i % 3 === 0 ? text(2) : tokenizer.decode(ids.slice(greedy));
    return { prompt, answer, kind: "letters", group: "facts" };
  }).filter(({ answer }) => !answer.includes("<"));
  const answers = await answerClozes(model, tokenizer, clozes);
  clozes.forEach(({ prompt, answer }, i) => {
    const ids = [tokenizer.special["<doc>"]!, ...tokenizer.encode(prompt)];
    const written = tokenizer.encode(answer).map(() => {
      ids.push(argmax(model, ids));
      return ids.at(-1)!;
    });
    assert.equal(answers[i]!.correct, tokenizer.decode(written) === answer, `${prompt} -> ${answer}`);
  });
  assert.ok(answers.some(({ correct }) => correct) && answers.some(({ correct }) => !correct));
});

function argmax(model: GPT, ids: number[]): number {
  const row = tf.tidy(() => forward(model, [ids]).arraySync() as number[][][])[0]!.at(-1)!;
  return row.indexOf(Math.max(...row));
}

test("of a minimal pair the sentence with the larger sum of log probabilities wins, whatever their lengths", async () => {
  const model = opinionated(5);
  const pairs: MinimalPair[] = [
    { good: "abc", bad: "abd", kind: "k", group: "grammar" },
    { good: "abcdefgh", bad: "ab", kind: "k", group: "grammar" },
    { good: "pon", bad: "nop", kind: "k", group: "grammar" },
  ];
  const logProb = (text: string): number =>
    oneByOne(model, [tokenizer.special["<doc>"]!, ...tokenizer.encode(text)], 1).logProb;
  const compared = await comparePairs(model, tokenizer, pairs);
  pairs.forEach(({ good, bad }, i) => {
    assert.equal(compared[i]!.correct, logProb(good) > logProb(bad));
    assert.ok(Math.abs(compared[i]!.goodLogProb - logProb(good)) < 1e-4);
  });
});

test("probe scores count clozes and pairs under their own kinds and groups", async () => {
  const model = opinionated(5);
  const clozes = ["a", "b", "c"].map((prompt) => ({ prompt, answer: "d", kind: "next", group: "facts" }));
  const pairs = [{ good: "ab", bad: "ba", kind: "order", group: "grammar" }];
  const { kinds, groups } = await evaluateProbes(model, tokenizer, { clozes, pairs });
  assert.deepEqual([kinds.next!.n, kinds.order!.n, groups.facts!.n, groups.grammar!.n], [3, 1, 3, 1]);
  const answers = await answerClozes(model, tokenizer, clozes);
  assert.equal(kinds.next!.correct, answers.filter(({ correct }) => correct).length);
});

test("the mean loss is the mean over every window's tokens, to 1e-5 nats", async () => {
  const model = opinionated(6);
  const random = createRandom(7);
  const tokens = Int32Array.from({ length: 24 * 5 + 9 }, () => random.integer(config.vocabSize));
  let sum = 0;
  for (const { inputs, targets } of sequentialBatches({ tokens, batchSize: 1, contextLength: 24 })) {
    sum -= oneByOne(model, [...inputs, targets[23]!], 1).logProb;
  }
  for (const batchSize of [1, 2, 32]) {
    assert.ok(Math.abs((await meanLoss(model, tokens, { batchSize })) - sum / 120) < 1e-5);
  }
});

test("with maxTokens the measured windows are spread over the whole text", async () => {
  const model = opinionated(6);
  const tokens = Int32Array.from({ length: 24 * 10 + 1 }, (_, i) => (i * 7 + (i >> 4)) % 16);
  const window = (first: number): number[] => [...tokens.subarray(24 * first, 24 * first + 25)];
  const expected = -(oneByOne(model, window(0), 1).logProb + oneByOne(model, window(5), 1).logProb) / 48;
  assert.ok(Math.abs((await meanLoss(model, tokens, { maxTokens: 50 })) - expected) < 1e-5);
});

test("the evaluation sheet is plain data and names each domain", async () => {
  const model = opinionated(6);
  const tokens = Int32Array.from({ length: 100 }, (_, i) => i % 16);
  const sheet = await evaluateSheet(model, tokenizer, { domains: { tales: tokens, letters: tokens } });
  assert.deepEqual(JSON.parse(JSON.stringify(sheet)), sheet);
  assert.deepEqual(Object.keys(sheet.lossNats), ["tales", "letters"]);
  assert.equal(sheet.lossNats.tales, await meanLoss(model, tokens));
});

test("an evaluation leaves no tensor behind and the weights as they were", async () => {
  const model = opinionated(8);
  const { sequences, starts } = randomSequences(20, 9);
  await sequenceLogProbs(model, sequences, starts);
  const before = tf.memory().numTensors;
  const weights = Object.values(model.params).map((variable) => variable.dataSync().slice());
  for (let round = 0; round < 20; round++) await sequenceLogProbs(model, sequences, starts);
  assert.equal(tf.memory().numTensors, before);
  assert.deepEqual(
    Object.values(model.params).map((variable) => variable.dataSync().slice()),
    weights,
  );
});

test("an evaluation can be interrupted", async () => {
  const model = opinionated(8);
  const { sequences, starts } = randomSequences(20, 9);
  const signal = AbortSignal.abort();
  await assert.rejects(sequenceLogProbs(model, sequences, starts, { signal }), { name: "AbortError" });
});

test("what cannot be scored is refused with a sentence", async () => {
  const model = opinionated(8);
  const cases: [() => Promise<unknown>, RegExp][] = [
    [() => sequenceLogProbs(model, [new Array(26).fill(0)], [1]), /sequences\[0\]: expected at most 25 tokens/],
    [() => sequenceLogProbs(model, [[1, 2]], [0]), /starts\[0\]: expected a whole number from 1 to 1/],
    [() => sequenceLogProbs(model, [[1, 2]], [2]), /received 2/],
    [() => sequenceLogProbs(model, [[1, 2], [3]], [1]), /starts\[1\]/],
    [() => sequenceLogProbs(model, [[1, 99]], [1]), /99/],
    [() => meanLoss(model, new Int32Array(24)), /tokens: expected at least 25/],
    [() => meanLoss(model, new Int32Array(100), { maxTokens: 10 }), /maxTokens/],
  ];
  for (const [act, message] of cases) {
    await assert.rejects(act, (error) => error instanceof CourseError && message.test(error.message), String(message));
  }
});
