/** The matrix products of a training step and nothing else, forward and backward, compiled: the limit. For bench/training.ts. */

import { compile } from "../../lib/src/compile";
import { type Tensor, tf } from "../../lib/src/tf";
import { serve } from "./serve";

const { batchSize: B, vocabSize: V, contextLength: T, nLayer: L, nHead: H, nEmbd: C } = JSON.parse(process.argv[2]!);
const PARTS = 2; // as in the course's step: each core computes half of the batch
const rows = (B * T) / PARTS;
const normal = (...shape: number[]): Tensor => tf.randomNormal(shape, 0, 0.1);

// Inputs and weights of each kind of product: (rows, from) x (from, to), how often.
const KINDS: [number, number, number][] = [
  [C, 3 * C, L],
  [C, C, L],
  [C, 4 * C, L],
  [4 * C, C, L],
  [C, V, 1],
];
const inputs: Tensor[] = [];
const uses: ((take: () => Tensor) => Tensor[])[] = [];
for (let part = 0; part < PARTS; part++) {
  for (const [from, to, times] of KINDS) {
    for (let i = 0; i < times; i++) {
      inputs.push(normal(rows, from), normal(from, to), normal(rows, to));
      uses.push((take) => {
        const [x, w, dy] = [take(), take(), take()];
        return [tf.matMul(x, w), tf.matMul(dy, w, false, true), tf.matMul(x, dy, true, false)];
      });
    }
  }
  for (let i = 0; i < L; i++) {
    const heads = (B * H) / PARTS;
    inputs.push(normal(heads, T, C / H), normal(heads, T, C / H), normal(heads, T, T));
    uses.push((take) => {
      const [q, k, a] = [take(), take(), take()]; // k stands for v too: the sizes are the same
      const forward = [tf.matMul(q, k, false, true), tf.matMul(a, k)];
      return [...forward, tf.matMul(a, k), tf.matMul(a, q, true), tf.matMul(q, k, false, true), tf.matMul(a, q, true)];
    });
  }
}
const all = compile((...given: Tensor[]) => {
  let at = 0;
  const products = uses.flatMap((use) => use(() => given[at++]!));
  return tf.addN(products.map((product) => product.slice(0, 1).sum()));
});
const once = () => tf.tidy(() => (all(...inputs) as Tensor).dataSync());
for (let i = 0; i < 3; i++) once();
serve(once);
