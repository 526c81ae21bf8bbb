/**
 * @file A notebook stays open while packages come and go: cells after that still run.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { KernelClient } from "./client";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "course packages "));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

function install(name: string): void {
  const target = path.join(folder, "node_modules", name);
  fs.mkdirSync(target, { recursive: true });
  fs.writeFileSync(path.join(target, "package.json"), JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
  fs.writeFileSync(path.join(target, "index.d.ts"), "export declare const answer: number;\n");
  fs.writeFileSync(path.join(target, "index.js"), "exports.answer = 42;\n");
}

test("a package that is installed after an import of it failed can be imported, and later cells run", async () => {
  install("first-package");
  const kernel = await KernelClient.start({ folder });
  try {
    const missing = await kernel.run('import { answer } from "late-package"; answer');
    assert.match(missing.error?.evalue ?? "", /Cannot find module 'late-package'/);
    install("late-package");
    install("another-package");
    await wait(1500); // the file system's notices
    assert.equal((await kernel.run('import { answer } from "late-package"; answer')).result, "42");
    assert.equal((await kernel.run("1 + 1")).result, "2");
  } finally {
    await kernel.stop();
  }
});
