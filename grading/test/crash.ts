/** Kills a grading program at random moments and looks at what it leaves. For the tests of both databases. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { createRandom } from "@course/lib/random";
import { openStore, type StorePlace } from "../src/class/store";
import { BATCH, batch } from "./store-batches";
import { fakeGrader, gradesIn, resultOf } from "./store-fixture";

const CHILD = path.join(__dirname, "store-child.ts");

/** Starts the program of `store-child.ts`. */
export function startChild(place: StorePlace, ...args: (string | number)[]): ChildProcess {
  const where = place.database ?? place.out ?? "";
  return spawn(process.execPath, ["-r", "tsx/cjs", CHILD, where, ...args.map(String)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Resolves with the exit code, or with the signal that ended it. */
export function endOf(child: ChildProcess): Promise<number | string | null> {
  return new Promise((resolve) => child.once("close", (code, signal) => resolve(signal ?? code)));
}

/** Resolves when the program says that it works. */
export function working(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.stdout?.once("data", () => resolve()));
}

export interface CrashOptions {
  kills: number;
  seed: number;
  /** The first kills, which fall into the making of the gradebook, come within this time. */
  making?: { kills: number; withinMs: number };
}

/**
 * Kills as often as told, each time in another batch, at even random moments of the time that one undisturbed run takes. A
 * program that had ended before does not count. Returns how many batches there are then, the first and another one undisturbed.
 */
export async function killOften(place: StorePlace, { kills, seed, making }: CrashOptions): Promise<number> {
  const random = createRandom(seed);
  let batches = 1;
  /** True if the program was still there to be killed. */
  const killOne = async (withinMs: number): Promise<boolean> => {
    const child = startChild(place, batches++, 1);
    const end = endOf(child);
    const timer = setTimeout(() => child.kill("SIGKILL"), random.uniform() * withinMs);
    const how = await end;
    clearTimeout(timer);
    assert.ok(how === "SIGKILL" || how === 0, `the program ended with ${how}`);
    return how === "SIGKILL";
  };
  let hits = 0;
  while (hits < (making?.kills ?? 0)) if (await killOne(making!.withinMs)) hits++;
  await endOf(startChild(place, 0, 1)); // also makes what is still missing, so that the next one is as all others
  let start = performance.now();
  assert.equal(await endOf(startChild(place, batches++, 1)), 0);
  let wholeMs = performance.now() - start;
  while (hits < kills) {
    start = performance.now();
    if (await killOne(wholeMs)) hits++;
    else wholeMs = performance.now() - start; // less is going on now on this machine
  }
  return batches;
}

/** After the rerun: each submission has one result, the one that an undisturbed run gives, and nothing is left over. */
export async function assertComplete(place: StorePlace, batches: number): Promise<void> {
  assert.equal(await endOf(startChild(place, 0, batches)), 0, "the rerun ends by itself");
  const store = await openStore(place);
  try {
    assert.equal(await store.waiting(), 0);
    assert.deepEqual(gradesIn(await store.results()), await undisturbed(batches));
    const attempts = [...(await store.attempts()).values()];
    assert.equal(
      attempts.reduce((a, b) => a + b, 0),
      BATCH * batches,
      "every version is kept once",
    );
  } finally {
    await store.close();
  }
}

/** What the gradebook has to say, made without a store: the later version of each learner. */
async function undisturbed(batches: number): Promise<string[]> {
  const grader = fakeGrader(0);
  const last = new Map<string, string>();
  for (let i = 0; i < batches; i++) {
    for (const collected of batch(i)) {
      const [grade] = gradesIn([resultOf(collected, (await grader.grade(collected)).exercises)]);
      last.set(collected.submission.learner, grade!);
    }
  }
  return [...last.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, grade]) => grade);
}
