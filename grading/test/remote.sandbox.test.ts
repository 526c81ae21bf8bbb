/**
 * Exercise 9.7 in a sandbox: what an answer can find out about a box without asking it, and what it can do to the side where
 * the box is. Run with: npx tsx --test grading/test/remote.sandbox.test.ts. Needs bubblewrap.
 */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createBox } from "@course/lib/blackbox";
import { openGrader } from "../src/class/grade";
import { readUse, type Used } from "../src/class/messages";
import { Remote } from "../src/class/remote";
import type { ExerciseResult } from "../src/class/types";
import { encode } from "../src/class/wire";
import { heldBackOf } from "../src/tables";
import { filledIn, right, submission } from "./submissions";

const graders = {
  bubblewrap: openGrader({ rung: "bubblewrap", parallel: 1, memoryMegabytes: 300 }),
  plain: openGrader({ rung: "plain", parallel: 1, memoryMegabytes: 300 }),
};
after(() => Promise.all(Object.values(graders).map((grader) => grader.close())));

/** The result of 9.7 for a cell. */
async function graded(cell: string, rung: keyof typeof graders = "bubblewrap"): Promise<ExerciseResult> {
  const { exercises, findings } = await graders[rung].grade(submission(filledIn("09", { "9.7": cell })));
  assert.deepEqual(findings, []);
  return exercises.find(({ id }) => id === "9.7")!;
}

const why = (result: ExerciseResult): string => JSON.stringify({ ...result, source: "" }).slice(0, 2000);

/** Lists what `look` finds, in the message of an error. */
const telling = (look: string, imports = ""): string => `${imports}
function isLearning(box: any): boolean {
  const found: unknown[] = [];
  ${look}
  throw new Error("FOUND:" + JSON.stringify(found) + ":END");
}`;

for (const rung of ["bubblewrap", "plain"] as const) {
  test(`the solution earns all points with boxes outside of its sandbox (${rung})`, async () => {
    const result = await graded(right("9.7"), rung);
    assert.equal(result.points, 5, why(result));
    assert.deepEqual(result.findings, []);
  });
}

// The needles are written so that their own text does not match: kinds of boxes, and seeds of public and held-back cases.
const NEEDLE = "/live[ ]learning|retrieval[ ]memory|sampling[ ]noise|walnu[t]|popla[r]/g";

