/** @file `npm run bench`: cutting a text into GPT-2's tokens, beside two tokenizers in JavaScript. */

import { mkdtempSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { loadMobyDick } from "../datasets/src/books";
import { type BenchOptions, compare, type Section } from "./section";
import { courseWorker, takeTurns } from "./turns";

/** Measures the encoding of a million characters of prose. */
export async function tokenizing({ rounds, peers }: BenchOptions): Promise<Section> {
  const prose = loadMobyDick().text().slice(0, 1_000_000);
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), "tokenizing-")), "prose.txt");
  writeFileSync(file, prose);
  const names = ["the course", "gpt-tokenizer", "js-tiktoken"];
  const { measured, leftOut } = await takeTurns(
    names.map((name) => courseWorker(name, "encode.ts", { which: name, text: file, peers })),
    { rounds, times: 3 },
  );
  const { markdown, values } = compare(measured, leftOut, { what: "ms for a million characters" });
  const about =
    "GPT-2's 50,000 merges, a million characters of prose. The course builds its tables anew each time; what a tokenizer has seen before is forgotten.";
  return { title: "Tokenizing", markdown: `${about}\n\n${markdown}`, values };
}
