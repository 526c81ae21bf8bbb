/** Claims of the figures of notebooks 2 to 9 that belong to one figure only. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Figure } from "../../src/display";
import * as plots from "../../src/plots";
import { countShares } from "../../src/plots/histogram";
import { figures } from "./samples";

const titleOf = ({ layout }: Figure): string => (layout.title as { text: string }).text.replaceAll("<br>", " ");

test("attention to the future is a gap, not a zero", () => {
  const z = figures.attentionMap!.data[0]!.z as (number | null)[][];
  z.forEach((row, i) => void row.forEach((value, j) => void assert.equal(value === null, j > i)));
});

test("the title of an attention map is its strongest look back", () => {
  const map = plots.attentionMap({
    weights: [
      [1, 0, 0],
      [0.3, 0.7, 0],
      [0.1, 0.8, 0.1],
    ],
    tokens: ["The", " goat", " it"],
  });
  assert.equal(titleOf(map), "“␣it” looks at “␣goat” with 80% of its attention");
});

test("attention of another size than the text is refused", () => {
  assert.throws(
    () => plots.attentionMap({ weights: [[1]], tokens: ["a", "b"] }),
    /values: expected \(2, 2\) .* received \(1, 1\)/,
  );
});

test("small tables carry their numbers in the cells", () => {
  assert.deepEqual(figures.heatmap!.data[1]!.text, ["0.10", "-0.20", "0", "0.050"]);
});

test("the areas of a treemap add up to the whole", () => {
  const [trace] = figures.parameterTreemap!.data as { ids: string[]; parents: string[]; values: number[] }[];
  const { ids, parents, values } = trace!;
  assert.equal(values[0], 98304 + 49152 + 65536 + 128);
  ids.forEach((id, i) => {
    const parts = values.filter((_, j) => parents[j] === id);
    if (parts.length > 0)
      assert.equal(
        parts.reduce((a, b) => a + b),
        values[i],
        id,
      );
  });
});

test("a histogram counts every value once, in percent", () => {
  assert.deepEqual(countShares([0, 1, 1, 2], [0, 2], 2), [25, 75]);
  assert.deepEqual(countShares([-9, 0.5, 9, Number.NaN], [0, 2], 2).map(Math.round), [67, 33]);
});

test("the title of two histograms is how much wider one is", () => {
  // Standard deviations 0.02 and 0.07: 3.5 times; 5,000 draws leave about 1.4 % of doubt.
  assert.match(titleOf(figures.histogram!), /^Weight: trained spreads 3\.[45] times as wide as random start$/);
});

test("a path that leaves the map says at which step", () => {
  const grid = [-1, 0, 1];
  const figure = plots.lossContours({
    x: grid,
    y: grid,
    loss: grid.map((y) => grid.map((x) => x * x + y * y)),
    trajectories: [{ label: "too fast", x: [0.5, -0.9, 1.6, -2.9], y: [0, 0, 0, 0] }],
    xLabel: "a (no unit)",
    yLabel: "b (no unit)",
  });
  const notes = (figure.layout.annotations as { text: string }[]).map((note) => note.text.replaceAll("<br>", " "));
  assert.ok(
    notes.some((text) => text.includes("too fast (leaves the map at step 2)")),
    notes.join(),
  );
});

test("every edge of a graph runs from left to right", () => {
  const nodes = ["a", "b", "c", "d"].map((id) => ({ id, label: id }));
  const edges = [
    ["c", "d"],
    ["a", "b"],
    ["b", "c"],
    ["a", "d"],
  ].map(([from, to]) => ({ from: from!, to: to! }));
  const { layout } = plots.computationGraph({ nodes, edges });
  const arrows = (layout.annotations as { showarrow: boolean; ax: number; x: number }[]).filter(
    (note) => note.showarrow,
  );
  assert.equal(arrows.length, 4);
  for (const arrow of arrows) assert.ok(arrow.ax < arrow.x);
});

test("gradients flow the other way", () => {
  const arrows = (
    figures.computationGraph!.layout.annotations as { showarrow: boolean; ax: number; x: number }[]
  ).filter((n) => n.showarrow);
  for (const arrow of arrows) assert.ok(arrow.ax > arrow.x);
});

test("a circle and an unknown node are refused", () => {
  const nodes = [
    { id: "a", label: "a" },
    { id: "b", label: "b" },
  ];
  const circle = [
    { from: "a", to: "b" },
    { from: "b", to: "a" },
  ];
  assert.throws(() => plots.computationGraph({ nodes, edges: circle }), /no circle/);
  assert.throws(() => plots.computationGraph({ nodes, edges: [{ from: "a", to: "z" }] }), /no node "z"/);
});

test("a uniform choice among n counts as n equal tokens, a certain one as one", () => {
  assert.ok(Math.abs(plots.effectiveChoices([0.25, 0.25, 0.25, 0.25]) - 4) < 1e-12);
  assert.equal(plots.effectiveChoices([0, 1, 0]), 1);
});

test("tokens that a setting makes impossible are said to be cut off", () => {
  assert.deepEqual((figures.distributionPanels!.data[1]!.text as string[]).slice(0, 2), ["100%", "cut off"]);
});

test("without a cache each step computes all places, with it only the last one", () => {
  const squares = plots.cacheWork({ length: 5 }).data.filter(({ name }) => name === "computed") as { x: number[] }[];
  assert.deepEqual(
    squares.map(({ x }) => x.length),
    [15, 5],
  );
  assert.deepEqual(plots.cacheCounts(4), { anew: 10, kept: 4 });
  assert.equal(titleOf(plots.cacheWork({ length: 5 })), "5 tokens: 15 keys computed without a cache, 5 with it");
});

test("calibration bins average what was said and what came true", () => {
  assert.deepEqual(plots.calibrationBins([0.1, 0.9, 0.9], [false, true, false], { bins: 2 }), [
    { predicted: 0.1, observed: 0, count: 1 },
    { predicted: 0.9, observed: 0.5, count: 2 },
  ]);
});

test("the calibration error is the mean distance weighted by counts", () => {
  // (1 * |0.1 - 0| + 3 * |0.9 - 0.5|) / 4 = 0.325
  const bins = [
    { predicted: 0.1, observed: 0, count: 1 },
    { predicted: 0.9, observed: 0.5, count: 3 },
  ];
  assert.ok(Math.abs(plots.calibrationError(bins) - 0.325) < 1e-12);
});

test("the error bars of a calibration curve are sqrt(p (1 - p) / n)", () => {
  // sqrt(0.1 * 0.9 / 40) = 0.0474, sqrt(0.6 * 0.4 / 90) = 0.0516
  assert.deepEqual((figures.calibrationCurve!.data[0]!.error_y as { array: number[] }).array, [4.74, 5.16]);
});

test("reward hacking is named in the title when proxy and true reward part", () => {
  assert.equal(
    titleOf(figures.rewardFrontier!),
    "The proxy reward rises from 0.00 to 1.60 while the true reward falls from 0.63 to 0.20",
  );
});

test("the break-even curve crosses where the cost of answering reaches that of training, and says when", () => {
  const plot = plots.breakEvenCurve({ trainingCost: 300, costPerToken: 1, tokensPerDay: 10 });
  assert.equal(titleOf(plot), "After 30 days, answering has cost more than training");
  const [serving, training] = plot.data.filter((trace) => trace.mode === "lines") as { x: number[]; y: number[] }[];
  const crossing = serving!.x[serving!.y.findIndex((cost) => cost >= training!.y[0]!)]!;
  assert.ok(Math.abs(crossing - 30) <= 60 / 40, String(crossing));
  assert.throws(
    () => plots.breakEvenCurve({ trainingCost: 0, costPerToken: 1, tokensPerDay: 1 }),
    /trainingCost: expected a number above 0/,
  );
});
