import assert from "node:assert/strict";
import { test } from "node:test";
import { assertCount, CourseError } from "../src/errors";
import { assertShape, formatShape, ShapeError, sizeOf } from "../src/shape";

test("an error says what, expected, received and remedy, and keeps them apart", () => {
  const parts = { what: "steps", expected: "a whole number", received: "1.5", remedy: "Round it." };
  const error = new CourseError(parts);
  assert.equal(error.message, "steps: expected a whole number, received 1.5. Round it.");
  assert.deepEqual(error.parts, parts);
  assert.equal(error.name, "CourseError");
  assert.ok(error instanceof Error);
});

test("an error without a remedy ends after what was received, and may have a cause", () => {
  const cause = new Error("disk full");
  const error = new CourseError({ what: "file", expected: "10 bytes", received: "9", cause });
  assert.equal(error.message, "file: expected 10 bytes, received 9.");
  assert.equal(error.cause, cause);
  assert.equal("cause" in new CourseError({ what: "a", expected: "b", received: "c" }), false);
});

test("a count is a whole number of at least the minimum, which is 1 if not said", () => {
  assertCount("n", 1);
  assertCount("n", 0, 0);
  for (const wrong of [0, -1, 1.5, Number.NaN, Infinity]) assert.throws(() => assertCount("n", wrong), CourseError);
  assert.throws(() => assertCount("batchSize", 0), {
    message: "batchSize: expected a whole number of at least 1, received 0.",
  });
});

test("shapes are written as mathematicians do and multiply to the number of values", () => {
  assert.deepEqual([[], [3], [32, 64]].map(formatShape), ["()", "(3)", "(32, 64)"]);
  assert.deepEqual([[], [2, 3], [2, 0]].map(sizeOf), [1, 6, 0]);
});

test("equal shapes pass, others throw a ShapeError with both shapes", () => {
  assertShape("x", [2, 3], [2, 3]);
  assert.throws(() => assertShape("x", [2, 3], [2, 4]), {
    name: "ShapeError",
    message: "x: expected (2, 4), received (2, 3).",
  });
  assert.throws(() => assertShape("x", [2], [2, 1]), ShapeError);
  assert.throws(() => assertShape("x", [2, 1], [2]), ShapeError);
});

test("two exchanged axes are named", () => {
  assert.throws(() => assertShape("targets", [64, 32], [32, 64], "B, T"), {
    message: "targets: expected (32, 64) = (B, T), received (64, 32). Did you swap B and T?",
  });
  assert.throws(() => assertShape("q", [2, 8, 4, 5], [2, 4, 8, 5], "B, H, T, D"), /Did you swap H and T\?/);
});

test("axes that are wrong but not exchanged get no such hint", () => {
  for (const received of [
    [64, 33],
    [32, 65],
    [32, 64, 1],
  ]) {
    assert.throws(
      () => assertShape("x", received, [32, 64], "B, T"),
      (error: Error) => !/swap/.test(error.message),
    );
  }
});
