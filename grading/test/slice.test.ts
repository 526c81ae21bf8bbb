/** @file Run with: npx tsx --test grading/test/slice.test.ts */

import assert from "node:assert/strict";
import { test } from "node:test";
import { onlyComputes } from "../src/class/inside/plain-code";
import { literal, predicted, type SliceCell, slicer } from "../src/class/inside/slice";

const slice = (cells: readonly SliceCell[], target: number, names: string[]) => slicer(cells)(target, names);

const cells = [
  { source: 'import { tf, type Tensor } from "@course/lib/tf";\nimport { show } from "@course/lib/display";' },
  {
    source: "const model = await pretrained();\nconst { layers } = model;\nconst half = layers / 2;\nconst rate = 0.5;",
  },
  { source: "interface Point { x: number }\nfunction norm(p: Point): number { return Math.abs(p.x) * rate; }" },
  { source: "function first(p: Point) { return norm(p); }\nconsole.log(first({ x: 1 }));", exercise: "1.1" },
  {
    source: "function second(layers: number): Tensor { return tf.scalar(first({ x: layers }) + half); }",
    exercise: "1.2",
  },
];

test("a cell gets what it uses of other cells, and what that uses in turn, in the notebook's order", () => {
  const { text } = slice(cells, 3, ["first"]);
  assert.equal(
    text,
    "const rate = 0.5;\ninterface Point { x: number }\nfunction norm(p: Point): number { return Math.abs(p.x) * rate; }\n" +
      `${cells[3]!.source}\n`,
  );
});

test("what would run the course's cells is left out, and what is made of it; another answer gives only its declarations", () => {
  const { text, linesBefore, modules } = slice(cells, 4, ["second"]);
  assert.doesNotMatch(text, /pretrained|const half|console\.log|show/);
  assert.match(text, /^import \{ tf, type Tensor \} from "@course\/lib\/tf";/);
  assert.match(text, /function first/);
  assert.equal(text.split("\n")[linesBefore], cells[4]!.source);
  assert.deepEqual(modules, ["@course/lib/tf"]);
});

test("a parameter of the same name as something of the course pulls nothing in", () => {
  const { text } = slice(
    [{ source: "const train = [1];" }, { source: "const f = (train: number[]) => train.length;" }],
    1,
    ["f"],
  );
  assert.doesNotMatch(text, /\[1\]/);
});

test("which of the wanted names a cell declares", () => {
  assert.deepEqual(slice([{ source: "const f = 1; function g() {}" }], 0, ["f", "g", "h"]).declared, ["f", "g"]);
});

test("a prediction that states its value is read without running anything", () => {
  const value = (code: string): unknown => literal(predicted(`import "x";\npredict("1.2", ${code});`, "1.2")!)?.value;
  assert.deepEqual(value('["a", "b"]'), ["a", "b"]);
  assert.equal(value("-0.5"), -0.5);
  assert.equal(value("Number.NaN"), undefined);
  assert.equal(literal(predicted('predict("1.2", 1 / 3)', "1.2")!), undefined);
  assert.equal(predicted('predict("1.3", 1)', "1.2"), undefined);
});

test("code that only computes is told from code that reaches for something", () => {
  const computes = [
    "function f(x: number[]) { const out = new Map<string, number>(); for (const v of x) out.set(String(v), v); return [...out.keys()].map(Number); }",
    "type T = { a: number }; class Node2 { next?: Node2; constructor2() { return this.next; } } const g = (t: T) => ({ ...t, a: Math.max(t.a, 0) });",
    "function f(logits: number[]) { const max = Math.max(...logits); let sum = 0; for (const l of logits) sum += Math.exp(l - max); return Math.log(sum); }",
  ];
  const reaches = [
    'import { tf } from "@course/lib/tf"; const f = 1;',
    "function f() { return process.exit(0); }",
    "function f() { return require('node:fs'); }",
    "Array.prototype.map = () => []; function f() {}",
    "function f() { Math.random = () => 1; }",
    "function f() { Object.defineProperty(Array, 'from', { value: 1 }); }",
    "function f() { return [].constructor.constructor('return process')(); }",
    "function f() { return []['constructor']; }",
    "function f() { globalThis.x = 1; }",
    "function f() { return this; }",
    "const f = async () => 1;",
    "setTimeout(() => {}, 0); function f() {}",
    "function f() { return import('node:fs'); }",
    "function f() { return eval('1'); }",
  ];
  for (const code of computes) assert.ok(onlyComputes(code), code);
  for (const code of reaches) assert.ok(!onlyComputes(code), code);
});
