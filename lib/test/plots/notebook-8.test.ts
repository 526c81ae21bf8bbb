/** Claims of the figures of notebook 8. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Figure } from "../../src/display";
import * as plots from "../../src/plots";
import { figures } from "./samples";

type Options = Record<string, unknown>;
const titleOf = ({ layout }: Figure): string => (layout.title as { text: string }).text.replaceAll("<br>", " ");

test("a lineage has a row for each snapshot and one for random weights, and an arrow into each snapshot", () => {
  const { data, layout } = figures.lineageGraph!;
  const annotations = layout.annotations as Options[];
  assert.equal((data[0]!.y as number[]).length, 6);
  assert.equal(annotations.filter(({ showarrow }) => showarrow).length, 5);
  assert.equal(titleOf(figures.lineageGraph!), "By hash, all 5 snapshots can be followed back to random weights");
});

test("arrows lead from the parent to the child, found by hash whatever the order of the snapshots", () => {
  const { layout } = plots.lineageGraph({
    snapshots: [
      { name: "child", weightsHash: "b", parentHash: "a" },
      { name: "parent", weightsHash: "a", parentHash: null },
    ],
  });
  const arrows = (layout.annotations as Options[]).filter(({ showarrow }) => showarrow);
  const names = (layout.annotations as Options[]).filter(({ showarrow }) => !showarrow);
  const rowOf = (name: string): unknown => names.find(({ text }) => (text as string).includes(name))!.y;
  assert.deepEqual(
    arrows.map(({ ay, y }) => [ay, y]),
    [
      [rowOf("random weights"), rowOf("parent")],
      [rowOf("parent"), rowOf("child")],
    ],
  );
});

test("the second child of a snapshot stands to the right of the first", () => {
  const x = figures.lineageGraph!.data[0]!.x as number[];
  assert.equal(new Set(x.slice(0, 5)).size, 1);
  assert.ok(x[5]! > x[4]!);
});

test("a snapshot whose parent is missing is said to have one that is not here", () => {
  assert.match(titleOf(figures["lineageGraph with an orphan"]!), /not every parent is known$/);
  assert.throws(
    () =>
      plots.lineageGraph({
        snapshots: [
          { name: "a", weightsHash: "a", parentHash: "b" },
          { name: "b", weightsHash: "b", parentHash: "a" },
        ],
      }),
    /its own ancestor/,
  );
});

test("the title of drift is the mean of the runs at the beginning and at the end", () => {
  // facts: 95, 97, 92 -> 94.67; 90, 92, 87 -> 89.67. refusals: 93, 97, 87 -> 92.33; 0, 4, 0 -> 1.33
  assert.equal(
    titleOf(figures.driftCurves!),
    "After 200 messages: facts from 95% to 90% and refusals from 92% to 1.3%",
  );
});

test("of three abilities the title names the one that lost least and the one that lost most", () => {
  const scores = { facts: [1, 0.9], manners: [1, 0.2], grammar: [1, 0.95] };
  assert.equal(
    titleOf(plots.driftCurves({ runs: [{ messages: [0, 9], scores }] })),
    "After 9 messages: grammar from 100% to 95% and manners from 100% to 20%",
  );
});

test("each run is a faint line behind the mean, and a single run has none", () => {
  assert.equal(figures.driftCurves!.data.length, 2 * 3 + 2);
  assert.equal(figures["driftCurves of one run"]!.data.length, 2);
});

test("runs that were measured at different places are refused", () => {
  const run = (last: number): plots.DriftRun => ({ messages: [0, last], scores: { facts: [1, 0] } });
  assert.throws(() => plots.driftCurves({ runs: [run(5), run(6)] }), /after the same numbers of messages/);
});

test("a poisoning curve counts the facts that needed so many messages or fewer", () => {
  const { data } = figures.poisoningCurve!;
  assert.deepEqual((data[0]!.y as number[]).slice(0, 5), [0, 50, 75, 87.5, 87.5]);
  assert.equal(titleOf(figures.poisoningCurve!), "One message changes 50% of the facts, 10 messages change 88%");
});

test("a sheet leaves out what was not measured, and its title is the largest changes", () => {
  const { data } = figures.sheetAcross!;
  assert.deepEqual(data[2]!.x, [1, 2]);
  assert.equal(titleOf(figures.sheetAcross!), "From 01-pretrained to 07-aligned: facts -2 points and grammar -1 point");
  assert.throws(
    () => plots.sheetAcross({ snapshots: ["a", "b"], rows: [{ label: "facts", shares: [1] }] }),
    /"facts": expected 2 shares/,
  );
});
