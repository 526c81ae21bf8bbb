import assert from "node:assert/strict";
import { test } from "node:test";
import { edited, marginGradient, question, smallestEdit, specificPlaces, usualDependence } from "../src/edit";
import { createGPT, forward, type GPT, weightsOf } from "../src/gpt";
import { createRandom } from "../src/random";
import { tf } from "../src/tf";
import { goldenWeights } from "./golden";

const config = { vocabSize: 11, contextLength: 6, nLayer: 2, nHead: 2, nEmbd: 8 };
const weights = goldenWeights(config);
const model = createGPT(config, { weights });
const lastLogits = (of: GPT, ids: readonly number[]): number[] =>
  (tf.tidy(() => forward(of, [[...ids]]).arraySync()) as number[][][])[0]!.at(-1)!;

test("a question knows the likeliest token, the best of the others, and the distance", () => {
  const ids = [3, 0, 10];
  const logits = lastLogits(model, ids);
  const order = logits.map((_, id) => id).sort((a, b) => logits[b]! - logits[a]!);
  const asked = question(model, ids);
  assert.deepEqual([asked.answer, asked.rival], order.slice(0, 2));
  assert.ok(Math.abs(asked.margin - (logits[order[0]!]! - logits[order[1]!]!)) < 1e-5);
  assert.equal(question(model, ids, [order[5]!, order[3]!, order[0]!]).rival, order[3]);
});

test("the gradient of the margin equals the finite difference, to 1 % of the largest, for numbers of every kind of tensor", () => {
  const asked = question(model, [3, 0, 10]);
  const gradient = marginGradient(model, asked);
  const random = createRandom(1);
  const margin = (of: GPT): number => {
    const logits = lastLogits(of, asked.ids);
    return logits[asked.answer]! - logits[asked.rival]!;
  };
  const moved = createGPT(config, { weights });
  for (const [name, { data, shape }] of Object.entries(weights)) {
    assert.equal(gradient[name]!.length, data.length);
    const index = random.integer(data.length);
    const h = 1e-2;
    const at = (step: number): number => {
      const { data: changed } = edited(weights, { name, index, to: data[index]! + step })[name]!;
      tf.tidy(() => moved.params[name]!.assign(tf.tensor(changed, shape) as never));
      return margin(moved);
    };
    const difference = (at(h) - at(-h)) / (2 * h);
    at(0);
    const largest = Math.max(...gradient[name]!.map(Math.abs), 1);
    assert.ok(Math.abs(difference - gradient[name]![index]!) < 0.01 * largest, `${name}[${index}]: ${difference}`);
  }
});

test("usual dependence is the root mean square of gradients over margins", () => {
  const questions = [[1, 2], [5], [3, 0, 10]].map((ids) => question(model, ids));
  const usual = usualDependence(model, questions);
  const name = "h.1.attn.c_proj.weight";
  const gradients = questions.map((asked) => marginGradient(model, asked)[name]!);
  for (const i of [0, 17, 63]) {
    const expected = Math.hypot(...gradients.map((g, k) => g[i]! / questions[k]!.margin)) / Math.sqrt(3);
    assert.ok(Math.abs(usual[name]![i]! - expected) < 1e-4 * (1 + expected));
  }
});

test("the most specific numbers are those that a full sort finds", () => {
  const asked = question(model, [3, 0, 10]);
  const usual = usualDependence(model, [question(model, [1, 2])]);
  const found = specificPlaces(model, asked, usual, { count: 4, reach: Infinity });
  const all = Object.entries(marginGradient(model, asked)).flatMap(([name, grad]) =>
    [...grad].map((g, index) => ({ name, index, score: Math.abs(g) / asked.margin / (usual[name]![index]! + 1e-3) })),
  );
  all.sort((a, b) => b.score - a.score);
  assert.deepEqual(
    found.map(({ name, index }) => [name, index]),
    all.slice(0, 4).map(({ name, index }) => [name, index]),
  );
  // Of these, only numbers whose gradient could make up for the margin within reach.
  const gradient = marginGradient(model, asked);
  const near = specificPlaces(model, asked, usual, { count: 50, reach: 0.5 });
  const enough = Object.values(gradient).flatMap((grad) => [...grad].filter((g) => Math.abs(g) * 0.5 >= asked.margin));
  assert.equal(near.length, Math.min(50, enough.length));
  assert.ok(near.every((place) => Math.abs(place.gradient) * 0.5 >= asked.margin));
});

test("an edit changes one number and nothing else, and leaves the given weights alone", () => {
  const before = structuredClone(weights);
  const after = edited(weights, { name: "wte.weight", index: 9, to: 5 });
  assert.deepEqual(weights, before);
  const changed = Object.entries(after).flatMap(([name, { data }]) =>
    [...data].flatMap((x, i) => (x === weights[name]!.data[i] ? [] : [[name, i, x]])),
  );
  assert.deepEqual(changed, [["wte.weight", 9, 5]]);
  assert.throws(() => edited(weights, { name: "wte.weight", index: 88, to: 0 }), /an index from 0 to 87 in wte.weight/);
});

test("the smallest edit changes the answer, and nine tenths of it does not; the model stays as it was", () => {
  const before = weightsOf(model);
  const asked = question(model, [3, 0, 10]);
  const [place] = specificPlaces(model, asked, usualDependence(model, [question(model, [1, 2])]));
  const count = tf.memory().numTensors;
  const edit = smallestEdit(model, place!, [asked])!;
  assert.equal(tf.memory().numTensors, count);
  assert.deepEqual(weightsOf(model), before);
  const answerWith = (to: number): number => {
    const other = createGPT(config, { weights: edited(weights, { ...edit, to }) });
    const logits = lastLogits(other, asked.ids);
    return logits.indexOf(Math.max(...logits));
  };
  assert.equal(edit.from, before[edit.name]!.data[edit.index]);
  assert.notEqual(answerWith(edit.to), asked.answer);
  assert.equal(answerWith(edit.from + 0.9 * (edit.to - edit.from)), asked.answer);
  assert.equal(smallestEdit(model, place!, [asked], { limit: 0.01 }), undefined);
});
