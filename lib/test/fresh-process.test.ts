/** A snapshot answers bit by bit the same in a process that shares nothing with this one but the file. Needs `npm run build`. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { MODEL_CONFIG } from "../src/chain";
import { saveCheckpoint } from "../src/checkpoint";
import { answerInFreshProcess, exactAnswers } from "../src/fresh-process";
import { freeze } from "../src/frozen";
import { createGPT, disposeGPT, loadWeights, weightsOf } from "../src/gpt";
import { repositoryRoot } from "../src/home";
import { createRandom } from "../src/random";
import { backend, ready } from "../src/tf";
import { BpeTokenizer } from "../src/tokenizer";

const work = mkdtempSync(path.join(os.tmpdir(), "fresh-process-"));
after(() => rmSync(work, { recursive: true }));

const tokenizer = BpeTokenizer.train("the owl and the cat and the dog and the end of the owl", { vocabSize: 268 });
const model = createGPT(MODEL_CONFIG, { random: createRandom(5) });
const folder = path.join(work, "snapshot");
const { weightsHash } = saveCheckpoint(folder, {
  name: "random",
  config: MODEL_CONFIG,
  weights: weightsOf(model),
  tokenizer,
  seed: 5,
  steps: 0,
});
const prompts = ["the owl", tokenizer.encode("and the dog and the cat"), "the ".repeat(40)];

/** A Node.js from the npm registry, kept in `.course/node`. */
function nodeOf(version: string): string {
  const name = `node-${process.platform}-${process.arch}`;
  const prefix = path.join(repositoryRoot(), ".course", "node", version);
  const program = path.join(prefix, "node_modules", name, "bin", "node");
  if (!existsSync(program)) {
    const args = ["install", "--prefix", prefix, "--ignore-scripts", "--no-audit", "--no-fund", `${name}@${version}`];
    execFileSync("npm", args, { cwd: os.tmpdir(), stdio: "pipe" });
  }
  return program;
}

for (const version of [process.version.slice(1), "20.19.0", "22.22.3", "24.21.0"]) {
  test(`Node.js ${version}: a fresh process loads the same hash and gives the same logits and texts, bit by bit`, async () => {
    await ready();
    const here = await exactAnswers(freeze(model), tokenizer, prompts, { maxTokens: 12 });
    const own = version === process.version.slice(1);
    const node = own ? process.execPath : nodeOf(version);
    const there = await answerInFreshProcess(folder, prompts, { maxTokens: 12, node });
    assert.deepEqual(there, { node: `v${version}`, backend: backend().name, weightsHash, answers: here });
  });
}

test("one weight of 908,032 changed by a thousandth gives other logits, and the old ones when it is put back", async () => {
  const weights = weightsOf(model);
  weights["h.0.mlp.c_fc.weight"]!.data[0]! += 1e-3;
  const other = createGPT(MODEL_CONFIG, { weights });
  const [before] = await exactAnswers(model, tokenizer, ["the owl"], { maxTokens: 1 });
  const [changed] = await exactAnswers(other, tokenizer, ["the owl"], { maxTokens: 1 });
  assert.notEqual(changed!.logitsHash, before!.logitsHash);
  loadWeights(other, weightsOf(model));
  const [restored] = await exactAnswers(other, tokenizer, ["the owl"], { maxTokens: 1 });
  assert.deepEqual(restored, before);
  disposeGPT(other);
});

test("a process that cannot load the snapshot says why", async () => {
  const damaged = path.join(work, "damaged");
  saveCheckpoint(damaged, { name: "x", config: MODEL_CONFIG, weights: weightsOf(model), tokenizer, seed: 5, steps: 0 });
  writeFileSync(path.join(damaged, "tokenizer.json"), "{}");
  await assert.rejects(answerInFreshProcess(damaged, ["the"]), /tokenizer\.json: expected a file with the hash/);
});
