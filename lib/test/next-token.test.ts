import assert from "node:assert/strict";
import { test } from "node:test";
import { CourseError } from "../src/errors";
import { nextTokenProbs, type SamplingOptions, sampleToken } from "../src/next-token";
import { createRandom, type Random } from "../src/random";

const logits = [Math.log(4), Math.log(2), 0, 0]; // probabilities 1/2, 1/4, 1/8, 1/8

function close(actual: ArrayLike<number>, expected: readonly number[], tolerance = 1e-12): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) => {
    assert.ok(Math.abs(actual[i]! - value) <= tolerance, `[${i}]: ${actual[i]} is not ${value}`);
  });
}

test("without options the probabilities are the softmax", () => {
  close(nextTokenProbs(logits), [1 / 2, 1 / 4, 1 / 8, 1 / 8]);
});

test("temperature 1/2 squares the odds, temperature 2 takes their root", () => {
  close(nextTokenProbs(logits, { temperature: 0.5 }), [16 / 22, 4 / 22, 1 / 22, 1 / 22]);
  const sum = 2 + Math.SQRT2 + 2;
  close(nextTokenProbs(logits, { temperature: 2 }), [2 / sum, Math.SQRT2 / sum, 1 / sum, 1 / sum]);
});

test("temperature 0 puts all probability on the likeliest token, of equals on the first", () => {
  close(nextTokenProbs([1, 3, 3], { temperature: 0 }), [0, 1, 0]);
});

test("topK keeps exactly k tokens, of equals those with the smaller ids", () => {
  close(nextTokenProbs(logits, { topK: 3 }), [4 / 7, 2 / 7, 1 / 7, 0]);
  close(nextTokenProbs([0, 0, 0], { topK: 2 }), [1 / 2, 1 / 2, 0]);
  close(nextTokenProbs(logits, { topK: 99 }), [1 / 2, 1 / 4, 1 / 8, 1 / 8]);
});

test("topP keeps the token that reaches p and none after it", () => {
  close(nextTokenProbs(logits, { topP: 0.5 }), [1, 0, 0, 0]);
  close(nextTokenProbs(logits, { topP: 0.51 }), [2 / 3, 1 / 3, 0, 0]);
  close(nextTokenProbs(logits, { topP: 1e-9 }), [1, 0, 0, 0]);
  close(nextTokenProbs(logits, { topP: 1 }), [1 / 2, 1 / 4, 1 / 8, 1 / 8]);
});

test("minP keeps the tokens that are at least so many times as likely as the likeliest", () => {
  close(nextTokenProbs(logits, { minP: 0.5 }), [2 / 3, 1 / 3, 0, 0]); // 1/4 is half of 1/2: it stays
  close(nextTokenProbs(logits, { minP: 0.51 }), [1, 0, 0, 0]);
  close(nextTokenProbs(logits, { minP: 0.25 }), [1 / 2, 1 / 4, 1 / 8, 1 / 8]);
  close(nextTokenProbs(logits, { minP: 1 }), [1, 0, 0, 0]);
  close(nextTokenProbs(logits, { minP: 0 }), [1 / 2, 1 / 4, 1 / 8, 1 / 8]);
});

test("minP is judged after the temperature, and leaves of topK and topP what they leave", () => {
  close(nextTokenProbs(logits, { temperature: 0.5, minP: 0.26 }), [1, 0, 0, 0]); // odds of 2 have become odds of 4
  close(nextTokenProbs(logits, { topK: 3, minP: 0.2 }), [4 / 7, 2 / 7, 1 / 7, 0]);
  close(nextTokenProbs(logits, { topP: 0.6, minP: 0.2 }), [2 / 3, 1 / 3, 0, 0]);
});

test("minP keeps what the definition says: every token tried by itself, for 200 random rows", () => {
  const random = createRandom("min-p");
  for (let round = 0; round < 200; round++) {
    const row = randomRow(8, random);
    const minP = random.uniform();
    const plain = nextTokenProbs(row);
    const kept = nextTokenProbs(row, { minP });
    plain.forEach((p, id) => {
      assert.equal(kept[id]! > 0, p >= minP * Math.max(...plain), `round ${round}, token ${id}`);
    });
  }
});

test("topP works on what topK has left, and both on what the temperature has made", () => {
  close(nextTokenProbs(logits, { topK: 2, topP: 0.6 }), [1, 0, 0, 0]); // 2/3 of the two reach 0.6
  close(nextTokenProbs(logits, { temperature: 0.5, topP: 0.7 }), [1, 0, 0, 0]); // 16/22 reach 0.7
});

