/** @file `npm run bench`: writing text with a cache of keys and values, beside PyTorch with the same cache. */

import { type BenchOptions, compare, type Section } from "./section";
import { courseWorker, pythonWorker, takeTurns } from "./turns";

const CONFIG = { vocabSize: 768, contextLength: 128, nLayer: 4, nHead: 4, nEmbd: 128, bias: true };

/** Measures one text alone, and sixteen side by side. */
export async function decoding({ rounds, python }: BenchOptions): Promise<Section> {
  const parts: string[] = [];
  const values: Record<string, object> = {};
  for (const batchSize of [1, 16]) {
    const task = { ...CONFIG, batchSize, prompt: 16, tokens: 100 };
    const { measured, leftOut } = await takeTurns(
      [
        courseWorker("the course", "course-decode.ts", task),
        pythonWorker("PyTorch, two threads", python, "torch_decode.py", task),
        pythonWorker("PyTorch, one thread", python, "torch_decode.py", { ...task, threads: 1 }),
      ],
      { rounds, times: 5 },
    );
    const shown = compare(measured, leftOut, { tokens: batchSize * task.tokens, what: "ms for 100 tokens" });
    const title = batchSize === 1 ? "One text" : `${batchSize} texts side by side`;
    parts.push(`### ${title}\n\n${shown.markdown}`);
    values[title] = shown.values;
  }
  const about = "The course's model, a prompt of 16 tokens, then 100 tokens, the most likely one each time.";
  return { title: "Writing text", markdown: [about, ...parts].join("\n\n"), values };
}
