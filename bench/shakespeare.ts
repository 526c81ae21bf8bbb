/**
 * @file nanoGPT's configuration for a CPU on Shakespeare's characters, here and in PyTorch: the same text, settings and
 * number of steps, three seeds each. Keeps both in bench/results; notebook 1 shows PyTorch's beside the reader's own.
 *
 *     npx tsx bench/shakespeare.ts [--python python3] [--steps 2000] [--seeds 1,2,3]
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { loadShakespeare, SMALL_CORPUS_CHARACTERS } from "../datasets/src/shakespeare";
import { pretrainCharacters } from "../lib/src/chain";
import { keep } from "./keep";

const { values } = parseArgs({
  options: {
    python: { type: "string", default: "python3" },
    steps: { type: "string", default: "2000" },
    seeds: { type: "string", default: "1,2,3" },
  },
});

interface Run {
  seed: number;
  validationLossNats: number;
  seconds: number;
  versions?: Record<string, string>;
}

async function main(): Promise<void> {
  const steps = Number(values.steps);
  const text = loadShakespeare({ characters: SMALL_CORPUS_CHARACTERS }).text();
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), "shakespeare-")), "text.txt");
  writeFileSync(file, text);
  const [ours, torch]: [Run[], Run[]] = [[], []];
  for (const seed of values.seeds.split(",").map(Number)) {
    const script = path.join(__dirname, "workers", "torch_shakespeare.py");
    const line = execFileSync(values.python, [script, JSON.stringify({ text: file, steps, seed })], {
      encoding: "utf8",
    });
    torch.push({ seed, ...JSON.parse(line) });
    const { validationLossNats, history } = await pretrainCharacters(text, {
      steps,
      seed,
      evaluateAt: [],
      display: "none",
    });
    ours.push({ seed, validationLossNats: round(validationLossNats), seconds: round(history.trainingMs / 1000) });
    console.log(`seed ${seed}: here ${JSON.stringify(ours.at(-1))}, PyTorch ${JSON.stringify(torch.at(-1))}`);
  }
  keepRuns("shakespeare-course", ours);
  keepRuns("shakespeare-pytorch", torch);
}

function keepRuns(name: string, runs: Run[]): void {
  const validationLossNats = round(runs.reduce((sum, run) => sum + run.validationLossNats, 0) / runs.length);
  keep(name, { command: "npx tsx bench/shakespeare.ts", values: { validationLossNats, runs } });
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

void main();
