/**
 * @file The exercises of notebook 3, gradient descent: what is asked, the cases a learner sees, and what a tutor says to a
 * wrong answer. Expected values here can be checked by head; those that are held back were computed in Python and compared with PyTorch.
 */

import type { CaseTable } from "../src/table";
import { adamwStep } from "./03/adamw-step";
import { clipGradients } from "./03/clip-gradients";
import { largestStableRate } from "./03/largest-stable-rate";
import { learningRateAt } from "./03/learning-rate-at";
import { momentumStep } from "./03/momentum-step";
import { numericalGradient } from "./03/numerical-gradient";
import { sgdStep } from "./03/sgd-step";

export const table: CaseTable = {
  notebook: "03",
  exercises: [
    numericalGradient,
    sgdStep,
    {
      id: "3.3",
      title: "Where does it run away?",
      points: 1,
      minutes: 2,
      predict: { number: { min: 0, max: 100 } },
    },
    largestStableRate,
    momentumStep,
    adamwStep,
    {
      id: "3.7",
      title: "How far off is a batch?",
      points: 1,
      minutes: 2,
      predict: { number: { unit: "degrees", min: 0, max: 180 } },
    },
    learningRateAt,
    clipGradients,
    {
      id: "3.10",
      title: "How many updates?",
      points: 1,
      minutes: 2,
      predict: { oneOf: ["a hundred thousand", "ten million", "a billion", "a trillion"] },
    },
  ],
};
