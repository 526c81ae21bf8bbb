/**
 * @file The built package, used as a notebook cell uses it: compiled by tslab's own converter, run in the course's kernel.
 * Needs `npm run build`. Run with: npx tsx --test grading/test/cell.test.ts
 */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { KernelClient } from "../../jupyter/test/client";

const CHECK = "application/vnd.course.check+json";
const stub =
  'function crossEntropy(logits: number[], target: number): number {\n  throw new Error("Exercise 1.3 is not done yet.");\n}';
const wrong = stub.replace(
  /throw.*/,
  "return Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0)) - logits[target];",
);

test("in the kernel: an unsolved exercise is not attempted, a wrong one is explained, and no cell fails", async (t) => {
  const home = mkdtempSync(path.join(os.tmpdir(), "course-"));
  const kernel = await KernelClient.start({ env: { COURSE_HOME: home } });
  t.after(async () => {
    await kernel.stop();
    rmSync(home, { recursive: true, force: true });
  });
  const cell = async (code: string): Promise<Record<string, unknown>> => {
    const { error, outputs, result } = await kernel.run(code);
    assert.equal(error, undefined);
    assert.equal(result, undefined, "a cell that ends with a check prints no value");
    return outputs.find((output) => output.type === "display_data")?.content.data ?? {};
  };
  await cell(`import { check, hint, predict, reveal, solution } from "@course/grading";\n${stub}`);
  assert.match(String((await cell('await check("1.3", { crossEntropy });'))["text/plain"]), /not attempted yet/);
  await cell(wrong);
  const output = await cell('check("1.3", { crossEntropy })');
  assert.match(String(output["text/html"]), /You forgot to take away the largest logit/);
  assert.deepEqual(output[CHECK], { id: "1.3", status: "wrong", passed: 3, total: 6, points: 1.5, maxPoints: 3 });
  assert.match(String((await cell('solution("1.3")'))["text/plain"]), /one right answer/);
  assert.match(
    String((await cell('predict("1.5", ["facts", "grammar", "rules", "sums"]);'))["text/plain"]),
    /recorded/,
  );
});

test("in the kernel: an answer that is wrong about types is an error of its cell, and says so", async (t) => {
  const kernel = await KernelClient.start();
  t.after(() => kernel.stop());
  const { error } = await kernel.run('import { check } from "@course/grading";\ncheck(1.4, {});');
  assert.match(error!.evalue, /'number' is not assignable to parameter of type 'string'/);
});
