/** @file How measurements are kept: in bench/results, each with the command that makes it again and the machine it was made on. */

import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** The file of a kept result: `resultFile("almanac")` is `bench/results/almanac.json`. */
export function resultFile(name: string): string {
  return path.join(__dirname, "results", `${name}.json`);
}

/** What a measurement was made on: cores, processor, version of Node. */
export function machine(): string {
  return `${os.availableParallelism()} cores, ${os.cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}`;
}

/** Writes a file aside first, so that a stopped program leaves the last whole one. */
export function writeAside(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

/** Keeps a result: what lib's `storedResult` reads, or figures beside `command` in a form of their own. */
export function keep(name: string, result: { command: string; machine?: string } & Record<string, unknown>): void {
  writeAside(resultFile(name), `${JSON.stringify({ machine: machine(), ...result }, null, 1)}\n`);
}
