/**
 * @file Exercise 3.6: one step of AdamW. Two standard variants are accepted: weight decay scaled by the learning rate, as in
 * PyTorch, and unscaled, as in the paper (Loshchilov and Hutter 2019, algorithm 2, with a schedule of 1).
 */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

/** The weights and what AdamW remembers of them. */
export interface AdamWState {
  w: number[];
  m: number[];
  v: number[];
  t: number;
}
/** The numbers one chooses. */
export interface AdamWSettings {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
}
/** The parts of the step that can go wrong. */
export interface AdamWParts {
  gradient: (g: number, w: number, s: AdamWSettings) => number;
  first: (m: number, g: number, s: AdamWSettings) => number;
  second: (v: number, g: number, s: AdamWSettings) => number;
  steps: (t: number) => number;
  correct: (value: number, beta: number, t: number) => number;
  divide: (mean: number, square: number, epsilon: number) => number;
  move: (w: number, direction: number, s: AdamWSettings) => number;
}

/** AdamW from its parts; what is not given is right. */
export const adamwWith =
  (parts: Partial<AdamWParts>) =>
  ({ w, m, v, t }: AdamWState, grad: number[], s: AdamWSettings): AdamWState => {
    const {
      gradient = (g): number => g,
      first = (m, g, s): number => s.beta1 * m + (1 - s.beta1) * g,
      second = (v, g, s): number => s.beta2 * v + (1 - s.beta2) * g * g,
      steps = (t): number => t + 1,
      correct = (value, beta, t): number => value / (1 - beta ** t),
      divide = (mean, square, epsilon): number => mean / (Math.sqrt(square) + epsilon),
      move = (w, direction, s): number => w - s.learningRate * s.weightDecay * w - s.learningRate * direction,
    } = parts;
    const g = grad.map((gi, i) => gradient(gi, w[i]!, s));
    const means = m.map((mi, i) => first(mi, g[i]!, s));
    const squares = v.map((vi, i) => second(vi, g[i]!, s));
    const now = steps(t);
    const weights = w.map((wi, i) => {
      const [mean, square] = [correct(means[i]!, s.beta1, now), correct(squares[i]!, s.beta2, now)];
      return move(wi, divide(mean, square, s.epsilon), s);
    });
    return { w: weights, m: means, v: squares, t: t + 1 };
  };

const settings = (more: Partial<AdamWSettings> = {}): { [name: string]: number } => ({
  learningRate: 0.1,
  beta1: 0.5,
  beta2: 0.8,
  epsilon: 1e-8,
  weightDecay: 0,
  ...more,
});

