/** @file Exercise 9.5: after how many days answering has cost as much as training. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

interface Service {
  params: number;
  trainingTokens: number;
  answersPerDay: number;
  tokensPerAnswer: number;
}

const days = (make: (service: Service) => number) => make;
const served = ({ answersPerDay, tokensPerAnswer }: Service): number => answersPerDay * tokensPerAnswer;

export const breakEvenDays: CodeExercise = {
  id: "9.5",
  title: "When has answering cost more than training?",
  points: 2,
  minutes: 8,
  answers: [
    "breakEvenDays(service: { params: number; trainingTokens: number; answersPerDay: number; tokensPerAnswer: number }): number",
  ],
  compare: close({ relative: 1e-6 }),
  cases: [
    {
      args: [{ params: 10, trainingTokens: 100, answersPerDay: 5, tokensPerAnswer: 2 }],
      expected: 30,
      note: "6,000 operations to train, 200 a day to answer",
    },
    {
      args: [{ params: 1000, trainingTokens: 100, answersPerDay: 5, tokensPerAnswer: 2 }],
      expected: 30,
      note: "a hundred times as large",
    },
    {
      args: [{ params: 10, trainingTokens: 100, answersPerDay: 50, tokensPerAnswer: 2 }],
      expected: 3,
      note: "ten times as many answers",
    },
    {
      args: [{ params: 10, trainingTokens: 100, answersPerDay: 60, tokensPerAnswer: 2 }],
      expected: 2.5,
      note: "half a day counts as half a day",
    },
  ],
  mistakes: [
    {
      id: "whole-days",
      says: "The days were rounded. Half a day of answers costs half as much: give the number as it comes.",
      when: ({ received, expected }) =>
        Number.isInteger(received) && !Number.isInteger(expected) && Math.abs(Number(received) - Number(expected)) < 1,
    },
    {
      id: "no-three",
      says: "A token costs three times as much to train on as to answer with: 6 operations a weight against 2.",
      like: days((s) => s.trainingTokens / served(s)),
    },
    {
      id: "upside-down",
      says: "This is days the wrong way up: the whole bill of training, divided by what a day of answers costs.",
      like: days((s) => served(s) / (3 * s.trainingTokens)),
    },
    {
      id: "answers-not-tokens",
      says: "You count answers. Each has several tokens: multiply by tokensPerAnswer.",
      like: days((s) => (3 * s.trainingTokens) / s.answersPerDay),
    },
    {
      id: "tokens-not-days",
      says: "This is how many tokens can be answered for the price of training. Divide by the tokens of a day.",
      like: days((s) => 3 * s.trainingTokens),
    },
    {
      id: "params-twice",
      says: "The number of weights stands in both bills, so it falls out. In one of yours it is missing.",
      like: days((s) => (6 * s.params * s.trainingTokens) / (2 * served(s))),
    },
    {
      id: "times-three-again",
      says: "You count the way back twice: training is 6 operations for each weight and token, answering 2.",
      like: days((s) => (9 * s.trainingTokens) / served(s)),
    },
  ],
  hints: [
    "Two bills: what training cost once, and what a day of answers costs. How many days make them equal?",
    "Training: 6 · params · trainingTokens. A day: 2 · params · answersPerDay · tokensPerAnswer. Divide the first by the second.",
    "const training = 6 * params * trainingTokens;\nconst aDay = 2 * params * /* ... */;\nreturn training / aDay;",
  ],
};
