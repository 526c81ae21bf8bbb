/** @file The largest curvature and the largest stable rate, against what matrices and arithmetic say. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { angleDegrees, bend, dot, largestCurvature, measureStableRate, norm } from "../src/curvature";
import { createRandom } from "../src/random";
import { lineThrough, quadratic, rosenbrock } from "../src/surfaces";

const near = (received: number, expected: number, share: number): void =>
  assert.ok(Math.abs(received - expected) <= share * Math.abs(expected), `${received} is not ${expected}`);

test("along each axis the slope of a bowl changes by its curvature", () => {
  const { grad } = quadratic([1, 40]);
  assert.ok(Math.abs(bend(grad, [5, -2], [0, 1])[1]! - 40) < 1e-6);
  assert.ok(Math.abs(bend(grad, [5, -2], [1, 0])[0]! - 1) < 1e-6);
});

test("the largest curvature of a bowl is its largest number, and its direction that axis, to 1e-4", () => {
  const { curvature, direction } = largestCurvature(quadratic([3, 1, 40, 7]).grad, [1, 1, 1, 1], {
    random: createRandom(1),
  });
  near(curvature, 40, 1e-4);
  near(Math.abs(direction[2]!), 1, 1e-4);
});

test("the largest curvature of Rosenbrock's valley at its lowest point is the eigenvalue of its matrix of second derivatives", () => {
  // [[802, -400], [-400, 200]] at (1, 1): trace 1002, determinant 400
  const eigenvalue = (1002 + Math.sqrt(1002 ** 2 - 4 * 400)) / 2;
  near(largestCurvature(rosenbrock.grad, [1, 1], { random: createRandom(2) }).curvature, eigenvalue, 1e-4);
});

test("on a hilltop the largest curvature is negative", () => {
  near(largestCurvature((w) => w.map((wi) => -5 * wi), [1], { random: createRandom(1) }).curvature, -5, 1e-6);
});

test("the measured largest stable rate is 2 / lambda: for a bowl, and for a line with one and two weights, to 1 %", () => {
  const line = lineThrough([
    [1, 2],
    [2, 4],
    [3, 6],
  ]);
  const cases: [{ grad(w: readonly number[]): number[] }, number[]][] = [
    [quadratic([1, 40]), [1, 1]],
    [line, [1]],
    [line, [1, 0]],
  ];
  for (const [{ grad }, from] of cases) {
    const { curvature } = largestCurvature(grad, from, { random: createRandom(1) });
    near(measureStableRate(grad, { from, low: 0, high: 10 }), 2 / curvature, 0.01);
  }
});

test("one weight of the line through (1, 2), (2, 4), (3, 6) has the curvature 28/3", () => {
  const line = lineThrough([
    [1, 2],
    [2, 4],
    [3, 6],
  ]);
  near(largestCurvature(line.grad, [1], { random: createRandom(1) }).curvature, 28 / 3, 1e-6);
});

test("products, lengths and angles", () => {
  assert.equal(dot([1, 2], [3, 4]), 11);
  assert.equal(norm([3, 4]), 5);
  assert.ok(Math.abs(angleDegrees([1, 0], [1, 1]) - 45) < 1e-6);
  assert.ok(Math.abs(angleDegrees([1, 0], [0, 3]) - 90) < 1e-6);
  assert.ok(Math.abs(angleDegrees([2, 1], [-4, -2]) - 180) < 1e-5);
});
