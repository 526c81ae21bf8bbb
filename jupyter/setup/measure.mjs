/**
 * @file A program of its own: loads the backend that the notebooks would load, does three training steps on it, and
 * prints, as JSON, which one it is and how many billion multiplications and additions it does in a second. Run by the
 * set-up and the doctor.
 */

import { createRequire } from "node:module";

/** @typedef {{ name: "tensorflow" | "wasm" | "cpu", description: string, gflops: number }} Measurement */

// All cores for one product; the course's own training divides the batch among them instead.
process.env.TF_NUM_INTRAOP_THREADS = "0";
const require = createRequire(import.meta.url);
/** @type {typeof import("@course/lib/tf")} */
const { tf, ready } = require("@course/lib/tf");
/** @type {typeof import("@course/lib/gpt")} */
const { createGPT } = require("@course/lib/gpt");
/** @type {typeof import("@course/lib/random")} */
const { createRandom } = require("@course/lib/random");
/** @type {typeof import("@course/lib/train")} */
const { train } = require("@course/lib/train");

const { name, description } = await ready();

// A backend that multiplies but cannot train is of no use.
const config = { vocabSize: 16, contextLength: 8, nLayer: 1, nHead: 2, nEmbd: 16 };
const model = createGPT(config, { random: createRandom(1) });
const tokens = Int32Array.from({ length: 1000 }, (_, i) => i % config.vocabSize);
const { lossNats } = await train(model, { tokens, steps: 3, display: "none" });
if (!lossNats.every(Number.isFinite)) throw new Error(`The losses of three training steps are ${lossNats.join(", ")}.`);

const n = 1024;
const a = tf.randomNormal([n, n], 0, 1, "float32", 1);
const multiply = async () => {
  const product = tf.matMul(a, a);
  await product.data();
  product.dispose();
};
await multiply();
let best = Number.POSITIVE_INFINITY;
const end = performance.now() + 600;
do {
  const start = performance.now();
  await multiply();
  best = Math.min(best, performance.now() - start);
} while (performance.now() < end);
const gflops = (2 * n ** 3) / (best * 1e6);
console.log(JSON.stringify({ name, description, gflops: Number(gflops.toPrecision(3)) }));
