/**
 * @file Holds SmolLM2 in the course to what is promised of it: tokens, probabilities and losses of LoRA (by the tests of the data
 * sets), the time it takes to load, the memory, and the time of 25 steps of LoRA. Fails where the model was not fetched.
 *
 *     npx tsx bench/verify-smollm2.ts      (on an idle machine, about a minute and a half)
 */

import { execFileSync, spawnSync } from "node:child_process";
import path from "node:path";
import { hasSmolLM2, loadSmolLM2 } from "../datasets/src/smollm2";
import { createLlamaLora, loraGradients } from "../lib/src/llama-lora";
import { createRandom } from "../lib/src/random";
import { tf } from "../lib/src/tf";

let failures = 0;
function hold(what: string, measured: number, most: number, unit: string): void {
  const holds = measured <= most;
  if (!holds) failures++;
  console.log(`${holds ? "holds" : "FAILS"}: ${what}: ${measured.toFixed(2)} ${unit}, at most ${most} ${unit}`);
}

const root = path.join(__dirname, "..");
if (!hasSmolLM2()) {
  console.error("SmolLM2 was not fetched: `npx course fetch smollm2`.");
  process.exit(1);
}
const tests = ["--import", "tsx", "--test", path.join(root, "datasets", "test", "smollm2-model.verify.ts")];
if (spawnSync(process.execPath, tests, { cwd: root, stdio: "inherit" }).status !== 0) failures++;

const worker = ["--import", "tsx", path.join(__dirname, "workers", "smollm2.ts"), '{"what":"load","tokens":0}'];
const printed = execFileSync(process.execPath, worker, {
  cwd: root,
  encoding: "utf8",
  stdio: ["ignore", "pipe", "ignore"],
});
const { loadMs, residentBytes } = JSON.parse(printed.trim().split("\n").at(-1)!);
hold("loading", loadMs / 1000, 3, "s");
hold("resident memory after it", residentBytes / 1e9, 1.3, "GB");

const { model } = loadSmolLM2();
const lora = createLlamaLora(model, { random: createRandom(1) });
const [B, T] = [8, 64];
const text = Int32Array.from({ length: B * T }, (_, i) => 1000 + ((i * 37) % 5000));
const batch = { inputs: text, targets: text, batchSize: B, contextLength: T, weights: new Float32Array(B * T) };
for (let i = 0; i < 67; i++) batch.weights[i * 7] = 1;
const step = (): number => {
  const began = performance.now();
  tf.dispose(loraGradients(model, lora, batch).grads);
  return (performance.now() - began) / 1000;
};
const first = step();
const later = Array.from({ length: 4 }, step).sort((a, b) => a - b);
hold("25 steps of LoRA in all blocks, 8 x 64 tokens, 67 of them answers", first + 24 * later[2]!, 60, "s");
hold("resident memory while tuning", process.memoryUsage().rss / 1e9, 2, "GB");
process.exit(failures === 0 ? 0 : 1);
