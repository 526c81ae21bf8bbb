/** Trains on Shakespeare's characters for so many steps; prints one line of JSON. For bench/whole-runs.ts. */

import { loadMobyDick } from "../../datasets/src/books";
import { loadShakespeare, SMALL_CORPUS_CHARACTERS } from "../../datasets/src/shakespeare";
import { pretrainCharacters } from "../../lib/src/chain";
import { tf } from "../../lib/src/tf";

const steps = Number(process.argv[2]);

function text(): string {
  try {
    return loadShakespeare({ characters: SMALL_CORPUS_CHARACTERS }).text();
  } catch {
    return loadMobyDick().text().slice(0, SMALL_CORPUS_CHARACTERS); // not fetched: the same amount of other prose
  }
}

async function main(): Promise<void> {
  const [memoryMB, tensors]: [number[], number[]] = [[], []];
  const began = performance.now();
  const { validationLossNats } = await pretrainCharacters(text(), {
    steps,
    seed: 1,
    display: "none",
    evaluateAt: Array.from({ length: Math.floor(steps / 500) }, (_, i) => 500 * (i + 1)),
    evaluate: async () => {
      memoryMB.push(process.memoryUsage().rss / 1e6);
      tensors.push(tf.memory().numTensors);
      return {};
    },
  });
  console.log(JSON.stringify({ seconds: (performance.now() - began) / 1000, validationLossNats, memoryMB, tensors }));
}

void main();
