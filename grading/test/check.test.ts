/** @file Run with: npx tsx --test grading/test/check.test.ts */

import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { check, checkExercise } from "../src/check";
import type { CodeExercise } from "../src/table";
import { heldBackOf } from "../src/tables";
import { stubOf } from "./mutants";
import { openNotebook } from "./notebook";

const half: CodeExercise = {
  id: "1.3",
  title: "Half",
  points: 2,
  minutes: 1,
  answers: ["half(x: number): number"],
  cases: [
    { args: [4], expected: 2 },
    { args: [6], expected: 3 },
  ],
  mistakes: [],
  hints: ["", "", ""],
};
const halfLater: CodeExercise = { ...half, async: true, timeLimitMs: 40 };
const logOfSum = (logits: number[], target: number): number =>
  Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0)) - logits[target]!;

test("a check that is not awaited has shown its card before the next line runs", (t) => {
  const notebook = openNotebook(t);
  check("1.3", { crossEntropy: logOfSum });
  assert.match(notebook.text(), /^Exercise 1\.3 · Stable cross-entropy: wrong/);
});

test("a check leaves no value behind that a notebook would print", async (t) => {
  openNotebook(t);
  assert.equal(await check("1.3", { crossEntropy: logOfSum }), undefined);
});

test("the stub is not attempted, which is not the same as wrong", (t) => {
  const notebook = openNotebook(t);
  check("1.3", stubOf({ ...half, answers: ["crossEntropy(logits: number[], target: number): number"] }));
  assert.match(notebook.text(), /not attempted yet/);
  assert.deepEqual(notebook.data(), {
    id: "1.3",
    status: "not attempted",
    passed: 0,
    total: 6,
    points: 0,
    maxPoints: 3,
  });
});

test("a name that is missing is not attempted", (t) => {
  const notebook = openNotebook(t);
  check("1.3", {});
  assert.equal(notebook.data().status, "not attempted");
});

test("an answer that calls another unsolved exercise is told so, and counts as an attempt", (t) => {
  const notebook = openNotebook(t);
  check("1.3", stubOf({ ...half, id: "1.1", answers: ["crossEntropy()"] }));
  assert.match(notebook.text(), /stopped with an error: Error: Exercise 1\.1 is not done yet/);
  assert.equal(notebook.data().status, "error");
});

test("one finished function of two is partly right, and the other one is named as not done", (t) => {
  const notebook = openNotebook(t);
  const stub = stubOf({ ...half, id: "1.6", answers: ["trainingDays()"] });
  check("1.6", { trainingFlops: (n: number, d: number) => 6 * n * d, ...stub });
  assert.match(notebook.text(), /`trainingDays` is not done yet/);
  assert.deepEqual(notebook.data(), { id: "1.6", status: "wrong", passed: 3, total: 6, points: 1, maxPoints: 2 });
});

test("a wrong case shows its input, what was expected and what came, and the likely mistake", (t) => {
  const notebook = openNotebook(t);
  check("1.3", { crossEntropy: logOfSum });
  assert.match(notebook.text(), /You forgot to take away the largest logit/);
  assert.match(notebook.text(), /call +crossEntropy\(\[1000, 0\], 0\)\n +expected +0\n +received +Infinity/);
});

test("a solved exercise says how many points it has and that further cases exist", (t) => {
  const notebook = openNotebook(t);
  checkExercise(half, { half: (x: number) => x / 2 });
  assert.match(notebook.text(), /All 2 cases passed: 2 of 2 points/);
  assert.match(notebook.text(), /6 further cases will be run that are not shown here/);
});

test("a card never contains what is held back", (t) => {
  const notebook = openNotebook(t);
  check("1.3", { crossEntropy: logOfSum });
  check("1.3", { crossEntropy: () => 5 });
  const shown = JSON.stringify(notebook.outputs);
  for (const { expected, note } of heldBackOf(1)["1.3"]!.cases) {
    assert.ok(!shown.includes(note!), note);
    if (!Number.isInteger(expected)) assert.ok(!shown.includes(String(expected).slice(0, 8)));
  }
});

