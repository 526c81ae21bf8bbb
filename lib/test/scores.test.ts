import assert from "node:assert/strict";
import { test } from "node:test";
import { CourseError } from "../src/errors";
import { score, tally } from "../src/scores";

test("the ends of the interval are the shares that lie exactly 1.96 standard errors from the observed one", () => {
  for (const [correct, n] of [
    [1, 3],
    [5, 10],
    [93, 448],
    [447, 448],
  ] as const) {
    const { accuracy, low, high } = score(correct, n);
    for (const p of [low, high]) {
      const standardErrors = Math.abs(accuracy - p) / Math.sqrt((p * (1 - p)) / n);
      assert.ok(Math.abs(standardErrors - 1.959964) < 1e-6, `${correct} of ${n}: ${standardErrors}`);
    }
  }
});

test("published values: 5 of 10 is 0.2366 to 0.7634, and 0 of 20 is 0 to 0.1611, to four digits", () => {
  const half = score(5, 10);
  assert.deepEqual([half.low.toFixed(4), half.high.toFixed(4)], ["0.2366", "0.7634"]);
  const none = score(0, 20);
  assert.equal(none.low, 0);
  assert.equal(none.high.toFixed(4), "0.1611");
  assert.equal(score(20, 20).high, 1);
});

test("answers are counted by kind and, over all kinds, by group", () => {
  const { kinds, groups } = tally([
    { kind: "color", group: "facts", correct: true },
    { kind: "color", group: "facts", correct: true },
    { kind: "town", group: "facts", correct: false },
    { kind: "plural", group: "grammar", correct: true },
  ]);
  assert.deepEqual(Object.keys(kinds), ["color", "town", "plural"]);
  assert.deepEqual([kinds.color!.correct, kinds.color!.n, kinds.town!.accuracy], [2, 2, 0]);
  assert.deepEqual([groups.facts!.correct, groups.facts!.n, groups.grammar!.n], [2, 3, 1]);
});

test("counts that cannot be are refused", () => {
  assert.throws(() => score(1, 0), CourseError);
  assert.throws(() => score(3, 2), /correct: expected at most n \(2\), received 3/);
  assert.throws(() => score(-1, 2), CourseError);
});
