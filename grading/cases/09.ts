/**
 * @file The exercises of notebook 9, the key insight: what is asked, the cases a learner sees, and what a tutor says to a wrong
 * answer. Expected values here can be checked by head; those that are held back were computed in Python.
 */

import type { CaseTable } from "../src/table";
import { breakEvenDays } from "./09/break-even-days";
import { costPerToken } from "./09/cost-per-token";
import { isLearning } from "./09/is-learning";
import { lineageOf } from "./09/lineage-of";

export const table: CaseTable = {
  notebook: "09",
  exercises: [
    lineageOf,
    {
      id: "9.2",
      title: "What is a token of training worth?",
      points: 1,
      minutes: 2,
      predict: { number: { unit: "tokens answered", min: 0.01, max: 1e6 } },
    },
    costPerToken,
    {
      id: "9.4",
      title: "Which token takes longest?",
      points: 1,
      minutes: 2,
      predict: { order: ["read", "learn", "write"] },
    },
    breakEvenDays,
    {
      id: "9.6",
      title: "Twelve statements",
      points: 2,
      minutes: 6,
      predict: { someOf: ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"] },
    },
    isLearning,
  ],
};
