import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cosineSimilarity, nearestNeighbours, neighbourAgreement, principalComponents } from "../src/embedding-map";

interface Reference {
  vectors: number[][];
  directions: number[][];
  variance: number[];
  coordinates: number[][];
}

const reference = JSON.parse(readFileSync(join(__dirname, "reference", "linear-algebra.json"), "utf8")) as {
  tall: Reference;
  wide: Reference;
};

// Jacobi's rotations stop at 1e-14 of the matrix's size; the wide case goes through square roots of eigenvalues.
const TOLERANCE = 1e-9;

function assertClose(received: readonly number[], expected: readonly number[], tolerance = TOLERANCE): void {
  assert.equal(received.length, expected.length);
  received.forEach(
    (value, i) => void assert.ok(Math.abs(value - expected[i]!) <= tolerance, `${value} is not ${expected[i]}`),
  );
}

for (const [name, count] of [
  ["tall", 3],
  ["wide", 2],
] as const) {
  test(`the components of a ${name} table are numpy's`, () => {
    const { vectors, directions, variance, coordinates } = reference[name];
    const found = principalComponents(vectors, { count });
    assertClose(found.directions.flat(), directions.flat());
    assertClose(found.variance, variance);
    assertClose(found.coordinates.flat(), coordinates.flat());
  });
}

test("points on a line have one component: its direction, with all of the variance", () => {
  const found = principalComponents(
    [
      [0, 0],
      [3, 4],
      [6, 8],
    ],
    { count: 2 },
  );
  assertClose(found.directions[0]!, [0.6, 0.8]);
  assertClose(
    found.coordinates.map((c) => c[0]!),
    [-5, 0, 5],
  );
  assertClose(found.variance, [1, 0]);
});

test("equal vectors have no variance and lie in the middle of the map", () => {
  const found = principalComponents([
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
  assert.deepEqual(found.variance, [0, 0]);
  assertClose(found.coordinates.flat(), [0, 0, 0, 0, 0, 0]);
});

test("a vector of another length is refused by name", () => {
  assert.throws(
    () =>
      principalComponents([
        [1, 2],
        [1, 2, 3],
      ]),
    /vectors\[1\]: expected \(2\), received \(3\)/,
  );
});

test("cosine similarity is the cosine of the angle, whatever the lengths", () => {
  assertClose([cosineSimilarity([1, 0], [5, 5]), cosineSimilarity([1, 2], [-2, -4])], [Math.SQRT1_2, -1]);
});

test("the nearest neighbour points the same way", () => {
  const [first] = nearestNeighbours(
    [
      [1, 0],
      [0, 9],
      [9, 1],
    ],
    0,
    { count: 1 },
  );
  assert.equal(first?.index, 2);
});

test("agreement is the share of vectors whose nearest neighbour is of their group", () => {
  const vectors = [
    [1, 0],
    [1, 0.1],
    [0, 1],
    [0.1, 1],
  ];
  assert.equal(neighbourAgreement(vectors, ["a", "a", "b", "b"]), 1);
  assert.equal(neighbourAgreement(vectors, ["a", "a", "b", "c"]), 0.5);
});
