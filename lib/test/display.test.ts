import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Bundle, type Figure, figureBundle, inNotebook, show, showHtml } from "../src/display";

const world = globalThis as Record<symbol, unknown>;
const hook = Symbol.for("course.display");
const figure: Figure = { data: [{ y: [2, 1] }], layout: { title: { text: "Loss falls" } }, summary: "Loss: 2 to 1." };
const other: Figure = { ...figure, summary: "Loss: 2 to 0.5." };

/** Puts a kernel in place that notes what it is told, for the length of one test. */
function fakeKernel(t: TestContext): { shown: Bundle[]; updated: Bundle[] } {
  const heard = { shown: [] as Bundle[], updated: [] as Bundle[] };
  world[hook] = (bundle: Bundle) => {
    heard.shown.push(bundle);
    return { update: (next: Bundle) => heard.updated.push(next) };
  };
  t.after(() => delete world[hook]);
  return heard;
}

test("a figure becomes a Plotly object and its summary as text", () => {
  assert.deepEqual(figureBundle(figure), {
    "application/vnd.plotly.v1+json": { data: figure.data, layout: figure.layout },
    "text/plain": "Loss: 2 to 1.",
  });
});

test("in a notebook figures go to the kernel, and updates to the same place", (t) => {
  const { shown, updated } = fakeKernel(t);
  assert.equal(inNotebook(), true);
  const display = show(figure);
  display.update(other);
  assert.deepEqual(shown, [figureBundle(figure)]);
  assert.deepEqual(updated, [figureBundle(other)]);
});

test("a bundle is passed on as it is", (t) => {
  const { shown, updated } = fakeKernel(t);
  const display = showHtml("<b>two</b>", "two");
  display.update({ "text/plain": "three" });
  assert.deepEqual(shown, [{ "text/html": "<b>two</b>", "text/plain": "two" }]);
  assert.deepEqual(updated, [{ "text/plain": "three" }]);
});

test("outside a notebook the summary is printed, and again when it changes", (t) => {
  const log = t.mock.method(console, "log", () => {});
  assert.equal(inNotebook(), false);
  show(figure).update(other);
  showHtml("<b>two</b>", "two");
  assert.deepEqual(
    log.mock.calls.map(({ arguments: [text] }) => text),
    ["Loss: 2 to 1.", "Loss: 2 to 0.5.", "two"],
  );
});
