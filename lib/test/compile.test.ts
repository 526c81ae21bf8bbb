import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { compile } from "../src/compile";
import { createGPT, forward } from "../src/gpt";
import { crossEntropy } from "../src/loss";
import { createRandom } from "../src/random";
import { type Tensor, tf } from "../src/tf";
import { assertClose } from "./golden";

const config = { vocabSize: 11, contextLength: 6, nLayer: 2, nHead: 2, nEmbd: 8 };
const freshModel = () => createGPT(config, { random: createRandom(1) });
const ids = (...rows: number[][]): Tensor => tf.tensor2d(rows, undefined, "int32");

test("a compiled model gives the logits of the model itself, to 1e-5, for every shape of input", () => {
  const model = freshModel();
  const compiled = compile((x: Tensor) => forward(model, x));
  for (const batch of [ids([1, 2, 3]), ids([4, 5, 6]), ids([1], [2]), ids([1, 2, 3])]) {
    const logits = compiled(batch);
    assert.deepEqual(logits.shape, [...batch.shape, 11]);
    assertClose(logits, forward(model, batch).dataSync(), 1e-5);
  }
  assert.equal(compiled.graphCount, 2);
  compiled.dispose();
});

test("weights that were changed after compiling are the ones that are used", () => {
  const model = freshModel();
  const compiled = compile((x: Tensor) => forward(model, x));
  const before = compiled(ids([1, 2])).dataSync();
  model.params["wte.weight"]!.assign(model.params["wte.weight"]!.mul(2) as never);
  const after = compiled(ids([1, 2])).dataSync();
  assert.notDeepEqual(after, before);
  assertClose(after, forward(model, ids([1, 2])).dataSync(), 1e-5);
});

test("a function of several tensors may return a list or an object of tensors", () => {
  const both = compile((a: Tensor, b: Tensor) => ({ sum: a.add(b), product: a.mul(b) }));
  const { sum, product } = both(tf.scalar(3), tf.scalar(4));
  assert.deepEqual([sum.dataSync()[0], product.dataSync()[0]], [7, 12]);
  const list = compile((a: Tensor) => [a, a.neg(), tf.scalar(5)]);
  assert.deepEqual(
    list(tf.scalar(3)).map((t) => t.dataSync()[0]),
    [3, -3, 5],
  );
});

test("the same tensor given twice when tracing does not tie the arguments together", () => {
  const subtract = compile((a: Tensor, b: Tensor) => a.sub(b));
  const one = tf.scalar(1);
  subtract(one, one);
  assert.equal(subtract(tf.scalar(5), tf.scalar(2)).dataSync()[0], 3);
});

test("a variable given as an argument is only an argument", () => {
  const w = tf.variable(tf.scalar(2));
  const add = compile((a: Tensor) => a.add(w));
  add(w);
  assert.equal(add(tf.scalar(10)).dataSync()[0], 12);
});

test("rows shared out among the cores give the same results, to 1e-5", () => {
  const model = freshModel();
  const compiled = compile((x: Tensor) => ({ logits: forward(model, x), double: x.mul(2) }), { splitRows: true });
  const batch = ids([1, 2], [3, 4], [5, 6]);
  const { logits, double } = compiled(batch);
  assertClose(logits, forward(model, batch).dataSync(), 1e-5);
  assert.deepEqual(Array.from(double.dataSync()), [2, 4, 6, 8, 10, 12]);
});

test("on the calling thread a graph gives the same results, to 1e-5", () => {
  const model = freshModel();
  const compiled = compile((x: Tensor) => forward(model, x), { callingThread: true });
  assertClose(compiled(ids([1, 2, 3])), forward(model, ids([1, 2, 3])).dataSync(), 1e-5);
});

/** The share of this process's processor time that the calling thread took, as Linux counts it. */
function callingShare(options: { callingThread: boolean }): number {
  const square = tf.randomUniform([256, 256], 0, 0.01);
  const powers = compile(
    (x: Tensor) => Array.from({ length: 20 }).reduce<Tensor>((y) => y.matMul(x as never), x),
    options,
  );
  powers(square).dispose();
  const nanoseconds = (): number =>
    Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ")[0]);
  const [own, all] = [nanoseconds(), process.cpuUsage()];
  for (let i = 0; i < 40; i++) powers(square).dispose();
  const { user, system } = process.cpuUsage(all);
  powers.dispose();
  square.dispose();
  return (nanoseconds() - own) / 1000 / (user + system);
}

/** Only the binding that the set-up compiles knows the calling thread, and only Linux tells what a thread has computed. */
function canCount(): boolean {
  const chosen = join(__dirname, "..", "..", ".course", "backend.json");
  const { way } = existsSync(chosen) ? JSON.parse(readFileSync(chosen, "utf8")) : { way: "" };
  return existsSync("/proc/self/schedstat") && way.startsWith("a binding compiled");
}

