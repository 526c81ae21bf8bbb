/**
 * The same step as most people would write it in TensorFlow.js: ordinary operations, `variableGrads`, the library's Adam
 * (it has no AdamW), no clipping. `backend`: "tensorflow" (tfjs-node) or "wasm". For bench/training.ts.
 */

import { createRequire } from "node:module";
import { serve } from "./serve";

const require = createRequire(import.meta.url);
const { batchSize: B, backend, ...config } = JSON.parse(process.argv[2]!);
const { vocabSize: V, contextLength: T, nLayer, nHead: H, nEmbd: C } = config;
// biome-ignore lint/suspicious/noExplicitAny: two packages export the same library, and only one of them is loaded
type Loaded = any;
const tf: Loaded = require(backend === "wasm" ? "@tensorflow/tfjs" : "@tensorflow/tfjs-node");
if (backend === "wasm") {
  require("@tensorflow/tfjs-backend-wasm");
  await tf.setBackend("wasm");
}
await tf.ready();

const normal = (...shape: number[]) => tf.variable(tf.randomNormal(shape, 0, 0.02));
const [wte, wpe, ln] = [normal(V, C), normal(T, C), tf.variable(tf.ones([C]))];
const blocks = Array.from({ length: nLayer }, () => ({
  ...{ ln1: tf.variable(tf.ones([C])), qkv: normal(C, 3 * C), out: normal(C, C) },
  ...{ ln2: tf.variable(tf.ones([C])), up: normal(C, 4 * C), down: normal(4 * C, C) },
}));
const mask = tf.tidy(() =>
  tf.linalg
    .bandPart(tf.ones([T, T]), -1, 0)
    .sub(1)
    .mul(1e9),
); // (T, T)

function layerNorm(x: Loaded, gain: Loaded) {
  const { mean, variance } = tf.moments(x, -1, true);
  return x.sub(mean).div(variance.add(1e-5).sqrt()).mul(gain);
}
const linear = (x: Loaded, w: Loaded) => tf.matMul(x.reshape([B * T, -1]), w).reshape([B, T, w.shape[1]]);
const gelu = (x: Loaded) => x.mul(0.5).mul(x.add(x.pow(3).mul(0.044715)).mul(0.7978846).tanh().add(1));

function loss(inputs: Loaded, targets: Loaded) {
  // WebAssembly has no gradient of gather.
  const looked = backend === "wasm" ? tf.matMul(tf.oneHot(inputs.flatten(), V).toFloat(), wte) : tf.gather(wte, inputs);
  let x = looked.reshape([B, T, C]).add(wpe);
  for (const b of blocks) {
    const parts = tf.split(linear(layerNorm(x, b.ln1), b.qkv), 3, -1);
    const [q, k, v] = parts.map((part: Loaded) => part.reshape([B, T, H, C / H]).transpose([0, 2, 1, 3]));
    const attention = tf
      .matMul(q, k, false, true)
      .div(Math.sqrt(C / H))
      .add(mask)
      .softmax();
    x = x.add(linear(tf.matMul(attention, v).transpose([0, 2, 1, 3]).reshape([B, T, C]), b.out));
    x = x.add(linear(gelu(linear(layerNorm(x, b.ln2), b.up)), b.down));
  }
  const logits = tf.matMul(layerNorm(x, ln).reshape([B * T, C]), wte, false, true);
  return tf.losses.softmaxCrossEntropy(tf.oneHot(targets.flatten(), V), logits).asScalar();
}

const optimizer = tf.train.adam(1e-3, 0.9, 0.99);
const ids = () => tf.randomUniform([B, T], 0, V, "int32");
const once = () => tf.tidy(() => optimizer.minimize(() => loss(ids(), ids()), true).dataSync()[0]);
once();
once();
serve(once);
