/** @file `npm run bench`: the scalar engine beside micrograd; the measurement itself is autograd.ts. */

import { execFileSync } from "node:child_process";
import path from "node:path";
import { storedResult } from "../lib/src/results";
import { type BenchOptions, markdownTable, type Section } from "./section";
import { quiet } from "./turns";

interface Engine {
  msPerStep: number;
  micrograd: { version: string; msPerStep: number };
  timesFaster: number;
}

/** Trains on the moons with both engines, in turns. */
export async function engine({ python }: BenchOptions): Promise<Section> {
  await quiet();
  const script = path.join(__dirname, "autograd.ts");
  const out = execFileSync(process.execPath, ["--import", "tsx", script, "--write", "--python", python], {
    encoding: "utf8",
    cwd: path.join(__dirname, ".."),
  });
  if (/left out/.test(out)) return { title: "The scalar engine", markdown: out.trim(), values: {} };
  const { values } = storedResult<Engine>("micrograd");
  const rows = [
    ["the course's `Value`", values.msPerStep.toFixed(2), ""],
    [`micrograd ${values.micrograd.version}`, values.micrograd.msPerStep.toFixed(0), values.timesFaster.toFixed(0)],
  ];
  const markdown = markdownTable(["program", "processor time, ms a step", "the course is faster by"], rows);
  return {
    title: "The scalar engine",
    markdown: `A network of 337 weights on the 100 moons, the same weights and steps.\n\n${markdown}`,
    values,
  };
}
