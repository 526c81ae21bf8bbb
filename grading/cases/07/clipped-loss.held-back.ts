/** @file Exercise 7.7, held back: PPO's loss of one token. Expected values come from `reference/07.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/07.json";

type Loss = (logProb: number, oldLogProb: number, advantage: number, clip: number) => number;
const answer = (clippedLoss: Loss): Record<string, unknown> => ({ clippedLoss });
const kept = (ratio: number, clip: number): number => (ratio > 1 + clip ? 1 + clip : Math.max(ratio, 1 - clip));

export const clippedLoss: HeldBack = {
  cases: reference["7.7"],
  right: [
    {
      how: "the sign of the advantage decides, as OpenAI's Spinning Up writes it",
      answers: answer((now, old, advantage, clip) => {
        const bound = (advantage >= 0 ? 1 + clip : 1 - clip) * advantage;
        return -Math.min(Math.exp(now - old) * advantage, bound);
      }),
    },
    {
      how: "the larger of two losses, as in CleanRL",
      answers: answer((now, old, advantage, clip) => {
        const ratio = Math.exp(now) / Math.exp(old);
        return Math.max(-advantage * ratio, -advantage * kept(ratio, clip));
      }),
    },
  ],
  wrong: [
    {
      how: "one bound only",
      told: "upper-only",
      answers: answer((now, old, a, clip) => -Math.min(Math.exp(now - old), 1 + clip) * a),
    },
    { how: "without clipping", told: "no-clip", answers: answer((now, old, a) => -Math.exp(now - old) * a) },
    {
      how: "clipped alone",
      told: "clip-only",
      answers: answer((now, old, a, clip) => -kept(Math.exp(now - old), clip) * a),
    },
    {
      how: "the larger product",
      told: "larger",
      answers: answer((now, old, a, clip) => -Math.max(Math.exp(now - old) * a, kept(Math.exp(now - old), clip) * a)),
    },
    {
      how: "a gain, not a loss",
      told: "no-minus",
      answers: answer((now, old, a, clip) => Math.min(Math.exp(now - old) * a, kept(Math.exp(now - old), clip) * a)),
    },
    {
      how: "old by new",
      told: "upside-down",
      answers: answer((now, old, a, clip) => -Math.min(Math.exp(old - now) * a, kept(Math.exp(old - now), clip) * a)),
    },
    {
      how: "logs divided",
      told: "ratio-of-logs",
      answers: answer((now, old, a, clip) => -Math.min((now / old) * a, kept(now / old, clip) * a)),
    },
    {
      how: "difference of logs",
      told: "no-exp",
      answers: answer((now, old, a, clip) => -Math.min((now - old) * a, kept(now - old, clip) * a)),
    },
  ],
};
