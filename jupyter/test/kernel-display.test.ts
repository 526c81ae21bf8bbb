/** @file Outputs in several forms: bundles, updates in place, figures with a picture of their last state. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Content, KernelClient } from "./client";

const PLOTLY = "application/vnd.plotly.v1+json";
const PNG = "image/png";

let kernel: KernelClient;
before(async () => {
  kernel = await KernelClient.start();
  await kernel.run(`
    const show = (globalThis as any)[Symbol.for("course.display")];
    const figure = (y: ArrayLike<number>, type = "scatter") => ({
      "${PLOTLY}": { data: [{ y, type }], layout: { title: { text: "Loss after " + y.length + " steps" } } },
      "text/plain": "The loss after " + y.length + " steps.",
    });`);
});
after(() => kernel.stop());

/** Type and content of all outputs that are displays. */
async function displays(code: string): Promise<{ type: string; content: Content }[]> {
  const { outputs, error } = await kernel.run(code);
  assert.equal(error?.traceback.join("\n"), undefined);
  return outputs.filter(({ type }) => type.endsWith("display_data"));
}

test("a bundle is shown in all its forms", async () => {
  const [output] = await displays('show({ "text/html": "<b>x</b>", "text/plain": "x" })');
  assert.equal(output?.type, "display_data");
  assert.deepEqual(output.content.data, { "text/html": "<b>x</b>", "text/plain": "x" });
});

test("an update replaces the output of the same id, also from a later cell", async () => {
  const [shown] = await displays('const handle = show({ "text/plain": "one" });');
  const [updated] = await displays('handle.update({ "text/plain": "two" });');
  assert.equal(updated?.type, "update_display_data");
  assert.equal(updated.content.transient.display_id, shown?.content.transient.display_id);
  assert.deepEqual(updated.content.data, { "text/plain": "two" });
});

test("an id of one's own and metadata are kept", async () => {
  const [output] = await displays('show({ "text/plain": "x" }, { id: "mine", metadata: { "text/plain": { a: 1 } } })');
  assert.equal(output?.content.transient.display_id, "mine");
  assert.deepEqual(output.content.metadata, { "text/plain": { a: 1 } });
});

test("bytes of a picture become base64, with the text as its alternative", async () => {
  const [output] = await displays(`show({ "${PNG}": new Uint8Array([1, 2, 3]), "text/plain": "three bytes" })`);
  assert.equal(output?.content.data[PNG], "AQID");
  assert.deepEqual(output.content.metadata, { [PNG]: { alt: "three bytes" } });
});

test("typed arrays in a figure become lists of numbers", async () => {
  const [output] = await displays("show(figure(new Float32Array([1, 0.5])))");
  assert.deepEqual(output?.content.data[PLOTLY].data[0].y, [1, 0.5]);
});

test("what is shown is the state at that moment, whatever the cell changes afterwards", async () => {
  const outputs = await displays("const losses = [3, 2]; show(figure(losses)); losses.push(99);");
  for (const { content } of outputs) assert.deepEqual(content.data[PLOTLY].data[0].y, [3, 2]);
});

test("text that was printed before a display comes before it", async () => {
  const { outputs } = await kernel.run('console.log("a"); show({ "text/plain": "b" }); console.log("c")');
  assert.deepEqual(
    outputs.map(({ type }) => type),
    ["stream", "display_data", "stream"],
  );
});

test("clear removes what the cell has shown", async () => {
  const { outputs } = await kernel.run('show.clear(true); show({ "text/plain": "new" }); console.clear()');
  const cleared = outputs.filter(({ type }) => type === "clear_output").map(({ content }) => content.wait);
  assert.deepEqual(cleared, [true, true]);
});

test("tslab's own display functions work", async () => {
  const [output] = await displays('import * as tslab from "tslab"; tslab.display.html("<i>x</i>");');
  assert.deepEqual(output?.content.data, { "text/html": "<i>x</i>" });
});

test("a figure updated a hundred times gets one picture, of its last state", async () => {
  const outputs = await displays(`
    const live = show(figure([1]));
    for (let n = 2; n <= 100; n++) live.update(figure(new Array(n).fill(1)));`);
  assert.equal(outputs.length, 101);
  const pictures = outputs.filter(({ content }) => content.data[PNG]);
  assert.equal(pictures.length, 1);
  const last = outputs.at(-1)!;
  assert.equal(last, pictures[0]);
  assert.equal(last.type, "update_display_data");
  assert.equal(last.content.data[PLOTLY].data[0].y.length, 100);
  assert.equal(last.content.data["text/plain"], "The loss after 100 steps.");
});

test("the picture is a PNG with the summary as its alternative text and its size on the page", async () => {
  const last = (await displays("show(figure([3, 2, 1]))")).at(-1)!;
  const bytes = Buffer.from(last.content.data[PNG], "base64");
  assert.equal(bytes.subarray(1, 4).toString(), "PNG");
  assert.deepEqual(last.content.metadata[PNG], { alt: "The loss after 3 steps.", width: 700, height: 400 });
  assert.equal(bytes.readUInt32BE(16), 1400, "pixels in a row: two for each pixel of the page");
});

test("a figure updated by a later cell gets a new picture there", async () => {
  await displays("const early = show(figure([5, 4]));");
  const outputs = await displays("early.update(figure([5, 4, 3]));");
  assert.deepEqual(
    outputs.map(({ content }) => Boolean(content.data[PNG])),
    [false, true],
  );
});

test("a failed and an interrupted cell keep their figures, with pictures", async () => {
  const failed = await kernel.run('show(figure([9, 8])); throw new Error("x")');
  assert.ok(failed.outputs.some(({ content }) => content.data?.[PNG]));
  assert.equal(failed.error?.ename, "Error");
  const stopped = await kernel.run("show(figure([9, 8])); for (;;) await null", { interruptAfterMs: 300 });
  assert.ok(stopped.outputs.some(({ content }) => content.data?.[PNG]));
});

test("a figure that needs WebGL is shown without a picture", async () => {
  const outputs = await displays('show(figure([1], "scatter3d"))');
  assert.deepEqual(
    outputs.map(({ content }) => Object.keys(content.data)),
    [[PLOTLY, "text/plain"]],
  );
});

test("a figure as the last value of a cell is shown as a figure", async () => {
  const outputs = await displays('({ data: [{ y: [1, 2] }], layout: {}, summary: "Two points." })');
  assert.equal(outputs[0]?.type, "display_data");
  assert.deepEqual(outputs[0].content.data, {
    [PLOTLY]: { data: [{ y: [1, 2] }], layout: {} },
    "text/plain": "Two points.",
  });
  assert.ok(outputs[1]?.content.data[PNG]);
});

test("what a display function returns is not shown a second time", async () => {
  const { outputs } = await kernel.run("({ update() {} })");
  assert.deepEqual(outputs, []);
});

test("no picture is drawn with COURSE_PICTURES=off", async () => {
  const plain = await KernelClient.start({ env: { COURSE_PICTURES: "off" } });
  try {
    const code = `globalThis[Symbol.for("course.display")]({ "${PLOTLY}": { data: [], layout: {} } })`;
    assert.equal((await plain.run(code)).outputs.length, 1);
  } finally {
    await plain.stop();
  }
});