test("the nucleus is the smallest set of tokens that reaches p: all sets tried, for 200 random rows", () => {
  const random = createRandom("nucleus");
  for (let round = 0; round < 200; round++) {
    const row = randomRow(6, random);
    const topP = 0.05 + 0.9 * random.uniform();
    const probs = nextTokenProbs(row);
    let smallest = Infinity;
    for (let set = 1; set < 1 << 6; set++) {
      const members = [0, 1, 2, 3, 4, 5].filter((id) => set & (1 << id));
      const reached = members.reduce((sum, id) => sum + probs[id]!, 0) >= topP;
      if (reached) smallest = Math.min(smallest, members.length);
    }
    const kept = [...nextTokenProbs(row, { topP })].filter((p) => p > 0).length;
    assert.equal(kept, smallest);
  }
});

test("probabilities sum to 1 and keep their ratios, whatever the settings, to 1e-12", () => {
  const random = createRandom("ratios");
  for (let round = 0; round < 200; round++) {
    const row = randomRow(20, random);
    const plain = nextTokenProbs(row, { temperature: 0.7 });
    const cut = nextTokenProbs(row, { temperature: 0.7, topK: 1 + random.integer(20), topP: 1 - random.uniform() });
    assert.ok(Math.abs(cut.reduce((sum, p) => sum + p, 0) - 1) < 1e-12);
    const best = plain.indexOf(Math.max(...plain));
    cut.forEach((p, id) => {
      if (p > 0) assert.ok(Math.abs(p / cut[best]! - plain[id]! / plain[best]!) < 1e-12);
    });
  }
});

test("huge logits do not overflow, and -Infinity means never", () => {
  close(nextTokenProbs([1e30, 1e30, -1e30]), [1 / 2, 1 / 2, 0]);
  close(nextTokenProbs([-Infinity, 5], { topK: 2 }), [0, 1]);
  close(nextTokenProbs([1000, 999], { temperature: 0.001 }), [1, 0]);
});

test("drawn tokens have the given frequencies, to four standard errors of 20,000 draws", () => {
  const random = createRandom("draws");
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 20_000; i++) counts[sampleToken(logits, { random })]!++;
  [1 / 2, 1 / 4, 1 / 8, 1 / 8].forEach((p, id) => {
    const error = Math.sqrt((p * (1 - p)) / 20_000);
    assert.ok(Math.abs(counts[id]! / 20_000 - p) < 4 * error, `token ${id}: ${counts[id]}`);
  });
});

test("a draw takes one number from the generator, greedy takes none", () => {
  const random = createRandom(1);
  const twin = createRandom(1);
  sampleToken(logits, { random, topK: 2, temperature: 3 });
  twin.uniform();
  assert.deepEqual(random.getState(), twin.getState());
  sampleToken(logits, { random, temperature: 0 });
  assert.deepEqual(random.getState(), twin.getState());
});

test("what cannot work is refused with a sentence", () => {
  const cases: [readonly number[], SamplingOptions & { random?: Random }, RegExp][] = [
    [logits, { temperature: -1 }, /temperature: expected a number of at least 0, received -1/],
    [logits, { temperature: Number.NaN }, /temperature/],
    [logits, { topK: 0 }, /topK/],
    [logits, { topK: 1.5 }, /topK/],
    [logits, { topP: 0 }, /topP: expected a number above 0, at most 1/],
    [logits, { topP: 1.1 }, /topP/],
    [logits, { minP: -0.1 }, /minP: expected a number from 0 to 1, received -0.1/],
    [logits, { minP: 1.5 }, /minP/],
    [[1, Number.NaN], {}, /logits\[1\].*NaN.*learning rate/],
    [[Infinity, 1], {}, /logits\[0\]/],
    [[-Infinity], {}, /at least one token that may come/],
    [[], {}, /at least one token/],
  ];
  for (const [row, options, message] of cases) {
    assert.throws(() => nextTokenProbs(row, options), CourseError);
    assert.throws(() => nextTokenProbs(row, options), { message });
  }
  assert.throws(() => sampleToken(logits), /random: expected a generator.*createRandom\(1\)/);
});

function randomRow(length: number, random: Random): number[] {
  return Array.from({ length }, () => 2 * random.normal());
}
