/** @file The kernel and the installed backend on every line of Node.js that the course supports. */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { installKernel, KERNEL_NAME } from "../src/install";

const root = join(__dirname, "..", "..");
const python = process.env.COURSE_PYTHON ?? join(root, ".venv", "bin", "python");

/** The backend that the set-up has installed: the native one, unless this machine has no compiler. */
const { name: installed } = JSON.parse(readFileSync(join(root, ".course", "backend.json"), "utf8"));

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

/** Ten steps of the course's own training. */
const tenSteps = `
import { createGPT } from "@course/lib/gpt";
import { createRandom } from "@course/lib/random";
import { backend } from "@course/lib/tf";
import { train } from "@course/lib/train";
const config = { vocabSize: 16, contextLength: 8, nLayer: 1, nHead: 2, nEmbd: 16 };
const model = createGPT(config, { random: createRandom(1) });
const tokens = Int32Array.from({ length: 1000 }, (_, i) => i % 16); // 0 1 2 ... 15 0 1 ...
const { lossNats } = await train(model, { tokens, steps: 10, warmupSteps: 1, learningRate: 1e-2, display: "none" });
console.log(JSON.stringify({ node: process.version, backend: backend().name, lossNats }));
`;

for (const version of [process.version.slice(1), "20.19.0", "22.22.3", "24.21.0"]) {
  test(`Node.js ${version}: the kernel starts and ten training steps on the installed backend lower the loss`, () => {
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
    const { node, backend, lossNats } = JSON.parse(outputs[0].text);
    assert.equal(node, `v${version}`);
    assert.equal(backend, installed);
    assert.ok(lossNats.length === 10 && lossNats[9] < lossNats[0], `losses: ${lossNats}`);
  });
}
