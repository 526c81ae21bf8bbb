import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { CourseError } from "../src/errors";
import { createRandom, type RandomState } from "../src/random";

const reference = JSON.parse(readFileSync(path.join(__dirname, "reference/random.json"), "utf8")) as {
  states: { state: RandomState; outputs: number[] }[];
  seeds: { seed: number | string; outputs: number[] }[];
};

/** Throws unless a count is within four standard deviations of what chance p gives in n trials. */
function plausible(count: number, n: number, p: number, what = ""): void {
  const deviations = Math.abs(count - n * p) / Math.sqrt(n * p * (1 - p));
  assert.ok(deviations < 4, `${what} ${count} of ${n} is ${deviations.toFixed(1)} standard deviations from ${n * p}`);
}

for (const { state, outputs } of reference.states) {
  test(`from the state ${state.join(" ")} come the numbers of sfc32`, () => {
    const random = createRandom(state);
    assert.deepEqual(
      outputs.map(() => random.uniform() * 2 ** 32),
      outputs,
    );
  });
}

for (const { seed, outputs } of reference.seeds) {
  test(`the seed ${JSON.stringify(seed)} gives the same numbers on every machine`, () => {
    const random = createRandom(seed);
    assert.deepEqual(
      outputs.map(() => random.uniform() * 2 ** 32),
      outputs,
    );
  });
}

test("a generator goes on from a saved state as if it had never stopped", () => {
  const random = createRandom(1);
  for (let i = 0; i < 10; i++) random.normal();
  const copy = createRandom(JSON.parse(JSON.stringify(random.getState())) as RandomState);
  for (let i = 0; i < 10; i++) assert.equal(copy.uniform(), random.uniform());
});

test("neighbouring seeds give unrelated numbers: the first draws of 10,000 seeds are uniform", () => {
  const bins = new Array<number>(10).fill(0);
  for (let seed = 0; seed < 10_000; seed++) bins[Math.floor(createRandom(seed).uniform() * 10)]!++;
  for (const count of bins) plausible(count, 10_000, 0.1);
});

test("uniform numbers are from 0 to below 1, with mean 1/2 and variance 1/12 to 0.01", () => {
  const random = createRandom("uniform");
  const draws = Array.from({ length: 50_000 }, () => random.uniform());
  const mean = draws.reduce((sum, u) => sum + u, 0) / draws.length;
  const variance = draws.reduce((sum, u) => sum + (u - mean) ** 2, 0) / draws.length;
  assert.ok(draws.every((u) => u >= 0 && u < 1));
  assert.ok(Math.abs(mean - 1 / 2) < 0.01 && Math.abs(variance - 1 / 12) < 0.01);
});

test("whole numbers are equally frequent", () => {
  const random = createRandom("integer");
  const counts = new Array<number>(7).fill(0);
  for (let i = 0; i < 70_000; i++) counts[random.integer(7)]!++;
  for (const count of counts) plausible(count, 70_000, 1 / 7);
});

test("normal numbers have the shares of the normal distribution", () => {
  const random = createRandom("normal");
  const draws = Array.from({ length: 50_000 }, () => random.normal());
  // Shares below these values, from a table of the standard normal distribution.
  for (const [z, share] of [
    [-2, 0.02275],
    [-1, 0.15866],
    [0, 0.5],
    [0.5, 0.69146],
    [1.5, 0.93319],
    [3, 0.99865],
  ] as const) {
    plausible(draws.filter((x) => x < z).length, draws.length, share, `below ${z}:`);
  }
});

test("a shuffle reaches all 24 orders of four items equally often and leaves its input alone", () => {
  const random = createRandom("shuffle");
  const items = ["a", "b", "c", "d"] as const;
  const counts = new Map<string, number>();
  for (let i = 0; i < 24_000; i++) {
    const order = random.shuffle(items).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 24);
  for (const [order, count] of counts) plausible(count, 24_000, 1 / 24, order);
  assert.deepEqual(items, ["a", "b", "c", "d"]);
});

test("a sample has k different items, each item equally often", () => {
  const random = createRandom("sample");
  const counts = [0, 0, 0, 0, 0];
  for (let i = 0; i < 10_000; i++) {
    const sample = random.sample([0, 1, 2, 3, 4], 2);
    assert.notEqual(sample[0], sample[1]);
    for (const item of sample) counts[item]!++;
  }
  for (const count of counts) plausible(count, 10_000, 2 / 5);
  assert.deepEqual(random.sample([1, 2], 0), []);
});

test("categorical draws have the frequencies of their weights, and weight 0 never comes", () => {
  const random = createRandom("categorical");
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 40_000; i++) counts[random.categorical([2, 0, 1, 5])]!++;
  [2 / 8, 0, 1 / 8, 5 / 8].forEach((p, i) => {
    if (p === 0) assert.equal(counts[i], 0);
    else plausible(counts[i]!, 40_000, p);
  });
});

test("a fork depends on state and label, and does not move its parent", () => {
  const random = createRandom(1);
  const state = random.getState();
  const first = random.fork("data").uniform();
  assert.deepEqual(random.getState(), state);
  assert.equal(random.fork("data").uniform(), first);
  assert.notEqual(random.fork("model").uniform(), first);
  random.uniform();
  assert.notEqual(random.fork("data").uniform(), first);
});

test("what cannot be drawn is refused with a sentence", () => {
  const random = createRandom(1);
  const cases: (() => unknown)[] = [
    () => random.integer(0),
    () => random.integer(1.5),
    () => random.pick([]),
    () => random.sample([1, 2], 3),
    () => random.sample([1, 2], -1),
    () => random.categorical([]),
    () => random.categorical([0, 0]),
    () => random.categorical([1, -1]),
    () => random.categorical([1, Number.NaN]),
    () => random.categorical([1, Infinity]),
  ];
  for (const act of cases) assert.throws(act, CourseError);
  assert.throws(() => random.categorical([1, -1]), /weights\[1\]: expected a number of at least 0, received -1/);
});
