/** The rules of the design that a compiler does not check: who may use whom, who may touch TensorFlow, where chance comes from. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import ts from "typescript";

const root = path.resolve(__dirname, "../..");
const relative = (file: string): string => path.relative(root, file).replaceAll(path.sep, "/");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");

/** The modules of the project, without tests: paths from the root. */
const sources = ["lib/src", "datasets/src", "grading/src", "grading/cases", "notebooks/build", "jupyter/src"]
  .flatMap((folder) => filesIn(folder, ".ts"))
  .sort();

function filesIn(folder: string, ending: string): string[] {
  if (!existsSync(path.join(root, folder))) return [];
  const names = readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" });
  const wanted = names.filter((name) => name.endsWith(ending) && !name.endsWith(".d.ts"));
  return wanted.map((name) => relative(path.join(root, folder, name)));
}

/** What a module imports, of types or of values, by import, export or require. A package has no imports here. */
const importsOf = remember((file) => importedBy(read(file)));

/** The same without what disappears when types are removed. */
const runtimeImportsOf = remember((file) =>
  importedBy(ts.transpile(read(file), { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 }, file)),
);

function importedBy(code: string): string[] {
  return ts.preProcessFile(code, true, true).importedFiles.map(({ fileName }) => fileName);
}

function remember(find: (file: string) => string[]): (file: string) => string[] {
  const known = new Map<string, string[]>();
  return (file) => {
    if (!known.has(file)) known.set(file, sources.includes(file) ? find(file) : []);
    return known.get(file)!;
  };
}

/** The module of lib that an import leads to, or undefined for a package. */
function resolve(file: string, imported: string): string | undefined {
  if (imported.startsWith(".")) return relative(path.resolve(root, path.dirname(file), `${imported}.ts`));
  return /^@course\/lib\//.test(imported) ? `${imported.replace(/^@course\/lib\//, "lib/src/")}.ts` : undefined;
}

/** Everything that a module reaches through its imports, by the way that leads there. */
function reached(file: string, imports: (file: string) => string[]): Map<string, string[]> {
  const ways = new Map<string, string[]>([[file, [file]]]);
  for (const [current, way] of ways) {
    for (const imported of imports(current)) {
      const target = resolve(current, imported) ?? imported;
      if (ways.has(target)) continue;
      ways.set(target, [...way, target]);
    }
  }
  return ways;
}

