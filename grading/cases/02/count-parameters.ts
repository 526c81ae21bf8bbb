/** @file Exercise 2.1: the number of weights of a GPT, from its configuration alone. */

import type { CodeExercise } from "../../src/table";

/** The sizes a count depends on. */
interface Sizes {
  vocabSize: number;
  contextLength: number;
  nLayer: number;
  nHead: number;
  nEmbd: number;
}

/** The count with one thing changed. */
function countWith(change: (sizes: Sizes, right: number) => number): (sizes: Sizes) => number {
  return (sizes) => {
    const { vocabSize: V, contextLength: T, nLayer: L, nEmbd: C } = sizes;
    return change(sizes, V * C + T * C + L * (12 * C * C + 13 * C) + 2 * C);
  };
}

export const countParameters: CodeExercise = {
  id: "2.1",
  title: "Count the weights",
  points: 2,
  minutes: 12,
  answers: [
    "countParameters(config: { vocabSize: number; contextLength: number; nLayer: number; nHead: number; nEmbd: number }): number",
  ],
  cases: [
    {
      args: [{ vocabSize: 4, contextLength: 3, nLayer: 0, nHead: 1, nEmbd: 2 }],
      expected: 18,
      note: "no layer: 4 x 2 + 3 x 2, and the last norm, 2 x 2",
    },
    {
      args: [{ vocabSize: 4, contextLength: 3, nLayer: 1, nHead: 1, nEmbd: 2 }],
      expected: 92,
      note: "the model counted by hand",
    },
    {
      args: [{ vocabSize: 4, contextLength: 3, nLayer: 2, nHead: 2, nEmbd: 2 }],
      expected: 166,
      note: "a second layer, two heads: 74 more",
    },
    {
      args: [{ vocabSize: 768, contextLength: 128, nLayer: 4, nHead: 4, nEmbd: 128 }],
      expected: 908_032,
      note: "the course's model",
    },
    {
      args: [{ vocabSize: 50_257, contextLength: 1024, nLayer: 12, nHead: 12, nEmbd: 768 }],
      expected: 124_439_808,
      note: "GPT-2 small",
    },
  ],
  mistakes: [
    {
      id: "output-layer",
      says: "You counted a matrix of its own for the output. GPT-2 uses the token embedding a second time there, so it adds nothing.",
      like: countWith(({ vocabSize: V, nEmbd: C }, right) => right + V * C),
    },
    {
      id: "no-biases",
      says: "The biases are missing. Each of the four matrices of a layer has one for every output, and each norm has a gain and a bias.",
      like: countWith(({ nLayer: L, nEmbd: C }, right) => right - L * 11 * C - C),
    },
    {
      id: "no-matrix-biases",
      says: "The biases of the four matrices of a layer are missing: one number for each output, 3C + C + 4C + C.",
      like: countWith(({ nLayer: L, nEmbd: C }, right) => right - L * 9 * C),
    },
    {
      id: "no-positions",
      says: "The position embedding is missing: a row for each of the `contextLength` positions.",
      like: countWith(({ contextLength: T, nEmbd: C }, right) => right - T * C),
    },
    {
      id: "no-last-norm",
      says: "The norm after the last layer, `ln_f`, is missing: a gain and a bias.",
      like: countWith(({ nEmbd: C }, right) => right - 2 * C),
    },
    {
      id: "no-norms",
      says: "The norms of the layers are missing: two in each layer, with a gain and a bias each.",
      like: countWith(({ nLayer: L, nEmbd: C }, right) => right - L * 4 * C),
    },
    {
      id: "no-attention-output",
      says: "`attn.c_proj` is missing: the matrix (C, C), with its bias, that mixes what the heads have found.",
      like: countWith(({ nLayer: L, nEmbd: C }, right) => right - L * (C * C + C)),
    },
    {
      id: "times-heads",
      says: "The attention was multiplied by the number of heads. The heads share the C columns among them, so their number changes nothing.",
      like: countWith(({ nLayer: L, nHead: H, nEmbd: C }, right) => right + L * (H - 1) * (4 * C * C + 4 * C)),
    },
    {
      id: "half-mlp",
      says: "One half of the MLP is missing. It goes from C to 4C and back again: two matrices.",
      like: countWith(({ nLayer: L, nEmbd: C }, right) => right - L * (4 * C * C + C)),
    },
    {
      id: "one-layer",
      says: "Only one layer was counted. Each of the `nLayer` layers has its own weights.",
      like: countWith(({ nLayer: L, nEmbd: C }, right) => right - (L - 1) * (12 * C * C + 13 * C)),
    },
  ],
  hints: [
    "Go through the table of tensors from top to bottom. Everything in `h.0` comes once for each layer; `wte`, `wpe` and `ln_f` once in all.",
    "With C = nEmbd, one layer has two norms (2C each), c_attn (C to 3C), c_proj (C to C), c_fc (C to 4C) and the MLP's c_proj (4C to C). A matrix from a to b has a x b weights and b biases.",
    [
      "const { vocabSize, contextLength, nLayer, nEmbd: C } = config;",
      "const dense = (from: number, to: number) => from * to + to; // weights and biases",
      "const norm = 2 * C;",
      "const layer = 2 * norm + dense(C, 3 * C) + /* the other three */;",
      "return vocabSize * C + /* positions */ + nLayer * layer + /* the last norm */;",
    ].join("\n"),
  ],
};
