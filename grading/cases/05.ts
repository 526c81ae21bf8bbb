/**
 * @file The exercises of notebook 5, inference: what is asked, the cases a learner sees, and what a tutor says to a wrong
 * answer. Expected values here can be checked by head; those that are held back were computed in Python.
 */

import type { CaseTable } from "../src/table";
import { attendNext } from "./05/attend-next";
import { continueText } from "./05/continue-text";
import { lock } from "./05/lock";
import { topK } from "./05/top-k";
import { topP } from "./05/top-p";
import { withTemperature } from "./05/with-temperature";

export const table: CaseTable = {
  notebook: "05",
  exercises: [
    continueText,
    withTemperature,
    topK,
    topP,
    {
      id: "5.5",
      title: "Which of these change the hash?",
      points: 1,
      minutes: 3,
      predict: {
        someOf: [
          "read a text",
          "write a text",
          "write at temperature 2",
          "repeat a lie a hundred times",
          "fill the cache",
          "take a gradient",
          "one step of training",
          "load another file",
        ],
      },
    },
    lock,
    {
      id: "5.7",
      title: "What is left of a lie?",
      points: 1,
      minutes: 2,
      predict: { oneOf: ["much more likely", "a little more likely", "exactly as likely", "less likely"] },
    },
    attendNext,
  ],
};
