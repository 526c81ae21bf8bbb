/**
 * @file The course's scalar engine beside micrograd, on the moons: the same points, the same first weights, the same steps.
 *
 *     npx tsx bench/autograd.ts [--steps 100] [--python python3] [--write]
 *
 * The two take turns, step by step, so that whatever slows the machine slows both. Times are processor time; the ratio is the one
 * between the medians, without the first ten steps. `--write` keeps the result in bench/results/micrograd.json, which notebook 4 shows.
 * micrograd is left out, with a sentence, where it is not installed (`pip install micrograd`).
 */

import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { loadMoons } from "../datasets/src/moons";
import { zeroGrad } from "../lib/src/autograd";
import { hingeLoss, MLP } from "../lib/src/nn";
import { createRandom } from "../lib/src/random";
import { median } from "../lib/src/timing";
import { keep } from "./keep";

const { values: options } = parseArgs({
  options: {
    steps: { type: "string", default: "100" },
    python: { type: "string", default: "python3" },
    write: { type: "boolean", default: false },
  },
});
const steps = Number(options.steps);
const learningRate = (step: number): number => 1 - (0.9 * step) / 100; // as in micrograd's demonstration

interface Step {
  loss: number;
  accuracy: number;
  ms: number;
}

/** micrograd in a process of its own; undefined where it cannot start. */
async function startMicrograd(task: object): Promise<((rate: number) => Promise<Step>) | undefined> {
  const child = spawn(options.python, [path.join(__dirname, "workers", "micrograd_step.py")], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.write(`${JSON.stringify(task)}\n`);
  if ((await lines.next()).value !== "ready") return undefined;
  return async (rate) => {
    if (Number.isNaN(rate)) child.stdin.end();
    else child.stdin.write(`${rate}\n`);
    return JSON.parse(String((await lines.next()).value ?? "null")) as Step;
  };
}

const moons = loadMoons();
const model = new MLP([2, 16, 16, 1], { random: createRandom(9) });
const params = model.params();

function ourStep(rate: number): Step {
  const start = process.cpuUsage();
  const { loss, accuracy } = hingeLoss(model, moons);
  zeroGrad(params);
  loss.backward();
  for (const weight of params) weight.data -= rate * weight.grad;
  const { user, system } = process.cpuUsage(start);
  return { loss: loss.data, accuracy, ms: (user + system) / 1000 };
}

async function main(): Promise<void> {
  const micrograd = await startMicrograd({ ...moons, params: params.map((weight) => weight.data) });
  if (!micrograd) console.log(`micrograd was left out: ${options.python} cannot import it (pip install micrograd).`);
  const ours: Step[] = [];
  const theirs: Step[] = [];
  for (let step = 0; step < steps; step++) {
    ours.push(ourStep(learningRate(step)));
    if (micrograd) theirs.push(await micrograd(learningRate(step)));
  }
  await micrograd?.(Number.NaN);
  const warm = (all: Step[]): number => median(all.slice(Math.min(10, all.length - 1)).map((step) => step.ms));
  const last = ours.at(-1)!;
  console.log(`course     ${warm(ours).toFixed(1)} ms a step, loss ${last.loss.toFixed(5)}, accuracy ${last.accuracy}`);
  if (!micrograd) return;
  const difference = Math.max(...theirs.map((step, i) => Math.abs(step.loss - ours[i]!.loss)));
  const values = {
    steps,
    msPerStep: warm(ours),
    micrograd: { version: "0.1.0", msPerStep: warm(theirs), lossAtEnd: theirs.at(-1)!.loss },
    timesFaster: warm(theirs) / warm(ours),
    lossAtEnd: last.loss,
    accuracyAtEnd: last.accuracy,
    largestLossDifference: difference,
  };
  console.log(`micrograd  ${warm(theirs).toFixed(1)} ms a step, loss ${theirs.at(-1)!.loss.toFixed(5)}`);
  console.log(
    `${values.timesFaster.toFixed(0)} times as fast; the losses differ by ${difference.toExponential(1)} at most`,
  );
  if (!options.write) return;
  keep("micrograd", { command: "npx tsx bench/autograd.ts --write", values });
}

void main();
