/** The gradebook on a PostgreSQL server: several workers, and programs that are killed. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStore } from "../src/class/store";
import { assertComplete, endOf, killOften, startChild, working } from "./crash";
import { type Server, startPostgres } from "./postgres";
import { BATCH, batch } from "./store-batches";
import { gradesIn } from "./store-fixture";

let server: Server;
before(async () => {
  server = await startPostgres();
});
after(async () => {
  await server?.stop();
});

test("three workers share a queue; what one had taken when it was killed is graded by the others, nothing twice", async () => {
  const database = await server.database("workers");
  const store = await openStore({ database });
  for (const number of [0, 1, 2, 3, 4, 5, 6, 7]) {
    for (const collected of batch(number)) await store.enqueue(collected);
  }
  const workers = ["one", "two", "three"].map((name) => startChild({ database }, 0, 0, name));
  const ends = workers.map(endOf);
  await Promise.all(workers.map(working));
  while ((await store.waiting()) > 6 * BATCH) await new Promise((resolve) => setTimeout(resolve, 10));
  workers[1]!.kill("SIGKILL");
  assert.deepEqual(await Promise.all(ends), [0, "SIGKILL", 0]);
  assert.equal(await store.waiting(), 0);
  assert.equal(gradesIn(await store.results()).length, 8 * (BATCH - BATCH / 10));
  await store.close();
  await assertComplete({ database }, 8);
});

test("a program killed at 50 random moments leaves a gradebook that a rerun makes complete, nothing lost, nothing twice", async () => {
  const database = await server.database("kills");
  const batches = await killOften({ database }, { kills: 50, seed: 8 });
  await assertComplete({ database }, batches);
});

test("a submission that nobody could finish 25 times gets a finding, and the queue goes on", async () => {
  const database = await server.database("unending");
  const store = await openStore({ database });
  const [worst, other] = batch(0);
  await store.enqueue(worst!);
  for (let i = 0; i < 25; i++) {
    const dying = await openStore({ database });
    assert.ok(await dying.take("dying"), `taken for the ${i + 1}th time`);
    await dying.close();
  }
  await store.enqueue(other!);
  assert.deepEqual((await store.take("last"))?.submission, other!.submission);
  assert.equal(await store.take("last"), undefined);
  const [result] = await store.results();
  assert.deepEqual([result?.submission, result?.findings[0]?.id], [worst!.submission, "never-finished"]);
  await store.close();
});

test("two programs that open a new database at the same time both find it whole", async () => {
  const database = await server.database("pair");
  const stores = await Promise.all([openStore({ database }), openStore({ database })]);
  await stores[0]!.enqueue(batch(0)[0]!);
  assert.equal(await stores[1]!.waiting(), 1);
  await Promise.all(stores.map((store) => store.close()));
});

test("a server that cannot be reached is named without its password", async () => {
  const database = "postgres://course:secret@127.0.0.1:1/none";
  await assert.rejects(openStore({ database }), (error: Error) => {
    assert.match(error.message, /course:\.\.\.@127\.0\.0\.1:1/);
    assert.doesNotMatch(error.message, /secret/);
    return true;
  });
});
