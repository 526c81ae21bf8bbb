/** @file One figure of every kind, with made-up numbers of the size the notebooks have. */

import type { Figure } from "../../src/display";
import { fitPowerLaw } from "../../src/fit";
import * as plots from "../../src/plots";
import { createRandom } from "../../src/random";

const random = createRandom(11);
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

export const baselines: plots.LossBaseline[] = [
  plots.uniformBaseline(768),
  { label: "unigram counts", lossNats: 5.21 },
  { label: "bigram table", lossNats: 3.38 },
];

/** A loss that falls from 6.6 to 0.74 with noise, recorded every step up to `last`. */
export function history(last: number): plots.LossHistory {
  const steps = range(last + 1);
  const exact = (s: number): number => 0.72 + 3.25 * Math.exp(-s / 60) + 2.65 * Math.exp(-s / 600);
  const evaluated = steps.filter((s) => s % 125 === 0);
  return {
    steps,
    lossNats: Float32Array.from(steps, (s) => exact(s) + 0.1 * random.normal()),
    validation: { steps: evaluated, lossNats: evaluated.map((s) => exact(s) + 0.05) },
  };
}

export const probes: plots.ProbeSeries[] = [
  { key: "facts", label: "facts" },
  { key: "grammar", label: "grammar", chance: 0.5 },
  { key: "directions", label: "directions", chance: 0.25 },
];

export const evaluations: plots.Evaluation[] = [
  { step: 0, facts: 0, grammar: 0.46, directions: 0 },
  { step: 125, facts: 0.01, grammar: 0.54, directions: 0.01 },
  { step: 625, facts: 0.08, grammar: 0.83, directions: 0.49 },
  { step: 1250, facts: 0.36, grammar: 0.85, directions: 0.71 },
  { step: 1875, facts: 0.79, grammar: 0.9, directions: 0.99 },
  { step: 2500, facts: 0.93, grammar: 0.95, directions: 1 },
];

export const words = ["goat", "sheep", "dog", "Oxley", "Dunmere", "Farrow", "spring", "summer", "winter"];
export const kinds = ["animals", "animals", "animals", "towns", "towns", "towns", "seasons", "seasons", "seasons"];
const noise = (): number[] => range(16).map(() => random.normal());
const centres = new Map(kinds.map((kind) => [kind, noise()]));
export const vectors: { before: number[][]; after: number[][] } = {
  before: words.map(noise),
  after: kinds.map((kind) => centres.get(kind)!.map((c) => 3 * c + 0.3 * random.normal())),
};

const sizes = [55e3, 220e3, 906e3];
const sizeLosses = [1.52, 1.05, 0.74];
const attention = range(7).map((i) => range(7).map((j) => (j > i ? 0 : 1 / (i + 1))));
const tokens = ["The", " goat", " <near>", " the", " barns", " sleeps", "\n"];
const grid = range(21).map((i) => -2 + i / 5);
const bowl = (x: number, y: number): number => 0.1 * x * x + y * y;
const path = range(12).map((k) => ({ x: -1.8 * 0.8 ** k, y: 1.5 * (-0.7) ** k }));
const probs = [0.42, 0.22, 0.1, 0.08, 0.07, 0.06, 0.05];

const chain: plots.LineageSnapshot[] = [
  { name: "01-pretrained", weightsHash: "1a", parentHash: null, note: "2,200 steps on the almanac" },
  { name: "06-tuned", weightsHash: "6b", parentHash: "1a", note: "1,124 steps on 9,000 conversations" },
  { name: "07-aligned", weightsHash: "7c", parentHash: "6b", note: "60 steps of reinforcement" },
  { name: "08-live", weightsHash: "8d", parentHash: "7c", note: "200 messages" },
  { name: "08-updated", weightsHash: "8e", parentHash: "7c", note: "300 steps on the news" },
];
const drifts: plots.DriftRun[] = [0, 2, -3].map((shift) => ({
  messages: [0, 10, 30, 60, 100, 200],
  scores: {
    facts: [0.95, 0.95, 0.94, 0.93, 0.92, 0.9].map((share) => share + shift / 100),
    refusals: [0.93, 0.9, 0.5, 0.2, 0.05, 0].map((share) => Math.max(0, share + shift / 50)),
  },
}));

