/** @file The source format: Markdown into cells, fences, solution regions, ids. */
import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { parseFenceInfo } from "../build/fence";
import { splitRegions } from "../build/regions";
import { parseSource, readSource, type SourceNotebook } from "../build/source";

const fixture = readSource("01-fixture", path.join(__dirname, "fixtures"));
const ids = (source: SourceNotebook): string[] => source.cells.map((cell) => cell.id);

test("the fixture becomes the cells that were counted out by hand", () => {
  const expected = [
    [1, "prose", "opening"],
    [6, "code", "first"],
    [10, "prose", "opening-text-1"],
    [16, "prose", "halves"],
    [22, "prose", "exercise-1-1-half"],
    [27, "exercise", "exercise-1-1"],
    [35, "check", "check-1-1"],
    [43, "prose", "exercise-1-2-two-at-once"],
    [48, "exercise", "exercise-1-2"],
    [64, "check", "check-1-2"],
    [68, "predict", "predict-1-3"],
    [72, "assert", "exercise-1-2-two-at-once-assert-1"],
    [75, "prose", "exercise-1-4-in-words"],
    [80, "answer", "answer-1-4"],
    [84, "code", "last"],
  ];
  assert.deepEqual(
    fixture.cells.map((cell) => [cell.line, cell.kind, cell.id]),
    expected,
  );
  assert.equal(fixture.title, "1 · A small notebook for the tests");
  assert.deepEqual(fixture.problems, []);
});

test("prose keeps its text word for word, other fences included", () => {
  const text = fixture.cells[2]!.text;
  assert.equal(text, 'A fence of another language stays prose, word for word:\n\n```ts\nconst shown = "not run";\n```');
});

test("<!-- cell --> cuts prose and disappears", () => {
  const { cells } = parseSource("01-x", "# 1 · T\n\none\n\n<!-- cell -->\n\ntwo\n");
  assert.deepEqual(
    cells.map((cell) => cell.text),
    ["# 1 · T\n\none", "two"],
  );
});

test("a heading begins a new cell, and a # in code does not", () => {
  const { cells } = parseSource(
    "01-x",
    '# 1 · T\n\ntext\n\n## Next\n\n```typescript\nconst s = "# no heading";\n```\n',
  );
  assert.deepEqual(
    cells.map((cell) => cell.kind),
    ["prose", "prose", "code"],
  );
});

test("Windows line ends give the same cells", () => {
  const text = "# 1 · T\n\n```typescript\n1 + 1\n2 + 2\n```\n\nend\n";
  assert.deepEqual(parseSource("01-x", text.replaceAll("\n", "\r\n")), parseSource("01-x", text));
});

test("ids do not change when a cell is added in another section", () => {
  const section = "## B\n\n```typescript\n1\n```\n\nafter\n\n```typescript\n2\n```\n";
  const before = parseSource("01-x", `# 1 · T\n\n## A\n\n${section}`);
  const after = parseSource("01-x", `# 1 · T\n\n## A\n\n\`\`\`typescript\n0\n\`\`\`\n\nmore\n\n${section}`);
  assert.deepEqual(ids(before).slice(-4), ["b", "b-code-1", "b-text-1", "b-code-2"]);
  assert.deepEqual(ids(after).slice(-4), ids(before).slice(-4));
});

test("ids do not change when prose, code or assertions of another kind are added in the same section", () => {
  const before = parseSource("01-x", "# 1 · T\n\n## A\n\n```typescript\n1\n```\n");
  const after = parseSource(
    "01-x",
    "# 1 · T\n\n## A\n\n```typescript assert\n0\n```\n\nprose\n\n```typescript\n1\n```\n",
  );
  assert.equal(ids(before).at(-1), "a-code-1");
  assert.equal(ids(after).at(-1), "a-code-1");
});

test("long headings give ids of whole words that the notebook format accepts", () => {
  const { cells } = parseSource("01-x", `# 1 · T\n\n## ${"Ähnliche Wörter – near each other ".repeat(5)}\n\ntext\n`);
  assert.match(cells[1]!.id, /^[a-z0-9-]{1,64}$/);
  assert.equal(cells[1]!.id, "ahnliche-worter-near-each-other-ahnliche-worter");
});

