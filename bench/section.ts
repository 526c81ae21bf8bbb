/** @file A section of bench/RESULTS.md: what every measurement of `npm run bench` returns, and the tables it is written in. */

import { type LeftOut, type Measured, medianOf, timesFaster } from "./turns";

/** What the sections need to know. */
export interface BenchOptions {
  rounds: number;
  /** A Python in which PyTorch and micrograd may be installed. */
  python: string;
  /** The folder where other JavaScript libraries are installed. */
  peers: string;
}

/** A measured section. */
export interface Section {
  title: string;
  /** The section as Markdown, without its title. */
  markdown: string;
  /** The same figures for programs. */
  values: object;
}

/** A Markdown table. */
export function markdownTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}

/** Figures of one measurement by name of the program. */
export interface Comparison {
  [name: string]: { medianMs: number; lowerQuartileMs: number; timesFasterThan?: number };
}

/**
 * A table of programs that took turns: the first one's speed beside each of the others. `unit` tokens are worked through each
 * time, so that tokens a second can be shown.
 */
export function compare(
  measured: readonly Measured[],
  leftOut: readonly LeftOut[],
  { tokens, what = "ms a step" }: { tokens?: number; what?: string },
): { markdown: string; values: Comparison } {
  const ours = measured[0]!;
  const values: Comparison = {};
  const rows = measured.map((program) => {
    const medianMs = medianOf(program);
    const sorted = program.rounds.flat().sort((a, b) => a - b);
    const lowerQuartileMs = sorted[Math.floor(sorted.length / 4)]!;
    const faster = program === ours ? undefined : timesFaster(ours, program);
    values[program.name] = {
      medianMs: Number(medianMs.toPrecision(4)),
      lowerQuartileMs: Number(lowerQuartileMs.toPrecision(4)),
      ...(faster === undefined ? {} : { timesFasterThan: Number(faster.toPrecision(3)) }),
    };
    return [
      program.name,
      medianMs.toPrecision(3),
      lowerQuartileMs.toPrecision(3),
      ...(tokens === undefined ? [] : [Math.round((1000 * tokens) / medianMs).toLocaleString("en-US")]),
      faster === undefined ? "" : faster.toPrecision(3),
    ];
  });
  const head = [
    "program",
    `${what}, median`,
    "lower quartile",
    ...(tokens === undefined ? [] : ["tokens a second"]),
    "the course is faster by",
  ];
  const missing = leftOut.map(({ name, reason }) => `Left out: ${name} (${reason}).`);
  return { markdown: [markdownTable(head, rows), ...missing].join("\n\n"), values };
}