test("what a learner writes never becomes markup", (t) => {
  const notebook = openNotebook(t);
  const evil = `<img src=x onerror="alert('1')"><script>alert(2)</script>`;
  const answers: unknown[] = [
    () => evil,
    () => ({ [evil]: evil }),
    () => {
      throw new Error(evil);
    },
    () => {
      throw Object.assign(new Error("x"), { name: evil });
    },
  ];
  for (const answer of answers) check("1.3", { crossEntropy: answer });
  check("1.2", { [evil]: () => 0 });
  check(evil, {});
  for (const output of notebook.outputs) {
    assert.doesNotMatch(String(output["text/html"]), /<img|<script|onerror="/);
    assert.match(String(output["text/html"]), /&lt;/);
  }
});

test("what a learner writes cannot steer a terminal", (t) => {
  const notebook = openNotebook(t);
  const steer = "\u001b[2J\u202egnp.exe\u0007";
  for (const answer of [() => steer, () => ({ [steer]: 1 })]) check("1.3", { crossEntropy: answer });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
  for (const output of notebook.outputs) assert.doesNotMatch(String(output["text/plain"]), /[\u0007\u001b\u202e]/);
});

test("HTML and plain text say the same words", (t) => {
  const notebook = openNotebook(t);
  check("1.3", { crossEntropy: logOfSum });
  const words = (text: string): string[] => text.replace(/[*`]/g, "").split(/\s+/).filter(Boolean);
  const entities: Record<string, string> = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&" };
  const html = notebook
    .html()
    .replace(/<\/?(code|em)>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/&[a-z#0-9]+;/g, (e) => entities[e]!);
  assert.deepEqual(words(html.replace(/ : /g, ": ")), words(notebook.text()));
});

test("an exercise that does not exist, a misspelled name, a result in the place of the function: each is explained", (t) => {
  const notebook = openNotebook(t);
  check("1.9", {});
  assert.match(notebook.text(), /does not exist\nNotebook 1 has 1\.1, 1\.2/);
  check("hello", {});
  assert.match(notebook.text(), /There are exercises for notebook 1/);
  check("1.3", { crossentropy: logOfSum });
  assert.match(notebook.text(), /write `\{ crossEntropy: crossentropy \}`/);
  check("1.3", { crossEntropy: 3 });
  assert.match(notebook.text(), /without calling it/);
  check("1.3", logOfSum as never);
  assert.match(notebook.text(), /in braces/);
  check("1.3", undefined as never);
  assert.match(notebook.text(), /There is no answer in the call/);
  check("1.5", {});
  assert.match(notebook.text(), /Write `predict\("1\.5", \.\.\.\)` instead/);
  assert.equal(notebook.data().status, "error");
});

test("no answer, however hostile, makes check throw", (t) => {
  const notebook = openNotebook(t);
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const loop: unknown[] = [];
  loop.push(loop);
  const trap = (): never => {
    throw new Error("trap");
  };
  const thrown: unknown[] = [
    undefined,
    null,
    3,
    "text",
    Symbol("s"),
    proxy,
    {
      get message() {
        return trap();
      },
    },
  ];
  const returned: unknown[] = [
    undefined,
    null,
    Symbol("s"),
    3n,
    proxy,
    loop,
    new Map([[loop, 1]]),
    new Proxy([], { get: trap }),
    {
      get a() {
        return trap();
      },
    },
    { toJSON: trap, toString: trap },
    Object.create(null),
    { length: -1 },
    new Array(1e9),
    // biome-ignore lint/suspicious/noThenProperty: a trap for whoever awaits it
    Object.defineProperty({}, "then", { get: trap }),
    new Uint8Array(8),
    new Date(),
    /x/,
    class {},
    { arraySync: trap },
    JSON.parse('{"__proto__":{"x":1}}'),
  ];
  for (const value of thrown)
    check("1.3", {
      crossEntropy: () => {
        throw value;
      },
    });
  for (const value of returned) check("1.3", { crossEntropy: () => value });
  check("1.3", {
    crossEntropy: function again(): number {
      return again() + 1;
    },
  });
  assert.equal(notebook.outputs.length, thrown.length + returned.length + 1);
  for (const output of notebook.outputs)
    assert.match(String(output["text/plain"]), /^Exercise 1\.3 · [^\n]*: (wrong|stopped with an error)/);
});

test("an answer that changes its arguments damages no other case", (t) => {
  const notebook = openNotebook(t);
  const seen: string[] = [];
  const nosy = (ids: number[]): number[] => {
    seen.push(JSON.stringify(ids));
    return ids.splice(0);
  };
  check("1.1", { mergePair: nosy });
  const first = seen.splice(0);
  check("1.1", { mergePair: nosy });
  assert.deepEqual(seen, first);
  assert.equal(notebook.data().status, "wrong");
});

test("under nbgrader the points are the value of the cell, otherwise silence would be full marks", (t) => {
  openNotebook(t);
  process.env.NBGRADER_EXECUTION = "autograde";
  t.after(() => delete process.env.NBGRADER_EXECUTION);
  assert.equal(check("1.3", { crossEntropy: logOfSum }), 1.5);
  assert.equal(check("1.3", {}), 0);
  assert.equal(checkExercise(half, { half: (x: number) => x / 2 }), 2);
});

test("asynchronous answers are awaited", async (t) => {
  const notebook = openNotebook(t);
  await checkExercise(halfLater, { half: async (x: number) => x / 2 });
  assert.equal(notebook.data().status, "passed");
});

test("when await is forgotten, an asynchronous check fills its card later and says so when it is printed", async (t) => {
  const notebook = openNotebook(t);
  const pending = checkExercise(halfLater, { half: async (x: number) => x / 2 });
  assert.match(notebook.text(), /checking \.\.\./);
  assert.match(inspect(pending), /Write `await check\(\.\.\.\)`/);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.match(notebook.text(), /passed/);
  assert.equal(notebook.outputs.length, 1);
});

test("an answer that never settles ends at the time limit", async (t) => {
  const notebook = openNotebook(t);
  await checkExercise(halfLater, { half: () => new Promise(() => {}) });
  assert.match(notebook.text(), /No result after 0\.04 s/);
  assert.equal(notebook.data().status, "error");
});

test("interrupting the kernel ends a check that waits, and the rest is not run", async (t) => {
  const notebook = openNotebook(t);
  const globals = globalThis as { interruptSignal?: AbortSignal };
  const controller = new AbortController();
  globals.interruptSignal = controller.signal;
  t.after(() => delete globals.interruptSignal);
  let calls = 0;
  const half = (): Promise<never> => {
    calls++;
    controller.abort();
    return new Promise(() => {});
  };
  await checkExercise({ ...halfLater, timeLimitMs: 60_000 }, { half });
  assert.match(notebook.text(), /interrupted/);
  assert.equal(calls, 1);
});
