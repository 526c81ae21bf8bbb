/** @file The sources in the repository: each keeps to the rules, compiles strictly, and is what its notebooks were made from. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { lint } from "../build/lint";
import { buildFiles } from "../build/notebook";
import { root, sourceNames } from "../build/paths";
import { readSource } from "../build/source";
import { typeCheck } from "../build/tangle";

const names = sourceNames();

test("there is at least one notebook", () => {
  assert.ok(names.length > 0);
});

for (const name of names) {
  test(`${name}: the source keeps to the rules of a notebook`, () => {
    const problems = lint(readSource(name)).map(({ line, message }) => `${name}.md:${line} ${message}`);
    assert.deepEqual(problems, []);
  });

  test(`${name}: the committed notebooks are what the source gives`, () => {
    const stale = buildFiles(name, { check: true }).filter(({ changed }) => changed);
    const files = stale.map(({ file }) => path.relative(root, file));
    assert.deepEqual(files, [], "run `npx course build` and commit the notebooks");
  });
}

test("the code of every solution compiles with the strict compiler, all cells together", () => {
  const problems = [...typeCheck(names.map((name) => readSource(name)))].flatMap(([name, found]) =>
    found.map(({ line, message }) => `${name}.md:${line} ${message}`),
  );
  assert.deepEqual(problems, []);
});

test("no notebook lies there without a source", () => {
  const inFolder = (folder: string): string[] =>
    readdirSync(path.join(root, "notebooks", folder))
      .filter((file) => file.endsWith(".ipynb"))
      .map((file) => path.basename(file, ".ipynb"));
  assert.deepEqual(
    inFolder(".").filter((name) => !names.includes(name)),
    [],
  );
  assert.deepEqual(
    inFolder("solutions").filter((name) => !names.includes(name)),
    [],
  );
  assert.deepEqual(inFolder("handed-out"), names);
});
