/** Claims of the figures of notebook 1 that belong to one figure only. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Figure } from "../../src/display";
import * as plots from "../../src/plots";
import { evaluations, figures, kinds, probes, vectors, words } from "./samples";

const titleOf = ({ layout }: Figure): string =>
  (layout.title as { text: string }).text.replaceAll("<br>", " ").replaceAll("\u00a0", " ");

test("a kind is learned where it stays above halfway between chance and all right", () => {
  const series = [{ key: "a", label: "a", chance: 0.5 }];
  const at = (shares: number[]): number | undefined =>
    plots.learnedAt({ evaluations: shares.map((a, step) => ({ step, a })), series })[0]!.step;
  assert.deepEqual([at([0.5, 0.74, 0.76, 0.9]), at([0.8, 0.6, 0.8]), at([0.8, 0.6])], [2, 2, undefined]);
});

test("the title of probe curves is the order of arrival", () => {
  assert.equal(
    titleOf(figures.probeCurves!),
    "Learned in this order: grammar (step 625), directions (1,250), facts (1,875)",
  );
  const early = plots.probeCurves({ evaluations: evaluations.slice(0, 3), series: probes });
  assert.equal(titleOf(early), "Learned first: grammar (step 625); not yet: facts and directions");
});

test("chance levels above zero are dashed lines in percent that name their kinds", () => {
  const { layout } = figures.probeCurves!;
  assert.deepEqual(
    (layout.shapes as { y0: number }[]).map((shape) => shape.y0),
    [50, 25],
  );
  const notes = (layout.annotations as { text: string }[]).map((note) => note.text);
  assert.ok(notes.includes("chance, grammar: 50%") && notes.includes("chance, directions: 25%"));
});

test("a kind that was not measured every time is drawn where it was", () => {
  const { data } = plots.probeCurves({
    evaluations: [{ step: 0, a: 0.5 }, { step: 10 }, { step: 20, a: 0.9 }],
    series: [{ key: "a", label: "a" }],
  });
  assert.deepEqual(
    [data[0]!.x, data[0]!.y],
    [
      [0, 20],
      [50, 90],
    ],
  );
});

test("loss and probes of one run share the step axis side by side", () => {
  const { layout } = figures.liveTraining!;
  const [left, right] = [layout.xaxis, layout.xaxis2] as { range: number[]; domain: number[] }[];
  assert.deepEqual(left!.range, right!.range);
  assert.ok(left!.domain[1]! < right!.domain[0]!);
});

test("the drawing of a live figure does not move when its title and numbers change", () => {
  const margins = ["liveTraining", "liveTraining on the way"].map((name) => figures[name]!.layout.margin);
  assert.deepEqual(margins[0], margins[1]);
});

test("the title of the map counts nearest neighbours of the same kind in all directions", () => {
  // Three tight groups far apart: every nearest neighbour is of the same kind.
  assert.match(
    titleOf(figures.embeddingMap!),
    /^Nearest neighbour of the same kind: \d+% of words before training, 100% after$/,
  );
});

test("every word is on both maps, and told by hovering when it has no label", () => {
  const shown = figures.embeddingMap!.data.flatMap((trace) => trace.hovertext as string[]);
  assert.deepEqual([...shown].sort(), [...words, ...words].sort());
});

test("a map with a group missing is refused", () => {
  assert.throws(
    () => plots.embeddingMap({ ...vectors, labels: words, groups: kinds.slice(1) }),
    /groups: expected 9 entries/,
  );
});

test("the true next token is marked, and shown with its rank when it is unlikely", () => {
  const { data } = figures.nextTokenBars!;
  const marked = data.find((trace) => (trace.marker as { pattern?: unknown }).pattern)!;
  assert.deepEqual(marked.x, [0.06]);
  assert.match((marked.text as string[])[0]!, /6\.0% ← the true next token, rank 6/);
});

test("the title of the next token is its loss, -ln p", () => {
  // -ln 0.06 = 2.813
  assert.equal(titleOf(figures.nextTokenBars!), "The next token “␣sleeps” had 6.0%: loss -ln 0.06 = 2.81 nats");
});

test("the tokens that are not drawn are counted with their share", () => {
  // 7 tokens; drawn .42 + .22 + .1 + .08 and the true one's .06; left .07 + .05
  assert.match(figures.nextTokenBars!.summary, /The other 2 tokens share 12%\.$/);
});

test("frequencies say how much of the text the drawn ones make up", () => {
  // (8120 + 4030) / 13350 = 91 %
  assert.equal(titleOf(figures.frequencyBars!), "2 of 3 different tokens make up 91% of the text");
});

test("the cost ladder compares the dearest model with ours", () => {
  // 3.8e25 / 1.39e13 = 2.73e12
  assert.equal(titleOf(figures.costLadder!), "Llama 3 405B took 2.7 trillion times the arithmetic of our model");
});

test("every bar and its text end inside the drawing", () => {
  for (const name of ["bars", "costLadder", "nextTokenBars"]) {
    const { data, layout } = figures[name]!;
    const { range, type } = layout.xaxis as { range: [number, number]; type?: string };
    const margin = layout.margin as { l: number; r: number };
    const inner = 700 - margin.l - margin.r;
    for (const trace of data) {
      (trace.x as number[]).forEach((x, i) => {
        const end = (((type === "log" ? Math.log10(x) : x) - range[0]) / (range[1] - range[0])) * inner;
        const letters = (trace.text as string[])[i]!.replace(/<[^>]*>/g, "").length;
        assert.ok(end + 6.5 * letters <= inner + margin.r, `${name}: ${(trace.text as string[])[i]}`);
      });
    }
  }
});

test("the title of two mixes is the domain where they differ most", () => {
  assert.equal(
    titleOf(figures.domainBars!),
    "Largest difference: programs, 4.20 (tales only) against 1.31 (all registers)",
  );
});

test("the title of a scaling law is what ten times the size takes off the loss", () => {
  // y = 8, 4, 2 at x = 1e5, 1e6, 1e7: half the loss for each factor of ten
  const fit = { scale: 8 * 1e5 ** Math.log10(2), exponent: Math.log10(2), floor: 0, rSquared: 1, predict: () => 1 };
  const figure = plots.scalingLaw({
    points: [
      { params: 1e5, lossNats: 8 },
      { params: 1e6, lossNats: 4 },
    ],
    fit,
  });
  assert.equal(titleOf(figure), "Ten times the weights take 50% off the loss");
});

test("the line beyond the measurements is dashed and says that it is a guess", () => {
  const { data, layout } = figures.scalingLaw!;
  const beyond = data[2] as { line: { dash: string }; x: number[] };
  assert.equal(beyond.line.dash, "dash");
  assert.deepEqual([beyond.x[0], beyond.x[beyond.x.length - 1]], [906e3, 124e6]);
  assert.ok((layout.annotations as { text: string }[]).some((note) => note.text.includes("if the law held on")));
});

test("a scaling law without sizes is refused", () => {
  assert.throws(() => plots.scalingLaw({ points: [{ lossNats: 2 }] }), /each with params above 0/);
});

test("two equal values on a row are written once", () => {
  const series = [
    { label: "before", values: [93] },
    { label: "after", values: [93] },
  ];
  const { data } = plots.dumbbells({ rows: ["facts"], series, xLabel: "Right answers (%)", suffix: "%" });
  assert.deepEqual(
    data.slice(1).map((trace) => trace.text),
    [["93%"], [""]],
  );
});
