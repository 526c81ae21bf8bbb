/** @file The two notebooks of a source: cells, nbgrader's marks, the format as Jupyter itself reads and writes it. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { type Cell, type Notebook, serialize } from "../build/nbformat";
import { checksum } from "../build/nbgrader";
import { buildFiles, buildNotebook, SourceError } from "../build/notebook";
import { venvPython } from "../build/paths";
import { parseSource, readSource } from "../build/source";

const fixture = readSource("01-fixture", path.join(__dirname, "fixtures"));
const student = buildNotebook(fixture, "student");
const solution = buildNotebook(fixture, "solution");
const cellOf = (notebook: Notebook, id: string): Cell => notebook.cells.find((cell) => cell.id === id)!;

interface Reference {
  checksums: { cell: Cell; checksum: string }[];
  release: { source: string; metadata: Cell["metadata"] }[];
}
const reference = JSON.parse(readFileSync(path.join(__dirname, "reference/nbgrader-marks.json"), "utf8")) as Reference;

const folder = mkdtempSync(path.join(tmpdir(), "course notebooks "));
after(() => rmSync(folder, { recursive: true, force: true }));

test("the learner's cell has the stub, the solution's the solution between nbgrader's markers", () => {
  const heading = "// Exercise 1.1 · Half of a number (5 minutes, 2 points)\nfunction half(n: number): number {\n";
  assert.equal(
    cellOf(student, "exercise-1-1").source,
    `${heading}  throw new Error("Exercise 1.1 is not done yet.");\n}`,
  );
  assert.equal(
    cellOf(solution, "exercise-1-1").source,
    `${heading}  // BEGIN SOLUTION\n  return n / 2;\n  // END SOLUTION\n}`,
  );
});

test("assertions stand in the solution only; all other cells have the same ids in both", () => {
  const others = solution.cells.filter((cell) => cell.metadata.course?.kind !== "assert");
  assert.equal(others.length, solution.cells.length - 1);
  assert.deepEqual(
    student.cells.map((cell) => cell.id),
    others.map((cell) => cell.id),
  );
});

test("a written answer is blank for the learner and answered in the solution", () => {
  assert.equal(cellOf(student, "answer-1-4").source, "*Your answer:*");
  assert.match(String(cellOf(solution, "answer-1-4").source), /^Because two whole halves/);
  assert.equal(cellOf(student, "answer-1-4").cell_type, "markdown");
});

test("folded, slow and tags become the marks that Jupyter knows", () => {
  assert.deepEqual(cellOf(student, "last").metadata, {
    jupyter: { source_hidden: true },
    tags: ["plot", "big", "slow"],
  });
});

test("what a check is worth is what its exercise is worth", () => {
  assert.equal(cellOf(student, "check-1-2").metadata.nbgrader!.points, 0.5);
});

test("relative links of the solution go one folder up, links within the page do not", () => {
  const text = String(cellOf(solution, "opening").source);
  assert.match(text, /\(\.\.\/test\/fixtures\/01-fixture\.md\)/);
  assert.match(text, /\(#Halves\)/);
});

test("checksums are those of nbgrader itself", () => {
  for (const { cell, checksum: expected } of reference.checksums) assert.equal(checksum(cell), expected);
});

test("a student notebook is marked as nbgrader marks the one it releases", () => {
  const source = [
    '# 1 · T\n\n### Exercise 1.1\n\n```typescript exercise="1.1" points="2" minutes="1" title="T"',
    "function half(n: number) {\n  // BEGIN SOLUTION\n  return n / 2;\n  // END SOLUTION\n}\n```",
    '```typescript check="1.1"\ncheck("1.1", { half });\n```\n\n### Exercise 1.2',
    '```markdown answer="1.2" points="1" minutes="1" title="T"\nA model answer.\n```',
  ].join("\n");
  const built = buildNotebook(parseSource("01-x", source), "student").cells.filter((cell) => cell.metadata.nbgrader);
  assert.equal(built.length, reference.release.length);
  built.forEach((cell, i) => {
    const expected = reference.release[i]!;
    const { course, ...metadata } = cell.metadata;
    assert.ok(course);
    if (cell.id === "exercise-1-1") {
      // Ours begins with a line of its own, so its checksum differs.
      delete metadata.nbgrader!.checksum;
      delete expected.metadata.nbgrader!.checksum;
    } else assert.equal(cell.source, expected.source);
    assert.deepEqual(metadata, expected.metadata);
  });
});

test("the same source gives the same bytes", () => {
  const again = buildNotebook(readSource("01-fixture", path.join(__dirname, "fixtures")), "student");
  assert.equal(serialize(again), serialize(buildNotebook(fixture, "student")));
});

test("Jupyter finds both notebooks valid and saves them byte for byte as they are", () => {
  const script = [
    "import sys, nbformat",
    "for file in sys.argv[1:]:",
    "    notebook = nbformat.read(file, as_version=4)",
    "    nbformat.validate(notebook)",
    "    nbformat.write(notebook, file + '.again')",
  ].join("\n");
  const files = [student, solution].map((notebook, i) => {
    const file = path.join(folder, `${i}.ipynb`);
    writeFileSync(file, serialize(notebook));
    return file;
  });
  execFileSync(venvPython(), ["-c", script, ...files]);
  for (const file of files) assert.equal(readFileSync(`${file}.again`, "utf8"), readFileSync(file, "utf8"));
});

test("a notebook that somebody has run or filled in is not replaced, unless by force", () => {
  const dir = path.join(folder, "source");
  mkdirSync(dir);
  const source = readFileSync(path.join(__dirname, "fixtures/01-fixture.md"), "utf8");
  const build = (text: string, force = false): boolean => {
    writeFileSync(path.join(dir, "01-fixture.md"), text);
    return buildFiles("01-fixture", { dir, force })[0]!.kept;
  };
  const file = path.join(folder, "01-fixture.ipynb");
  const edit = (from: string, to: string): void => writeFileSync(file, readFileSync(file, "utf8").replace(from, to));
  assert.equal(build(source), false);
  assert.equal(build(source.replace("word for word", "exactly")), false, "an untouched notebook follows its source");
  edit("const triple = Number.NaN;", "const triple = 3;");
  assert.equal(build(source), true, "an exercise was filled in");
  assert.match(readFileSync(file, "utf8"), /const triple = 3;/);
  const handedOut = readFileSync(path.join(folder, "handed-out", "01-fixture.ipynb"), "utf8");
  assert.ok(
    handedOut.includes("const triple = Number.NaN;") && handedOut.includes("word for word"),
    "its copy follows",
  );
  assert.equal(build(source, true), false);
  edit('"execution_count": null', '"execution_count": 1');
  assert.equal(build(source.replace("word for word", "exactly")), true, "a cell was run");
});

test("a source with problems is refused with each of them", () => {
  const source = parseSource("01-x", '# 1 · T\n\n```typescript exercise="1.1" points="2"\nconst x = 1;\n```\n');
  assert.throws(
    () => buildNotebook(source, "student"),
    (error: unknown) =>
      error instanceof SourceError &&
      /01-x\.md:3 .*has no time/.test(error.message) &&
      /:4 .*no region/.test(error.message),
  );
});
