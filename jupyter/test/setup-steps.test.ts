/** @file The steps of the set-up: what is done is not done again, what failed is gone on with. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Fixture } from "./setup-fixture";

/** Runs three steps; `broken` fails as long as BROKEN is set. Prints the names of the steps that did something. */
const threeSteps = `
  import { Steps, printFailure } from "./steps.mjs";
  import { SetupError } from "./failure.mjs";
  import { Writable } from "node:stream";
  const steps = new Steps(new Writable({ write: (_a, _b, done) => done() }));
  const step = (name, key, work = () => {}) => steps.run({ name, doing: "working", key, work: () => { console.log("did " + name); work(); } });
  const fail = () => { if (process.env.BROKEN) throw new SetupError("It broke.", { remedy: "Mend it." }); };
  try {
    await step("first", "1");
    await step("broken", "1", fail);
    await step("last", process.env.INPUT ?? "1");
  } catch (error) { printFailure(error); }
`;

const done = (printed: string): string[] => [...printed.matchAll(/^did (\w+)$/gm)].map(([, name]) => name as string);

test("a run after a failure goes on from the step that failed", () => {
  const fixture = new Fixture();
  assert.deepEqual(done(fixture.run(threeSteps, { BROKEN: "1" }).printed), ["first", "broken"]);
  assert.deepEqual(done(fixture.run(threeSteps).printed), ["broken", "last"]);
});

test("a run after a success does nothing, until an input changes", () => {
  const fixture = new Fixture();
  fixture.run(threeSteps);
  assert.deepEqual(done(fixture.run(threeSteps).printed), []);
  assert.deepEqual(done(fixture.run(threeSteps, { INPUT: "2" }).printed), ["last"]);
});

test("a failure is told as a sentence and a remedy, without a stack of calls", () => {
  const { printed } = new Fixture().run(threeSteps, { BROKEN: "1" });
  assert.match(printed, /^It broke\.\nMend it\.$/m);
  assert.doesNotMatch(printed, /at .*:\d+:\d+/);
});

test("a lock left by a process that is gone does not hold up the next set-up", () => {
  const fixture = new Fixture();
  fixture.write(".course/setup.lock", "4194305"); // above the highest process number of Linux
  const { printed } = fixture.run(`
    import { lock } from "./lock.mjs";
    const release = await lock(() => console.log("waited"));
    release();
    console.log("went on");
  `);
  assert.equal(printed, "went on\n");
});

test("a set-up waits for the one that runs", () => {
  const fixture = new Fixture();
  const { printed } = fixture.run(`
    import { lock } from "./lock.mjs";
    const release = await lock(() => {});
    setTimeout(() => { console.log("first ends"); release(); }, 500);
    await lock((by) => console.log("waits for " + (by === process.pid)));
    console.log("second begins");
  `);
  assert.equal(printed, "waits for true\nfirst ends\nsecond begins\n");
});
