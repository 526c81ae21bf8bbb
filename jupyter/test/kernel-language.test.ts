/**
 * @file Cells are one program: what a cell declares, the next one uses as if both stood in one file.
 * A table of two cells and what the second prints; `stock` marks what tslab without our repairs gets wrong.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { KernelClient } from "./client";

interface Case {
  claim: string;
  earlier: string;
  cell: string;
  prints: string;
  /** What stock tslab 1.0.22 does instead. */
  stock?: string;
}

const CASES: Case[] = [
  // Shorthand properties. tslab looks up the property, not the variable.
  {
    claim: "{ step } takes a variable of an earlier cell",
    earlier: "const step = 7;",
    cell: "const o = { step }; console.log(o.step)",
    prints: "7",
    stock: "ReferenceError",
  },
  {
    claim: "{ step } inside a function",
    earlier: "const step = 7;",
    cell: "const f = () => ({ a: 1, step }); console.log(f().step)",
    prints: "7",
    stock: "ReferenceError",
  },
  {
    claim: "{ rate } as an argument",
    earlier: "const rate = 0.1; function fit(c: { rate: number }) { return c.rate }",
    cell: "console.log(fit({ rate }))",
    prints: "0.1",
    stock: "ReferenceError",
  },
  {
    claim: "{ f, C } takes functions and classes",
    earlier: "function f() { return 1 } class C { v = 2 }",
    cell: "const o = { f, C }; console.log(o.f() + new o.C().v)",
    prints: "3",
    stock: "ReferenceError",
  },
  {
    claim: "{ path } takes an import",
    earlier: 'import * as path from "path"',
    cell: "const o = { path }; console.log(typeof o.path.join)",
    prints: "function",
    stock: "ReferenceError",
  },
  {
    claim: "{ step } takes the parameter where one has that name",
    earlier: "const step = 7;",
    cell: "const f = (step: number) => ({ step }); console.log(f(1).step)",
    prints: "1",
  },
  {
    claim: "{ size } in an async function",
    earlier: "const size = 3;",
    cell: "const f = async () => { const o = { size }; await 0; return o.size + size }; console.log(await f())",
    prints: "6",
    stock: "ReferenceError",
  },
  {
    claim: "{ size } in a class field and a namespace",
    earlier: "const size = 8;",
    cell: "class F { x = size; static y = size; o = { size } } namespace N { export const o = { size } } console.log(new F().x, F.y, new F().o.size, N.o.size)",
    prints: "8 8 8 8",
    stock: "ReferenceError",
  },
  {
    claim: "{ dim } typed by an earlier interface, there and back",
    earlier: "interface Config { dim: number } const dim = 3;",
    cell: "const c: Config = { dim }; const { dim: d } = c; console.log(c.dim, d)",
    prints: "3 3",
    stock: "SyntaxError",
  },

  // Destructuring.
  {
    claim: "({ a, b = 5 } = o) assigns earlier variables",
    earlier: "let a1 = 0; let b1 = 0;",
    cell: "({ a1, b1 = 5 } = { a1: 3 } as any); console.log(a1, b1)",
    prints: "3 5",
    stock: "0 0",
  },
  {
    claim: "[a, b] = [b, a] swaps earlier variables",
    earlier: "let p1 = 1; let p2 = 2;",
    cell: "[p1, p2] = [p2, p1]; console.log(p1, p2)",
    prints: "2 1",
  },
  {
    claim: "const { key: s } = an earlier object",
    earlier: "const box1 = { key: 3 };",
    cell: "const { key: s } = box1; console.log(s)",
    prints: "3",
    stock: "SyntaxError",
  },
  {
    claim: "({ key: s } = an earlier object)",
    earlier: "const box2 = { key: 3 }; let s2 = 0;",
    cell: "({ key: s2 } = box2); console.log(s2)",
    prints: "3",
  },
  {
    claim: "({ key } = an earlier object) into a variable of this cell",
    earlier: "const box3 = { key3: 3 };",
    cell: "let key3 = 0; ({ key3 } = box3); console.log(key3)",
    prints: "3",
  },
  {
    claim: "a renamed parameter of an earlier object's type",
    earlier: "const box4 = { key: 3 };",
    cell: "function g({ key: z }: typeof box4) { return z } console.log(g(box4))",
    prints: "3",
  },
  {
    claim: "a renamed parameter of an earlier type alias",
    earlier: "type Size = { dimension: number };",
    cell: "const f9 = ({ dimension: d }: Size) => d; console.log(f9({ dimension: 2 }))",
    prints: "2",
  },
  {
    claim: "the default of a pattern",
    earlier: "const fallback = 4;",
    cell: "const { q = fallback } = {} as any; console.log(q)",
    prints: "4",
  },
  {
    claim: "the default of a parameter",
    earlier: "const fallback = 4;",
    cell: "const h = (x = fallback) => x; console.log(h())",
    prints: "4",
  },

  // Variables that change.
  {
    claim: "an earlier function sees what a later cell assigns",
    earlier: "let rate1 = 0.1; function getRate() { return rate1 }",
    cell: "rate1 = 0.5; console.log(getRate())",
    prints: "0.5",
    stock: "0.1",
  },
  {
    claim: "a later cell sees what an earlier function assigns",
    earlier: "let count1 = 0; function bump() { count1++ }",
    cell: "bump(); bump(); console.log(count1)",
    prints: "2",
  },
  {
    claim: "both at once",
    earlier: "let count2 = 0; function next() { count2++; return count2 }",
    cell: "count2 = 10; console.log(next(), count2)",
    prints: "11 11",
    stock: "1 1",
  },
  {
    claim: "the same for var",
    earlier: "var volume = 1; const getVolume = () => volume;",
    cell: "volume = 2; console.log(getVolume())",
    prints: "2",
    stock: "1",
  },
  {
    claim: "x++ on an earlier variable",
    earlier: "let inc = 1;",
    cell: "inc++; console.log(inc)",
    prints: "2",
  },
  {
    claim: "a name declared again is a new variable; older functions keep theirs",
    earlier: "let depth = 1; const getDepth = () => depth;",
    cell: "let depth = 2; console.log(depth, getDepth())",
    prints: "2 1",
  },

  // Everything else that refers to a name.
  {
    claim: "typeof a variable",
    earlier: 'const word = "x";',
    cell: "console.log(typeof word)",
    prints: "string",
  },
  {
    claim: "the type of a variable",
    earlier: "const t2 = { a: 1 };",
    cell: "const t3: typeof t2 = { a: 2 }; console.log(t3.a)",
    prints: "2",
  },
  {
    claim: "an enum",
    earlier: "enum Color { Red = 3, Blue }",
    cell: "console.log(Color.Blue, Color[3])",
    prints: "4 Red",
  },
  {
    claim: "an enum that starts at a variable",
    earlier: "const base = 10;",
    cell: "enum N2 { A = base, B = base + 1 }; console.log(N2.B)",
    prints: "11",
  },
  {
    claim: "a namespace",
    earlier: "namespace NS { export const v = 5 }",
    cell: "console.log(NS.v)",
    prints: "5",
  },
  {
    claim: "a class to extend",
    earlier: "class Base { hi() { return 9 } }",
    cell: "class D extends Base {} console.log(new D().hi())",
    prints: "9",
  },
  {
    claim: "a parameter property of the same name",
    earlier: "const width = 1;",
    cell: "class P { constructor(public width: number) {} } console.log(new P(3).width)",
    prints: "3",
  },
  {
    claim: "a decorator",
    earlier: "function mark(t: any) { t.mark = 5 }",
    cell: "@mark class Q {} console.log((Q as any).mark)",
    prints: "5",
  },
  {
    claim: "a template string",
    earlier: "const pixels = 12;",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the template is the cell's
    cell: "console.log(`${pixels}px`)",
    prints: "12px",
  },
  {
    claim: "a tagged template",
    earlier: "const tag = (s: TemplateStringsArray) => s[0].length;",
    cell: "console.log(tag`abcd`)",
    prints: "4",
  },
  {
    claim: "a label of the same name",
    earlier: "const lab = 1;",
    cell: 'lab: for (;;) { break lab } console.log("ok", lab)',
    prints: "ok 1",
  },
  {
    claim: "a generator",
    earlier: "const first = 3;",
    cell: "function* g2() { yield first; yield* [first] } console.log([...g2()].join())",
    prints: "3,3",
  },
  {
    claim: "a spread",
    earlier: "const list = [1, 2]; const more = { z: 1 };",
    cell: "console.log([...list].length, { ...more }.z)",
    prints: "2 1",
  },
  {
    claim: "a computed key",
    earlier: 'const keyName = "kk";',
    cell: "console.log(({ [keyName]: 5 } as any).kk)",
    prints: "5",
  },
  {
    claim: "a property of the same name",
    earlier: "const same = 1;",
    cell: "const o5 = { same: 2 }; console.log(o5.same, same)",
    prints: "2 1",
  },
  {
    claim: "a method of the same name",
    earlier: "const method = 1;",
    cell: "const o6 = { method() { return 4 } }; console.log(o6.method())",
    prints: "4",
  },
  {
    claim: "an optional chain",
    earlier: "const deep: any = { a: { b: 2 } };",
    cell: "console.log(deep?.a?.b)",
    prints: "2",
  },
  {
    claim: "as, satisfies and !",
    earlier: "const maybe: number | undefined = 3;",
    cell: "console.log((maybe! as number) + 1)",
    prints: "4",
  },
  {
    claim: "a type import",
    earlier: "1",
    cell: 'import type { Stats } from "fs"; const st: Stats | null = null; console.log(st)',
    prints: "null",
  },
  {
    claim: "export in front of a declaration does no harm",
    earlier: "export const shown = 5; export function getShown() { return shown }",
    cell: "console.log(getShown())",
    prints: "5",
    stock: "does not compile",
  },
  {
    claim: "for await outside a function",
    earlier: "async function* two() { yield 1; yield 2 }",
    cell: "let total = 0; for await (const x of two()) total += x; console.log(total)",
    prints: "3",
    stock: "SyntaxError",
  },
  {
    claim: "a function called by its name has no this",
    earlier: "const bare = function (this: any) { return this === undefined || this === globalThis };",
    cell: "console.log((bare as any)())",
    prints: "true",
    stock: "false",
  },
  {
    claim: "a module cell can be imported",
    earlier: "/** @module helper */\nexport const half = (n: number) => n / 2;",
    cell: 'import { half } from "./helper"; console.log(half(3))',
    prints: "1.5",
  },
  {
    claim: "interruptSignal is known without an import",
    earlier: "1",
    cell: "const signal: AbortSignal | undefined = interruptSignal; console.log(signal!.aborted)",
    prints: "false",
    stock: "does not compile",
  },
];

