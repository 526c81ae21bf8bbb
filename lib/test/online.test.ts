/** A model that learns from each message: it does, by exactly one step of gradient descent, and only its own copy. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, encodeChat } from "../src/chat";
import { freeze } from "../src/frozen";
import { createGPT, disposeGPT, forward, type GPT, type GPTConfig, type Weights, weightsOf } from "../src/gpt";
import { compareOrders, costOfMessage, measureDrift, poison, shareOfAnswers } from "../src/live-learning";
import { learnOnline } from "../src/online";
import { adam } from "../src/optimizer";
import { createRandom } from "../src/random";
import { hashWeights } from "../src/safetensors";
import { tf } from "../src/tf";
import { BpeTokenizer } from "../src/tokenizer";

const tokenizer = BpeTokenizer.train("the owl and the cat and the dog. where is the owl?", { vocabSize: 274 });
const config: GPTConfig = { vocabSize: 274, contextLength: 48, nLayer: 1, nHead: 2, nEmbd: 8 };
const model = createGPT(config, { random: createRandom(3) });
const lesson = { question: "where is the owl?", answer: "the cat." };
const other = { question: "where is the dog?", answer: "and the owl." };
const conversation = [
  { role: "user", content: lesson.question },
  { role: "bot", content: lesson.answer },
] as const;

/** The mean surprise at the bot's words, from the logits, by hand and in double precision. */
function lossByHand(of: GPT): number {
  const { tokens, mask } = encodeChat(tokenizer, conversation);
  const [logits] = tf.tidy(() => forward(of, [tokens.slice(0, -1)]).arraySync()) as number[][][];
  const surprises = logits!.map((row, t) => {
    const largest = Math.max(...row);
    const sum = row.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    return Math.log(sum) + largest - row[tokens[t + 1]!]!;
  });
  const own = surprises.filter((_, t) => mask[t + 1] === 1);
  return own.reduce((a, b) => a + b) / own.length;
}

test("the model it is made from keeps its hash, frozen or not, and the copy gets another", () => {
  const frozen = freeze(model);
  for (const source of [model, frozen]) {
    const live = learnOnline(source, tokenizer);
    for (let i = 0; i < 5; i++) live.learn(lesson);
    assert.equal(live.startHash, hashWeights(weightsOf(source)));
    assert.equal(live.messages, 5);
    assert.notEqual(live.hash(), live.startHash);
    live.dispose();
  }
  assert.equal(frozen.verify(), frozen.hash);
});

test("the loss it returns is the mean surprise at the bot's words before the step, within 1e-5 nats", () => {
  const live = learnOnline(model, tokenizer);
  const { lossNats } = live.learn(lesson);
  assert.ok(Math.abs(lossNats - lossByHand(model)) < 1e-5, `${lossNats} and ${lossByHand(model)}`);
  assert.ok(lossByHand(live.model) < lossNats);
  live.dispose();
});

test("one message moves a weight by learningRate times the slope, which is measured here by nudging the weight", () => {
  const learningRate = 0.05;
  const live = learnOnline(model, tokenizer, { learningRate });
  live.learn(lesson);
  const before = weightsOf(model);
  const after = weightsOf(live.model);
  const nudged = (name: string, i: number, by: number): number => {
    const weights: Weights = { ...before, [name]: { ...before[name]!, data: before[name]!.data.slice() } };
    weights[name]!.data[i]! += by;
    const probe = createGPT(config, { weights });
    const loss = lossByHand(probe);
    disposeGPT(probe);
    return loss;
  };
  for (const [name, i] of [
    ["ln_f.bias", 1],
    ["ln_f.weight", 4],
    ["h.0.mlp.c_proj.bias", 3],
    ["h.0.attn.c_proj.bias", 6],
  ] as const) {
    const h = 1e-3; // in 32-bit arithmetic a smaller nudge drowns in rounding
    const slope = (nudged(name, i, h) - nudged(name, i, -h)) / (2 * h);
    const moved = (before[name]!.data[i]! - after[name]!.data[i]!) / learningRate;
    assert.ok(Math.abs(moved - slope) < 1e-3 * Math.max(1, Math.abs(slope)), `${name}[${i}]: ${moved} and ${slope}`);
  }
  live.dispose();
});

test("what the user says is not learned: a message without words of the bot is refused, and changes nothing", () => {
  const live = learnOnline(model, tokenizer);
  const silent = [{ role: "user", content: "the owl" }] as const;
  assert.throws(() => live.learn(silent), /message: expected words of the bot to learn from, received none/);
  assert.equal(live.hash(), live.startHash);
  live.dispose();
});

test("after a reset it is the model of the beginning, and learns the same again", () => {
  for (const optimizer of [undefined, adam()]) {
    const live = learnOnline(model, tokenizer, { optimizer, learningRate: 0.01 });
    live.learn(lesson);
    live.learn(other);
    const hash = live.hash();
    live.reset();
    assert.deepEqual([live.hash(), live.messages], [live.startHash, 0]);
    live.learn(lesson);
    live.learn(other);
    assert.equal(live.hash(), hash);
    live.dispose();
  }
});

test("three steps for a message are three messages", () => {
  const [once, thrice] = [learnOnline(model, tokenizer), learnOnline(model, tokenizer, { stepsPerMessage: 3 })];
  for (let i = 0; i < 3; i++) once.learn(lesson);
  thrice.learn(lesson);
  assert.equal(thrice.hash(), once.hash());
  once.dispose();
  thrice.dispose();
});

