import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { formatDuration, progressBar } from "../src/progress";

interface Shown {
  html: string;
  text: string;
}

/** Runs `work` as if in a notebook, and returns what was shown: each entry replaced the one before. */
async function inFakeNotebook(work: () => void | Promise<void>): Promise<Shown[]> {
  const shown: Shown[] = [];
  const note = (bundle: Record<string, unknown>): void => {
    shown.push({ html: String(bundle["text/html"]), text: String(bundle["text/plain"]) });
  };
  const holder = globalThis as Record<symbol, unknown>;
  holder[Symbol.for("course.display")] = (bundle: Record<string, unknown>) => {
    note(bundle);
    return { update: note };
  };
  try {
    await work();
  } finally {
    delete holder[Symbol.for("course.display")];
  }
  return shown;
}

test("a bar shows at once, and its end with what was noted", async () => {
  const shown = await inFakeNotebook(() => {
    const bar = progressBar({ label: "training", total: 2000 });
    bar.update(2000, "loss 1.23");
    bar.finish();
  });
  assert.equal(shown[0]!.text, "training: 0 % · 0 of 2,000");
  assert.match(shown.at(-1)!.text, /^training: 100 % · 2,000 of 2,000 · 0\.\d s · loss 1\.23$/);
  assert.match(shown.at(-1)!.html, /<progress value="1\.0000" max="1" aria-label="training"><\/progress>/);
});

test("however often it is updated, it is drawn at most five times a second", async () => {
  const shown = await inFakeNotebook(async () => {
    const bar = progressBar({ label: "work", total: 1e6 });
    const end = performance.now() + 500;
    for (let i = 0; performance.now() < end; i++) bar.update(i);
  });
  assert.ok(shown.length <= 4, `drawn ${shown.length} times in half a second`);
});

test("after a second it says how long it will still take", async () => {
  const shown = await inFakeNotebook(async () => {
    const bar = progressBar({ label: "work", total: 100 });
    bar.update(0);
    await wait(1100);
    bar.update(50);
  });
  assert.match(shown.at(-1)!.text, /50 % · 50 of 100 · 1\.\d s left/);
});

test("a run that goes on from the middle is not taken to be faster than it is", async () => {
  const shown = await inFakeNotebook(async () => {
    const bar = progressBar({ label: "work", total: 100 });
    bar.update(90);
    await wait(1100);
    bar.update(95);
  });
  assert.match(shown.at(-1)!.text, /95 of 100 · 1\.\d s left/);
});

test("a label cannot inject HTML", async () => {
  const shown = await inFakeNotebook(() => progressBar({ label: '<b>"x"', total: 1 }).finish());
  assert.ok(!shown.at(-1)!.html.includes("<b>"));
});

test('display: "none" shows nothing', async () => {
  const shown = await inFakeNotebook(() => {
    const bar = progressBar({ label: "work", total: 1, display: "none" });
    bar.update(1);
    bar.finish();
  });
  assert.deepEqual(shown, []);
});

test("lengths of time read as people say them", () => {
  const lengths = [0, 4_200, 12_600, 83_000, 3_600_000, 5_430_000].map(formatDuration);
  assert.deepEqual(lengths, ["0.0 s", "4.2 s", "13 s", "1 min 23 s", "1 h 0 min", "1 h 31 min"]);
});