export const adamwStep: CodeExercise = {
  id: "3.6",
  title: "A step of AdamW",
  points: 3,
  minutes: 15,
  answers: [
    "adamwStep(state: { w: number[]; m: number[]; v: number[]; t: number }, grad: number[], settings: { learningRate: number; beta1: number; beta2: number; epsilon: number; weightDecay: number }): { w: number[]; m: number[]; v: number[]; t: number }",
  ],
  compare: close({ relative: 1e-6, absolute: 1e-12 }),
  cases: [
    {
      args: [{ w: [1], m: [0], v: [0], t: 0 }, [2], settings()],
      expected: { w: [0.9], m: [1], v: [0.8], t: 1 },
      note: "the first step is the learning rate: m becomes 1, corrected 2; v becomes 0.8, corrected 4",
    },
    {
      args: [{ w: [1, 1], m: [0, 0], v: [0, 0], t: 0 }, [0.004, -4000], settings()],
      expected: { w: [0.9, 1.1], m: [0.002, -2000], v: [0.0000032, 3_200_000], t: 1 },
      note: "whatever the size of the gradient",
    },
    {
      args: [{ w: [0], m: [1], v: [0.8], t: 1 }, [2], settings()],
      expected: { w: [-0.1], m: [1.5], v: [1.44], t: 2 },
      note: "the second step with the same gradient: 1.5 / 0.75 = 2, and 1.44 / 0.36 = 4",
    },
    {
      args: [{ w: [10], m: [0], v: [0], t: 0 }, [2], settings({ weightDecay: 0.01 })],
      expected: { w: [9.89], m: [1], v: [0.8], t: 1 },
      alsoRight: [{ w: [9.8], m: [1], v: [0.8], t: 1 }],
      note: "with weight decay: 10 - 0.1 - 0.1 x 0.01 x 10 (or, unscaled, 10 - 0.1 - 0.01 x 10)",
    },
  ],
  mistakes: [
    {
      id: "no-correction",
      says: "The corrections are missing. `m` and `v` start at 0, so at first they are too small: divide them by 1 - beta to the power of t.",
      like: adamwWith({ correct: (value) => value }),
    },
    {
      id: "old-t",
      says: "The corrections use the old `t`. In the first step t is 1, so count first.",
      like: adamwWith({ steps: (t) => t }),
    },
    {
      id: "correction-without-power",
      says: "The corrections divide by 1 - beta in every step. It is beta to the power of t: they fade.",
      like: adamwWith({ correct: (value, beta) => value / (1 - beta) }),
    },
    {
      id: "corrected-kept",
      says: "The corrected `m` and `v` were kept. Correct them for this step only, and remember the plain ones.",
      like: (state: AdamWState, grad: number[], s: AdamWSettings) => {
        const next = adamwWith({})(state, grad, s);
        const corrected = (values: number[], beta: number): number[] => values.map((x) => x / (1 - beta ** next.t));
        return { ...next, m: corrected(next.m, s.beta1), v: corrected(next.v, s.beta2) };
      },
    },
    {
      id: "no-root",
      says: "The square root is missing: divide by the root of the corrected `v`, which is as large as a gradient.",
      like: adamwWith({ divide: (mean, square, epsilon) => mean / (square + epsilon) }),
    },
    {
      id: "epsilon-inside",
      says: "Epsilon was added under the root. Here it stands outside: the root of the corrected `v`, plus epsilon.",
      like: adamwWith({ divide: (mean, square, epsilon) => mean / Math.sqrt(square + epsilon) }),
    },
    {
      id: "decays-last",
      says: "The decay was taken from the weight after it had moved. It is a share of the weight as it was before the step.",
      like: adamwWith({
        move: (w, d, s) => (w - s.learningRate * d) * (1 - s.learningRate * s.weightDecay),
      }),
    },
    {
      id: "no-square",
      says: "`v` is a mean of *squares*: of g times g.",
      like: adamwWith({ second: (v, g, s) => s.beta2 * v + (1 - s.beta2) * g }),
    },
    {
      id: "betas-swapped",
      says: "The betas are swapped: `beta1` belongs to `m`, `beta2` to `v`.",
      like: (state: AdamWState, grad: number[], s: AdamWSettings) =>
        adamwWith({})(state, grad, { ...s, beta1: s.beta2, beta2: s.beta1 }),
    },
    {
      id: "old-share",
      says: "The shares are the wrong way round: `beta` is for what was there, 1 - beta for what is new.",
      like: adamwWith({
        first: (m, g, s) => (1 - s.beta1) * m + s.beta1 * g,
        second: (v, g, s) => (1 - s.beta2) * v + s.beta2 * g * g,
      }),
    },
    {
      id: "l2",
      says: "The decay was added to the gradient, where it is divided by the root of `v` like everything else. That is Adam with L2; the W in AdamW takes it from the weights directly.",
      like: adamwWith({ gradient: (g, w, s) => g + s.weightDecay * w, move: (w, d, s) => w - s.learningRate * d }),
    },
    {
      id: "no-decay",
      says: "The weight decay is missing: each weight also loses learningRate x weightDecay of itself.",
      like: adamwWith({ move: (w, d, s) => w - s.learningRate * d }),
    },
    {
      id: "grows",
      says: "The weights grow by the decay. They have to shrink.",
      like: adamwWith({ move: (w, d, s) => w + s.learningRate * s.weightDecay * w - s.learningRate * d }),
    },
    {
      id: "uphill",
      says: "This goes up the slope: the direction is taken away from the weights.",
      like: adamwWith({ move: (w, d, s) => w - s.learningRate * s.weightDecay * w + s.learningRate * d }),
    },
    {
      id: "not-counted",
      says: "`t` was not counted up: it is the number of steps done, so one more than before.",
      like: (state: AdamWState, grad: number[], s: AdamWSettings) => ({ ...adamwWith({})(state, grad, s), t: state.t }),
    },
  ],
  hints: [
    "Two running means, each corrected for its start at 0, then one division. Do it for one weight on paper first: the note of the first case has the numbers.",
    "Count t up. New m: beta1 m + (1 - beta1) g. New v: beta2 v + (1 - beta2) g g. Divide m by 1 - beta1^t and v by 1 - beta2^t, without keeping that. The weight loses learningRate x weightDecay of itself, and learningRate times the corrected m divided by (root of the corrected v, plus epsilon).",
    [
      "const { learningRate, beta1, beta2, epsilon, weightDecay } = settings;",
      "const t = state.t + 1;",
      "const m = state.m.map((mi, i) => beta1 * mi + (1 - beta1) * grad[i]);",
      "const v = state.v.map((vi, i) => /* the same with beta2 and the square of grad[i] */);",
      "const w = state.w.map((wi, i) => {",
      "  const mean = m[i] / (1 - beta1 ** t);",
      "  const square = /* the same for v[i] */;",
      "  return wi - learningRate * weightDecay * wi - learningRate * /* mean, square, epsilon */;",
      "});",
      "return { w: w, m: m, v: v, t: t };",
    ].join("\n"),
  ],
};
