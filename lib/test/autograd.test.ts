import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import { sum, topologicalOrder, Value, zeroGrad } from "../src/autograd";
import { graphOf } from "../src/value-graph";

const golden = JSON.parse(readFileSync(path.join(__dirname, "reference", "gradients.json"), "utf8")).scalars as {
  inputs: Record<"a" | "b" | "c", number>;
  value: number;
  grads: Record<"a" | "b" | "c", number>;
};

const near = (received: number, expected: number, tolerance: number, what?: string): void =>
  assert.ok(Math.abs(received - expected) <= tolerance, `${what ?? "value"}: ${received}, expected ${expected}`);

/** Every operation by name, with inputs at which it is smooth. */
const OPERATIONS: Record<string, [(a: Value, b: Value) => Value, number, number]> = {
  add: [(a, b) => a.add(b), 2, -3],
  sub: [(a, b) => a.sub(b), 2, -3],
  mul: [(a, b) => a.mul(b), 2, -3],
  div: [(a, b) => a.div(b), 2, -3],
  pow: [(a) => a.pow(3), 2, 0],
  "pow below 0": [(a) => a.pow(-1.5), 2, 0],
  exp: [(a) => a.exp(), 0.7, 0],
  ln: [(a) => a.ln(), 0.7, 0],
  tanh: [(a) => a.tanh(), 0.7, 0],
  "relu above 0": [(a) => a.relu(), 0.7, 0],
  "relu below 0": [(a) => a.relu(), -0.7, 0],
  "the same value twice": [(a) => a.mul(a).add(a), 0.7, 0],
  "numbers as operands": [(a) => a.add(1).sub(2).mul(3).div(4), 0.7, 0],
};

for (const [name, [operation, x, y]] of Object.entries(OPERATIONS)) {
  test(`the slopes of ${name} are those that one measures, to 1e-8`, () => {
    const [a, b] = [new Value(x), new Value(y)];
    operation(a, b).backward();
    const at = (da: number, db: number): number => operation(new Value(x + da), new Value(y + db)).data;
    near(a.grad, (at(1e-5, 0) - at(-1e-5, 0)) / 2e-5, 1e-8, "by the first");
    near(b.grad, (at(0, 1e-5) - at(0, -1e-5)) / 2e-5, 1e-8, "by the second");
  });
}

test("an expression of all operations has PyTorch's value and slopes, to 1e-12", () => {
  const [a, b, c] = [new Value(golden.inputs.a), new Value(golden.inputs.b), new Value(golden.inputs.c)];
  const d = a.mul(b).add(c);
  const e = d.sub(a.div(c)).tanh().add(b.exp().mul(c).ln());
  const minusD = d.mul(-1);
  const f = d.pow(3).add(e.mul(e)).relu().sub(minusD.relu().div(a)).add(a).add(a);
  f.backward();
  near(f.data, golden.value, 1e-12);
  near(a.grad, golden.grads.a, 1e-12, "a");
  near(b.grad, golden.grads.b, 1e-12, "b");
  near(c.grad, golden.grads.c, 1e-12, "c");
});

test("a value that is used twice gets both slopes: for e e with e = -3 that is -6", () => {
  const e = new Value(-3);
  e.mul(e).backward();
  assert.equal(e.grad, -6);
});

test("calling backward twice doubles the slopes of the inputs, and not more, however deep they lie", () => {
  const [x, w] = [new Value(3), new Value(2)];
  const error = w.mul(x).sub(10);
  const loss = error.mul(error).mul(0.5);
  loss.backward();
  assert.deepEqual([w.grad, x.grad], [-12, -8]);
  loss.backward();
  assert.deepEqual([w.grad, x.grad], [-24, -16]);
});

test("after zeroGrad, backward gives the slopes of one walk again", () => {
  const w = new Value(2);
  const loss = w.mul(w);
  loss.backward();
  zeroGrad([w]);
  loss.backward();
  assert.equal(w.grad, 4);
});

test("the slopes of two results add up, as those of their sum do", () => {
  const [one, both] = [new Value(2), new Value(2)];
  one.pow(2).backward();
  one.exp().backward();
  both.pow(2).add(both.exp()).backward();
  near(one.grad, both.grad, 1e-12);
});

test("a graph of 100,000 nodes does not overflow the stack", () => {
  const x = new Value(1);
  let y = x;
  for (let i = 0; i < 100_000; i++) y = y.add(x);
  y.backward();
  assert.equal(x.grad, 100_001);
});

test("a value between diamonds is walked once, though the ways through thirty diamonds are a billion", () => {
  const x = new Value(1);
  let y = x;
  for (let i = 0; i < 30; i++) y = y.add(y);
  assert.equal(topologicalOrder(y).length, 31);
  y.backward();
  assert.equal(x.grad, 2 ** 30);
});

test("in the topological order every value stands once, behind its inputs, and the root is last", () => {
  const [a, b] = [new Value(1), new Value(2)];
  const c = a.mul(b);
  const root = c.add(a).mul(c);
  const order = topologicalOrder(root);
  assert.equal(new Set(order).size, order.length);
  assert.equal(order.at(-1), root);
  for (const value of order) for (const input of value.inputs) assert.ok(order.indexOf(input) < order.indexOf(value));
});

test("values that the result does not depend on keep their slope", () => {
  const [a, other] = [new Value(1), new Value(5)];
  other.mul(a);
  a.mul(2).backward();
  assert.equal(other.grad, 0);
});

test("sum adds up, and refuses nothing at all", () => {
  assert.equal(sum([new Value(1), new Value(2), new Value(4)]).data, 7);
  assert.throws(() => sum([]), /at least one value/);
});

test("a value prints with its operation and its slope", () => {
  const w = new Value(2);
  const y = w.mul(3);
  y.backward();
  assert.equal(inspect(y), "Value 6 = 2 × 3, grad 1");
  assert.equal(inspect([w]), "[ Value 2, grad 3 ]");
  assert.equal(String(new Value(0).tanh()), "Value 0 = tanh(0), grad 0");
});

test("the drawn graph names the inputs and has an edge for every use", () => {
  const w = new Value(2);
  const loss = w.mul(w).add(1);
  loss.backward();
  const { nodes, edges } = graphOf(loss, { w, loss }, { backward: true });
  assert.deepEqual(
    nodes.map(({ label, value }) => [label, value]),
    [
      ["w", 2],
      ["×", 4],
      ["constant", 1],
      ["loss = +", 5],
    ],
  );
  assert.equal(edges.length, 4);
  assert.equal(nodes[0]!.grad, 4);
});

test("an exponent is drawn inside its operation, for it has no slope", () => {
  const { nodes, edges } = graphOf(new Value(3).pow(2));
  assert.deepEqual(
    nodes.map(({ label }) => label),
    ["constant", "^ 2"],
  );
  assert.equal(edges.length, 1);
});
