/**
 * @file The exercises of notebook 6, fine-tuning: what is asked, the cases a learner sees, and what a tutor says to a wrong
 * answer. Expected values here can be checked by head; those that are held back were computed in Python.
 */

import type { CaseTable } from "../src/table";
import { answerMask } from "./06/answer-mask";
import { conversation } from "./06/conversation";
import { forgotten } from "./06/forgotten";
import { loraForward } from "./06/lora-forward";
import { maskedLoss } from "./06/masked-loss";
import { mergeLora } from "./06/merge-lora";

export const table: CaseTable = {
  notebook: "06",
  exercises: [
    conversation,
    answerMask,
    maskedLoss,
    {
      id: "6.4",
      title: "What is left of the facts?",
      points: 1,
      minutes: 2,
      predict: { number: { unit: "%", min: 0, max: 100 } },
    },
    forgotten,
    {
      id: "6.6",
      title: "Choose the learning rate",
      points: 1,
      minutes: 3,
      predict: { oneOf: ["0.0003", "0.001", "0.003", "none of them"] },
    },
    loraForward,
    mergeLora,
  ],
};