/** By the name of the function. */
export const figures: Record<string, Figure> = {
  lossCurve: plots.lossCurve({ history: history(2500), baselines, totalSteps: 2500 }),
  "lossCurve before the first step": plots.lossCurve({
    history: { steps: [], lossNats: [] },
    baselines,
    totalSteps: 2500,
  }),
  "lossCurve of a diverging run": plots.lossCurve({
    history: { steps: [1, 2, 3], lossNats: [6.6, Number.POSITIVE_INFINITY, Number.NaN] },
  }),
  probeCurves: plots.probeCurves({ evaluations, series: probes, totalSteps: 2500 }),
  "probeCurves before the first evaluation": plots.probeCurves({ evaluations: [], series: probes, totalSteps: 2500 }),
  liveTraining: plots.liveTraining({
    history: history(2500),
    baselines,
    evaluations,
    series: probes,
    totalSteps: 2500,
  }),
  "liveTraining on the way": plots.liveTraining({
    history: history(625),
    baselines,
    evaluations: evaluations.slice(0, 3),
    series: probes,
    totalSteps: 2500,
  }),
  lines: plots.lines({
    series: [
      { label: "with cache", x: [32, 128, 512], y: [3.1, 3.2, 3.9] },
      { label: "without cache", x: [32, 128, 512], y: [3.4, 8.8, 44] },
    ],
    xLabel: "Context length (tokens)",
    yLabel: "Time per token (ms)",
    xLog: true,
    yLog: true,
  }),
  embeddingMap: plots.embeddingMap({ ...vectors, labels: words, groups: kinds }),
  bars: plots.bars({
    bars: [
      { label: "the", value: 812 },
      { label: "of", value: 403, marked: true },
    ],
    xLabel: "Count (tokens)",
  }),
  frequencyBars: plots.frequencyBars({
    counts: new Map([
      [" the", 8120],
      [" <b>", 4030],
      [".", 1200],
    ]),
    top: 2,
  }),
  nextTokenBars: plots.nextTokenBars({ tokens, probs, target: 5, top: 4, context: "In the morning" }),
  costLadder: plots.costLadder({
    costs: [
      { label: "our model", flops: 1.39e13, note: "2 minutes on a laptop", ours: true },
      { label: "GPT-3", flops: 3.14e23 },
      { label: "Llama 3 405B", flops: 3.8e25 },
    ],
  }),
  domainBars: plots.domainBars({
    domains: ["tales", "letters", "programs"],
    mixes: [
      { label: "tales only", lossNats: [0.81, 1.9, 4.2] },
      { label: "all registers", lossNats: [0.97, 1.05, 1.31] },
    ],
  }),
  scalingLaw: plots.scalingLaw({
    points: sizes.map((params, i) => ({ params, lossNats: sizeLosses[i]!, label: `size ${i}` })),
    fit: fitPowerLaw(sizes, sizeLosses),
    extrapolateTo: 124e6,
  }),
  heatmap: plots.heatmap({
    values: [
      [0.1, -0.2],
      [0, 0.05],
    ],
    rows: ["a", "b"],
    columns: ["c", "d"],
    xLabel: "Token of the prompt",
    yLabel: "Part of the model",
    valueLabel: "Responsibility (loss per unit)",
  }),
  attentionMap: plots.attentionMap({ weights: attention, tokens }),
  attentionHeads: plots.attentionHeads({
    heads: range(5).map((k) => ({ label: `head ${k}`, weights: attention })),
    tokens,
  }),
  parameterTreemap: plots.parameterTreemap({
    counts: { "wte.weight": 98304, "h.0.attn.c_attn.weight": 49152, "h.0.mlp.c_fc.weight": 65536, "ln_f.weight": 128 },
  }),
  histogram: plots.histogram({
    series: [
      { label: "random start", values: Float32Array.from({ length: 5000 }, () => 0.02 * random.normal()) },
      { label: "trained", values: Float32Array.from({ length: 5000 }, () => 0.07 * random.normal()) },
    ],
    xLabel: "Weight (no unit)",
  }),
  lossContours: plots.lossContours({
    x: grid,
    y: grid,
    loss: grid.map((y) => grid.map((x) => bowl(x, y))),
    trajectories: [{ label: "SGD", x: path.map((p) => p.x), y: path.map((p) => p.y) }],
    xLabel: "Weight a (no unit)",
    yLabel: "Weight b (no unit)",
  }),
  lossSurface: plots.lossSurface({
    x: grid,
    y: grid,
    loss: grid.map((y) => grid.map((x) => bowl(x, y))),
    trajectories: [{ label: "SGD", x: path.map((p) => p.x), y: path.map((p) => p.y) }],
    xLabel: "Weight a (no unit)",
    yLabel: "Weight b (no unit)",
  }),
  computationGraph: plots.computationGraph({
    nodes: [
      { id: "x", label: "x", value: 2, grad: -3 },
      { id: "w", label: "w", value: -3, grad: 2 },
      { id: "m", label: "×", kind: "operation", value: -6, grad: 1 },
    ],
    edges: [
      { from: "x", to: "m", label: "w" },
      { from: "w", to: "m", label: "x" },
    ],
    backward: true,
  }),
  cacheWork: plots.cacheWork({ length: 12 }),
  distributionPanels: plots.distributionPanels({
    tokens,
    variants: [
      { label: "temperature 1", probs },
      { label: "greedy", probs: [1, 0, 0, 0, 0, 0, 0] },
    ],
  }),
  calibrationCurve: plots.calibrationCurve({
    bins: [
      { predicted: 0.2, observed: 0.1, count: 40 },
      { predicted: 0.8, observed: 0.6, count: 90 },
    ],
  }),
  breakEvenCurve: plots.breakEvenCurve({
    trainingCost: 3e25,
    costPerToken: 8e11,
    tokensPerDay: 1e12,
    unit: "operations",
  }),
  rewardFrontier: plots.rewardFrontier({
    runs: [0, 1].map((seed) => ({
      label: `seed ${seed}`,
      kl: [0, 5, 14],
      proxy: [0, 1.2, 1.6 + seed / 100],
      trueReward: [0.63, 0.5, 0.2],
    })),
  }),
  lineageGraph: plots.lineageGraph({ snapshots: chain, marked: "7c" }),
  "lineageGraph with an orphan": plots.lineageGraph({ snapshots: chain.slice(1) }),
  driftCurves: plots.driftCurves({ runs: drifts }),
  "driftCurves of one run": plots.driftCurves({ runs: drifts.slice(0, 1) }),
  poisoningCurve: plots.poisoningCurve({
    runs: [
      { label: "learning rate 0.03", messages: [1, 1, 2, 1, 2, 3, 1, null] },
      { label: "learning rate 0.003", messages: [7, 9, 5, null, 10, 8, 6, 4] },
    ],
    atMost: 10,
  }),
  sheetAcross: plots.sheetAcross({
    snapshots: ["01-pretrained", "06-tuned", "07-aligned"],
    rows: [
      { label: "facts", shares: [0.97, 0.96, 0.95] },
      { label: "grammar", shares: [0.98, 0.98, 0.97] },
      { label: "answers", shares: [null, 0.84, 0.86] },
    ],
  }),
};
