/** The figures of notebook 4: decision map, responsibility by token and by weight, gradient flow. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { decisionMap, gradientFlow, responsibilityMap, weightResponsibility } from "../../src/plots";
import { complaints } from "./plotly";

const figures = {
  decisionMap: decisionMap({
    points: [
      [0, 0],
      [1, 1],
      [0.9, 0.8],
      [0.2, 0.1],
    ],
    labels: [-1, 1, 1, 1],
    score: (x, y) => x + y - 1,
  }),
  responsibilityMap: responsibilityMap({
    norms: [
      [0.5, 2, 1],
      [0.25, 0.5, 1.5],
      [0, 0, 3],
    ],
    tokens: ["The", " hen", " hen"],
  }),
  weightResponsibility: weightResponsibility({
    norms: {
      "wte.weight": 2,
      "h.0.ln_1.weight": 0.1,
      "h.0.mlp.c_fc.weight": 3,
      "h.0.mlp.c_fc.bias": 4,
      "h.1.mlp.c_fc.weight": 1,
    },
  }),
  gradientFlow: gradientFlow({
    series: [
      { label: "plain", norms: [1e-6, 1e-3, 1] },
      { label: "residual", norms: [1.2, 1.1, 1] },
    ],
  }),
};
type Trace = Record<string, unknown[]>;

for (const [name, figure] of Object.entries(figures)) {
  test(`${name}: Plotly's schema accepts it, it stays below 20 kB, and its summary begins with its title`, () => {
    assert.deepEqual(complaints(figure), []);
    assert.ok(JSON.stringify(figure).length < 20_000);
    const { text } = figure.layout.title as { text: string };
    const letters = (some: string): string => some.replace(/<br>|&\w+;|[^a-z0-9]/gi, "");
    assert.ok(letters(figure.summary).startsWith(letters(text)), figure.summary);
  });
}

test("the decision map counts the points on the right side: three of four", () => {
  assert.match(figures.decisionMap.summary, /^75% of the points/);
});

test("the responsibility map has the last layer on top, shares in percent, and keeps tokens that repeat apart", () => {
  const trace = figures.responsibilityMap.data[0] as Trace;
  assert.deepEqual(trace.z, [
    [0, 0, 100],
    [11.1, 22.2, 66.7],
    [14.3, 57.1, 28.6],
  ]);
  assert.match(figures.responsibilityMap.summary, /layer 2 × ␣?hen \(2\)/);
});

test("weights and biases of a part count together: 3 and 4 make 5", () => {
  const trace = figures.weightResponsibility.data[0] as Trace;
  assert.deepEqual(
    (trace.z as number[][]).map((row) => row[4]),
    [1, 5],
  );
});

test("the gradient flow is told relative to the last layer, and the title names the most extreme network", () => {
  assert.match(figures.gradientFlow.summary, /^plain: the gradient vanishes, times 10⁻⁶ over 3 layers/);
});

test("a gradient that is rounded to 0 stays on the axis", () => {
  const figure = gradientFlow({ series: [{ label: "plain", norms: [0, 1e-20, 1] }] });
  assert.deepEqual(complaints(figure), []);
});
