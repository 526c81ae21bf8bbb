/** @file The kernel and the native backend on every line of Node.js that the course supports. */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { installKernel, KERNEL_NAME } from "../src/install";

const root = join(__dirname, "..", "..");
const python = process.env.COURSE_PYTHON ?? join(root, ".venv", "bin", "python");

/** A Node.js from the npm registry, kept in `.course/node`. */
function nodeOf(version: string): string {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(root, ".course", "node", version);
  const program = join(folder, "node_modules", name, "bin", "node");
  if (!existsSync(program)) {
    const args = ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", `${name}@${version}`];
    execFileSync("npm", args, { cwd: tmpdir(), stdio: "pipe" });
  }
  return program;
}

/** Ten steps down the slope of a small network's error, on the backend that the notebooks would take. */
const tenSteps = `
import { ready, tf } from "@course/lib/tf";
const { name } = await ready();
const x = tf.randomNormal([64, 8], 0, 1, "float32", 1);
const target = x.square().sum(1, true);
const hidden = tf.variable(tf.randomNormal([8, 32], 0, 0.3, "float32", 2));
const out = tf.variable(tf.randomNormal([32, 1], 0, 0.3, "float32", 3));
const optimizer = tf.train.adam(0.05);
const losses: number[] = [];
for (let step = 0; step < 10; step++) {
  const loss = optimizer.minimize(() => tf.losses.meanSquaredError(target, x.matMul(hidden).relu().matMul(out)), true);
  losses.push((await loss!.data())[0]!);
}
console.log(JSON.stringify({ node: process.version, backend: name, losses }));
`;

for (const version of [process.version.slice(1), "20.19.0", "22.22.3", "24.21.0"]) {
  test(`Node.js ${version}: the kernel starts and ten training steps on the native backend lower the loss`, () => {
    const prefix = mkdtempSync(join(tmpdir(), "kernel-"));
    const nodePath = version === process.version.slice(1) ? process.execPath : nodeOf(version);
    installKernel({ prefix, nodePath });
    const args = [join(__dirname, "node-versions.py"), join(prefix, "share", "jupyter"), KERNEL_NAME];
    const { stdout, stderr } = spawnSync(python, args, {
      cwd: join(root, "notebooks"),
      input: tenSteps,
      encoding: "utf8",
    });
    assert.ok(stdout, stderr);
    const { status, outputs } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    assert.equal(status, "ok", JSON.stringify(outputs));
    const { node, backend, losses } = JSON.parse(outputs[0].text);
    assert.equal(node, `v${version}`);
    assert.equal(backend, "tensorflow");
    assert.ok(losses[9] < losses[0], `losses: ${losses}`);
  });
}
