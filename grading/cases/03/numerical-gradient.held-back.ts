/** @file Exercise 3.1, held back: the slope measured. Expected values come from `reference/03.py`, in exact fractions. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/03.json";

type Loss = (w: number[]) => number;

const answer = (numericalGradient: (loss: Loss, w: number[], h: number) => unknown): Record<string, unknown> => ({
  numericalGradient,
});

export const numericalGradient: HeldBack = {
  cases: reference["3.1"],
  right: [
    {
      how: "a loop that moves a weight in a copy and puts it back",
      answers: answer((loss, w, h) => {
        const at = [...w];
        const slopes: number[] = [];
        for (let i = 0; i < at.length; i++) {
          const here = at[i]!;
          at[i] = here + h;
          const ahead = loss(at);
          at[i] = here - h;
          const behind = loss(at);
          at[i] = here;
          slopes.push((ahead - behind) / (2 * h));
        }
        return slopes;
      }),
    },
    {
      how: "the mean of the slope ahead and the slope behind",
      answers: answer((loss, w, h) =>
        w.map((_, i) => {
          const nudged = (by: number): number => loss(w.map((x, j) => x + (i === j ? by : 0)));
          return ((nudged(h) - loss(w)) / h + (loss(w) - nudged(-h)) / h) / 2;
        }),
      ),
    },
    {
      how: "with splices",
      answers: answer((loss, w, h) =>
        w.map((x, i) => {
          const put = (value: number): number[] => [...w.slice(0, i), value, ...w.slice(i + 1)];
          return loss(put(x + h)) / (2 * h) - loss(put(x - h)) / (2 * h);
        }),
      ),
    },
  ],
  wrong: [
    {
      how: "ahead minus here",
      told: "ahead-only",
      answers: answer((loss, w, h) =>
        w.map((_, i) => {
          const ahead = [...w];
          ahead[i]! += h;
          return (loss(ahead) - loss(w)) / h;
        }),
      ),
    },
    {
      how: "divided by h",
      told: "divided-by-h",
      answers: answer((loss, w, h) =>
        w.map((_, i) => {
          const nudged = (by: number): number => loss(w.map((x, j) => x + (i === j ? by : 0)));
          return (nudged(h) - nudged(-h)) / h;
        }),
      ),
    },
    {
      how: "/ 2 * h",
      told: "precedence",
      answers: answer((loss, w, h) =>
        w.map((_, i) => {
          const nudged = (by: number): number => loss(w.map((x, j) => x + (i === j ? by : 0)));
          return ((nudged(h) - nudged(-h)) / 2) * h;
        }),
      ),
    },
    {
      how: "the difference alone",
      told: "not-divided",
      answers: answer((loss, w, h) =>
        w.map((_, i) => loss(w.map((x, j) => x + (i === j ? h : 0))) - loss(w.map((x, j) => x - (i === j ? h : 0)))),
      ),
    },
    {
      how: "all weights at once",
      told: "all-moved",
      answers: answer((loss, w, h) => {
        const slope = (loss(w.map((x) => x + h)) - loss(w.map((x) => x - h))) / (2 * h);
        return w.map(() => slope);
      }),
    },
    {
      how: "one copy for all weights",
      told: "not-put-back",
      answers: answer((loss, w, h) => {
        const at = w.slice();
        const slopes: number[] = [];
        for (let i = 0; i < at.length; i++) {
          at[i] = at[i]! + h;
          const ahead = loss(at);
          at[i] = at[i]! - 2 * h;
          slopes.push((ahead - loss(at)) / (2 * h));
        }
        return slopes;
      }),
    },
    {
      how: "behind minus ahead",
      told: "uphill",
      answers: answer((loss, w, h) =>
        w.map((_, i) => {
          const nudged = (by: number): number => loss(w.map((x, j) => x + (i === j ? by : 0)));
          return (nudged(-h) - nudged(h)) / (2 * h);
        }),
      ),
    },
    {
      how: "one number",
      told: "type",
      answers: answer((loss, w, h) => (loss([w[0]! + h, ...w.slice(1)]) - loss([w[0]! - h, ...w.slice(1)])) / (2 * h)),
    },
  ],
};
