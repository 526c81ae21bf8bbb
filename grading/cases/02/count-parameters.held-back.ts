/** @file Exercise 2.1, held back: counting weights. Expected values come from `reference/02.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/02.json";

interface Sizes {
  vocabSize: number;
  contextLength: number;
  nLayer: number;
  nHead: number;
  nEmbd: number;
}

/** A right answer in which one thing is changed. */
function spoiled({
  bias = 1,
  normBias = 1,
  tied = true,
  positions = true,
  lastNorm = true,
  norms = true,
  attentionOutput = true,
  heads = (_: number): number => 1,
  back = true,
  layers = (n: number): number => n,
}): Record<string, unknown> {
  return {
    countParameters({ vocabSize, contextLength, nLayer, nHead, nEmbd: C }: Sizes): number {
      const dense = (from: number, to: number): number => from * to + bias * to;
      const norm = C + normBias * C;
      let attention = dense(C, 3 * C);
      if (attentionOutput) attention += dense(C, C);
      attention *= heads(nHead);
      const mlp = dense(C, 4 * C) + (back ? dense(4 * C, C) : 0);
      let total = layers(nLayer) * ((norms ? 2 * norm : 0) + attention + mlp);
      total += (tied ? 1 : 2) * vocabSize * C;
      if (positions) total += contextLength * C;
      if (lastNorm) total += norm;
      return total;
    },
  };
}

export const countParameters: HeldBack = {
  cases: reference["2.1"],
  right: [
    {
      how: "the closed form",
      answers: {
        countParameters: ({ vocabSize, contextLength, nLayer, nEmbd }: Sizes): number =>
          nEmbd * (vocabSize + contextLength + nLayer * (12 * nEmbd + 13) + 2),
      },
    },
    {
      how: "a list of shapes, multiplied and added",
      answers: {
        countParameters({ vocabSize, contextLength, nLayer, nEmbd: C }: Sizes): number {
          const shapes = [[vocabSize, C], [contextLength, C], [C], [C]];
          for (let layer = 0; layer < nLayer; layer++) {
            shapes.push([C], [C], [C, 3 * C], [3 * C], [C, C], [C], [C], [C], [C, 4 * C], [4 * C], [4 * C, C], [C]);
          }
          return shapes.map((shape) => shape.reduce((a, b) => a * b)).reduce((a, b) => a + b);
        },
      },
    },
  ],
  wrong: [
    { how: "an output matrix of its own", told: "output-layer", answers: spoiled({ tied: false }) },
    { how: "no bias anywhere", told: "no-biases", answers: spoiled({ bias: 0, normBias: 0 }) },
    { how: "biases of the norms only", told: "no-matrix-biases", answers: spoiled({ bias: 0 }) },
    { how: "no positions", told: "no-positions", answers: spoiled({ positions: false }) },
    { how: "no ln_f", told: "no-last-norm", answers: spoiled({ lastNorm: false }) },
    { how: "no norm in the layers", told: "no-norms", answers: spoiled({ norms: false }) },
    { how: "queries, keys and values only", told: "no-attention-output", answers: spoiled({ attentionOutput: false }) },
    { how: "each head as large as all", told: "times-heads", answers: spoiled({ heads: (n) => n }) },
    { how: "an MLP that does not come back", told: "half-mlp", answers: spoiled({ back: false }) },
    { how: "a single layer", told: "one-layer", answers: spoiled({ layers: () => 1 }) },
    { how: "the same for every model", told: "constant", answers: { countParameters: (): number => 124_000_000 } },
  ],
};
