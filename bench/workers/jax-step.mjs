/**
 * The same step in jax-js (WebAssembly), one `jit` over loss, gradients and AdamW without clipping. For bench/training.ts.
 * Needs `@jax-js/jax`, installed by bench/peers.ts into the folder named by the task.
 */

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { serve } from "./serve";

const { batchSize: B, peers, ...config } = JSON.parse(process.argv[2]);
const { vocabSize: V, contextLength: T, nLayer, nHead: H, nEmbd: C } = config;
const file = createRequire(`${peers}/package.json`).resolve("@jax-js/jax");
const { numpy: np, nn, jit, valueAndGrad, random, init, tree } = await import(pathToFileURL(file).href);
await init("wasm");

let key = 0;
const normal = (...shape) => random.normal(random.key(key++), shape).mul(0.02);
const params = {
  wte: normal(V, C),
  wpe: normal(T, C),
  ln: np.ones([C]),
  blocks: Array.from({ length: nLayer }, () => ({
    ...{ ln1: np.ones([C]), qkv: normal(C, 3 * C), out: normal(C, C) },
    ...{ ln2: np.ones([C]), up: normal(C, 4 * C), down: normal(4 * C, C) },
  })),
};
const mask = np
  .tril(np.ones([T, T]))
  .sub(1)
  .mul(1e9); // (T, T)
// An array is used up by what takes it; `.ref` keeps it for another use.
const layerNorm = (x, gain) => nn.standardize(x, -1).mul(gain);

function loss(p, inputs, targets) {
  let x = np.matmul(nn.oneHot(inputs, V), p.wte.ref).add(p.wpe);
  for (const b of p.blocks) {
    const qkv = np.matmul(layerNorm(x.ref, b.ln1), b.qkv);
    const heads = (part) => part.reshape([B, T, H, C / H]).transpose([0, 2, 1, 3]);
    const [q, k, v] = np.split(qkv, 3, -1).map(heads); // (B, H, T, D) each; its dotProductAttention needs Node.js 22
    const scores = np
      .matmul(q, k.transpose([0, 1, 3, 2]))
      .mul((C / H) ** -0.5)
      .add(mask.ref);
    const y = np.matmul(nn.softmax(scores), v).transpose([0, 2, 1, 3]).reshape([B, T, C]);
    x = x.add(np.matmul(y, b.out));
    x = x.add(np.matmul(nn.gelu(np.matmul(layerNorm(x.ref, b.ln2), b.up)), b.down));
  }
  const logits = np.matmul(layerNorm(x, p.ln), p.wte.transpose());
  return nn
    .logSoftmax(logits)
    .mul(nn.oneHot(targets, V))
    .sum()
    .mul(-1 / (B * T));
}

const step = jit((p, m, v, inputs, targets) => {
  const [value, grads] = valueAndGrad(loss)(tree.ref(p), inputs, targets);
  const m2 = tree.map((a, g) => a.mul(0.9).add(g.mul(0.1)), m, tree.ref(grads));
  const v2 = tree.map((a, g) => a.mul(0.99).add(g.ref.mul(g).mul(0.01)), v, grads);
  const p2 = tree.map(
    (w, a, s) => w.ref.mul(1 - 1e-4).sub(a.mul(1e-3).div(np.sqrt(s).add(1e-8))),
    p,
    tree.ref(m2),
    tree.ref(v2),
  );
  return [value, p2, m2, v2];
});

let state = [
  params,
  tree.map((w) => np.zeros(w.shape), tree.ref(params)),
  tree.map((w) => np.zeros(w.shape), tree.ref(params)),
];
function nextId() {
  key = (key * 48271 + 1) % 2147483647;
  return key % V;
}
const ids = () => np.array(Int32Array.from({ length: B * T }, nextId)).reshape([B, T]);

async function once() {
  const [value, ...next] = step(...state, ids(), ids());
  state = next;
  return (await value.data())[0];
}

if (process.argv[3]) for (let i = 0; i < 3; i++) console.log(await once());
await once();
serve(once);
