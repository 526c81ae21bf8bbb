/** The course's own training step, for bench/training.ts. `compiled: false` runs it directly, operation by operation. */

import { createGPT, forward } from "../../lib/src/gpt";
import { tokenLosses } from "../../lib/src/loss";
import { adamw } from "../../lib/src/optimizer";
import { createRandom } from "../../lib/src/random";
import { tf } from "../../lib/src/tf";
import { createTrainStep } from "../../lib/src/train-step";
import { serve } from "./serve";

const { batchSize: B, compiled, ...config } = JSON.parse(process.argv[2]!);
const { vocabSize: V, contextLength: T } = config;
const random = createRandom(1);
const model = createGPT(config, { random });
const step = createTrainStep({
  params: model.params,
  optimizer: adamw({ beta2: 0.99, weightDecay: 0.1 }),
  clipNorm: 1,
  compiled,
  loss: ([inputs, targets]) => tokenLosses(forward(model, inputs!), targets!).sum(),
});

function once(): number {
  const ids = () => Int32Array.from({ length: B * T }, () => random.integer(V));
  const batch = [tf.tensor2d(ids(), [B, T], "int32"), tf.tensor2d(ids(), [B, T], "int32")];
  const { lossNats } = step.run(batch, 1e-3, { scale: 1 / (B * T) });
  tf.dispose(batch);
  return lossNats;
}

for (let i = 0; i < 5; i++) once();
serve(once);