let kernel: KernelClient;
before(async () => {
  kernel = await KernelClient.start();
});
after(() => kernel.stop());

for (const { claim, earlier, cell, prints } of CASES) {
  test(`across cells: ${claim}`, async () => {
    const first = await kernel.run(earlier);
    assert.equal(first.error, undefined);
    const { stdout, error } = await kernel.run(cell);
    assert.equal(error?.traceback.join("\n"), undefined);
    assert.equal(stdout, `${prints}\n`);
  });
}

test("a cell is checked before it runs: a wrong type runs nothing", async () => {
  const { stdout, error } = await kernel.run('console.log("ran"); const n: number = "one";');
  assert.equal(stdout, "");
  assert.equal(error?.ename, "CompileError");
});

test("cells are not strict by default, and are with COURSE_COMPILER_OPTIONS", async () => {
  const code = "const name1: string = null;";
  assert.equal((await kernel.run(code)).error, undefined);
  const strict = await KernelClient.start({ env: { COURSE_COMPILER_OPTIONS: '{"strict":true}' } });
  try {
    assert.match((await strict.run(code)).error?.evalue ?? "", /null.*not assignable.*string/);
  } finally {
    await strict.stop();
  }
});

test("the limit that is left: a class expression with a private member does not compile (TS4094)", async () => {
  const { error } = await kernel.run("const Counter = class { private n = 1; get() { return this.n } };");
  assert.match(error?.evalue ?? "", /TS4094/);
});
