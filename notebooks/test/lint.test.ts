/** @file The rules for sources: each is broken once, and the message says what to do. */
import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { lint } from "../build/lint";
import { parseSource, readSource } from "../build/source";
import { tangle, typeCheck } from "../build/tangle";

/** The messages for a notebook with this body. */
const messages = (body: string): string[] =>
  lint(parseSource("01-x", `# 1 · T\n\n${body}\n`), null).map((p) => p.message);
const code = (text: string, info = ""): string => `\`\`\`typescript ${info}\n${text}\n\`\`\`\n`;
const exercise = code(
  "function f() {\n  // BEGIN SOLUTION\n  // END SOLUTION\n}",
  'exercise="1.1" points="2" minutes="8" title="T"',
);

function breaks(name: string, body: string, expected: RegExp): void {
  test(`lint: ${name}`, () => {
    const found = messages(body);
    assert.equal(found.length, 1, `one message, not ${JSON.stringify(found)}`);
    assert.match(found[0]!, expected);
  });
}

test("the fixture keeps to every rule", () => {
  assert.deepEqual(lint(readSource("01-fixture", path.join(__dirname, "fixtures")), null), []);
});

test("lint: a notebook begins with its title", () => {
  assert.match(lint(parseSource("01-x", "Text first.\n"), null)[0]!.message, /begins with its title/);
});

breaks("one title", "## A\n\n# Another", /one title a notebook: make "Another" a section/);
breaks("no skipped level", "## A\n\n#### B", /"B" skips a level: after ## comes ###/);
breaks("long prose", `## A\n\n${"word ".repeat(151)}`, /152 words in one cell, 150 at most/);
breaks("long code", code(`${"f();\n".repeat(30).trim()}\nf();`), /31 lines in one cell, 30 at most/);
breaks("wide code", code(`const x = ${"1 + ".repeat(30)}1;`), /a line of 132 characters, 120 at most: `const x = 1/);
breaks("footnotes", "Text[^1].", /no footnotes/);
breaks("alerts", "> [!NOTE]\n> text", /no alerts/);
breaks("images need words", "![](../README.md)", /needs words for readers who cannot see it/);
breaks("images in HTML need words", '<img src="x.png">', /needs alt=/);
breaks("links to files", "[gone](../lib/src/gone.ts)", /leads nowhere: there is no such file/);
breaks("links to notebooks", "[gone](02-gone.ipynb)", /leads nowhere/);
breaks("links to headings", "[gone](#Gone)", /no heading has the anchor #Gone/);
breaks("chance", code("const x = Math.random();"), /pass a seeded generator/);
breaks(
  "figures need assertions",
  "It reaches 93 % in two minutes.",
  /quotes figures \("93 %"\) but nothing asserts them/,
);
breaks("code that does not parse", code("const = 1;"), /the cell does not parse at `const = 1;`/);
breaks("a solution outside an exercise", code("// BEGIN SOLUTION\n1;\n// END SOLUTION"), /outside an exercise/);
breaks(
  "names are declared once",
  `${code("const [a, { b }] = x;")}\n${code("let b = 1;")}`,
  /"b" is already declared .* line 4/,
);
breaks(
  "a library function must not take the name of the learner's",
  `${code("function train() {}")}\n${code('import { train } from "@course/lib/train";')}`,
  /"train" is already declared.*import it under another name: \{ train as \.\.\. \}/,
);
breaks("an exercise needs a check", `## Exercise 1.1\n\n${exercise}`, /exercise 1\.1 has no check below it/);
breaks("a check needs an exercise", code('check("1.2", {});', 'check="1.2"'), /check 1\.2 belongs to no exercise/);
breaks(
  "an exercise is named by its heading",
  `## Something\n\n${exercise}\n${code('check("1.1", { f });', 'check="1.1"')}`,
  /the heading above should name it/,
);
breaks(
  "an exercise belongs to its notebook",
  `## Prediction 2.1\n\n${code("const x = 1;", 'predict="2.1"')}`,
  /2\.1 is no exercise of notebook 1/,
);
breaks(
  "exercises are numbered in the order of the notebook",
  `## Predictions\n\n${code("const x = 1;", 'predict="1.1"')}\n${code("const y = 1;", 'predict="1.3"')}`,
  /1\.3 is exercise 2 of the notebook: number it 1\.2/,
);

test("an exercise stands in the case table under the same title, for the same points and minutes", () => {
  const source = parseSource(
    "01-x",
    `# 1 · T\n\n## 1.1\n\n${exercise}\n${code('check("1.1", { f });', 'check="1.1"')}`,
  );
  const said = (found?: { title: string; points: number; minutes: number }): string[] =>
    lint(source, () => found).map((problem) => problem.message);
  assert.deepEqual(said({ title: "T", points: 2, minutes: 8 }), []);
  assert.deepEqual(said(), ["1.1 has no entry in the case table grading/cases/01.ts"]);
  assert.deepEqual(said({ title: "T", points: 3, minutes: 8 }), [
    '1.1: points is "2" here and "3" in grading/cases/01.ts',
  ]);
});

test("the stub is checked as well: what the learner gets must parse", () => {
  const body = code(
    "function f() {\n  // BEGIN SOLUTION\n  // STUB\n  // your code here\n  // END SOLUTION\n}",
    'exercise="1.1" points="2" minutes="8" title="T"',
  );
  const found = messages(`## Exercise 1.1\n\n${body}\n${code('check("1.1", { f });', 'check="1.1"')}`);
  assert.equal(found.length, 1);
  assert.match(found[0]!, /what the learner gets does not parse at `your code here`/);
});

test("the same import in two cells is no second declaration, and is tangled once", () => {
  const twice = 'import { show } from "@course/lib/display";';
  const source = parseSource("01-x", `# 1 · T\n\n${code(`${twice}\nshow;`)}\n${code(`${twice}\nshow;`)}`);
  assert.deepEqual(lint(source, null), []);
  assert.equal(tangle(source).text.split(twice).length, 2);
});

test("the strict compiler finds what the kernel lets pass, at the line of its cell", () => {
  const loose = code("const maybe = [1].at(-1);\nconst sure: number = maybe;");
  const problems = typeCheck([parseSource("00-strict", `# 1 · T\n\n${loose}`)]).get("00-strict")!;
  assert.equal(problems.length, 1);
  assert.equal(problems[0]!.line, 4);
  assert.match(problems[0]!.message, /TS2322 at `const sure: number = maybe;`/);
});

test("the fixture compiles strictly, over all its cells", () => {
  const source = readSource("01-fixture", path.join(__dirname, "fixtures"));
  assert.deepEqual(typeCheck([source]).get("01-fixture"), []);
});
