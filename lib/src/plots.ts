/**
 * @file All figures of the course in one import: `import { lossCurve, probeCurves } from "@course/lib/plots"`.
 */

export {
  type Bar,
  type BarsOptions,
  bars,
  type Cost,
  type CostLadderOptions,
  costLadder,
  type FrequencyBarsOptions,
  frequencyBars,
  type NextTokenBarsOptions,
  nextTokenBars,
} from "./plots/bars";
export { type BreakEvenCurveOptions, breakEvenCurve } from "./plots/break-even";
export {
  type CalibrationBin,
  type CalibrationCurveOptions,
  calibrationBins,
  calibrationCurve,
  calibrationError,
} from "./plots/calibration";
export { type DecisionMapOptions, decisionMap } from "./plots/decision-map";
export { type DistributionPanelsOptions, distributionPanels, effectiveChoices } from "./plots/distributions";
export {
  type DriftCurvesOptions,
  type DriftRun,
  driftCurves,
  type PoisoningCurveOptions,
  type PoisoningRun,
  poisoningCurve,
} from "./plots/drift";
export { type DomainBarsOptions, type DumbbellOptions, domainBars, dumbbells } from "./plots/dumbbell";
export { type EmbeddingMapOptions, embeddingMap } from "./plots/embedding-map";
export { type RewardFrontierOptions, type RewardRun, rewardFrontier } from "./plots/frontier";
export { type GradientFlowOptions, gradientFlow } from "./plots/gradient-flow";
export { type ComputationGraphOptions, computationGraph, type GraphEdge, type GraphNode } from "./plots/graph";
export {
  type AttentionHeadsOptions,
  type AttentionMapOptions,
  attentionHeads,
  attentionMap,
  type HeatmapOptions,
  heatmap,
} from "./plots/heatmap";
export { type HistogramOptions, histogram } from "./plots/histogram";
export { type CacheWorkOptions, cacheCounts, cacheWork } from "./plots/inference";
export { type LandscapeOptions, lossContours, lossSurface, type Trajectory } from "./plots/landscape";
export { type LineageGraphOptions, type LineageSnapshot, lineageGraph } from "./plots/lineage";
export { type LinesOptions, lines } from "./plots/lines";
export { type LogitLensOptions, logitLensTable } from "./plots/logit-lens";
export {
  type LossBaseline,
  type LossCurveOptions,
  type LossHistory,
  lossCurve,
  uniformBaseline,
} from "./plots/loss-curve";
export type { Rule, Series } from "./plots/panel";
export {
  type Evaluation,
  type LiveTrainingOptions,
  learnedAt,
  liveTraining,
  type ProbeCurvesOptions,
  type ProbeSeries,
  probeCurves,
} from "./plots/probe-curves";
export {
  type ResponsibilityMapOptions,
  responsibilityMap,
  type WeightResponsibilityOptions,
  weightResponsibility,
} from "./plots/responsibility";
export { type ScalingLawOptions, type ScalingPoint, scalingLaw } from "./plots/scaling-law";
export { type SheetAcrossOptions, type SheetRow, sheetAcross } from "./plots/snapshots";
export {
  type Sample,
  type SamplesTableOptions,
  samplesTable,
  type TokenStripOptions,
  tokenStrip,
} from "./plots/tokens";
export { parameterTreemap, type TreemapOptions } from "./plots/treemap";
