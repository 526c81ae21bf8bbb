import assert from "node:assert/strict";
import { test } from "node:test";
import { lossCurve, movingMean, uniformBaseline } from "../../src/plots/loss-curve";
import { baselines, history } from "./samples";

type Axis = { range: [number, number]; title: { text: string } };
type Note = { text: string; y: number };

const titleOf = (figure: { layout: Record<string, unknown> }): string => (figure.layout.title as { text: string }).text;

test("the uniform baseline is ln V", () => {
  const { label, lossNats } = uniformBaseline(768);
  assert.equal(label, "uniform guess: ln 768");
  assert.ok(Math.abs(Math.exp(lossNats) - 768) < 1e-9);
});

test("every baseline is a dashed line at its loss with a label that has the number", () => {
  const { layout } = lossCurve({ history: history(500), baselines });
  const shapes = layout.shapes as { y0: number; y1: number; line: { dash: string } }[];
  assert.deepEqual(
    shapes.map((shape) => [shape.y0, shape.y1, shape.line.dash]),
    [
      [6.6438, 6.6438, "dash"],
      [5.21, 5.21, "dash"],
      [3.38, 3.38, "dash"],
    ],
  );
  const notes = (layout.annotations as Note[]).map((note) => note.text);
  for (const text of ["uniform guess: ln 768 = 6.64", "unigram counts: 5.21", "bigram table: 3.38"])
    assert.ok(notes.includes(text));
});

test("the axes do not move while training goes on", () => {
  const axesAt = (last: number): [Axis, Axis] => {
    const { layout } = lossCurve({ history: history(last), baselines, totalSteps: 2500 });
    return [layout.xaxis as Axis, layout.yaxis as Axis];
  };
  const [early, late] = [axesAt(20), axesAt(2400)];
  assert.deepEqual(early[0], late[0]);
  assert.deepEqual(early[0].range, [0, 2500]);
  // The first losses are noisy and the highest sets the top: 10 % is what the noise may change.
  assert.ok(Math.abs(early[1].range[1] / late[1].range[1] - 1) < 0.1);
});

test("the title names the lowest baseline that was beaten and the step", () => {
  const steps = [0, 10, 20, 30, 40];
  const curve = lossCurve({ history: { steps, lossNats: [6.6, 5.5, 5.0, 3.2, 3.0] }, baselines });
  assert.equal(titleOf(curve), "Loss falls below the bigram table after 30 steps");
});

test("the title claims no victory that was lost again", () => {
  const curve = lossCurve({
    history: { steps: [0, 1, 2], lossNats: [6, 3, 5.9] },
    baselines: [{ label: "bigram", lossNats: 4 }],
  });
  assert.equal(titleOf(curve), "Loss falls from 6.00 to 5.90 nats per token after 2 steps");
});

test("a loss that grows is not said to fall, and one that is no number is said to have diverged", () => {
  assert.match(titleOf(lossCurve({ history: { steps: [0, 1], lossNats: [2, 3] } })), /^Loss rises from 2.00 to 3.00/);
  assert.match(titleOf(lossCurve({ history: { steps: [0, 1], lossNats: [2, Number.NaN] } })), /diverged/);
});

test("a long history is drawn with at most 302 points and its last one", () => {
  const { data } = lossCurve({ history: history(2500), smooth: 0 });
  const x = data[0]!.x as number[];
  assert.ok(x.length <= 302 && x[x.length - 1] === 2500, `${x.length} points to ${x[x.length - 1]}`);
});

test("the moving mean averages neighbours on both sides", () => {
  assert.deepEqual(movingMean([3, 6, 9, 12], 1), [3, 6, 9, 10.5]);
});

test("the moving mean of a straight line has no delay", () => {
  const line = Array.from({ length: 50 }, (_, i) => 2 * i);
  assert.deepEqual(movingMean(line, 5).slice(0, 44), line.slice(0, 44));
});

test("as many losses as steps are required", () => {
  assert.throws(
    () => lossCurve({ history: { steps: [1, 2], lossNats: [3] } }),
    /expected 2 y values, one for each x, received 1/,
  );
});
