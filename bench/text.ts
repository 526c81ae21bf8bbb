/**
 * @file nanoGPT's CPU configuration on a text of your own, by characters, beside PyTorch with the same settings.
 *
 *     npx tsx bench/text.ts --text input.txt [--steps 2000] [--seed 1] [--python python3]
 *
 * On "tiny Shakespeare" (1,115,394 characters) nanoGPT's own page gives a validation loss of 1.88 after 2000 steps.
 * Both losses here are over all of the last tenth of the text, in windows that do not overlap.
 */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { splitTokens } from "../lib/src/dataset";
import { createGPT } from "../lib/src/gpt";
import { createRandom } from "../lib/src/random";
import { backend } from "../lib/src/tf";
import { CharTokenizer } from "../lib/src/tokenizer";
import { train } from "../lib/src/train";

const { values } = parseArgs({
  options: {
    text: { type: "string" },
    steps: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    python: { type: "string" },
  },
});

async function main(): Promise<void> {
  if (!values.text) throw new Error("Name a text: --text input.txt");
  const [steps, seed] = [Number(values.steps), Number(values.seed)];
  const text = readFileSync(values.text, "utf8");
  const tokenizer = CharTokenizer.train(text);
  const tokens = splitTokens(Int32Array.from(tokenizer.encode(text)), { validationFraction: 0.1 });
  const config = { vocabSize: tokenizer.vocabSize, contextLength: 64, nLayer: 4, nHead: 4, nEmbd: 128, bias: false };
  const model = createGPT(config, { random: createRandom(seed) });
  const history = await train(model, {
    tokens: tokens.train,
    validationTokens: tokens.validation,
    maxValidationTokens: tokens.validation.length,
    evaluateAt: [steps],
    steps,
    seed,
    batchSize: 12,
    learningRate: 1e-3,
    warmupSteps: 100,
    finalLearningRate: 1e-4,
  });
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const loss = history.evaluations.at(-1)!.validationLossNats!;
  console.log(
    `course (${backend().name}): validation loss ${loss.toFixed(4)}, training ${seconds(history.trainingMs)}, in all ${seconds(history.elapsedMs)}`,
  );

  if (!values.python) return;
  const settings = JSON.stringify({ ...config, text: path.resolve(values.text), batchSize: 12, steps, seed });
  const out = execFileSync(values.python, [path.join(__dirname, "workers", "torch_text.py"), settings]);
  const torch = JSON.parse(out.toString());
  console.log(
    `PyTorch: validation loss ${torch.validationLossNats.toFixed(4)}, training ${torch.trainingSeconds.toFixed(1)} s`,
  );
}

void main();
