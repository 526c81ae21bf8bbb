/**
 * @file `npm run bench`: measures every row in one run and writes bench/RESULTS.md (and bench/results/bench.json, from which
 * it is made). Programs take turns in random order, each turn waits for a quiet processor, figures are medians.
 *
 *     npm run bench [-- --rounds 5] [--only training,decoding] [--python FILE]
 *
 * Needs about half an hour on two idle cores. Other programs are installed into `.course/bench` when they can be; the ones that
 * cannot are named in the results.
 */

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { decoding } from "./decoding";
import { engine } from "./engine";
import { keep, machine, resultFile, writeAside } from "./keep";
import { javascriptPeers, pythonPeers } from "./peers";
import { scaling } from "./scaling";
import type { BenchOptions, Section } from "./section";
import { tokenizing } from "./tokenizing";
import { training } from "./training";
import { wholeRuns } from "./whole-runs";

const SECTIONS: Record<string, (options: BenchOptions) => Promise<Section>> = {
  training,
  wholeRuns,
  decoding,
  tokenizing,
  engine,
  scaling,
};
const JSON_FILE = resultFile("bench");

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    only: { type: "string", default: Object.keys(SECTIONS).join(",") },
    python: { type: "string" },
  },
});

async function main(): Promise<void> {
  const options = { rounds: Number(values.rounds), python: pythonPeers(values.python), peers: javascriptPeers() };
  const kept: Record<string, Section & { machine: string }> = existsSync(JSON_FILE)
    ? JSON.parse(readFileSync(JSON_FILE, "utf8")).values
    : {};
  const measuredOn = `${machine()}, ${options.rounds} rounds`;
  for (const name of values.only.split(",")) {
    const measure = SECTIONS[name];
    if (!measure) throw new Error(`--only: expected some of ${Object.keys(SECTIONS).join(", ")}, received ${name}`);
    console.log(`${name} ...`);
    const section = await measure(options);
    kept[name] = { ...section, machine: measuredOn };
    console.log(`\n## ${section.title}\n\n${section.markdown}\n`);
    keep("bench", { command: "npm run bench", machine: measuredOn, values: kept });
  }
  const parts = Object.keys(SECTIONS)
    .filter((name) => kept[name])
    .map((name) => `## ${kept[name]!.title}\n\n${kept[name]!.markdown}\n\n<small>${kept[name]!.machine}</small>`);
  const head = `# Measured\n\nWritten by \`npm run bench\`; what made the difference, and what did not, is in [NOTES.md](NOTES.md). All programs of a table stay loaded and take turns in random order; before a turn the script waits until the processor is quiet. "Faster by" is the median over rounds of the ratio within a round.`;
  writeAside(path.join(__dirname, "RESULTS.md"), `${[head, ...parts].join("\n\n")}\n`);
}

void main();
