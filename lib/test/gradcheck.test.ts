import assert from "node:assert/strict";
import { test } from "node:test";
import { checkGradients, compareGradients, compareWays, finiteDifferences, gradientTable } from "../src/gradcheck";
import { tf } from "../src/tf";

/** f = x0^2 x1 + 3 w, with its gradient in closed form. */
const f = ({ x, w }: { x: number[]; w: number }): number => x[0]! ** 2 * x[1]! + 3 * w;
const inputs = { x: [2, 5], w: 1 };
const gradient = { x: [20, 4], w: 3 };

test("finite differences find the gradient of a polynomial to 1e-8, in the form of its inputs", () => {
  const slopes = finiteDifferences(f, inputs);
  [slopes.x[0]! - 20, slopes.x[1]! - 4, slopes.w - 3].forEach((error) => void assert.ok(Math.abs(error) < 1e-8));
});

test("the error of central differences falls a hundredfold when h falls tenfold", () => {
  const error = (h: number): number => Math.abs(finiteDifferences(({ x }) => Math.exp(x), { x: 1 }, { h }).x - Math.E);
  const ratio = error(1e-2) / error(1e-3);
  assert.ok(ratio > 99 && ratio < 101, String(ratio));
});

test("the inputs are as before, even when f changes what it gets", () => {
  const own = { x: new Float64Array([1, 2]) };
  finiteDifferences(({ x }) => {
    const value = x[0]! * x[1]!;
    x[0] = 99;
    return value;
  }, own);
  assert.deepEqual([...own.x], [1, 2]);
});

test("a right gradient agrees, tensor by tensor", () => {
  assert.deepEqual(
    checkGradients(f, inputs, gradient).map(({ name, agrees }) => [name, agrees]),
    [
      ["x", true],
      ["w", true],
    ],
  );
});

test("a wrong number is found, with its place and both values", () => {
  const [report] = compareGradients(
    {
      m: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    },
    {
      m: [
        [1, 2, 3],
        [4, 5.5, 6.25],
      ],
    },
  );
  assert.deepEqual(report, {
    name: "m",
    shape: [2, 3],
    exact: 5,
    approximate: 5.5,
    maxDifference: 0.5,
    worst: [1, 1],
    agrees: false,
  });
});

test("NaN never agrees", () => {
  const [report] = compareGradients({ x: [1, Number.NaN, 3] }, { x: [1, 2, 3] });
  assert.equal(report!.agrees, false);
  assert.deepEqual(report!.worst, [1]);
});

test("a missing name and another shape are refused", () => {
  assert.throws(() => compareGradients({ a: 1, b: 2 }, { a: 1 }), /the names of "exact": a, b, received a/);
  assert.throws(() => compareGradients({ a: [1, 2] }, { a: [[1, 2]] }), /expected \(2\), received \(1, 2\)/);
});

test("tensors, typed arrays, nested lists and stored weights can be compared with each other", () => {
  const tensor = tf.tensor2d([
    [1, 2],
    [3, 4],
  ]);
  const ways = {
    tensor: { w: tensor },
    list: {
      w: [
        [1, 2],
        [3, 4],
      ],
    },
    stored: { w: { shape: [2, 2], data: new Float32Array([1, 2, 3, 4.5]) } },
  };
  const [report] = compareWays(ways);
  assert.deepEqual(report!.values, { tensor: 4, list: 4, stored: 4.5 });
  assert.deepEqual(compareGradients({ v: new Float64Array([1]) }, { v: [1] })[0]!.agrees, true);
  tensor.dispose();
});

test("the table has a row for each tensor and says how many agree", () => {
  const { "text/plain": text } = gradientTable(checkGradients(f, inputs, { x: [20, 4], w: 4 }));
  assert.match(text, /1 of 2 gradients agree/);
  assert.match(text, /w +\(\) +4\.000000 +3\.000000 +– +1\.0+ +no/);
});
