/** @file Run with: npx tsx --test grading/test/plain.test.ts */

import assert from "node:assert/strict";
import { test } from "node:test";
import { escapeHtml, formatPair, formatValue, numberText, sentenceHtml, visible } from "../src/format";
import { kindOf, shapeOf, toPlain } from "../src/plain";

test("a copy has no ties to the original", () => {
  const original = { rows: [[1, 2]] };
  const { value } = toPlain(original);
  original.rows[0]![0] = 9;
  assert.equal(formatValue(value), "{ rows: [[1, 2]] }");
});

test("a getter is read once, so that it cannot answer twice differently", () => {
  let reads = 0;
  const { value } = toPlain({
    get x() {
      return ++reads;
    },
  });
  assert.equal(formatValue(value) + formatValue(value), "{ x: 1 }{ x: 1 }");
  assert.equal(reads, 1);
});

test("maps, sets, typed arrays and tensors become lists", () => {
  assert.deepEqual(toPlain(new Map([["a", 1]])).value, [["a", 1]]);
  assert.deepEqual(toPlain(new Set([1, 2])).value, [1, 2]);
  assert.deepEqual(toPlain(new Float32Array([0.5])).value, [0.5]);
  assert.deepEqual(toPlain({ arraySync: () => [[1], [2]] }).value, [[1], [2]]);
});

test("what is not data is named with its place", () => {
  assert.deepEqual(toPlain([1, { f: () => 1 }]).strange, { path: "[1].f", what: "a function" });
  assert.deepEqual(toPlain([Promise.resolve(1)]).strange, { path: "[0]", what: "a Promise" });
  const loop: unknown[] = [];
  loop.push(loop);
  assert.deepEqual(toPlain(loop).strange, { path: "[0]", what: "an object that contains itself" });
});

test("the same list in two places is no loop", () => {
  const row = [1];
  assert.deepEqual(toPlain([row, row]), { value: [[1], [1]] });
});

test("a result of a billion values is refused without being copied", () => {
  assert.match(toPlain(new Array(1e9)).strange!.what, /more than 2,000,000 values/);
});

test("a shape is known for regular lists only", () => {
  assert.deepEqual(
    shapeOf([
      [1, 2, 3],
      [4, 5, 6],
    ]),
    [2, 3],
  );
  assert.deepEqual(shapeOf([]), [0]);
  assert.equal(shapeOf([[1], [2, 3]]), undefined);
  assert.equal(shapeOf([1, [2]]), undefined);
});

test("the kinds of values have names", () => {
  assert.equal(kindOf([[1]]), "a list of lists");
  assert.equal(kindOf([]), "an empty list");
  assert.equal(kindOf("1"), "a text");
});

test("numbers are written as one would type them", () => {
  assert.deepEqual(
    [0.1234567, 1 / 3, 8.64e16, 250000, 3.15e23, -0, 1e-9, Infinity].map((n) => numberText(n)),
    ["0.123457", "0.333333", "8.64e16", "250000", "3.15e23", "0", "1e-9", "Infinity"],
  );
});

test("two values that look alike get as many digits as it takes", () => {
  assert.deepEqual(formatPair(0.3, 0.1 + 0.2), ["0.3", "0.30000000000000004"]);
  assert.deepEqual(formatPair([1, 1.00000001], [1, 1]), ["[1, 1.00000001]", "[1, 1]"]);
});

test("long values are cut, and say so", () => {
  assert.equal(
    formatValue(
      Array.from({ length: 20 }, (_, i) => i),
      { maxItems: 3 },
    ),
    "[0, 1, 2, ... 17 more]",
  );
  assert.ok(formatValue("x".repeat(1000)).length <= 240);
});

test("control characters and marks that turn the line around are shown as codes", () => {
  assert.equal(visible("a\u001b[31m\u202eb\r"), "a\\u{1b}[31m\\u{202e}b\\u{d}");
});

test("text becomes HTML without becoming markup, and only code and italics are markup", () => {
  assert.equal(escapeHtml(`<a href="x">'&`), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
  assert.equal(sentenceHtml("`a * b * c` and *n* <b>"), "<code>a * b * c</code> and <em>n</em> &lt;b&gt;");
});