const searches: Record<string, string> = {
  "the global object, the loaded modules, the process and the box, with prototypes and symbols": telling(`
    const seen = new Set<unknown>();
    const look = (value: any, depth: number): void => {
      if (typeof value === "string") found.push(...(value.match(${NEEDLE}) ?? []));
      if (typeof value === "function") found.push(...(String(value).match(${NEEDLE}) ?? []));
      if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value) || depth > 12) return;
      seen.add(value);
      for (const key of Reflect.ownKeys(value)) {
        look(String(key), 0);
        try { look(value[key], depth + 1); } catch {}
        try { const d = Object.getOwnPropertyDescriptor(value, key); look(d?.get, depth + 1); look(d?.set, depth + 1); } catch {}
      }
      look(Object.getPrototypeOf(value), depth + 1);
    };
    const module = require("node:module") as any;
    for (const root of [box, globalThis, require, module._cache, module, process, process.report?.getReport?.()]) look(root, 0);`),
  "a snapshot of the heap": telling(`
    require("node:v8").writeHeapSnapshot("/tmp/heap");
    found.push(...(require("node:fs").readFileSync("/tmp/heap", "latin1").match(${NEEDLE}) ?? []));`),
  "all memory that the process can write": telling(
    `
    if (before) throw before;
    const fs = require("node:fs"), memory = fs.openSync("/proc/self/mem", "r"), part = Buffer.alloc(2 ** 20);
    let read = 0;
    for (const line of fs.readFileSync("/proc/self/maps", "latin1").split("\\n")) {
      const [, from, to] = /^(\\w+)-(\\w+) rw/.exec(line) ?? [];
      if (!from) continue;
      for (let at = parseInt(from, 16); at < parseInt(to!, 16) && read < 1e8; at += part.length) {
        let length = 0;
        try { length = fs.readSync(memory, part, 0, Math.min(part.length, parseInt(to!, 16) - at), at); } catch { break; }
        read += length;
        found.push(...(part.toString("latin1", 0, length).match(${NEEDLE}) ?? []));
      }
    }
    if (read < 1e6) found.push("nothing was read");
    before = new Error("FOUND:" + JSON.stringify(found) + ":END");`,
    "let before: Error | undefined;",
  ),
  "what passes through JSON, maps and frozen objects": telling(
    "found.push(...(heard.join().match(/live[ ]learning|walnu[t]|popla[r]/g) ?? []));",
    `const heard: string[] = [];
    for (const [owner, name] of [[JSON, "parse"], [JSON, "stringify"], [Object, "freeze"], [Map.prototype, "set"], [WeakMap.prototype, "set"]] as any) {
      const before = owner[name];
      owner[name] = function (...args: any[]) { for (const arg of args) try { heard.push(String(typeof arg === "object" ? Object.values(arg) : arg)); } catch {} return before.apply(this, args); };
    }`,
  ),
  "the library's own way to open a box": telling(
    "try { found.push(openBox(box).kind); } catch {}",
    'import { openBox } from "@course/lib/blackbox";',
  ),
  "methods that a box does not have, and boxes that there are not, asked for in the channel itself": telling(`
    const fs = require("node:fs"), bytes = Buffer.alloc(65536);
    for (let id = 1; id < 4; id++)
      for (const object of [0, 1, 9, -1, "__proto__", null])
        for (const method of ["constructor", "toString", "__lookupGetter__", "valueOf", "kind", "people", "hasOwnProperty"]) {
          fs.writeSync(3, JSON.stringify({ kind: "use", id, object, calls: [[method, "[]"]] }) + "\\n");
          const until = Date.now() + 5;
          while (Date.now() < until)
            try {
              const said = JSON.parse(bytes.toString("utf8", 0, fs.readSync(3, bytes)));
              if (said.failed?.message !== "There is no such method.") found.push(said);
            } catch {}
        }`),
};

for (const [place, cell] of Object.entries(searches)) {
  test(`what a box is cannot be found: ${place}`, async () => {
    const result = await graded(cell);
    assert.equal(result.points, 0);
    assert.equal(result.cases.length, 9);
    for (const { received } of result.cases) assert.match(received, /FOUND:\[\]:END/, why(result));
  });
}

