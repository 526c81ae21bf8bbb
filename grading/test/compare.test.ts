/** @file Run with: npx tsx --test grading/test/compare.test.ts */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Comparator, close, exact, firstDifference, sameItems, satisfies } from "../src/compare";
import type { Plain } from "../src/plain";

function accepts(comparator: Comparator, received: Plain, expected: Plain): boolean {
  return comparator.difference(received, expected, []) === undefined;
}

test("numbers are close within relative plus absolute tolerance, and not beyond", () => {
  const comparator = close({ relative: 1e-3, absolute: 1e-6 });
  assert.ok(accepts(comparator, 1000.9, 1000));
  assert.ok(!accepts(comparator, 1001.1, 1000));
  assert.ok(accepts(comparator, 9e-7, 0));
  assert.ok(!accepts(comparator, 2e-6, 0));
});

test("NaN and the infinities are never close to a number, and equal to themselves", () => {
  for (const odd of [Number.NaN, Infinity, -Infinity]) {
    assert.ok(!accepts(close(), odd, 1));
    assert.ok(!accepts(close(), 1, odd));
    assert.ok(accepts(close(), odd, odd));
  }
  assert.ok(!accepts(close(), Infinity, -Infinity));
});

test("0 and -0 are equal", () => {
  assert.ok(accepts(exact, -0, 0));
});

test("a text, true or a list with one number is not the number", () => {
  for (const received of ["1", true, [1], null, undefined]) assert.ok(!accepts(close(), received as Plain, 1));
});

test("typed arrays count as lists of numbers", () => {
  assert.ok(accepts(exact, new Int32Array([1, 2]), [1, 2]));
  assert.ok(accepts(exact, [1, 2], new Float64Array([1, 2])));
});

test("the first difference has a place, outermost and leftmost first", () => {
  const expected = {
    inputs: [[1, 2]],
    targets: [
      [2, 3],
      [4, 5],
    ],
  };
  const place = (received: Plain): string | undefined => firstDifference(received, expected, {})?.path;
  assert.equal(
    place({
      inputs: [[1, 2]],
      targets: [
        [2, 3],
        [4, 6],
      ],
    }),
    "targets[1][1]",
  );
  assert.equal(place({ inputs: [[1, 2]], targets: [[2, 3]] }), "targets");
  assert.equal(place({ inputs: [[1, 2]] }), "");
  assert.equal(place(structuredClone(expected)), undefined);
});

test("the same items are accepted in any order, each as often as it is expected", () => {
  assert.ok(accepts(sameItems(), [2, 1, 1], [1, 2, 1]));
  assert.ok(!accepts(sameItems(), [1, 2, 2], [1, 2, 1]));
  assert.ok(!accepts(sameItems(), [1, 2], [1, 2, 1]));
  assert.ok(accepts(sameItems({ relative: 1e-6 }), [0.3], [0.1 + 0.2]));
});

test("a condition accepts or says what is wrong", () => {
  const comparator = satisfies(
    "a number from 0 to 1",
    (x) => (Number(x) >= 0 && Number(x) <= 1) || "It is out of range.",
  );
  assert.ok(accepts(comparator, 0.5, undefined));
  assert.equal(comparator.difference(2, undefined, [])?.says, "It is out of range.");
});
