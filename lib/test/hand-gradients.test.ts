import assert from "node:assert/strict";
import { test } from "node:test";
import { checkGradients, compareGradients, type NamedNumbers, storedGradients } from "../src/gradcheck";
import {
  attention,
  attentionGrad,
  layerNorm,
  layerNormGrad,
  type Matrix,
  matmul,
  matmulGrad,
  softmaxCrossEntropy,
  softmaxCrossEntropyGrad,
} from "../src/hand-gradients";

const { operations } = storedGradients();

/** The loss of an operation whose output goes on with the slope dOut. */
const weighted = (out: Matrix, dOut: Matrix): number =>
  out.reduce((total, row, i) => total + row.reduce((sum, value, j) => sum + value * dOut[i]![j]!, 0), 0);

type Inputs = Record<"a" | "b" | "logits" | "x" | "q" | "k" | "v", Matrix> & Record<"gain" | "bias", number[]>;

const CASES: Record<keyof typeof operations, { loss: (i: Inputs) => number; grads: (i: Inputs) => NamedNumbers }> = {
  matmul: {
    loss: ({ a, b }) => weighted(matmul(a, b), operations.matmul.dOut!),
    grads: ({ a, b }) => matmulGrad(a, b, operations.matmul.dOut!),
  },
  softmaxCrossEntropy: {
    loss: ({ logits }) => softmaxCrossEntropy(logits, operations.softmaxCrossEntropy.targets!),
    grads: ({ logits }) => ({ logits: softmaxCrossEntropyGrad(logits, operations.softmaxCrossEntropy.targets!) }),
  },
  layerNorm: {
    loss: ({ x, gain, bias }) => weighted(layerNorm(x, gain, bias), operations.layerNorm.dOut!),
    grads: ({ x, gain }) => layerNormGrad(x, gain, operations.layerNorm.dOut!),
  },
  attention: {
    loss: ({ q, k, v }) => weighted(attention(q, k, v), operations.attention.dOut!),
    grads: ({ q, k, v }) => attentionGrad(q, k, v, operations.attention.dOut!),
  },
};

for (const [name, { loss, grads }] of Object.entries(CASES)) {
  const stored = operations[name as keyof typeof operations];
  const inputs = stored.inputs as Inputs;

  test(`${name}: the loss is PyTorch's, to 1e-9`, () => {
    assert.ok(Math.abs(loss(inputs) - stored.loss) < 1e-9, `${loss(inputs)} and ${stored.loss}`);
  });

  test(`${name}: the gradients by hand are PyTorch's, to 1e-8`, () => {
    for (const report of compareGradients(grads(inputs), stored.grads, { tolerance: 1e-8 })) {
      assert.ok(report.agrees, JSON.stringify(report));
    }
  });

  test(`${name}: the gradients by hand are those that one measures, to 1e-7`, () => {
    for (const report of checkGradients(loss, inputs, grads(inputs), { tolerance: 1e-7 })) {
      assert.ok(report.agrees, JSON.stringify(report));
    }
  });
}

test("softmax with cross-entropy stays finite for logits of 1000", () => {
  assert.deepEqual(softmaxCrossEntropyGrad([[1000, 0]], [1]), [[1, -1]]);
});

test("attention gives no slope to positions that nobody may look at: the last key and value see only the last query", () => {
  const { q, k, v } = operations.attention.inputs as Inputs;
  const firstOnly = operations.attention.dOut!.map((row, t) => row.map((d) => (t === 0 ? d : 0)));
  const grads = attentionGrad(q, k, v, firstOnly);
  for (const t of [1, 2, 3]) assert.deepEqual([...grads.k[t]!, ...grads.v[t]!].map(Math.abs), [0, 0, 0, 0, 0, 0]);
});
