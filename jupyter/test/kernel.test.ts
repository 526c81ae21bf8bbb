/** @file The kernel as Jupyter finds and starts it: its installation, and the Jupyter project's own test of kernels. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { installExtension, installKernel, KERNEL_NAME } from "../dist/install";

const REPOSITORY = path.resolve(__dirname, "../..");
const PYTHON = process.env.COURSE_PYTHON ?? path.join(REPOSITORY, ".venv/bin/python");

let prefix: string;
before(() => {
  prefix = fs.mkdtempSync(path.join(os.tmpdir(), "prefix with spaces "));
});
after(() => fs.rmSync(prefix, { recursive: true }));

test("the kernel's specification names absolute paths, its language, interrupts by signal, and our settings", () => {
  const folder = installKernel({ prefix, env: { TF_NUM_INTRAOP_THREADS: "1" } });
  assert.equal(folder, path.join(prefix, "share/jupyter/kernels", KERNEL_NAME));
  const specification = JSON.parse(fs.readFileSync(path.join(folder, "kernel.json"), "utf8"));
  const [node, flag, main, connection] = specification.argv;
  assert.deepEqual([node, flag, connection], [process.execPath, "--no-deprecation", "{connection_file}"]);
  assert.ok(path.isAbsolute(main) && fs.existsSync(main));
  assert.equal(specification.display_name, "TypeScript");
  assert.equal(specification.language, "typescript");
  assert.equal(specification.interrupt_mode, "signal");
  assert.deepEqual(specification.env, { TF_CPP_MIN_LOG_LEVEL: "3", TF_NUM_INTRAOP_THREADS: "1" });
  for (const logo of ["logo-svg.svg", "logo-32x32.png", "logo-64x64.png"]) {
    assert.ok(fs.existsSync(path.join(folder, logo)), logo);
  }
});

test("the extension is installed with Plotly's own file, unchanged", () => {
  const folder = installExtension({ prefix });
  const { jupyterlab } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
  assert.ok(fs.existsSync(path.join(folder, jupyterlab._build.load)));
  const published = path.join(REPOSITORY, "node_modules/plotly.js/plotly.min.js");
  assert.ok(fs.readFileSync(path.join(folder, "static/plotly.min.js")).equals(fs.readFileSync(published)));
});

test("installing again replaces what was there", () => {
  const folder = installKernel({ prefix });
  fs.writeFileSync(path.join(folder, "old.txt"), "");
  installKernel({ prefix });
  assert.ok(!fs.existsSync(path.join(folder, "old.txt")));
});

test("jupyter-kernel-test 0.7.0 passes; only the pager, which the kernel does not have, is left out", {
  timeout: 300_000,
}, () => {
  installKernel({ prefix });
  const env = { ...process.env, JUPYTER_PATH: path.join(prefix, "share/jupyter") };
  const gate = path.join(__dirname, "kernel_gate.py");
  const { stdout, stderr, status, error } = spawnSync(PYTHON, [gate], { encoding: "utf8", env, timeout: 240_000 });
  assert.equal(error, undefined);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^ran \d+, failed 0, skipped \['test_pager'\]$/m, stderr);
});