test("the same id twice is named with both places", () => {
  const { problems } = parseSource("01-x", '# 1 · T\n\n```typescript id="x"\n1\n```\n\n```typescript id="x"\n2\n```\n');
  assert.deepEqual(problems, [
    { line: 8, message: 'the id "x" is taken by the cell at line 4: give one of them another `id`' },
  ]);
});

test("a typescript fence inside a list is refused, because it cannot become a cell", () => {
  const { problems } = parseSource("01-x", "# 1 · T\n\n- item\n\n  ```typescript\n  1\n  ```\n");
  assert.equal(problems.length, 1);
  assert.equal(problems[0]!.line, 5);
});

test("fence attributes: flags, quoted values, several tags", () => {
  assert.deepEqual(parseFenceInfo('typescript id="loss-curve" folded tags="a b"'), {
    kind: "code",
    attributes: { id: "loss-curve", folded: "", tags: "a b" },
    problems: [],
  });
  assert.equal(parseFenceInfo("ts"), undefined);
  assert.equal(parseFenceInfo("markdown"), undefined);
  assert.equal(parseFenceInfo('markdown answer="1.7" points="1" minutes="3" title="Why"')!.kind, "answer");
});

test("a mistake on a fence says what would be right", () => {
  const problems = (info: string): string[] => parseFenceInfo(info)!.problems;
  assert.deepEqual(problems('typescript exercise="1.3" points="2" minutes="8" title="T" folded'), [
    'the attribute "folded" means nothing on exercise cells; these have: exercise, points, minutes, title, tags',
  ]);
  assert.match(problems('typescript exercise="3" points="2" minutes="8" title="T"')[0]!, /expected notebook\.exercise/);
  assert.match(problems('typescript exercise="1.3" minutes="8" title="T"')[0]!, /has no points: add points="2"/);
  assert.match(problems("typescript id=loss")[0]!, /needs a value|cannot read/);
});

test("without a stub the learner's region throws, indented as the region was", () => {
  const { student, solution } = splitRegions("f() {\n  // BEGIN SOLUTION\n  a();\n  // END SOLUTION\n}", "throw 1;");
  assert.equal(student, "f() {\n  throw 1;\n}");
  assert.equal(solution, "f() {\n  // BEGIN SOLUTION\n  a();\n  // END SOLUTION\n}");
});

test("a stub that is commented out line by line loses one comment mark, and keeps its own comments", () => {
  const { student, solution } = splitRegions(
    "// BEGIN SOLUTION\nconst x = 1;\n// STUB\n// // your number:\n// const x = NaN;\n// END SOLUTION",
    "throw 1;",
  );
  assert.equal(student, "// your number:\nconst x = NaN;");
  assert.equal(solution, "// BEGIN SOLUTION\nconst x = 1;\n// END SOLUTION");
});

test("a plain stub stays as it is, comments included", () => {
  const { student } = splitRegions(
    "// BEGIN SOLUTION\nx\n// STUB\n// your number:\nconst x = NaN;\n// END SOLUTION",
    "t",
  );
  assert.equal(student, "// your number:\nconst x = NaN;");
});

test("several regions in one cell, and the lines around them stay", () => {
  const { student, count } = splitRegions(
    "a\n  // BEGIN SOLUTION\n  1\n  // END SOLUTION\nb\n  // BEGIN SOLUTION\n  2\n  // STUB\n  3\n  // END SOLUTION\nc",
    "t",
  );
  assert.equal(student, "a\n  t\nb\n  3\nc");
  assert.equal(count, 2);
});

test("regions that do not fit together are named with their lines", () => {
  const messages = (text: string): [number, string][] =>
    splitRegions(text, "throw 1;", 10).problems.map((problem) => [problem.line, problem.message]);
  assert.match(messages("// BEGIN SOLUTION\n1")[0]![1], /never closed/);
  assert.deepEqual(messages("x\n// END SOLUTION")[0]![0], 11);
  assert.match(
    messages("  // BEGIN SOLUTION\n  // BEGIN SOLUTION\n  // END SOLUTION")[0]![1],
    /inside the region opened/,
  );
  assert.match(messages("// STUB")[0]![1], /STUB belongs between/);
  assert.match(messages("// BEGIN SOLUTION\nconst x = 1;\n// END SOLUTION")[0]![1], /top level.*needs a `\/\/ STUB`/);
});