test("a graph for the calling thread runs there, any other does not", () => {
  if (!canCount()) return;
  const [here, elsewhere] = [callingShare({ callingThread: true }), callingShare({ callingThread: false })];
  assert.ok(
    here > 0.8 && elsewhere < 0.4,
    `${here.toFixed(2)} on the calling thread, ${elsewhere.toFixed(2)} otherwise`,
  );
});

test("after a graph for the calling thread, the halves of another one still run on two threads", () => {
  if (!canCount() || availableParallelism() < 2) return;
  const script = join(__dirname, "threads-after-writing.ts");
  const out = execFileSync(process.execPath, ["--import", "tsx", script], { stdio: ["ignore", "pipe", "ignore"] });
  const shares = JSON.parse(out.toString().trim().split("\n").at(-1)!) as number[];
  const busy = shares.filter((share) => share > 0.2);
  assert.ok(busy.length >= 2, `shares of the threads: ${shares.map((share) => share.toFixed(2)).join(" ")}`);
});

test("inside a gradient a compiled function runs uncompiled, so that the gradient is right, to 1e-5", () => {
  const model = freshModel();
  const compiled = compile((x: Tensor) => forward(model, x));
  const slope = (f: (x: Tensor) => Tensor) =>
    tf.variableGrads((() => crossEntropy(f(ids([1, 2])), [[2, 3]])) as never).grads[model.params["wte.weight"]!.name]!;
  compiled(ids([1, 2]));
  assertClose(slope(compiled), slope((x) => forward(model, x)).dataSync(), 1e-5);
});

test("a compiled function may be called from another one", () => {
  const double = compile((x: Tensor) => x.mul(2));
  const quadruple = compile((x: Tensor) => double(double(x)));
  assert.equal(quadruple(tf.scalar(3)).dataSync()[0], 12);
});

const CANNOT = {
  "reading a value": [(x: Tensor) => (x.dataSync()[0]! > 0 ? x : x.neg()), /received one that reads a tensor's values/],
  "a promise": [(async (x: Tensor) => x) as never, /received a promise\. Only synchronous functions/],
  "random numbers of its own": [
    (x: Tensor) => x.add(tf.randomNormal([])),
    /received two runs that differ\. Does it draw random/,
  ],
  "a result that is no tensor": [() => 3 as never, /expected to return a tensor.*received 3/],
} as const;
for (const [what, [fn, message]] of Object.entries(CANNOT)) {
  test(`what cannot be compiled is refused with the reason: ${what}`, () => {
    assert.throws(() => compile(fn as (x: Tensor) => Tensor, { name: "bad" })(tf.scalar(1)), message);
    assert.equal(compile((x: Tensor) => x.add(1))(tf.scalar(1)).dataSync()[0], 2, "and the next one compiles");
  });
}

test("assigning a variable inside is refused", () => {
  const w = tf.variable(tf.scalar(1));
  const bad = compile((x: Tensor) => {
    w.assign(x as never);
    return x;
  });
  assert.throws(() => bad(tf.scalar(1)), /received one that assigns a variable/);
});

test("an argument that is no tensor is refused", () => {
  const double = compile((x: Tensor) => x.mul(2), { name: "double" });
  assert.throws(() => double(3 as never), /double, argument 1: expected a tensor, received number\. Wrap a number/);
});

test("an id outside the table is refused when the graph runs", () => {
  const model = freshModel();
  const compiled = compile((x: Tensor) => forward(model, x), { name: "forward" });
  compiled(ids([1]));
  assert.throws(() => compiled(ids([11])), /forward: expected inputs that it can compute with.*11 is not in \[0, 11\)/);
});

test("freed weights and a disposed function are refused", () => {
  const w = tf.variable(tf.scalar(1));
  const add = compile((x: Tensor) => x.add(w), { name: "add" });
  add(tf.scalar(1));
  w.dispose();
  assert.throws(() => add(tf.scalar(1)), /add: expected the weights.*received weights that were freed/);
  add.dispose();
  assert.throws(() => add(tf.scalar(1)), /received one that was disposed/);
});

test("the graph unused for longest is freed when there are too many", () => {
  const double = compile((x: Tensor) => x.mul(2), { maxGraphs: 2 });
  for (const n of [1, 2, 3, 1]) assert.equal(double(tf.ones([n])).size, n);
  assert.equal(double.graphCount, 2);
});

test("twenty calls leave only their results", () => {
  const model = freshModel();
  const compiled = compile((x: Tensor) => forward(model, x));
  const batch = ids([1, 2, 3]);
  const before = tf.memory().numTensors;
  for (let i = 0; i < 20; i++) compiled(batch).dispose();
  assert.equal(tf.memory().numTensors, before);
});
