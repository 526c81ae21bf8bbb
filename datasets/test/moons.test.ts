/** @file The moons: their shape, their noise, their seed. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadMoons } from "../src/moons";

test("without noise every point lies on the half circle of its moon, to 1e-12", () => {
  const { points, labels } = loadMoons({ noise: 0 });
  points.forEach(([x, y], i) => {
    const [cx, cy, side] = labels[i] === -1 ? [0, 0, 1] : [1, 0.5, -1];
    assert.ok(Math.abs((x - cx) ** 2 + (y - cy) ** 2 - 1) < 1e-12, `point ${i} lies on the circle`);
    assert.ok(side * (y - cy) > -1e-12, `point ${i} lies on the right half`);
  });
});

test("half of the points belong to each moon", () => {
  const { points, labels } = loadMoons({ count: 60 });
  assert.equal(points.length, 60);
  assert.equal(labels.filter((label) => label === 1).length, 30);
});

test("the noise has the standard deviation that was asked for, within a tenth", () => {
  const clean = loadMoons({ count: 2000, noise: 0 }).points.flat();
  const strewn = loadMoons({ count: 2000, noise: 0.2 }).points.flat();
  const square = strewn.reduce((sum, value, i) => sum + (value - clean[i]!) ** 2, 0) / clean.length;
  assert.ok(Math.abs(Math.sqrt(square) - 0.2) < 0.02, String(Math.sqrt(square)));
});

test("no straight line separates the moons: the best of 720 leaves at least a twentieth on the wrong side", () => {
  const { points, labels } = loadMoons();
  let best = 0;
  for (let k = 0; k < 720; k++) {
    const along = points.map(([x, y]) => x * Math.cos((k * Math.PI) / 360) + y * Math.sin((k * Math.PI) / 360));
    for (const border of along) {
      best = Math.max(best, along.filter((value, i) => value > border === labels[i]! > 0).length / points.length);
    }
  }
  assert.ok(best < 0.95, String(best));
});

test("the same seed gives the same points, and the card names their checksum", () => {
  assert.deepEqual(loadMoons(), loadMoons({ count: 100, noise: 0.1, seed: 1 }));
  assert.notDeepEqual(loadMoons(), loadMoons({ seed: 2 }));
  const digits = loadMoons().points.map((point) => point.map((value) => value.toFixed(9)).join(" "));
  const sha256 = createHash("sha256").update(digits.join("\n")).digest("hex");
  assert.ok(readFileSync(join(__dirname, "../moons/card.md"), "utf8").includes(sha256), sha256);
});

test("an odd number of points is refused", () => {
  assert.throws(() => loadMoons({ count: 7 }), /count: expected an even number, received 7/);
});
