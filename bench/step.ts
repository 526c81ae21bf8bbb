/**
 * @file How long a training step takes, beside PyTorch's on the same machine in the same minutes.
 *
 *     npx tsx bench/step.ts [--rounds 5] [--steps 12] [--config nanogpt|almanac|wide] [--python python3]
 *
 * All programs stay loaded and take turns in random order; each turn's first two steps are left out, and before a turn
 * the script waits until the processor is quiet. The ratio is the median over rounds of (our median / PyTorch's median in the same round).
 * PyTorch is left out, with a sentence, where it is not installed.
 */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createRandom } from "../lib/src/random";

const CONFIGS = {
  nanogpt: { vocabSize: 65, contextLength: 64, nLayer: 4, nHead: 4, nEmbd: 128, bias: false, batchSize: 12 },
  almanac: { vocabSize: 768, contextLength: 128, nLayer: 4, nHead: 4, nEmbd: 128, bias: true, batchSize: 8 },
  wide: { vocabSize: 65, contextLength: 128, nLayer: 4, nHead: 8, nEmbd: 512, bias: false, batchSize: 8 },
};

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    steps: { type: "string", default: "12" },
    config: { type: "string", default: "nanogpt" },
    python: { type: "string", default: "python3" },
    direct: { type: "boolean", default: false },
  },
});

/** A program that does steps when asked. */
interface Worker {
  name: string;
  child: ChildProcessWithoutNullStreams;
  lines: AsyncIterator<string>;
  rounds: number[][];
}

async function start(name: string, command: string, args: string[]): Promise<Worker | undefined> {
  const child = spawn(command, args);
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  let complaint = "";
  child.stderr.on("data", (data) => {
    complaint = `${complaint}${data}`.slice(-300);
  });
  const worker = { name, child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](), rounds: [] };
  const first = await worker.lines.next();
  if (first.value === "ready") return worker;
  console.log(`${name} is left out: it could not be started. ${complaint.trim().split("\n").at(-1) ?? ""}`);
  return undefined;
}

async function turn({ child, lines, rounds }: Worker, steps: number): Promise<void> {
  child.stdin.write(`${steps}\n`);
  const { value } = await lines.next();
  rounds.push(value.split(" ").map(Number).slice(2));
}

/** The share of the processor that was in use during a quarter of a second. */
async function load(): Promise<number> {
  const read = (): [number, number] => {
    const ticks = readFileSync("/proc/stat", "utf8").split("\n")[0]!.trim().split(/\s+/).slice(1, 9).map(Number);
    return [ticks.reduce((a, b) => a + b), ticks[3]! + ticks[4]!];
  };
  const [total, idle] = read();
  await wait(250);
  const [totalNow, idleNow] = read();
  return 1 - (idleNow - idle) / (totalNow - total);
}

const median = (numbers: number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

async function main(): Promise<void> {
  const config = CONFIGS[values.config as keyof typeof CONFIGS];
  const [rounds, steps] = [Number(values.rounds), Number(values.steps) + 2];
  const ours = (options: object) => [
    ...["--import", "tsx", path.join(__dirname, "workers", "course-step.ts")],
    JSON.stringify({ ...config, ...options }),
  ];
  const torch = path.join(__dirname, "workers", "torch_step.py");
  const workers = [
    await start("PyTorch, fused AdamW", values.python, [torch, JSON.stringify(config)]),
    await start("course, one graph", process.execPath, ours({})),
    values.direct ? await start("course, step by step", process.execPath, ours({ compiled: false })) : undefined,
  ].filter((worker) => worker !== undefined);

  const random = createRandom("order");
  let waitedMs = 0;
  for (let round = 0; round < rounds; round++) {
    for (const worker of random.shuffle(workers)) {
      for (let tries = 0; tries < 40 && (await load()) > 0.12; tries++) waitedMs += 250;
      await turn(worker, steps);
    }
  }
  const base = workers[0]!;
  console.log(
    `${values.config}: ${JSON.stringify(config)}; ${rounds} rounds of ${steps - 2} steps; waited ${waitedMs / 1000} s for quiet`,
  );
  for (const { name, rounds, child } of workers) {
    const all = rounds.flat().sort((a, b) => a - b);
    const ratio = median(rounds.map((times, i) => median(times) / median(base.rounds[i]!)));
    const [p50, p25] = [median(all), all[Math.floor(all.length / 4)]!];
    console.log(
      `${name.padEnd(22)} median ${p50.toFixed(1)} ms, lower quartile ${p25.toFixed(1)} ms, ${ratio.toFixed(2)} x ${base.name}`,
    );
    child.stdin.end();
  }
}

void main();
