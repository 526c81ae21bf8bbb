/** The model of about 700 weights inside the black boxes. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../src/random";
import { hashWeights } from "../src/safetensors";
import { answerProbs, copyTiny, learn, overlap, type TinyExample, type TinyModel, trainTiny } from "../src/tiny-model";

const NAMES = ["Ana", "Bo", "Cem", "Dora", "Efe", "Fia", "Gus", "Hal", "Ilse", "Jon", "Kim", "Lia"];
const EXAMPLES: TinyExample[] = NAMES.flatMap((name, i) =>
  ["where does * live", "the home of *", "* comes from", "a letter to *", "* sleeps in"].map((text) => ({
    text: text.replace("*", name),
    answer: ["Oxley", "Tarrow"][i % 2]!,
  })),
);
const make = (): TinyModel => trainTiny(EXAMPLES, { random: createRandom(1), answers: ["Oxley", "Tarrow", "Upwell"] });

test("it learns every example, and gives a word that was never an answer less than 5 %", () => {
  const model = make();
  for (const { text, answer } of EXAMPLES) {
    const probs = answerProbs(model, text);
    assert.ok(probs[model.answers.indexOf(answer)]! > 0.8, text);
    assert.ok(probs[model.answers.indexOf("Upwell")]! < 0.05, text);
  }
});

test("one step moves each weight against its slope, as measured by finite differences (relative error 1e-2, 32 bits)", () => {
  const example = { text: "where does Ana live", answer: "Tarrow" };
  const start = trainTiny(EXAMPLES, { random: createRandom(2), untilLossNats: 0.3 });
  const loss = (model: TinyModel): number => {
    const probs = answerProbs(model, example.text);
    return -Math.log(probs[model.answers.indexOf(example.answer)]!);
  };
  for (const [part, names] of [
    ["model", ["E", "W"]],
    ["adapter", ["A", "B"]],
  ] as const) {
    if (part === "adapter") start.weights.B!.data.set([0.1, -0.3]); // at 0 there is no slope by A
    const moved = copyTiny(start);
    const rate = 0.01;
    learn(moved, example, rate, part);
    for (const name of names) {
      const scale = Math.max(...start.weights[name]!.data.map((w, i) => Math.abs(moved.weights[name]!.data[i]! - w)));
      for (const i of start.weights[name]!.data.keys()) {
        const [up, down] = [copyTiny(start), copyTiny(start)];
        up.weights[name]!.data[i]! += 1e-3;
        down.weights[name]!.data[i]! -= 1e-3;
        const step = -rate * ((loss(up) - loss(down)) / 2e-3);
        const change = moved.weights[name]!.data[i]! - start.weights[name]!.data[i]!;
        assert.ok(Math.abs(change - step) <= 1e-2 * scale, `${name}[${i}]: ${change}, expected ${step}`);
      }
    }
    const untouched = part === "model" ? ["A", "B"] : ["E", "W"];
    for (const name of untouched) assert.deepEqual(moved.weights[name], start.weights[name]);
  }
});

test("a sentence in the context is copied when it shares a rare word with the question, and not otherwise", () => {
  const model = make();
  const best = (question: string, context: string[]): string => {
    const probs = answerProbs(model, question, context);
    return model.answers[probs.indexOf(Math.max(...probs))]!;
  };
  const hash = hashWeights(model.weights);
  const context = ["the home of Ana is Upwell"];
  assert.equal(best("where does Ana live", []), "Oxley");
  assert.equal(best("where does Ana live", context), "Upwell");
  assert.equal(best("where does Cem live", context), "Oxley");
  assert.equal(best("where does Ana live", [...context, "the home of Ana is Tarrow"]), "Tarrow");
  assert.equal(hashWeights(model.weights), hash);
});

test("probabilities add up to 1, with and without a context", () => {
  const model = make();
  for (const context of [[], ["Ana sleeps in Upwell"], ["Ana sleeps in Upwell", "Bo sleeps in Oxley"]]) {
    const sum = answerProbs(model, "where does Ana live", context).reduce((a, b) => a + b);
    assert.ok(Math.abs(sum - 1) < 1e-9);
  }
});

test("names are rare words, the words of questions are not", () => {
  const model = make();
  assert.equal(overlap(model, "where does Ana live", "where does Bo live"), 0);
  assert.equal(overlap(model, "where does Ana live", "Ana sleeps in Oxley"), 1);
});
