/** The gradebook in a folder, and what every gradebook has to keep. */

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { type Gradebook, openStore } from "../src/class/store";
import { assertComplete, killOften } from "./crash";
import { exerciseOf, fakeGrader, resultOf, submissionOf } from "./store-fixture";

const folder = mkdtempSync(path.join(tmpdir(), "course-store-"));
const empty = path.join(folder, "empty");

before(async () => {
  await (await openStore({ out: empty })).close();
});
after(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
/** A new gradebook; making one takes seconds, copying one does not. */
async function withStore(use: (store: Gradebook, out: string) => Promise<void>): Promise<void> {
  const out = path.join(folder, String(count++));
  cpSync(empty, out, { recursive: true });
  const store = await openStore({ out });
  try {
    await use(store, out);
  } finally {
    await store.close();
  }
}

const AT = "2026-10-01T10:00:00.000Z";
const LATER = "2026-10-02T10:00:00.000Z";
const LAST = "2026-10-03T10:00:00.000Z";

/** Grades everything that waits. */
async function gradeAll(store: Gradebook): Promise<number> {
  let graded = 0;
  for (let next = await store.take("test"); next; next = await store.take("test")) {
    await store.finish(next.key, await fakeGrader(0).grade(next));
    graded++;
  }
  return graded;
}

test("a submission comes out of the queue as it went in, and its result stays", async () => {
  await withStore(async (store) => {
    const collected = {
      ...submissionOf("ada", "03", "a notebook", AT),
      findings: [{ id: "x", level: "note", says: "s" }],
    };
    const key = await store.enqueue(collected as typeof collected & { findings: [] });
    assert.equal(await store.waiting(), 1);
    const taken = await store.take("test");
    assert.deepEqual(taken, { key, ...collected });
    assert.equal(await store.waiting(), 1, "taken is not done");
    assert.equal(await store.take("test"), undefined);
    const result = await fakeGrader(0).grade(collected as never);
    await store.finish(key, result);
    assert.equal(await store.waiting(), 0);
    assert.deepEqual(await store.results(), [result]);
  });
});

test("the same bytes of the same learner are one submission, graded again only when asked", async () => {
  await withStore(async (store) => {
    const collected = submissionOf("ada", "03", "a notebook", AT);
    const keys = [await store.enqueue(collected), await store.enqueue(collected)];
    assert.equal(keys[0], keys[1]);
    assert.equal(await gradeAll(store), 1);
    await store.enqueue(collected);
    assert.equal(await gradeAll(store), 0);
    await store.enqueue(collected, { again: true });
    assert.equal(await gradeAll(store), 1);
    assert.equal((await store.results()).length, 1);
  });
});

test("the last submission of a learner counts, also when the learner went back to an earlier one", async () => {
  await withStore(async (store) => {
    const [first, second] = [submissionOf("ada", "03", "b first", AT), submissionOf("ada", "03", "c second", LATER)];
    await store.enqueue(second);
    await store.enqueue(first);
    await gradeAll(store);
    const counting = async (): Promise<string[]> => (await store.results()).map(({ submission }) => submission.sha256);
    assert.deepEqual(await counting(), [second.submission.sha256]);
    await store.enqueue(submissionOf("ada", "03", "b first", LAST));
    assert.deepEqual(await counting(), [first.submission.sha256]);
    assert.equal((await store.results())[0]!.submission.submittedAt, LAST);
    assert.deepEqual([...(await store.attempts())], [["ada 03", 2]]);
  });
});

test("the same download taken in twice keeps the earlier time", async () => {
  await withStore(async (store) => {
    await store.enqueue(submissionOf("ada", "03", "b", LATER));
    await store.enqueue(submissionOf("ada", "03", "b", LAST));
    await store.enqueue(submissionOf("ada", "03", "b", AT));
    await gradeAll(store);
    assert.equal((await store.results())[0]!.submission.submittedAt, AT);
  });
});

test("files of which nobody could tell the notebook stand each for itself", async () => {
  await withStore(async (store) => {
    for (const file of ["one.ipynb", "two.ipynb"]) {
      const submission = { learner: "ada", notebook: "", file, sha256: "", submittedAt: AT };
      await store.enqueue({ submission, findings: [] });
    }
    await gradeAll(store);
    assert.deepEqual(
      (await store.results()).map(({ submission }) => submission.file),
      ["one.ipynb", "two.ipynb"],
    );
  });
});

test("text that PostgreSQL does not take (the character 0, half a character) is kept all the same", async () => {
  await withStore(async (store) => {
    const strange = "a\0b\ud800c";
    const collected = submissionOf(strange, "03", "a", AT);
    const key = await store.enqueue(collected);
    const taken = await store.take("test");
    assert.equal(taken?.submission.learner, strange);
    const result = resultOf(collected, [exerciseOf("3.1", 1, 2, { source: strange })]);
    await store.finish(key, result);
    assert.deepEqual(await store.results({ learner: strange }), [result]);
  });
});

test("results and submissions are found by learner and notebook, in order", async () => {
  await withStore(async (store) => {
    for (const learner of ["ben", "Zoe", "ada"]) {
      for (const notebook of ["04", "03"]) await store.enqueue(submissionOf(learner, notebook, learner, AT));
    }
    await gradeAll(store);
    const names = async (filter = {}): Promise<string[]> =>
      (await store.results(filter)).map(({ submission }) => `${submission.learner} ${submission.notebook}`);
    assert.deepEqual(await names(), ["Zoe 03", "Zoe 04", "ada 03", "ada 04", "ben 03", "ben 04"]);
    assert.deepEqual(await names({ learner: "ada" }), ["ada 03", "ada 04"]);
    assert.deepEqual(await names({ learner: "ada", notebook: "04" }), ["ada 04"]);
    const kept: string[] = [];
    for await (const { content } of store.submissions({ notebook: "03" })) kept.push(Buffer.from(content!).toString());
    assert.deepEqual(kept, ["Zoe", "ada", "ben"]);
  });
});

test("marks are kept, and a later one replaces an earlier one", async () => {
  await withStore(async (store) => {
    const mark = {
      learner: "ada",
      notebook: "03",
      exercise: "3.7",
      points: 1.5,
      comment: "Yes: why?",
      markedAt: AT,
      sha256: "s",
    };
    await store.mark([mark, { ...mark, exercise: "3.2" }]);
    await store.mark([{ ...mark, points: 2 }]);
    assert.deepEqual(await store.marks(), [
      { ...mark, exercise: "3.2" },
      { ...mark, points: 2 },
    ]);
  });
});

test("a folder that another program has open is refused with a sentence", async () => {
  await withStore(async (_, out) => {
    await assert.rejects(openStore({ out }), /no other program that has it open/);
  });
});

test("a program killed at 50 random moments leaves a folder that a rerun makes complete, nothing lost, nothing twice", async () => {
  const [made, copied] = [path.join(folder, "made"), path.join(folder, "copied")];
  cpSync(empty, copied, { recursive: true });
  const [ofMade, ofCopied] = await Promise.all([
    killOften({ out: made }, { kills: 20, seed: 80, making: { kills: 2, withinMs: 6000 } }),
    killOften({ out: copied }, { kills: 30, seed: 81 }),
  ]);
  await assertComplete({ out: made }, ofMade);
  await assertComplete({ out: copied }, ofCopied);
});
