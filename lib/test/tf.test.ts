import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import util from "node:util";
import { backend, ready, tf } from "../src/tf";
import { assertClose } from "./golden";

interface Run {
  name: string;
  native: boolean;
  lossNats: number[];
  logits: number[];
}

/** Twenty steps of training in a process of their own, which can have another backend. */
function trainBriefly(environment: Record<string, string>): Run {
  const script = path.join(__dirname, "train-briefly.ts");
  const out = execFileSync(process.execPath, ["--import", "tsx", script], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(out.toString().trim().split("\n").at(-1)!);
}

const native = trainBriefly({ COURSE_BACKEND: "tensorflow" });

test("the native backend is chosen when it is there, and ready at once", async () => {
  assert.equal(backend().name, "tensorflow");
  assert.deepEqual(await ready(), backend());
  assert.equal(native.native, true);
});

for (const name of ["wasm", "cpu"]) {
  test(`training on "${name}" gives the losses and logits of the native backend, to 1e-4`, () => {
    const run = trainBriefly({ COURSE_BACKEND: name });
    assert.deepEqual([run.name, run.native], [name, false]);
    assertClose(run.lossNats, native.lossNats, 1e-4, "loss");
    assertClose(run.logits, native.logits, 1e-3, "logits");
  });
}

test("a backend that does not exist is refused, with those that do", () => {
  assert.throws(() => trainBriefly({ COURSE_BACKEND: "gpu" }));
});

test("a tensor prints its shape, type and values", () => {
  assert.equal(
    util.inspect(
      tf.tensor2d([
        [1, 2],
        [3, 4],
      ]),
    ),
    "tensor (2, 2) float32 [ [ 1, 2 ], [ 3, 4 ] ]",
  );
  assert.equal(util.inspect(tf.zeros([100, 100])), "tensor (100, 100) float32 (10,000 values)");
  const freed = tf.scalar(1);
  freed.dispose();
  assert.match(util.inspect(freed), /its memory was freed/);
});
