/** `course worker` with everything real: a PostgreSQL server, the queue, the sandbox, the finished notebooks. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { repositoryRoot } from "@course/lib/home";
import { openStore } from "../src/class/store";
import { type Server, startPostgres } from "./postgres";
import { submissionOf } from "./store-fixture";

const root = repositoryRoot();
let server: Server;
before(async () => {
  server = await startPostgres();
});
after(async () => {
  await server?.stop();
});

test("two workers on one queue grade solutions and untouched notebooks, each once", async () => {
  const database = await server.database("class");
  const store = await openStore({ database });
  const [solved, untouched] = ["notebooks/solutions", "notebooks"].map((folder) =>
    readFileSync(path.join(root, folder, "03-gradient-descent.ipynb"), "utf8"),
  );
  const at = "2026-10-01T10:00:00.000Z";
  for (const i of [1, 2, 3]) {
    await store.enqueue(submissionOf(`solved-${i}`, "03", solved!, at));
    await store.enqueue(submissionOf(`untouched-${i}`, "03", untouched!, at));
  }
  const command = [
    path.join(root, "bin/course.mjs"),
    "worker",
    "--database",
    database,
    "--parallel",
    "1",
    "--until-empty",
  ];
  const lines = await Promise.all(
    [1, 2].map(
      () =>
        new Promise<string[]>((resolve, reject) => {
          const child = spawn(process.execPath, [...command, "--json"], { stdio: ["ignore", "pipe", "inherit"] });
          let text = "";
          child.stdout.on("data", (part) => {
            text += part;
          });
          child.once("close", (code) =>
            code === 0 ? resolve(text.trim().split("\n").filter(Boolean)) : reject(new Error(`exit code ${code}`)),
          );
        }),
    ),
  );
  assert.equal(lines.flat().length, 6, "each submission was graded by one worker");
  const shares = (await store.results()).map(({ submission, points, maxPoints }) => [
    submission.learner,
    points / maxPoints,
  ]);
  const expected = ["solved", "untouched"].flatMap((kind) =>
    [1, 2, 3].map((i) => [`${kind}-${i}`, kind === "solved" ? 1 : 0]),
  );
  assert.deepEqual(shares, expected);
  await store.close();
});
