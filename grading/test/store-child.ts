/**
 * A program that grades batches of submissions, to be killed by a test: `store-child.ts PLACE FIRST COUNT [WORKER]`
 * hands in the submissions of COUNT batches and grades until the queue is empty. With a WORKER it hands in nothing.
 */

import { openStore } from "../src/class/store";
import { workOff } from "../src/class/work";
import { BATCH, batch } from "./store-batches";
import { fakeGrader } from "./store-fixture";

async function main([place = "", first = "0", count = "1", worker]: string[]): Promise<void> {
  const store = await openStore(place.startsWith("postgres:") ? { database: place } : { out: place });
  if (worker === undefined) {
    for (let i = Number(first); i < Number(first) + Number(count); i++) {
      for (const collected of batch(i)) await store.enqueue(collected);
    }
  }
  console.log("working");
  const grader = fakeGrader(worker === undefined ? 1 : 20);
  const graded = await workOff(store, grader, {
    worker: worker ?? "child",
    parallel: 2,
    untilEmpty: true,
    pauseSeconds: 0.1,
  });
  console.log(`graded ${graded} of ${BATCH * Number(count)}`);
  await store.close();
}

void main(process.argv.slice(2));
