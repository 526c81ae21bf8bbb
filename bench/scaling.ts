/**
 * @file `npm run bench`: how the cost grows with the work. Times over width, context, batch and corpus, with the exponent that
 * fits them (the slope on paper where both axes grow by factors) beside the one that counting operations leads to expect.
 */

import { loadMobyDick } from "../datasets/src/books";
import { fitPowerLaw } from "../lib/src/fit";
import { median } from "../lib/src/timing";
import { BpeTokenizer } from "../lib/src/tokenizer";
import { type BenchOptions, markdownTable, type Section } from "./section";
import { courseWorker, medianOf, takeTurns } from "./turns";

const BASE = { vocabSize: 65, contextLength: 64, nLayer: 4, nHead: 4, nEmbd: 128, bias: false, batchSize: 12 };

/** One table: what grows, its sizes, and the exponent that is expected for large sizes. */
interface Growth {
  of: string;
  sizes: number[];
  ms: number[];
  exponent: number;
  expected: string;
}

async function steps(key: keyof typeof BASE, sizes: number[], rounds: number): Promise<number[]> {
  const programs = sizes.map((size) => courseWorker(String(size), "course-step.ts", { ...BASE, [key]: size }));
  const { measured } = await takeTurns(programs, { rounds, times: 6 });
  return measured.map(medianOf);
}

/** Measures all tables. */
export async function scaling({ rounds }: BenchOptions): Promise<Section> {
  const tables: Growth[] = [];
  const add = (of: string, sizes: number[], ms: number[], expected: string): void => {
    tables.push({ of, sizes, ms, exponent: -fitPowerLaw(sizes, ms).exponent, expected });
  };
  const widths = [64, 128, 256, 512];
  add("width", widths, await steps("nEmbd", widths, rounds), "1 while thin (element by element), towards 2");
  const contexts = [64, 128, 256, 512];
  add("context", contexts, await steps("contextLength", contexts, rounds), "1, towards 2 (attention)");
  const batches = [4, 8, 16, 32];
  add("batch", batches, await steps("batchSize", batches, rounds), "1, less while small");
  const characters = [125_000, 250_000, 500_000, 1_000_000];
  const prose = loadMobyDick().text();
  const ms = characters.map((count) => {
    const text = prose.slice(0, count);
    const times = Array.from({ length: 3 }, () => {
      const began = performance.now();
      BpeTokenizer.train(text, { vocabSize: 1024 });
      return performance.now() - began;
    });
    return median(times);
  });
  add("corpus (training a tokenizer)", characters, ms, "below 1: words repeat");
  const rows = tables.map(({ of, sizes, ms, exponent, expected }) => [
    of,
    sizes.map((size, i) => `${size.toLocaleString("en-US")}: ${ms[i]!.toPrecision(3)}`).join(", "),
    exponent.toFixed(2),
    expected,
  ]);
  const markdown = markdownTable(["what grows", "size: ms", "exponent, fitted", "exponent, expected"], rows);
  const about = "A training step of nanoGPT's CPU configuration, one size changed at a time.";
  return { title: "As the work grows", markdown: `${about}\n\n${markdown}`, values: tables };
}
