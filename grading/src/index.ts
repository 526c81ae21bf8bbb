/**
 * @file What a notebook imports: `import { check, hint, predict, reveal, solution } from "@course/grading";`
 */

export { type CheckValue, check } from "./check";
export { hint, solution } from "./hints";
export type { PredictOptions } from "./prediction-kinds";
export { type Prediction, predict, predictions, reveal } from "./predictions";
export type { Answers, MaybeLater } from "./run";