test("a learning rate that is not above 0 is refused", () => {
  assert.throws(() => learnOnline(model, tokenizer, { learningRate: 0 }), /learningRate: expected a number above 0/);
});

test("twenty messages leave no tensor behind, and the copy is freed", () => {
  const start = tf.memory().numTensors;
  const live = learnOnline(model, tokenizer);
  live.learn(lesson);
  const before = tf.memory().numTensors;
  for (let i = 0; i < 20; i++) live.learn(i % 2 === 0 ? lesson : other);
  assert.equal(tf.memory().numTensors, before);
  live.dispose();
  assert.equal(tf.memory().numTensors, start);
});

test("drift is measured at the marks only, before the first message too, each time on the model of that moment", async () => {
  const live = learnOnline(model, tokenizer);
  const hashes: string[] = [];
  const seen: number[] = [];
  const points = await measureDrift(live, {
    lessons: [lesson, other, lesson, other],
    marks: [3, 0, 1],
    measure: async (of) => {
      hashes.push(hashWeights(weightsOf(of)));
      return { loss: lossByHand(of) };
    },
    onMessage: (messages) => seen.push(messages),
  });
  assert.deepEqual(
    points.map(({ messages }) => messages),
    [0, 1, 3],
  );
  assert.deepEqual(
    points.map(({ hash }) => hash),
    hashes,
  );
  assert.equal(new Set(hashes).size, 3);
  assert.equal(points[0]!.hash, live.startHash);
  assert.deepEqual(seen, [0, 1, 2, 3]);
  assert.ok(points[1]!.scores.loss! < points[0]!.scores.loss!);
  await assert.rejects(
    measureDrift(live, { lessons: [lesson], marks: [2], measure: async () => ({}) }),
    /marks: expected at most 1/,
  );
  live.dispose();
});

test("a share of answers is that of the questions, each judged with its own answer", async () => {
  const questions = ["where is the owl?", "where is the cat?", "where is the dog?", "where is it?"];
  const asked: [string, string][] = [];
  const share = await shareOfAnswers(model, tokenizer, questions, (answer, question) => {
    asked.push([question, answer]);
    return question.includes("cat");
  });
  assert.equal(share, 0.25);
  for (const [question, answer] of asked) {
    assert.equal(answer, await ask(model, tokenizer, question, { maxTokens: 24 }));
  }
});

test("poisoning ends with the first answer that tells the lie, and counts the bystanders it reached", async () => {
  const live = learnOnline(model, tokenizer, { learningRate: 0.5 });
  const tells = (answer: string): boolean => answer.includes("cat");
  const bystanders = [
    { question: other.question, truth: "and the owl." },
    { question: "where is the cat?", truth: "the cat." },
  ];
  const { answers, messages, spread, disturbed } = await poison(live, { lesson, tells, bystanders, atMost: 60 });
  assert.ok(messages !== null && messages >= 1, JSON.stringify(answers));
  assert.equal(answers.length, messages + 1);
  assert.deepEqual(
    answers.map(tells),
    answers.map((_, i) => i === messages),
  );
  // The same by hand on another copy.
  const again = learnOnline(model, tokenizer, { learningRate: 0.5 });
  for (let i = 0; i < messages; i++) again.learn(lesson);
  assert.equal(again.hash(), live.hash());
  const options = { maxTokens: 24 };
  const now = await Promise.all(bystanders.map(({ question }) => ask(again.model, tokenizer, question, options)));
  const then = await Promise.all(bystanders.map(({ question }) => ask(model, tokenizer, question, options)));
  assert.equal(spread, tells(now[0]!) && !tells(then[0]!) ? 0.5 : 0); // of the second bystander it is the truth
  assert.equal(disturbed, now.filter((answer, i) => answer !== then[i]).length / 2);
  for (const each of [live, again]) each.dispose();
});

test("a lie that is not told often enough leaves no number of messages", async () => {
  const live = learnOnline(model, tokenizer, { learningRate: 1e-6 });
  const { messages, answers } = await poison(live, { lesson, tells: () => false, bystanders: [], atMost: 3 });
  assert.equal(messages, null);
  assert.equal(answers.length, 4);
  live.dispose();
});

test("the same messages in two orders make two models; in the same order, one", async () => {
  const live = learnOnline(model, tokenizer);
  const { inOrder, reversed } = await compareOrders(live, [lesson, other], lesson.question);
  assert.notEqual(inOrder.hash, reversed.hash);
  const again = await compareOrders(live, [lesson, other], lesson.question);
  assert.deepEqual(again, { inOrder, reversed });
  live.dispose();
});

test("learning from a message writes and keeps 4 bytes for each weight, answering 2 for each token", async () => {
  const live = learnOnline(model, tokenizer);
  const cost = await costOfMessage(live, lesson, { rounds: 2 });
  const weights = Object.values(weightsOf(model)).reduce((sum, { data }) => sum + data.length, 0);
  assert.deepEqual([cost.answerWrites, cost.learnWrites, cost.learnKeeps], [0, 4 * weights, 4 * weights]);
  assert.equal(cost.answerKeeps, 2 * encodeChat(tokenizer, conversation).tokens.length);
  assert.ok(cost.answerMs > 0 && cost.learnMs > 0);
  assert.equal(live.hash(), live.startHash);
  live.dispose();
});
