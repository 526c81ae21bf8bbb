/** Trains a small model for a few steps on the backend that COURSE_BACKEND names, and prints the losses. For tf.test.ts. */

import { createGPT, forward } from "../src/gpt";
import { createRandom } from "../src/random";
import { ready } from "../src/tf";
import { train } from "../src/train";

async function main(): Promise<void> {
  const { name, native } = await ready();
  const config = { vocabSize: 11, contextLength: 8, nLayer: 1, nHead: 2, nEmbd: 8 };
  const model = createGPT(config, { random: createRandom(1) });
  const tokens = Int32Array.from({ length: 400 }, (_, i) => (i * i) % 11);
  const { lossNats } = await train(model, { tokens, steps: 20, batchSize: 4, learningRate: 1e-2, display: "none" });
  const logits = Array.from(forward(model, [[1, 2, 3]]).dataSync());
  console.log(JSON.stringify({ name, native, lossNats, logits }));
}

void main();
