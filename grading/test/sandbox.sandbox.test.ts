/** @file Run with: npx tsx --test grading/test/sandbox.sandbox.test.ts. Needs bubblewrap. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { after, test } from "node:test";
import { openGrader, seedOf } from "../src/class/grade";
import { launch, missing, strongestRung } from "../src/class/sandbox";
import type { SubmissionResult } from "../src/class/types";
import { filledIn, type Notebook, right, submission } from "./submissions";

const root = path.join(__dirname, "..", "..");
const nothing = { program: "runner", reads: [], memoryMegabytes: 256, slot: 1 } as const;

const graders = {
  bubblewrap: openGrader({ rung: "bubblewrap", parallel: 1 }),
  plain: openGrader({ rung: "plain", parallel: 1 }),
};
after(() => Promise.all(Object.values(graders).map((grader) => grader.close())));

function gradeWith(rung: keyof typeof graders, notebook: Notebook, learner = "alice"): Promise<SubmissionResult> {
  return graders[rung].grade(submission(notebook, learner));
}

test("bubblewrap works here and is the rung that is taken, and a result says on which rung it was made", async () => {
  assert.equal(missing("bubblewrap"), undefined);
  assert.equal(strongestRung().rung, "bubblewrap");
  assert.equal((await gradeWith("bubblewrap", filledIn("01", {}))).rung, "bubblewrap");
});

test("on the plain rung the same answer earns the same, and cannot read files or start programs", async () => {
  assert.equal((await gradeWith("plain", filledIn("01", { "1.1": right("1.1") }))).points, 2);
  const prying = `const say: string[] = [];
    for (const f of [() => require("node:fs").readFileSync("/etc/passwd"), () => require("node:child_process").execSync("id")])
      try { f(); say.push("DONE"); } catch (error: any) { say.push(error.code); }
    function mergePair() { throw new Error(say.join(" ")); }`;
  const { exercises } = await gradeWith("plain", filledIn("01", { "1.1": prying }));
  assert.match(exercises[0]!.cases[0]!.received, /ERR_ACCESS_DENIED ERR_ACCESS_DENIED/);
});

test("on the plain rung code that imports the library runs too, and the course's own answer is refused as well", async () => {
  const library = `import { createRandom } from "@course/lib/random";\nif (createRandom(1).uniform() < 0) throw 0;\n${right("1.1")}`;
  const course =
    'import { mergePair as own } from "@course/lib/bpe";\nconst mergePair: typeof own = (...given) => own(...given);';
  for (const [cell, points] of [
    [library, 2],
    [course, 0],
  ] as const) {
    const { exercises, findings } = await gradeWith("plain", filledIn("01", { "1.1": cell }));
    assert.deepEqual([exercises[0]!.points, findings], [points, []], JSON.stringify(exercises[0]));
    assert.equal(
      exercises[0]!.findings.some(({ id }) => id === "lib-answer"),
      points === 0,
    );
  }
});

test("a rung that was asked for and does not work is refused, never replaced by a weaker one", () => {
  if (missing("podman") === undefined) return; // it works here
  assert.throws(() => openGrader({ rung: "podman" }), /podman does not work here/);
});

test("docker and podman get no network, no rights, a user who is not root, limits, and only what is needed, read-only", () => {
  for (const rung of ["docker", "podman"] as const) {
    const { file, args, relayed } = launch(rung, nothing);
    const line = args.join(" ");
    assert.equal(file, rung);
    assert.ok(relayed);
    for (const part of [
      "--network none",
      "--read-only",
      "--cap-drop ALL",
      "no-new-privileges",
      "--user 65534:65534",
      "--pids-limit 64",
      "--memory 256m",
    ]) {
      assert.ok(line.includes(part), part);
    }
    const mounts = args.filter((arg) => arg.startsWith("type=bind"));
    assert.ok(mounts.every((mount) => mount.endsWith(",readonly")));
    assert.ok(
      mounts.every((mount) => !/cases|tables|solution|notebooks/.test(mount)),
      mounts.join("\n"),
    );
  }
});

test("the relay of a container passes requests, answers and output on, each on its own way", () => {
  const inside = path.join(root, "grading", "dist", "src", "class", "inside");
  const load = {
    kind: "load",
    id: 1,
    code: 'console.log("printed"); return { f: (x) => 2 * x };',
    file: `${root}/x.js`,
    seed: 1,
  };
  const call = { kind: "call", id: 2, name: "f", args: "[21]", isValue: false, isAsync: false, seed: 1 };
  const { stdout, stderr } = spawnSync(process.execPath, [`${inside}/relay.js`, `${inside}/runner.js`], {
    input: `${JSON.stringify(load)}\n${JSON.stringify(call)}\n`,
    encoding: "utf8",
    timeout: 20_000,
  });
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(lines[0], { kind: "ready" });
  assert.deepEqual(
    lines.find(({ id }) => id === 2),
    { kind: "value", id: 2, value: "42" },
  );
  assert.equal(stderr, "printed\n");
});

test("started by a user who is not root, bubblewrap shuts in as well", {
  skip: process.getuid?.() !== 0 ? false : undefined,
}, () => {
  // The command for another user is made by a process of that user, which only needs to read the compiled package.
  const script = `
    const { missing } = require(${JSON.stringify(path.join(root, "grading/dist/src/class/sandbox.js"))});
    process.stdout.write(String(missing("bubblewrap")));`;
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], {
    ...user,
    encoding: "utf8",
    cwd: "/",
    timeout: 30_000,
  });
  assert.equal(stdout, "undefined", stderr);
});

test("values that JavaScript draws by chance are the same in every run of a learner, and others for another learner", async () => {
  const draws = "function mergePair() { throw new Error(String(Math.random())); }";
  const of = async (learner: string): Promise<string> => {
    const result = await gradeWith("bubblewrap", filledIn("01", { "1.1": draws }), learner);
    assert.equal(result.seed, seedOf({ learner, notebook: "01" }));
    return result.exercises[0]!.cases.map(({ received }) => received).join();
  };
  const first = await of("alice");
  assert.equal(await of("alice"), first);
  assert.notEqual(await of("bob"), first);
});

test("code that imports the course's library and TensorFlow runs, and modules with the answer are not there", async () => {
  const answer = `import { tf } from "@course/lib/tf";
    import { createRandom } from "@course/lib/random";
    const scratch: number = createRandom(1).uniform() + tf.tidy(() => tf.ones([3]).sum().arraySync() as number);
    ${right("1.1")}`;
  const { exercises } = await gradeWith("bubblewrap", filledIn("01", { "1.1": answer }));
  assert.equal(exercises[0]!.status, "passed", JSON.stringify(exercises[0]!.findings));
  assert.deepEqual(exercises[0]!.findings, []);
});

test("what the cell uses of other cells is added: imports, types, functions; what an untouched cell lacks is said", async () => {
  const helper = "function double(x: number): number { return 2 * x; }";
  const notebook = filledIn("01", { "1.6": `${right("1.6")}\nfunction extra() { return double(1); }` }, ({ cells }) => {
    cells.unshift({
      id: "helper",
      cell_type: "code",
      source: helper,
      metadata: {},
      outputs: [],
      execution_count: null,
    });
  });
  const { exercises } = await gradeWith("bubblewrap", notebook);
  const one = exercises.find(({ id }) => id === "1.6")!;
  assert.equal(one.points, 2);
  assert.match(one.findings.map(({ says }) => says).join(), /Cannot find name 'double'/);
});
