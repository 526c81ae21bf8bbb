/**
 * @file The exercises of notebook 7, RLHF: what is asked, the cases a learner sees, and what a tutor says to a wrong answer.
 * Expected values here can be checked by head; those that are held back were computed in Python. The written answer, 7.11, is
 * graded by a person.
 */

import type { CaseTable } from "../src/table";
import { clippedLoss } from "./07/clipped-loss";
import { dpoLoss } from "./07/dpo-loss";
import { expectedBest } from "./07/expected-best";
import { groupAdvantages } from "./07/group-advantages";
import { klEstimates } from "./07/kl-estimates";
import { preferenceLoss } from "./07/preference-loss";
import { rankingPairs } from "./07/ranking-pairs";

export const table: CaseTable = {
  notebook: "07",
  exercises: [
    {
      id: "7.1",
      title: "How far do people agree?",
      points: 1,
      minutes: 2,
      predict: { number: { unit: "%", min: 0, max: 100 } },
    },
    rankingPairs,
    preferenceLoss,
    expectedBest,
    groupAdvantages,
    klEstimates,
    clippedLoss,
    {
      id: "7.8",
      title: "What becomes of the facts?",
      points: 1,
      minutes: 2,
      predict: {
        oneOf: [
          "more right answers",
          "as many right answers",
          "fewer right answers: it refuses",
          "fewer right answers: it flatters",
        ],
      },
    },
    dpoLoss,
    {
      id: "7.10",
      title: "Paid by the word",
      points: 1,
      minutes: 2,
      predict: { oneOf: ["both rise", "the proxy rises, the true reward falls", "both fall", "nothing changes"] },
    },
  ],
};
