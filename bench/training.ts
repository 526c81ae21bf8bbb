/** @file `npm run bench`: a training step of the course beside PyTorch and other JavaScript libraries, in four sizes. */

import { type BenchOptions, compare, type Section } from "./section";
import { courseWorker, type Program, pythonWorker, takeTurns } from "./turns";

const BASE = { nLayer: 4, nHead: 4, nEmbd: 128, bias: false };

/** The sizes. */
export const SIZES = {
  "nanoGPT's CPU configuration (4 layers, 128 wide, batches of 12 x 64, 65 characters)": {
    config: { ...BASE, vocabSize: 65, contextLength: 64, batchSize: 12 },
    peers: true,
  },
  "the course's model (8 x 128 tokens, vocabulary 768)": {
    config: { ...BASE, bias: true, vocabSize: 768, contextLength: 128, batchSize: 8 },
    peers: false,
  },
  "batch and context doubled (24 x 128)": {
    config: { ...BASE, vocabSize: 65, contextLength: 128, batchSize: 24 },
    peers: false,
  },
  "four times wider (512 wide, 8 heads, 8 x 128)": {
    config: { ...BASE, nHead: 8, nEmbd: 512, vocabSize: 65, contextLength: 128, batchSize: 8 },
    peers: false,
  },
} as const;

/** Measures all sizes. */
export async function training({ rounds, python, peers }: BenchOptions): Promise<Section> {
  const parts: string[] = [];
  const values: Record<string, object> = {};
  for (const [title, { config, peers: withPeers }] of Object.entries(SIZES)) {
    const torch = (mode: string, name: string): Program =>
      pythonWorker(name, python, "torch_step.py", { ...config, mode });
    const programs: Program[] = [
      courseWorker("the course", "course-step.ts", config),
      torch("fused", "PyTorch, fused AdamW"),
      courseWorker("the bare matrix products", "matmul-step.ts", config),
    ];
    if (withPeers) {
      programs.push(
        torch("plain", "PyTorch, plain AdamW"),
        torch("compiled", "PyTorch, torch.compile"),
        courseWorker("the course, operation by operation", "course-step.ts", { ...config, compiled: false }),
        courseWorker("plain tfjs-node", "tfjs-step.mts", { ...config, backend: "tensorflow" }),
        { ...courseWorker("plain tfjs, WebAssembly", "tfjs-step.mts", { ...config, backend: "wasm" }), times: 1 },
        { ...courseWorker("jax-js, WebAssembly", "jax-step.mjs", { ...config, peers }), times: 2 },
        { ...courseWorker("@genai-fi/nanogpt, CPU", "nanogpt-step.mjs", { ...config, peers }), times: 1, warm: 0 },
      );
    }
    const times = config.nEmbd > 128 ? 5 : 12;
    const { measured, leftOut } = await takeTurns(programs, { rounds, times });
    const shown = compare(measured, leftOut, { tokens: config.batchSize * config.contextLength });
    parts.push(`### ${title}\n\n${shown.markdown}`);
    values[title] = shown.values;
  }
  return { title: "A training step", markdown: parts.join("\n\n"), values };
}
