/**
 * @file A program of its own: loads the backend that the notebooks would load and prints, as JSON, which one it is and
 * how many billion multiplications and additions it does in a second. Run by the set-up and the doctor.
 */

import { createRequire } from "node:module";

/** @typedef {{ name: "tensorflow" | "wasm" | "cpu", description: string, gflops: number }} Measurement */

// All cores for one product; the course's own training divides the batch among them instead.
process.env.TF_NUM_INTRAOP_THREADS = "0";
/** @type {typeof import("@course/lib/tf")} */
const { tf, ready } = createRequire(import.meta.url)("@course/lib/tf");

const n = 1024;
const { name, description } = await ready();
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
