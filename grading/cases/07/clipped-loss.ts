/** @file Exercise 7.7: PPO's loss of one token. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";
import { times } from "../foreseen";

const within = (ratio: number, clip: number): number => Math.min(1 + clip, Math.max(1 - clip, ratio));

/** The loss from its parts; what is not given is right. */
const loss =
  (parts: { ratio?: (logProb: number, old: number) => number; choose?: (free: number, clipped: number) => number }) =>
  (logProb: number, oldLogProb: number, advantage: number, clip: number): number => {
    const { ratio = (now, old): number => Math.exp(now - old), choose = Math.min } = parts;
    const r = ratio(logProb, oldLogProb);
    return -choose(r * advantage, within(r, clip) * advantage);
  };

const [UP, DOWN] = [Math.log(1.5), Math.log(0.5)];

export const clippedLoss: CodeExercise = {
  id: "7.7",
  title: "Not too far at once",
  points: 3,
  minutes: 12,
  answers: ["clippedLoss(logProb: number, oldLogProb: number, advantage: number, clip: number): number"],
  compare: close({ relative: 1e-6, absolute: 1e-9 }),
  cases: [
    { args: [-1, -1, 2, 0.2], expected: -2, note: "nothing has changed yet: ratio 1" },
    { args: [UP - 1, -1, 2, 0.2], expected: -2.4, note: "good, and already 1.5 times as likely: counted as 1.2" },
    {
      args: [UP - 1, -1, -2, 0.2],
      expected: 3,
      note: "bad, and became likelier: counted in full, so that it is undone",
    },
    { args: [DOWN - 1, -1, -2, 0.2], expected: 1.6, note: "bad, and already half as likely: counted as 0.8" },
    { args: [DOWN - 1, -1, 2, 0.2], expected: -1, note: "good, but became less likely: counted in full" },
  ],
  mistakes: [
    {
      id: "upper-only",
      says: "The ratio is only kept from rising. For a bad token (advantage below 0) it is the other bound that counts: once below 1 - clip, nothing more is gained. Clip on both sides, then take the smaller product.",
      like: (logProb: number, old: number, advantage: number, clip: number) =>
        -Math.min(Math.exp(logProb - old), 1 + clip) * advantage,
    },
    {
      id: "no-clip",
      says: "Nothing is clipped. Once the ratio is above 1 + clip (or below 1 - clip), a good (bad) token must not gain any more.",
      like: loss({ choose: (free) => free }),
    },
    {
      id: "clip-only",
      says: "Only the clipped product is used. Then a step in the wrong direction is never undone: take the *smaller* of the two products.",
      like: loss({ choose: (_, clipped) => clipped }),
    },
    {
      id: "larger",
      says: "The larger of the two products was taken. It has to be the smaller one: the more careful estimate.",
      like: loss({ choose: Math.max }),
    },
    {
      id: "no-minus",
      says: "The sign is wrong. A loss is made small, so what is good has to count below 0.",
      when: times(-1),
    },
    {
      id: "upside-down",
      says: "The ratio is upside down: it is the new probability divided by the old one, e^(logProb - oldLogProb).",
      like: loss({ ratio: (now, old) => Math.exp(old - now) }),
    },
    {
      id: "no-exp",
      says: "The difference of two logarithms is the logarithm of the ratio. Raise e to it.",
      like: loss({ ratio: (now, old) => now - old }),
    },
    {
      id: "ratio-of-logs",
      says: "The two logarithms were divided. The ratio of the probabilities is e to the power of their difference.",
      like: loss({ ratio: (now, old) => now / old }),
    },
    {
      id: "loss-clipped",
      says: "The product was clipped, not the ratio. Clip the ratio, then multiply with the advantage.",
      like: (logProb: number, old: number, advantage: number, clip: number) => {
        const product = Math.exp(logProb - old) * advantage;
        return -Math.min(product, within(product, clip));
      },
    },
  ],
  hints: [
    "How many times as likely as before is the token now? From two logarithms that is e^(difference).",
    "Two products: ratio times advantage, and the ratio kept between 1 - clip and 1 + clip, times advantage. The loss is minus the smaller one.",
    [
      "const ratio = Math.exp(logProb - oldLogProb);",
      "const clipped = Math.min(1 + clip, Math.max(1 - clip, ratio));",
      "return -Math.min(/* one product */, /* the other */);",
    ].join("\n"),
  ],
};
