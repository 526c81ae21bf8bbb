/** @file Hints, solutions and predictions. Run with: npx tsx --test grading/test/help.test.ts */

import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "../src/check";
import { hint, solution } from "../src/hints";
import { verdict } from "../src/prediction-kinds";
import { predict, predictions, reveal } from "../src/predictions";
import { sourceExercises } from "../src/solution-text";
import type { PredictionKind } from "../src/table";
import { openNotebook } from "./notebook";

test("each hint goes one step further, and what was shown stays in view", (t) => {
  const notebook = openNotebook(t);
  for (const state of ["hint 1 of 3", "hint 2 of 3", "hint 3 of 3", "hint 3 of 3"]) {
    hint("1.3");
    assert.ok(notebook.text().includes(state), state);
    assert.match(notebook.text(), /1\. a nudge/);
  }
  assert.match(notebook.text(), /3\. nearly the code\n {4}const largest/);
});

test("hints of one exercise do not open those of another", (t) => {
  const notebook = openNotebook(t);
  hint("1.3");
  hint("1.1");
  assert.match(notebook.text(), /1\.1 .* hint 1 of 3/);
});

test("a solution opens after an attempt, not before, and not for running the stub", (t) => {
  const notebook = openNotebook(t);
  solution("1.3");
  assert.match(notebook.text(), /try it first/);
  check("1.3", {});
  solution("1.3");
  assert.match(notebook.text(), /try it first/);
  check("1.3", { crossEntropy: () => 0 });
  solution("1.3");
  assert.match(notebook.text(), /one right answer\n {4}function crossEntropy\(/);
  assert.doesNotMatch(notebook.text(), /BEGIN SOLUTION|STUB|not done yet/);
});

test("hint, solution and predict explain an exercise that does not exist or is of the other kind", (t) => {
  const notebook = openNotebook(t);
  hint("1.8");
  solution("9.9");
  predict("1.8", 3);
  for (const output of notebook.outputs) assert.match(String(output["text/plain"]), /does not exist/);
  predict("1.3", 3);
  assert.match(notebook.text(), /is no prediction[\s\S]*check\("1\.3"/);
  hint("1.5");
  solution("1.5");
  assert.match(notebook.text(), /no solution/);
});

test("a solution is the cell without markers and without the learner's lines, also with two regions", () => {
  const [only] = sourceExercises(
    '```typescript exercise="1.6" points="2" title="Cost"\nconst f = () => {\n  // BEGIN SOLUTION\n  1;\n  // STUB\n  // throw 1;\n  // END SOLUTION\n};\n// BEGIN SOLUTION\ng();\n// END SOLUTION\nh();\n```\n',
  );
  assert.deepEqual(only, {
    attributes: { exercise: "1.6", points: "2", title: "Cost" },
    solution: "const f = () => {\n  1;\n};\ng();\nh();",
  });
});

test("a prediction is recorded when it is one, and otherwise told what it should be", (t) => {
  const notebook = openNotebook(t);
  const says = (value: unknown, text: RegExp, status: string): void => {
    predict("1.5", value);
    assert.match(notebook.text(), text);
    assert.equal(notebook.data().status, status);
  };
  says([], /not predicted yet[\s\S]*Put these in order: facts, grammar, rules, sums/, "not attempted");
  says(["?", "?", "?", "?"], /not predicted yet/, "not attempted");
  says(undefined, /not predicted yet/, "not attempted");
  says("facts", /This is no list/, "wrong");
  says(["facts", "grammar", "rules"], /"sums" is missing/, "wrong");
  says(["facts", "grammar", "rules", "sums", "sums"], /occurs twice/, "wrong");
  says(["facts", "grammar", "rules", "<b>"], /"<b>" is none of the items/, "wrong");
  says(["rules", "facts", "grammar", "sums"], /recorded\nYou predict: rules, facts, grammar, sums/, "passed");
  const record = { id: "1.5", kind: "prediction", status: "passed", passed: 1, total: 1, points: 1, maxPoints: 1 };
  assert.deepEqual(notebook.data(), record);
});

test("a prediction of several items may be any of them in any order, and is told what it missed", (t) => {
  const notebook = openNotebook(t);
  const says = (value: unknown, text: RegExp, status: string): void => {
    predict("5.5", value);
    assert.match(notebook.text(), text);
    assert.equal(notebook.data().status, status);
  };
  says(
    ["?"],
    /not predicted yet[\s\S]*Make a list of those that apply, out of: read a text, write a text/,
    "not attempted",
  );
  says("write a text", /This is no list/, "wrong");
  says(["sing a song"], /"sing a song" is none of the items/, "wrong");
  says(["write a text", "write a text"], /occurs twice/, "wrong");
  says(["write a text", "one step of training"], /You predict: write a text, one step of training/, "passed");
  reveal("5.5", ["one step of training", "load another file"]);
  assert.match(notebook.text(), /Not predicted, but so: load another file\. Predicted, but not so: write a text\./);
  const chosen: PredictionKind = { someOf: ["a", "b", "c"] };
  assert.equal(verdict(["c", "a"], ["a", "c"], chosen), "Just as predicted.");
});

test("a prediction may be changed until the result is shown, and stands from then on", (t) => {
  const notebook = openNotebook(t);
  predict("1.5", ["facts", "grammar", "rules", "sums"]);
  predict("1.5", ["rules", "facts", "grammar", "sums"]);
  reveal("1.5", ["grammar", "rules", "facts", "sums"]);
  assert.match(
    notebook.text(),
    /predicted +rules, facts, grammar, sums\n +measured +grammar, rules, facts, sums\n1 of 4 is in the predicted place/,
  );
  predict("1.5", ["grammar", "rules", "facts", "sums"]);
  assert.match(notebook.text(), /your earlier prediction stands: rules, facts, grammar, sums/);
});

test("a result is shown to somebody who did not predict, too", (t) => {
  const notebook = openNotebook(t);
  reveal("1.5", ["grammar", "rules", "facts", "sums"]);
  assert.match(notebook.text(), /Measured: grammar, rules, facts, sums\. There is no prediction of yours/);
});

test("without a table a prediction is described by its choices or its unit", (t) => {
  const notebook = openNotebook(t);
  predict("3.rate", 0.5, { unit: "per step" });
  assert.match(notebook.text(), /You predict: 0\.5 per step/);
  assert.equal(notebook.data(), undefined);
  predict("3.optimizer", "Adam", { choices: ["SGD", "Adam"] });
  predict("3.optimizer", "RMSprop", { choices: ["SGD", "Adam"] });
  assert.match(notebook.text(), /"RMSprop" is none of the choices. Choose one of: SGD, Adam/);
  reveal("3.rate", 0.7);
  assert.match(notebook.text(), /The result is 1\.4 times the prediction/);
});

test("all predictions come together, in the order of the notebooks, each with its result", (t) => {
  openNotebook(t);
  predict("3.rate", 0.5, { unit: "per step" });
  predict("1.5", ["grammar", "rules", "facts", "sums"]);
  reveal("1.5", ["grammar", "rules", "facts", "sums"]);
  assert.deepEqual(predictions(), [
    {
      id: "1.5",
      title: "Exercise 1.5 · What is learned first?",
      predicted: ["grammar", "rules", "facts", "sums"],
      actual: ["grammar", "rules", "facts", "sums"],
      verdict: "Just as predicted.",
    },
    { id: "3.rate", title: "Prediction 3.rate", predicted: 0.5, unit: "per step" },
  ]);
});
