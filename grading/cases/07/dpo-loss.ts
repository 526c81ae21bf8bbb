/** @file Exercise 7.9: the loss of direct preference optimisation for one pair. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";
import { isAbout } from "../foreseen";
import { softplus } from "./preference-loss";

/** The log-probabilities of two responses. */
export interface PairLogs {
  chosen: number;
  rejected: number;
}

/** How far the policy, compared with the reference, prefers the chosen response. */
const margin = (policy: PairLogs, reference: PairLogs): number =>
  policy.chosen - reference.chosen - (policy.rejected - reference.rejected);

export const dpoLoss: CodeExercise = {
  id: "7.9",
  title: "The loss of DPO",
  points: 3,
  minutes: 12,
  answers: [
    "dpoLoss(policy: { chosen: number; rejected: number }, reference: { chosen: number; rejected: number }, beta: number): number",
  ],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    {
      args: [{ chosen: -8, rejected: -3 }, { chosen: -8, rejected: -3 }, 0.1],
      expected: Math.LN2,
      note: "the policy is still the reference: ln 2, whatever it says",
    },
    {
      args: [{ chosen: -5, rejected: -9 }, { chosen: -6, rejected: -8 }, Math.log(3) / 2],
      expected: Math.log(4 / 3),
      note: "one nat up, one nat down: 2 nats of lead, times beta ln 3",
    },
    {
      args: [{ chosen: -7, rejected: -7 }, { chosen: -6, rejected: -8 }, Math.log(3) / 2],
      expected: Math.log(4),
      note: "2 nats in the wrong direction",
    },
    {
      args: [{ chosen: -20, rejected: -3 }, { chosen: -22, rejected: -3 }, Math.log(3) / 2],
      expected: Math.log(4 / 3),
      note: "an unlikely response: only the change counts",
    },
    { args: [{ chosen: -4000, rejected: -1 }, { chosen: 0, rejected: -1 }, 1], expected: 4000, note: "no overflow" },
  ],
  mistakes: [
    {
      id: "no-logarithm",
      says: "The reward was made of how *many times* as likely a response became. It is beta times the *logarithm* of that: the difference of the two log-probabilities.",
      like: (policy: PairLogs, reference: PairLogs, beta: number) =>
        softplus(-beta * (Math.exp(policy.chosen - reference.chosen) - Math.exp(policy.rejected - reference.rejected))),
    },
    {
      id: "no-reference",
      says: "The reference is missing. What counts is how much likelier a response became, not how likely it is.",
      like: (policy: PairLogs, _: PairLogs, beta: number) => softplus(-beta * (policy.chosen - policy.rejected)),
    },
    {
      id: "swapped",
      says: "Chosen and rejected are swapped: the loss has to fall when the chosen response becomes likelier.",
      like: (policy: PairLogs, reference: PairLogs, beta: number) => softplus(beta * margin(policy, reference)),
    },
    {
      id: "no-beta",
      says: "beta is missing: it multiplies the lead, before the sigmoid.",
      like: (policy: PairLogs, reference: PairLogs) => softplus(-margin(policy, reference)),
    },
    {
      id: "beta-outside",
      says: "beta multiplies the whole loss here. It belongs inside the sigmoid, where it decides when a pair is content.",
      like: (policy: PairLogs, reference: PairLogs, beta: number) => beta * softplus(-margin(policy, reference)),
    },
    {
      id: "divided-by-beta",
      says: "The lead is divided by beta. It is multiplied.",
      like: (policy: PairLogs, reference: PairLogs, beta: number) => softplus(-margin(policy, reference) / beta),
    },
    {
      id: "added",
      says: "The two changes were added. It is the change of the chosen response *minus* that of the rejected one.",
      like: (policy: PairLogs, reference: PairLogs, beta: number) =>
        softplus(-beta * (policy.chosen - reference.chosen + policy.rejected - reference.rejected)),
    },
    {
      id: "overflow",
      says: "e^4000 is too large for a number. Use -ln sigmoid(d) = max(-d, 0) + ln(1 + e^-|d|), as in exercise 7.3.",
      when: ({ received, expected }) => !Number.isFinite(received) && Number(expected) > 700,
    },
    {
      id: "ratio-of-logs",
      says: "The logarithms were divided. How many times as likely a response became is, in logarithms, a difference: policy - reference.",
      when: ({ received, args }) => {
        const [policy, reference, beta] = args as unknown as [PairLogs, PairLogs, number];
        const lead = policy.chosen / reference.chosen - policy.rejected / reference.rejected;
        return Number.isFinite(lead) ? isAbout(received, softplus(-beta * lead)) : !Number.isFinite(received);
      },
    },
    {
      id: "probability",
      says: "This is the probability of the choice. The loss is minus its logarithm.",
      like: (policy: PairLogs, reference: PairLogs, beta: number) =>
        1 / (1 + Math.exp(-beta * margin(policy, reference))),
    },
  ],
  hints: [
    "How much likelier did the chosen response become, compared with the reference? And the rejected one? Both are differences of logarithms.",
    "lead = (policy.chosen - reference.chosen) - (policy.rejected - reference.rejected). Then it is the loss of exercise 7.3, with beta times the lead as the difference of rewards.",
    [
      "const chosen = policy.chosen - reference.chosen;",
      "const rejected = /* the same for the other */;",
      "const x = -beta * (chosen - rejected);",
      "return Math.max(x, 0) + Math.log(1 + Math.exp(-Math.abs(x)));",
    ].join("\n"),
  ],
};
