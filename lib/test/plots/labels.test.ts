import assert from "node:assert/strict";
import { test } from "node:test";
import { bestPlace, overlaps, placeBesidePoints, spread, textSize } from "../../src/plots/labels";
import { createRandom } from "../../src/random";
import { figures } from "./samples";

test("labels with room enough stay where they are", () => {
  assert.deepEqual(spread([10, 50, 90], [6, 6, 6], [0, 100]), [10, 50, 90]);
});

test("two labels in one place move apart by half a label each", () => {
  assert.deepEqual(spread([50, 50], [10, 10], [0, 100]), [45, 55]);
});

test("at the edge only the inner label moves", () => {
  assert.deepEqual(spread([98, 99], [10, 10], [0, 100]), [85, 95]);
});

test("a heavy label pushes the other one away", () => {
  const [light, heavy] = spread([50, 52], [10, 10], [0, 100], [1, 1e9]);
  assert.ok(Math.abs(heavy! - 52) < 1e-6 && Math.abs(light! - 42) < 1e-6);
});

test("thirty random labels never overlap, keep their order and stay inside", () => {
  const random = createRandom(5);
  for (let round = 0; round < 50; round++) {
    const wanted = Array.from({ length: 30 }, () => random.uniform() * 400);
    const sizes = wanted.map(() => 5 + random.uniform() * 8);
    const placed = spread(wanted, sizes, [0, 400]);
    const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
    order.forEach((label, k) => {
      assert.ok(placed[label]! - sizes[label]! / 2 >= -1e-9 && placed[label]! + sizes[label]! / 2 <= 400 + 1e-9);
      const next = order[k + 1];
      if (next === undefined) return;
      const gap = placed[next]! - placed[label]! - (sizes[next]! + sizes[label]!) / 2;
      assert.ok(gap >= -1e-9, `labels ${label} and ${next} overlap by ${-gap}`);
    });
  }
});

test("no other arrangement of three labels moves them less", () => {
  const wanted = [10, 12, 30];
  const cost = (places: readonly number[]): number => places.reduce((sum, p, i) => sum + (p - wanted[i]!) ** 2, 0);
  const found = cost(spread(wanted, [8, 8, 8], [0, 100]));
  const tenths = Array.from({ length: 500 }, (_, i) => i / 10);
  // Every arrangement in steps of 0.1 pixel, the third label as near to its wish as it may be.
  for (const a of tenths) {
    for (const b of tenths) {
      if (b < a + 8) continue;
      assert.ok(cost([a, b, Math.max(30, b + 8)]) >= found - 1e-9);
    }
  }
});

test("labels beside points cover neither each other nor other points", () => {
  const random = createRandom(8);
  const points = Array.from({ length: 40 }, () => ({ x: 20 + 260 * random.uniform(), y: 20 + 260 * random.uniform() }));
  const labels = points.map((_, i) => `word${i}`);
  const page = { left: 0, right: 300, top: 0, bottom: 300 };
  const sides = placeBesidePoints(points, labels, { page });
  const boxes = points.flatMap(({ x, y }, i) => {
    const { width, height } = textSize(labels[i]!, 11);
    const beside = { top: y - height / 2, bottom: y + height / 2 };
    const centred = { left: x - width / 2, right: x + width / 2 };
    if (sides[i] === "middle right") return [{ ...beside, left: x + 6, right: x + 6 + width }];
    if (sides[i] === "middle left") return [{ ...beside, left: x - 6 - width, right: x - 6 }];
    if (sides[i] === "top center") return [{ ...centred, top: y - 6 - height, bottom: y - 6 }];
    return sides[i] === "bottom center" ? [{ ...centred, top: y + 6, bottom: y + 6 + height }] : [];
  });
  assert.ok(boxes.length >= 20, `only ${boxes.length} of 40 labels found a place`);
  boxes.forEach((a, i) => void boxes.slice(i + 1).forEach((b) => void assert.ok(!overlaps(a, b))));
  for (const box of boxes) {
    assert.ok(!points.some((p) => p.x > box.left && p.x < box.right && p.y > box.top && p.y < box.bottom));
  }
});

test("the first of two equally free places is taken", () => {
  const box = { left: 0, top: 0, right: 10, bottom: 10 };
  const places = [
    { place: "a", box },
    { place: "b", box },
  ];
  assert.equal(bestPlace(places, {}).place, "a");
  assert.equal(
    bestPlace([{ place: "c", box: { ...box, left: 5 } }, ...places], {
      points: [
        { x: 12, y: 5 },
        { x: 8, y: 5 },
      ],
    }).place,
    "c",
  );
});

interface Label {
  text: string;
  x: number;
  y: number;
  ay: number;
  xref: string;
  yref: string;
  showarrow: boolean;
}

/** The height in pixels of every label with a leader line, from the figure alone. */
function labelHeights(name: string): { text: string; y: number }[] {
  const { layout } = figures[name]!;
  const margin = layout.margin as { t: number; b: number };
  const inner = (layout.height as number) - margin.t - margin.b;
  return (layout.annotations as Label[])
    .filter((label) => label.showarrow)
    .map((label) => {
      const { range } = layout[label.yref.replace("y", "yaxis")] as { range: [number, number] };
      const y = margin.t + inner * (1 - (label.y - range[0]) / (range[1] - range[0])) + label.ay;
      return { text: label.text, y };
    });
}

for (const name of ["lossCurve", "probeCurves", "liveTraining", "lines", "rewardFrontier"]) {
  test(`the labels at the ends of ${name} are at least 14 pixels apart and on the page`, () => {
    const heights = labelHeights(name).sort((a, b) => a.y - b.y);
    assert.ok(heights.length >= 2);
    heights.forEach(({ text, y }, i) => {
      assert.ok(y > 10 && y < 390, `${text} at ${y}`);
      const next = heights[i + 1];
      if (next) assert.ok(next.y - y >= 14, `${text} and ${next.text} are ${next.y - y} pixels apart`);
    });
  });
}