const lib = sources.filter((file) => file.startsWith("lib/src/"));
const nameOf = (file: string): string => file.replace(/^lib\/src\//, "").replace(/\.ts$/, "");
const TENSORFLOW = /^@tensorflow\//;

/** design.md: each row may use itself and the rows above. Modules that are not named are judged by who reaches them. */
const LEVELS = [
  ["errors", "shape", "random", "format", "home"],
  ["autograd", "bpe", "tokenizer", "tf", "loss", "gpt-config", "safetensors", "scores", "next-token"],
  ["nn", "dataset", "gpt", "optimizer", "compile"],
  ["train", "sample", "evaluate", "checkpoint", "lora", "sft"],
  ["reward", "rlhf"],
];
const levelOf = (file: string): number => LEVELS.findIndex((level) => level.includes(nameOf(file)));

/** Loaded by cells that need no tensors; TensorFlow's types alone cost a cell about a second. */
const WITHOUT_TENSORFLOW =
  /^lib\/src\/(autograd|nn|bpe|tokenizer|random|shape|errors|dataset|scores|next-token|safetensors|manifest|checkpoint|display|markdown|plots\/.*)\.ts$/;

test("inside lib no module uses, directly or through others, one of a higher level", () => {
  const wrong: string[] = [];
  for (const file of lib) {
    if (levelOf(file) < 0) continue;
    for (const [target, way] of reached(file, importsOf)) {
      if (levelOf(target) > levelOf(file)) wrong.push(way.map(nameOf).join(" -> "));
    }
  }
  assert.deepEqual(wrong, []);
});

test("no module of a package needs itself to be loaded", () => {
  const circles: string[] = [];
  for (const file of sources) {
    for (const imported of runtimeImportsOf(file)) {
      const target = resolve(file, imported);
      const back = target && reached(target, runtimeImportsOf).get(file);
      if (back) circles.push([file, ...back].join(" -> "));
    }
  }
  assert.deepEqual(circles, []);
});

test("plots and markdown use only each other and what stands on the lowest level", () => {
  const wrong: string[] = [];
  for (const file of lib.filter((file) => /^lib\/src\/(plots\/|markdown\.ts)/.test(file))) {
    for (const [target, way] of reached(file, importsOf)) {
      if (levelOf(target) > 0) wrong.push(way.map(nameOf).join(" -> "));
    }
  }
  assert.deepEqual(wrong, []);
});

test("one file imports TensorFlow.js, types included", () => {
  const importing = sources.filter((file) => importsOf(file).some((imported) => TENSORFLOW.test(imported)));
  assert.deepEqual(importing, ["lib/src/tf.ts"]);
});

test("modules for cells without tensors reach neither TensorFlow.js nor its types", () => {
  const wrong: string[] = [];
  for (const file of lib.filter((file) => WITHOUT_TENSORFLOW.test(file))) {
    for (const [target, way] of reached(file, importsOf)) if (TENSORFLOW.test(target)) wrong.push(way.join(" -> "));
  }
  assert.deepEqual(wrong, []);
});

test("the built modules for cells without tensors load in a process that then has no TensorFlow.js in it", () => {
  const built = lib.filter((file) => WITHOUT_TENSORFLOW.test(file)).map((file) => `@course/lib/${nameOf(file)}`);
  const script = `
    for (const name of ${JSON.stringify(built)}) require(name);
    console.log(JSON.stringify(Object.keys(require.cache).filter((file) => file.includes("@tensorflow"))));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], {
    cwd: path.join(root, "notebooks"),
    encoding: "utf8",
  });
  assert.equal(stdout.trim(), "[]", stderr);
});

/** Which packages of the project each may use. Jupyter's part stands alone: it runs before the others are there. */
const MAY_USE: Record<string, string[]> = {
  lib: [],
  datasets: ["lib"],
  grading: ["lib"],
  notebooks: ["lib", "datasets", "grading"],
  jupyter: [],
};

test("packages use each other in one direction: notebooks, grading, lib", () => {
  const wrong: string[] = [];
  for (const file of sources) {
    const own = file.split("/")[0]!;
    for (const imported of importsOf(file)) {
      const other = /^@course\/([^/]+)/.exec(imported)?.[1];
      if (other && !MAY_USE[own]!.includes(other)) wrong.push(`${file}: ${imported}`);
      if (
        imported.startsWith(".") &&
        relative(path.resolve(root, path.dirname(file), imported)).split("/")[0] !== own
      ) {
        wrong.push(`${file}: ${imported}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

test("only the kernel, which wraps it, imports tslab", () => {
  const importing = sources.filter((file) => importsOf(file).some((imported) => /^tslab(\/|$)/.test(imported)));
  assert.deepEqual(
    importing.filter((file) => !file.startsWith("jupyter/src/kernel/")),
    [],
  );
});

test("every package that a module imports is among its own package's dependencies", () => {
  const wrong: string[] = [];
  for (const file of sources) {
    const own = file.split("/")[0]!;
    const { name, dependencies = {} } = JSON.parse(read(`${own}/package.json`)) as {
      name: string;
      dependencies?: Record<string, string>;
    };
    for (const imported of runtimeImportsOf(file)) {
      if (/^(\.|node:|internal\/)/.test(imported)) continue; // a file, or a part of Node
      const needed = imported.split("/", imported.startsWith("@") ? 2 : 1).join("/");
      if (needed !== name && !(needed in dependencies)) wrong.push(`${file}: ${needed}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("all chance comes from a seeded generator: no Math.random in modules, and none in the notebooks' cells", () => {
  const code = new Map(sources.map((file) => [file, read(file)]));
  for (const file of filesIn("notebooks/source", ".md")) code.set(file, fencesOf(read(file)));
  const wrong = [...code].filter(([, text]) => usesMathRandom(text)).map(([file]) => file);
  assert.deepEqual(wrong, []);
});

/** The TypeScript in a Markdown file. */
function fencesOf(markdown: string): string {
  return [...markdown.matchAll(/^```typescript[^\n]*\n([\s\S]*?)^```/gm)].map(([, code]) => code).join("\n");
}

/** Whether code, not a comment or a text in it, says Math.random, Math["random"] or takes random out of Math. */
function usesMathRandom(code: string): boolean {
  const isMath = (node: ts.Node | undefined): boolean =>
    node !== undefined && ts.isIdentifier(node) && node.text === "Math";
  const visit = (node: ts.Node): boolean => {
    if (ts.isPropertyAccessExpression(node) && isMath(node.expression) && node.name.text === "random") return true;
    if (ts.isElementAccessExpression(node) && isMath(node.expression)) return true;
    if (ts.isVariableDeclaration(node) && isMath(node.initializer)) return true;
    return ts.forEachChild(node, visit) ?? false;
  };
  return visit(ts.createSourceFile("code.ts", code, ts.ScriptTarget.ESNext, true));
}

test("the search for Math.random sees each way to write it, and no mention of it", () => {
  for (const code of ["Math.random()", "const r = Math.random;", 'Math["random"]()', "const { random } = Math;"]) {
    assert.equal(usesMathRandom(code), true, code);
  }
  for (const code of ["// Math.random()", '"Math.random()"', "/Math.random/", "Math.max(1, random.uniform())"]) {
    assert.equal(usesMathRandom(code), false, code);
  }
});

test("a module has at most 400 lines", () => {
  const long = sources.filter((file) => !file.startsWith("grading/cases/") && read(file).split("\n").length > 401);
  assert.deepEqual(long, []);
});

test("a module opens with what it is", () => {
  const silent = sources.filter((file) => !/^(#!.*\n|\/\/\/ <reference .*\n)?\/\*\*\s+(\* )?@file \S/.test(read(file)));
  assert.deepEqual(silent, []);
});
