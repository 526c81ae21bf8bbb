/**
 * @file SmolLM2 in the course beside llama.cpp on the same machine in the same minutes: loading, memory, writing a token, reading
 * a prompt. Writes bench/results/smollm2.json.
 *
 *     npx tsx bench/smollm2.ts --llama FOLDER/node_modules/node-llama-cpp --f32 COPY.gguf [--rounds 5]
 *
 * The copy is the same model in 32-bit floats, as the course computes with it: `python bench/workers/gguf_f32.py MODEL COPY.gguf`.
 * Needs the model (`npx course fetch smollm2`), node-llama-cpp 3.22.1 installed in a folder of its own, and an idle machine:
 * llama.cpp waits for its threads in a loop, and beside another program it becomes several times slower.
 */

import { execFileSync } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";
import { smollm2Path } from "../datasets/src/smollm2/file";
import { median } from "../lib/src/timing";
import { keep, machine } from "./keep";
import { compare } from "./section";
import { courseWorker, type Measured, medianOf, type Program, takeTurns, timesFaster } from "./turns";

const { values } = parseArgs({
  options: {
    llama: { type: "string", default: "" },
    f32: { type: "string", default: "" },
    rounds: { type: "string", default: "5" },
  },
});
const rounds = Number(values.rounds);
/** What passes by for each token: all matrices as 32-bit floats. */
const BYTES = 4 * (49152 * 576 + 30 * (576 * 960 + 576 * 576 + 3 * 576 * 1536));

function course(name: string, task: object, environment: Record<string, string> = {}): Program {
  const program = courseWorker(name, "smollm2.ts", task);
  const settings = Object.entries(environment).map(([key, value]) => `${key}=${value}`);
  return settings.length === 0
    ? program
    : { ...program, command: "env", args: [...settings, program.command, ...program.args] };
}

function llamaCpp(name: string, file: string, task: object): Program {
  const worker = path.join(__dirname, "workers", "llamacpp.mjs");
  return { name, command: process.execPath, args: [worker, JSON.stringify({ library: values.llama, file, ...task })] };
}

async function turns(task: { what: "token" | "prompt"; tokens: number }, times: number): Promise<Measured[]> {
  const programs = [
    course("the course", task),
    course("the course, step by step, two threads", { ...task, compiled: false }, { TF_NUM_INTRAOP_THREADS: "2" }),
    llamaCpp("llama.cpp, 32-bit floats", values.f32, task),
    llamaCpp("llama.cpp, 4 bits", smollm2Path(), task),
  ];
  if (task.what === "token") programs.push(course("only reading all matrices", { ...task, what: "read" }));
  const { measured, leftOut } = await takeTurns(programs, { rounds, times, warm: 3 });
  const label = task.what === "token" ? "ms a token" : `ms for ${task.tokens} tokens`;
  console.log(`\n${compare(measured, leftOut, { what: label }).markdown}`);
  return measured;
}

const figures = (measured: readonly Measured[], tokens = 1): object =>
  Object.fromEntries(
    measured.map((program) => [
      program.name,
      {
        medianMs: Number((medianOf(program) / tokens).toPrecision(4)),
        ...(program !== measured[0] && {
          courseTimesAsFast: Number(timesFaster(measured[0]!, program).toPrecision(3)),
        }),
      },
    ]),
  );

async function main(): Promise<void> {
  const loads = Array.from({ length: 3 }, () => {
    const { command, args } = course("load", { what: "load", tokens: 0 });
    const lines = execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
      .trim()
      .split("\n");
    return JSON.parse(lines.at(-1)!) as { loadMs: number; residentBytes: number };
  });
  const load = {
    loadMs: Math.round(median(loads.map(({ loadMs }) => loadMs))),
    residentMB: Math.round(median(loads.map(({ residentBytes }) => residentBytes)) / 1e6),
  };
  console.log(load);
  const token = await turns({ what: "token", tokens: 35 }, 20);
  const reading = token.find(({ name }) => name.startsWith("only reading"));
  const gigabytesPerSecond = (program: Measured): number => Number((BYTES / medianOf(program) / 1e6).toPrecision(3));
  const bandwidth = reading && {
    bytesPerToken: BYTES,
    courseGBps: gigabytesPerSecond(token[0]!),
    readingGBps: gigabytesPerSecond(reading),
    share: Number(timesFaster(token[0]!, reading).toPrecision(3)),
  };
  console.log(bandwidth);
  const prompt35 = await turns({ what: "prompt", tokens: 35 }, 5);
  const prompt512 = await turns({ what: "prompt", tokens: 512 }, 2);
  keep("smollm2", {
    command: "npx tsx bench/smollm2.ts",
    machine: `${machine()}, ${rounds} rounds`,
    load,
    token: figures(token),
    bandwidth,
    promptPerToken: { "35 tokens": figures(prompt35, 35), "512 tokens": figures(prompt512, 512) },
  });
}

void main();
