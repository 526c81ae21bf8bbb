import assert from "node:assert/strict";
import { test } from "node:test";
import { bigramLoss, unigramLoss } from "../src/baselines";

const near = (received: number, expected: number): void => {
  assert.ok(Math.abs(received - expected) < 1e-12, `expected ${expected}, received ${received}`);
};

test("tokens that never occurred are as likely as 1 / (n + V)", () => {
  near(unigramLoss([0, 0, 0], [1, 2], 3), Math.log(6));
});

test("the single-token loss of a text counted by hand is the mean of its surprises", () => {
  near(unigramLoss([0, 0, 1], [0, 1], 2), -(Math.log(3 / 5) + Math.log(2 / 5)) / 2);
});

test("the pair loss of a text counted by hand is the mean of its surprises", () => {
  // train pairs: 01 twice, 10 once; validation pairs: 01, 11
  near(bigramLoss([0, 1, 0, 1], [0, 1, 1], 2), -(Math.log(3 / 4) + Math.log(1 / 3)) / 2);
});

test("without any training pair that helps, the pair loss is ln V", () => {
  near(bigramLoss([0, 0], [3, 4, 3], 5), Math.log(5));
});

test("an id outside the vocabulary is named with its place", () => {
  assert.throws(() => bigramLoss([0, 7], [0, 1], 5), /train\[1\]: expected an id from 0 to 4, received 7/);
});
