/** @file Exercise 6.3, held back: the masked loss. Expected values come from `reference/06.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/06.json";

type Rows = number[][];

const answer = (maskedLoss: (losses: Rows, mask: Rows) => unknown): Record<string, unknown> => ({ maskedLoss });
const chosen = (losses: Rows, mask: Rows, bit = 1): number[] =>
  losses.flatMap((row, b) => row.filter((_, t) => mask[b]![t] === bit));
const total = (values: number[]): number => values.reduce((a, b) => a + b, 0);

export const maskedLoss: HeldBack = {
  cases: reference["6.3"],
  right: [
    {
      how: "pick the learned ones, then their mean",
      answers: answer((losses, mask) => {
        const picked = chosen(losses, mask);
        return total(picked) / picked.length;
      }),
    },
    {
      how: "two sums in nested loops",
      answers: answer((losses, mask) => {
        let [sum, count] = [0, 0];
        losses.forEach((row, b) => {
          row.forEach((loss, t) => {
            sum += loss * mask[b]![t]!;
            count += mask[b]![t]!;
          });
        });
        return sum / count;
      }),
    },
  ],
  wrong: [
    {
      how: "divided by all places",
      told: "all-places",
      answers: answer((losses, mask) => total(chosen(losses, mask)) / losses.flat().length),
    },
    {
      how: "the mean of the rows' means",
      told: "mean-of-full-rows",
      answers: answer((losses, mask) => {
        const means = losses.map((row, b) => {
          const picked = row.filter((_, t) => mask[b]![t] === 1);
          return total(picked) / picked.length;
        });
        return total(means) / means.length;
      }),
    },
    {
      how: "the mean of the rows' means, empty rows as 0",
      told: "mean-of-means",
      answers: answer((losses, mask) => {
        const means = losses.map((row, b) => {
          const picked = row.filter((_, t) => mask[b]![t] === 1);
          return picked.length === 0 ? 0 : total(picked) / picked.length;
        });
        return total(means) / means.length;
      }),
    },
    { how: "no mask", told: "ignores-mask", answers: answer((losses) => total(losses.flat()) / losses.flat().length) },
    { how: "only the sum", told: "sum", answers: answer((losses, mask) => total(chosen(losses, mask))) },
    {
      how: "the mean of the questions",
      told: "inverted",
      answers: answer((losses, mask) => {
        const picked = chosen(losses, mask, 0);
        return total(picked) / picked.length;
      }),
    },
  ],
};
