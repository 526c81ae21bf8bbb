/** @file `npm run bench`: runs from beginning to end. Shakespeare against the clock, and memory over 5,000 steps. */

import { execFileSync } from "node:child_process";
import path from "node:path";
import { type BenchOptions, markdownTable, type Section } from "./section";
import { quiet } from "./turns";

interface Run {
  seconds: number;
  validationLossNats: number;
  memoryMB: number[];
  tensors: number[];
}

/** nanoGPT's CPU configuration for 2,000 steps on Shakespeare's characters, its evaluation included; then 5,000 steps. */
export async function wholeRuns(_: BenchOptions): Promise<Section> {
  await quiet();
  const run = (steps: number): Run => {
    const worker = path.join(__dirname, "workers", "whole-run.ts");
    const out = execFileSync(process.execPath, ["--import", "tsx", worker, String(steps)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      cwd: path.join(__dirname, ".."),
    });
    return JSON.parse(out.trim().split("\n").at(-1)!) as Run;
  };
  const short = run(2000);
  const long = run(5000);
  const rows = long.memoryMB.map((mb, i) => [
    ((i + 1) * 500).toLocaleString("en-US"),
    mb.toFixed(0),
    long.tensors[i]!.toString(),
  ]);
  const markdown = [
    `2,000 steps of nanoGPT's CPU configuration on Shakespeare's characters, with the evaluation at the end, from text to loss: **${short.seconds.toFixed(1)} s**, validation loss ${short.validationLossNats.toFixed(3)} nats per character.`,
    "Memory over 5,000 steps:",
    markdownTable(["after steps", "resident memory (MB)", "tensors"], rows),
  ].join("\n\n");
  return { title: "Whole runs", markdown, values: { short, long } };
}
