/** @file What a failed cell shows: which error, where in the cell, and nothing about how the kernel works inside. */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { KernelClient } from "./client";

let kernel: KernelClient;
let folder: string;
before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "cells "));
  kernel = await KernelClient.start({ folder });
});
after(async () => {
  await kernel.stop();
  fs.rmSync(folder, { recursive: true });
});

/** The traceback of a cell that must fail. */
async function traceback(code: string): Promise<string> {
  const { error } = await kernel.run(code);
  assert.ok(error, "the cell should have failed");
  return error.traceback.join("\n");
}

test("a failed cell sends name, message and traceback, and the same in its answer", async () => {
  const { error, reply } = await kernel.run('throw new RangeError("too far")');
  assert.equal(error?.ename, "RangeError");
  assert.equal(error.evalue, "too far");
  assert.deepEqual({ status: "error", ...error, execution_count: reply.execution_count }, reply);
});

test("the error shows the line of the cell with a caret, although types and comments are gone from the code that ran", async () => {
  const code = [
    "interface Box { value: number }",
    "// a comment",
    "function open(box: Box | undefined): number {",
    "  return (box as any).value;",
    "}",
    "",
    "open(undefined)",
  ].join("\n");
  const text = await traceback(code);
  assert.match(text, /^TypeError: Cannot read properties of undefined \(reading 'value'\)/);
  const lines = text.split("\n");
  const marked = lines.findIndex((line) => line.startsWith("> 4 |   return (box as any).value;"));
  assert.notEqual(marked, -1, text);
  assert.equal(lines[marked + 1]!.indexOf("^"), lines[marked]!.indexOf("value"), text);
});

test("each call is a line with the cell and its own line number, also for functions of earlier cells", async () => {
  await kernel.run("// one\n// two\nfunction fails(): never {\n  throw new Error('deep');\n}");
  const text = await traceback("// this cell\nfails();");
  assert.match(text, /at fails \(cell \[\d+\]:4:9\)\n {4}at cell \[\d+\]:2:\d+$/);
});

test("the same after an await", async () => {
  const text = await traceback("async function later() {\n  await null;\n  throw new Error('x');\n}\n\nawait later();");
  assert.match(text, /at later \(cell \[\d+\]:3:9\)\n {4}at async cell \[\d+\]:6:1$/);
});

test("no frame of tslab, the kernel or Node is shown", async () => {
  for (const code of ["[1].map(() => { throw new Error('x') })", "require('fs').readFileSync('/nope')"]) {
    assert.doesNotMatch(await traceback(code), /tslab|dist\/kernel|node:|evalmachine|exports\./);
  }
});

test("many frames of one library are one line", async () => {
  const library = path.join(folder, "node_modules/nested");
  fs.mkdirSync(library, { recursive: true });
  const recursion = "exports.dive = function dive(n) { if (n === 0) throw new Error('bottom'); dive(n - 1); };";
  fs.writeFileSync(path.join(library, "index.js"), recursion);
  const text = await traceback('const { dive } = require("nested");\ndive(20);');
  assert.match(text, /at dive \(.*nested.index\.js:1:\d+\) \(and 20 more in nested\)\n {4}at cell \[\d+\]:2:1$/);
});

test("names are the learner's, not those of the compiled code", async () => {
  await kernel.run("const model: any = {};");
  assert.match(await traceback("model.train()"), /^TypeError: model\.train is not a function/);
  await kernel.run('import * as path from "path"; const { posix }: any = path;');
  assert.match(await traceback("posix.fly()"), /^TypeError: posix\.fly is not a function/);
});

test("the cause of an error is shown", async () => {
  const text = await traceback('throw new Error("outer", { cause: new TypeError("inner") })');
  assert.match(text, /Error: outer[\s\S]*Caused by TypeError: inner/);
});

test("what is thrown need not be an error", async () => {
  const { error } = await kernel.run('throw { code: 3, why: "no error" }');
  assert.equal(error?.ename, "Thrown");
  assert.match(error.evalue, /code: 3/);
});

test("an error whose message cannot be read still ends the cell", async () => {
  const { error } = await kernel.run(
    'const odd = new Error("x"); Object.defineProperty(odd, "name", { get() { throw 1 } }); throw odd',
  );
  assert.ok(error);
  assert.equal((await kernel.run("1 + 1")).result, "2");
});

test("a cell that does not compile shows each problem under its line", async () => {
  const text = await traceback('const a: number = "x";\nconst b = 1;\nunknownName + b;');
  assert.match(
    text,
    /> 1 \| const a: number = "x";\n {4}\| {7}\^\nType 'string' is not assignable to type 'number'\. \(TS2322\)/,
  );
  assert.match(text, /> 3 \| unknownName \+ b;\n {4}\| \^{11}\nCannot find name 'unknownName'\. \(TS2304\)/);
});

test("a problem that TypeScript explains in several sentences is shown once", async () => {
  const text = await traceback("const f: (x: number) => string = (x: string) => x;");
  assert.equal(text.match(/> 1 \|/g)?.length, 1, text);
  assert.match(text, /Types of parameters 'x' and 'x' are incompatible/);
});

test("an error in a module cell names the module and its line", async () => {
  await kernel.run(
    '/** @module odd */\nexport function half(n: number) {\n  if (n % 2) throw new Error("odd");\n  return n / 2;\n}',
  );
  assert.match(await traceback('import { half } from "./odd";\nhalf(3)'), /at half \(.*odd\.ts:3:20\)/);
});

test("an error in a TypeScript file beside the notebook names the file and its line", async () => {
  fs.writeFileSync(
    path.join(folder, "beside.ts"),
    "// comment\nexport function fail(): never {\n  throw new Error('there');\n}\n",
  );
  assert.match(await traceback('import { fail } from "./beside";\nfail()'), /at fail \(.*beside\.ts:3:9\)/);
});

test("an error in the course's own packages names the TypeScript source", async () => {
  const library = JSON.stringify(require.resolve("@course/lib/errors"));
  const text = await traceback(`const { assertCount } = require(${library});\nassertCount("steps", -1)`);
  assert.match(text, /^CourseError: steps: expected a whole number/);
  assert.match(text, /at assertCount \(lib\/src\/errors\.ts:\d+:\d+\)/);
});

test("an infinite recursion is an error", async () => {
  const { error } = await kernel.run("function again(): number { return again() + 1 }\nagain()");
  assert.equal(error?.ename, "RangeError");
});

test("a failed cell keeps the variables that had their value by then", async () => {
  await kernel.run('const kept = "kept"; throw new Error("stop"); const unreached = 1;');
  assert.equal((await kernel.run("kept")).result, "'kept'");
  assert.match((await kernel.run("unreached")).error?.evalue ?? "", /Cannot find name 'unreached'/);
});

test("a name that a failed cell did not reach keeps its older value and type", async () => {
  await kernel.run("let level = 1; const readLevel = () => level;");
  await kernel.run('throw new Error("stop"); let level = "high";');
  assert.equal((await kernel.run("level += 1; [level, readLevel()]")).result, "[ 2, 2 ]");
});

test("a cell that does not compile changes nothing", async () => {
  await kernel.run("const stays = 1;");
  await kernel.run('const stays = "new"; unknown;');
  assert.equal((await kernel.run("stays")).result, "1");
});