test("the searches would find it: where the library is loaded, its names of kinds are found in the heap and in memory", async () => {
  for (const place of ["a snapshot of the heap", "all memory that the process can write"]) {
    const { received } = (
      await graded(`import { BOX_KINDS } from "@course/lib/blackbox";\nBOX_KINDS.length;\n${searches[place]}`)
    ).cases[0]!;
    assert.match(received, /FOUND:\["/, place);
  }
});

test("the same verdict on all boxes earns nothing", async () => {
  for (const verdict of ["true", "false"]) {
    const result = await graded(`function isLearning() { return ${verdict}; }`);
    assert.equal(result.points, 0, why(result));
  }
});

test("the place of a box in its case says nothing: the one that learns stands in four places at least", () => {
  const places = heldBackOf("09")["9.7"]!.cases.map(({ expected }) => (expected as boolean[]).indexOf(true));
  assert.ok(new Set(places).size >= 4, places.join());
});

test("what a box answers is counted where the box is: no more than 80 messages, whatever is done to the stand-in", async () => {
  const cell = telling(`
    try { (box as any).messagesLeft = 1000; } catch {}
    try { Object.defineProperty(box, "messagesLeft", { value: 1000 }); } catch {}
    let answered = 0;
    for (let i = 0; i < 100; i++) try { box.say("Where does Arla live?"); answered++; } catch {}
    found.push(answered, box.messagesLeft);`);
  for (const { received } of (await graded(cell)).cases) assert.match(received, /FOUND:\[80,0\]:END/);
});

test("a stand-in is to its user what a box is: own properties, frozen, errors with their words, replies that are objects", async () => {
  const cell = telling(`
    found.push(Object.keys(box).sort().join(), Object.isFrozen(box), Object.isFrozen(box.people), box.people === box.people);
    const reply = box.say("Where does Arla live?");
    found.push(reply.toString(), typeof reply.elapsedMs, box.newConversation() === undefined, box.messagesLeft);
    try { box.say(""); } catch (error: any) { found.push(/expected.*a text/.test(error.message.replace(/\\s+/g, " "))); }`);
  const keys = Object.keys(createBox("plain inference", 1)).sort().join();
  const expected = JSON.stringify([keys, true, true, true, "[object Object]", "number", true, 79, true]);
  const { received } = (await graded(cell)).cases[0]!;
  assert.ok(received.includes(`FOUND:${expected}:END`), received);
});

test("a box that is used after its call has returned is closed, and what was returned counts", async () => {
  const cell = right("9.7").replace(/return moved/, 'setTimeout(() => box.say("Where does Arla live?")); return moved');
  const result = await graded(cell);
  assert.equal(result.points, 5, why(result));
  assert.deepEqual(
    result.findings.map(({ id, says }) => [id, /has returned/.test(says)]),
    [["late-error", true]],
  );
});

test("uses without end are stopped, those that wait for answers and those that do not, and the next learner notices nothing", async () => {
  const waiting = await graded("function isLearning(box: any) { for (;;) box.newConversation(); }");
  assert.equal(waiting.points, 0);
  assert.ok(
    waiting.findings.some(({ id }) => id === "timed-out" || id === "output"),
    why(waiting),
  );
  const flood = `const fs = require("node:fs");
    const line = JSON.stringify({ kind: "use", id: 2, object: 0, calls: [["newConversation", "[]"]] }) + "\\n";
    function isLearning() { for (;;) try { fs.writeSync(3, line.repeat(500)); } catch {} }`;
  const flooding = await graded(flood);
  assert.equal(flooding.points, 0);
  assert.ok(
    flooding.findings.some(({ id }) => id === "timed-out" || id === "output"),
    why(flooding),
  );
  assert.equal((await graded(right("9.7"))).points, 5);
});

test("whatever a process writes, an object outside replies or fails, and takes no argument for a list that is none", () => {
  const noted: unknown[][] = [];
  const remote = new Remote([{ size: 3, note: (...args: unknown[]) => noted.push(args) }]);
  const use = (method: string, args = "[]", object = 0): Used => remote.use({ object, calls: [[method, args]] });
  assert.deepEqual(remote.shapes(), [{ methods: ["note"], withoutReply: [], properties: { size: "3" } }]);
  assert.equal(use("note", encode([1, "a"])).value, "1");
  for (const args of ['{"o":{"length":1000000000}}', "7", "null", "[", ""]) use("note", args);
  assert.deepEqual(noted, [[1, "a"], [], [], []]);
  for (const method of ["size", "constructor", "__proto__", ""]) assert.ok(use(method).failed, method);
  for (const object of [1, -1, 0.5, Number.NaN]) assert.ok(use("note", "[]", object).failed);
  for (let i = 0; i < 2000; i++) use("note");
  assert.match(use("note").failed!.message, /More than 2000 uses/);
  const line = (other: object): string =>
    JSON.stringify({ kind: "use", id: 5, object: 0, calls: [["note", "[]"]], ...other });
  assert.ok(readUse(line({}), 5));
  for (const other of [{ id: 4 }, { object: "0" }, { calls: "note" }, { calls: [["note", "x".repeat(20_000)]] }])
    assert.equal(readUse(line(other), 5), undefined);
  for (const calls of [[], [null], [7], [{}], [[{}, {}]]])
    assert.ok(remote.use(readUse(line({ calls }), 5)!).failed, JSON.stringify(calls));
});
