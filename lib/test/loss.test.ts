import assert from "node:assert/strict";
import { test } from "node:test";
import { bitsPerByte, crossEntropy, perplexity, tokenLosses } from "../src/loss";
import { tf } from "../src/tf";
import { assertClose } from "./golden";

test("four equal logits are a surprise of ln 4 = 1.386 nats", () => {
  assertClose(tokenLosses(tf.zeros([1, 1, 4]), [[2]]), [Math.log(4)], 1e-6);
});

test("the loss is the mean over tokens of minus the log of the probability, computed by hand, to 1e-6", () => {
  // Logits (ln 1, ln 3) are the probabilities 1/4 and 3/4.
  const logits = tf.tensor3d([
    [
      [0, Math.log(3)],
      [0, Math.log(3)],
    ],
  ]);
  assertClose(crossEntropy(logits, [[1, 0]]), [(Math.log(4 / 3) + Math.log(4)) / 2], 1e-6);
});

test("logits of 10,000 do not overflow", () => {
  const logits = tf.tensor3d([
    [
      [1e4, 0],
      [1e4, 0],
    ],
  ]);
  assertClose(tokenLosses(logits, [[0, 1]]), [0, 1e4], 1e-2);
});

test("adding the same number to all logits changes nothing, to 1e-5", () => {
  const logits = tf.tensor3d([[[0.3, -1.2, 2]]]);
  assertClose(crossEntropy(logits.add(100), [[2]]), crossEntropy(logits, [[2]]).dataSync(), 1e-5);
});

test("a mask leaves tokens out of the mean", () => {
  const logits = tf.tensor3d([
    [
      [0, Math.log(3)],
      [5, -5],
    ],
  ]);
  assertClose(crossEntropy(logits, [[1, 1]], { mask: tf.tensor2d([[1, 0]]) }), [Math.log(4 / 3)], 1e-6);
});

test("targets with batch and time swapped are refused, with the question", () => {
  assert.throws(
    () =>
      crossEntropy(tf.zeros([2, 3, 5]), [
        [0, 0],
        [0, 0],
        [0, 0],
      ]),
    /targets: expected \(2, 3\) = \(B, T\), received \(3, 2\)\. Did you swap B and T\?/,
  );
});

test("perplexity of ln 50 nats is 50", () => {
  assertClose([perplexity(Math.log(50))], [50], 1e-12);
});

test("one bit a token at two bytes a token is half a bit a byte", () => {
  assert.equal(bitsPerByte(Math.LN2, { tokens: 10, bytes: 20 }), 0.5);
  assert.throws(() => bitsPerByte(1, { tokens: 10, bytes: 0 }), /bytes: expected a whole number of at least 1/);
});
