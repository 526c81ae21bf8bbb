/**
 * @file makemore's network on the names, here and in PyTorch: the same names, settings and number of steps, five seeds
 * each. Keeps both in bench/results; notebook 3 shows PyTorch's beside the reader's own.
 *
 *     npx tsx bench/names.ts [--python python3] [--steps 30000] [--seeds 1,2,3,4,5]
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { loadNames } from "../datasets/src/names";
import { createNameModel, nameExamples, nameLoss, trainNames } from "../lib/src/name-model";
import { createRandom } from "../lib/src/random";
import { keep } from "./keep";

const { values } = parseArgs({
  options: {
    python: { type: "string", default: "python3" },
    steps: { type: "string", default: "30000" },
    seeds: { type: "string", default: "1,2,3,4,5" },
  },
});

interface Run {
  seed: number;
  trainLossNats: number;
  validationLossNats: number;
  seconds: number;
  versions?: Record<string, string>;
}

async function main(): Promise<void> {
  const [steps, batchSize] = [Number(values.steps), 32];
  const { train, validation } = loadNames();
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), "names-")), "names.json");
  writeFileSync(file, JSON.stringify({ train, validation }));
  const [examples, held] = [nameExamples(train), nameExamples(validation)];
  const [ours, torch]: [Run[], Run[]] = [[], []];
  for (const seed of values.seeds.split(",").map(Number)) {
    const script = path.join(__dirname, "workers", "torch_names.py");
    const task = JSON.stringify({ names: file, steps, batchSize, seed });
    torch.push({ seed, ...JSON.parse(execFileSync(values.python, [script, task], { encoding: "utf8" })) });
    const random = createRandom(seed);
    const model = createNameModel({ random });
    const schedule = (step: number): number => (step < steps / 2 ? 0.1 : 0.01);
    const { elapsedMs } = await trainNames(model, { examples, steps, batchSize, schedule, random, display: "none" });
    ours.push({
      seed,
      trainLossNats: round(nameLoss(model, examples)),
      validationLossNats: round(nameLoss(model, held)),
      seconds: Math.round(elapsedMs / 100) / 10,
    });
    console.log(`seed ${seed}: here ${JSON.stringify(ours.at(-1))}, PyTorch ${JSON.stringify(torch.at(-1))}`);
  }
  keepRuns("names-course", ours);
  keepRuns("names-pytorch", torch);
}

function keepRuns(name: string, runs: Run[]): void {
  const validationLossNats = round(runs.reduce((sum, run) => sum + run.validationLossNats, 0) / runs.length);
  keep(name, { command: "npx tsx bench/names.ts", values: { validationLossNats, runs } });
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

void main();
