/** @file Exercise 6.5, held back: a measure of forgetting. Expected values come from `reference/06.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/06.json";

interface Score {
  before: number;
  after: number;
  chance: number;
}

const answer = (forgotten: (scores: Score[]) => unknown): Record<string, unknown> => ({ forgotten });
const meanOf = (scores: Score[], of: (score: Score) => number): number =>
  scores.reduce((total, score) => total + of(score), 0) / scores.length;

export const forgotten: HeldBack = {
  cases: reference["6.5"],
  right: [
    {
      how: "a loop",
      answers: answer((scores) => {
        let total = 0;
        for (const { before, after, chance } of scores) total += (before - after) / (before - chance);
        return total / scores.length;
      }),
    },
    {
      how: "one minus what is left above chance",
      answers: answer((scores) => meanOf(scores, (s) => 1 - (s.after - s.chance) / (s.before - s.chance))),
    },
  ],
  wrong: [
    { how: "relative to before", told: "no-chance", answers: answer((s) => meanOf(s, (x) => 1 - x.after / x.before)) },
    { how: "points", told: "points", answers: answer((s) => meanOf(s, (x) => x.before) - meanOf(s, (x) => x.after)) },
    {
      how: "what is left",
      told: "kept",
      answers: answer((s) => meanOf(s, (x) => (x.after - x.chance) / (x.before - x.chance))),
    },
    {
      how: "means first",
      told: "pooled",
      answers: answer((s) => {
        const [before, after, chance] = [
          meanOf(s, (x) => x.before),
          meanOf(s, (x) => x.after),
          meanOf(s, (x) => x.chance),
        ];
        return (before - after) / (before - chance);
      }),
    },
    {
      how: "gains as nothing",
      told: "clamped",
      answers: answer((s) => meanOf(s, (x) => (x.after > x.before ? 0 : (x.before - x.after) / (x.before - x.chance)))),
    },
  ],
};
