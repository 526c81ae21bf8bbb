/** @file Going downhill on surfaces: the paths are PyTorch's, the slopes are those one measures. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { adam, adamw, descend, type Rule, rmsprop, sgd, storedDescents } from "../src/descent";
import { finiteDifferences } from "../src/gradcheck";
import { lineThrough, lossGrid, quadratic, rosenbrock, type Surface, spread } from "../src/surfaces";

const RULES: Record<string, (settings: never) => Rule> = {
  SGD: sgd,
  momentum: sgd,
  Nesterov: (settings: { learningRate: number; momentum: number }) => sgd({ ...settings, nesterov: true }),
  RMSprop: rmsprop,
  Adam: adam,
  AdamW: adamw,
};

for (const { surface, curvatures, from, rule, settings, weights } of storedDescents().runs) {
  test(`${rule} takes PyTorch's path over ${weights.length - 1} steps on the ${surface} surface, to 1e-5`, () => {
    const ground = curvatures ? quadratic(curvatures) : rosenbrock;
    const walk = descend(ground, { from, rule: RULES[rule]!(settings as never), steps: weights.length - 1 });
    assert.equal(walk.label, rule);
    weights.forEach((w, t) => {
      w.forEach((expected, i) => {
        const distance = Math.abs(walk.weights[t]![i]! - expected);
        assert.ok(distance <= 1e-5, `step ${t}, weight ${i}: ${distance} apart`);
      });
    });
  });
}

const surfaces: [Surface, number[]][] = [
  [quadratic([1, 40]), [-3, 0.5]],
  [quadratic([2, 0.5, 7]), [1, 2, 3]],
  [rosenbrock, [-1.2, 1]],
  [
    lineThrough([
      [1, 2],
      [2, 5],
      [4, 4],
    ]),
    [0.3],
  ],
  [
    lineThrough([
      [1, 2],
      [2, 5],
      [4, 4],
    ]),
    [0.3, -1],
  ],
];
for (const [surface, at] of surfaces) {
  test(`${surface.name}: the slopes at (${at}) are those that finite differences measure, to 1e-6`, () => {
    const measured = finiteDifferences(({ w }) => surface.loss(w), { w: at }).w;
    surface
      .grad(at)
      .forEach((slope, i) => void assert.ok(Math.abs(slope - measured[i]!) < 1e-6 * (1 + Math.abs(slope))));
    assert.equal(surface.grad(at).length, at.length);
  });
}

test("a descent starts where it is told to, and has the loss at each of its points", () => {
  const walk = descend(quadratic([1, 1]), { from: [1, 0], rule: sgd({ learningRate: 0.5 }), steps: 2 });
  assert.deepEqual(walk.x, [1, 0.5, 0.25]);
  assert.deepEqual(walk.y, [0, 0, 0]);
  assert.deepEqual(walk.loss, [0.5, 0.125, 0.03125]);
});

test("a rule can be started twice: the second walk remembers nothing of the first", () => {
  const rule = adam({ learningRate: 0.1 });
  const walk = () => descend(rosenbrock, { from: [0, 0], rule, steps: 5 }).weights;
  assert.deepEqual(walk(), walk());
});

test("the line through (1, 2), (2, 4), (3, 6) with w = 1 has a loss of 14/3 and a slope of -28/3", () => {
  const line = lineThrough([
    [1, 2],
    [2, 4],
    [3, 6],
  ]);
  assert.ok(Math.abs(line.loss([1]) - 14 / 3) < 1e-12);
  assert.ok(Math.abs(line.grad([1])[0]! + 28 / 3) < 1e-12);
});

test("a grid has a row for each y and a column for each x", () => {
  assert.deepEqual(lossGrid(quadratic([2, 200]), spread(0, 2, 3), [0, 1]), [
    [0, 1, 4],
    [100, 101, 104],
  ]);
});

test("a share that is none, and a line through nothing, are refused", () => {
  assert.throws(
    () => sgd({ learningRate: 1, momentum: 1 }),
    /momentum: expected a number from 0 to below 1, received 1/,
  );
  assert.throws(() => adamw({ learningRate: 1, beta2: -0.1 }), /beta2/);
  assert.throws(() => lineThrough([]), /points: expected at least one/);
});
