/** @file Exercise 7.9, held back: the loss of DPO. Expected values come from `reference/07.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/07.json";

interface Logs {
  chosen: number;
  rejected: number;
}
type Loss = (policy: Logs, fixed: Logs, beta: number) => number;
const answer = (dpoLoss: Loss): Record<string, unknown> => ({ dpoLoss });
/** -ln sigmoid(d), in two cases. */
const surprise = (d: number): number => (d > 0 ? Math.log(1 + Math.exp(-d)) : Math.log(1 + Math.exp(d)) - d);

export const dpoLoss: HeldBack = {
  cases: reference["7.9"],
  right: [
    {
      how: "two implicit rewards, as in the paper",
      answers: answer((policy, fixed, beta) => {
        const reward = (side: keyof Logs): number => beta * (policy[side] - fixed[side]);
        return surprise(reward("chosen") - reward("rejected"));
      }),
    },
    {
      how: "two log ratios, as in the paper's code",
      answers: answer((policy, fixed, beta) => {
        const now = policy.chosen - policy.rejected;
        const before = fixed.chosen - fixed.rejected;
        return surprise(beta * (now - before));
      }),
    },
  ],
  wrong: [
    {
      how: "probabilities, not their logarithms",
      told: "no-logarithm",
      answers: answer((policy, fixed, beta) =>
        surprise(beta * (Math.exp(policy.chosen - fixed.chosen) - Math.exp(policy.rejected - fixed.rejected))),
      ),
    },
    {
      how: "logarithms divided",
      told: "ratio-of-logs",
      answers: answer((policy, fixed, beta) =>
        surprise(beta * (policy.chosen / fixed.chosen - policy.rejected / fixed.rejected)),
      ),
    },
    {
      how: "without the reference",
      told: "no-reference",
      answers: answer((policy, _, beta) => surprise(beta * (policy.chosen - policy.rejected))),
    },
    {
      how: "swapped",
      told: "swapped",
      answers: answer((p, f, beta) => surprise(beta * (p.rejected - f.rejected - p.chosen + f.chosen))),
    },
    {
      how: "no beta",
      told: "no-beta",
      answers: answer((p, f) => surprise(p.chosen - f.chosen - p.rejected + f.rejected)),
    },
    {
      how: "beta in front",
      told: "beta-outside",
      answers: answer((p, f, beta) => beta * surprise(p.chosen - f.chosen - p.rejected + f.rejected)),
    },
    {
      how: "plus",
      told: "added",
      answers: answer((p, f, beta) => surprise(beta * (p.chosen - f.chosen + p.rejected - f.rejected))),
    },
    {
      how: "as it is written",
      told: "overflow",
      answers: answer(
        (p, f, beta) => -Math.log(1 / (1 + Math.exp(-beta * (p.chosen - f.chosen - p.rejected + f.rejected)))),
      ),
    },
    {
      how: "the sigmoid",
      told: "probability",
      answers: answer((p, f, beta) => 1 / (1 + Math.exp(-beta * (p.chosen - f.chosen - p.rejected + f.rejected)))),
    },
  ],
};
