/** @file What a cell prints and returns arrives: whole, in order, under the right cell, in a form one can read. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { KernelClient } from "./client";

let kernel: KernelClient;
before(async () => {
  kernel = await KernelClient.start();
});
after(() => kernel.stop());

const lines = (count: number, start = "line "): string =>
  Array.from({ length: count }, (_, i) => `${start}${i}\n`).join("");

test("100,000 printed lines arrive whole and in order", async () => {
  const { stdout } = await kernel.run('for (let i = 0; i < 100_000; i++) console.log("line " + i)');
  assert.ok(stdout === lines(100_000), `${stdout.length} characters arrived`);
});

test("stdout and stderr that alternate keep their order", async () => {
  const { outputs } = await kernel.run(
    'for (let i = 0; i < 2000; i++) { console.log("o" + i); console.error("e" + i) }',
  );
  const text = outputs.map(({ content }) => content.text).join("");
  assert.ok(text === Array.from({ length: 2000 }, (_, i) => `o${i}\ne${i}\n`).join(""));
});

test("5,000 displays arrive, each once and in order", async () => {
  const code = 'for (let i = 0; i < 5000; i++) globalThis[Symbol.for("course.display")]({ "text/plain": String(i) })';
  const { outputs } = await kernel.run(code);
  assert.deepEqual(
    outputs.map(({ content }) => content.data["text/plain"]),
    Array.from({ length: 5000 }, (_, i) => String(i)),
  );
});

test("a synchronous loop shows what it prints while it runs", async () => {
  const id = await kernel.send('console.log("early"); const end = Date.now() + 1500; while (Date.now() < end);');
  await kernel.waitFor((messages) => messages.some(({ parent, type }) => parent === id && type === "stream"));
  assert.equal(kernel.collect(id).reply, undefined, "the cell has not ended yet");
  await kernel.finish(id);
});

for (const [code, shown] of [
  ["1 + 1", "2"],
  ["-0.5", "-0.5"],
  ["NaN", "NaN"],
  ['"text"', "'text'"],
  ["({ a: 1, b: [1, 2] })", "{ a: 1, b: [ 1, 2 ] }"],
  ["1.5;", "1.5"],
  ["await Promise.resolve(7)", "7"],
] as const) {
  test(`the last value of a cell is its result: ${code}`, async () => {
    const { result, stdout } = await kernel.run(code);
    assert.equal(result, shown);
    assert.equal(stdout, "");
  });
}

for (const code of [
  "undefined",
  "null",
  "let quiet = 1; quiet = 2",
  "quiet += 1",
  "setTimeout(() => {}, 1)",
  "if (true) 3",
]) {
  test(`nothing is shown for ${code}`, async () => {
    const { outputs, reply } = await kernel.run(code);
    assert.deepEqual(outputs, []);
    assert.equal(reply.status, "ok");
  });
}

test("a class decides itself how it is printed", async () => {
  const code = 'class Money { [Symbol.for("nodejs.util.inspect.custom")]() { return "3 coins" } } new Money()';
  assert.equal((await kernel.run(code)).result, "3 coins");
});

test("a value with Jupyter.display is shown in all its forms", async () => {
  const code = '({ [Symbol.for("Jupyter.display")]: () => ({ "text/markdown": "**b**", "text/plain": "b" }) })';
  const { outputs } = await kernel.run(code);
  assert.deepEqual(outputs[0]?.content.data, { "text/markdown": "**b**", "text/plain": "b" });
});

test("console.table, group, dir, count, assert and warn print", async () => {
  const code = [
    "console.table([{ step: 1, loss: 2.5 }]);",
    'console.group("g"); console.info("in"); console.groupEnd();',
    "console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 });",
    'console.count("n"); console.assert(false, "wrong"); console.warn("careful"); console.debug("%d%%", 5);',
  ].join("\n");
  const { stdout, stderr } = await kernel.run(code);
  assert.match(stdout, /│ 0 +│ 1 +│ 2\.5 +│\n.*\ng\n {2}in\n\{ a: \[Object\] \}\nn: 1\n5%\n$/);
  assert.equal(stderr, "Assertion failed: wrong\ncareful\n");
});

test("process.stdout.write prints, and calls back when it is done", async () => {
  const code =
    'await new Promise<void>((done) => process.stdout.write("a", () => done())); process.stdout.write(Buffer.from("b"));';
  assert.equal((await kernel.run(code)).stdout, "ab");
});

test("COURSE_STDERR=stdout mixes both streams, for graders that take stderr for a failure", async () => {
  const mixed = await KernelClient.start({ env: { COURSE_STDERR: "stdout" } });
  try {
    const { stdout, stderr } = await mixed.run('console.error("debugging")');
    assert.deepEqual([stdout, stderr], ["debugging\n", ""]);
  } finally {
    await mixed.stop();
  }
});

test("what a timer prints comes under the cell that set it", async () => {
  const id = await kernel.send('setTimeout(() => console.log("from the first"), 200);');
  await kernel.finish(id);
  const second = await kernel.run('await new Promise((r) => setTimeout(r, 500)); console.log("from the second")');
  assert.equal(second.stdout, "from the second\n");
  assert.equal(kernel.collect(id).stdout, "from the first\n");
});

for (const [what, code] of [
  ["a timer", 'setTimeout(() => {\n  throw new Error("too late");\n}, 50);'],
  [
    "a promise that nobody awaits",
    'async function forgotten() {\n  throw new Error("too late");\n}\nvoid forgotten();',
  ],
  [
    "an event",
    'const { EventEmitter } = require("events");\nsetTimeout(() => new EventEmitter().emit("error", new Error("too late")), 50);',
  ],
]) {
  test(`the late error of ${what} names its cell and line, and fails no other cell`, async () => {
    const id = await kernel.send(code!);
    const { reply } = await kernel.finish(id);
    const next = await kernel.run("await new Promise((r) => setTimeout(r, 300)); 5");
    assert.equal(next.result, "5");
    assert.equal(next.reply.status, "ok");
    const { stderr } = kernel.collect(id);
    assert.match(stderr, new RegExp(`^Late error from cell \\[${reply.execution_count}\\]`));
    assert.match(stderr, /Error: too late[\s\S]*> 2 \|/);
  });
}

test("the course's TensorFlow.js loads without a word", { timeout: 120_000 }, async () => {
  const load = await kernel.run('import { ready } from "@course/lib/tf"; await ready();', { timeoutMs: 60_000 });
  assert.equal(load.error?.traceback.join("\n"), undefined);
  assert.deepEqual([load.stdout, load.stderr], ["", ""]);
});

test("a tensor prints its shape, its type and its values", { timeout: 120_000 }, async () => {
  const own = await KernelClient.start();
  try {
    await own.run('import * as tf from "@tensorflow/tfjs";', { timeoutMs: 60_000 });
    const { result } = await own.run("tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3])");
    assert.equal(result, "Tensor [2, 3] float32\n[[1, 2, 3],\n [4, 5, 6]]");
    const nested = await own.run("({ logits: tf.zeros([4, 8]) })");
    assert.equal(nested.result, "{ logits: Tensor [4, 8] float32 }");
    const gone = await own.run("const gone = tf.scalar(1); gone.dispose(); gone");
    assert.equal(gone.result, "Tensor [] float32 (disposed)");
  } finally {
    await own.stop();
  }
});

test("functions that Node 23 has removed and TensorFlow.js 4.22 calls are there", async () => {
  const code =
    'const util = require("util"); [util.isNullOrUndefined(null), util.isNullOrUndefined(0), util.isArray([])]';
  assert.equal((await kernel.run(code)).result, "[ true, false, true ]");
});
