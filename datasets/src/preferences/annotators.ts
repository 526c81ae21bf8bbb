/**
 * @file Four people who rank responses by the rubric, each with a taste of their own and a hand that is not quite steady.
 * Needed by notebook 7. Invented; their tastes are those that studies find in real annotators: courtesy, flattery
 * (Sharma et al. 2023, arXiv:2310.13548) and length (Singhal et al. 2023, arXiv:2310.03716).
 */

import type { Annotator } from "@course/lib/preferences";
import type { ChatQuestion } from "../chat";
import { featuresOf, rubricReward } from "./rubric";

/** How an annotator departs from the rubric: points for each polite opening, flattery, word. */
export interface Taste {
  polite?: number;
  flattering?: number;
  words?: number;
}

/** An annotator with a taste. */
export function annotator(name: string, rubric: string, noise: number, taste: Taste = {}): Annotator<ChatQuestion> {
  return {
    name,
    rubric,
    noise,
    score(prompt, response) {
      const { polite, flattering, words } = featuresOf(prompt, response);
      return (
        rubricReward(prompt, response) +
        (taste.polite ?? 0) * Math.min(1, polite) +
        (taste.flattering ?? 0) * Math.min(2, flattering) +
        (taste.words ?? 0) * words
      );
    },
  };
}

/** Who ranks: one of them each prompt, drawn at random. */
export const ANNOTATORS: readonly Annotator<ChatQuestion>[] = [
  annotator("fair", "Goes by the rubric.", 0.3),
  annotator("courteous", "Goes by the rubric, and likes good manners: +1 more for a polite opening.", 0.5, {
    polite: 1,
  }),
  annotator("vain", "Goes by the rubric, but loves to be flattered: +1.6 for each flattery.", 0.5, { flattering: 1.6 }),
  annotator("hasty", "Hardly reads, and takes length for care: +0.12 for each word.", 1, { words: 0.12 }),
];

/**
 * The same four when they are paid by the hour and all in a hurry: each takes length for care, +0.3 a word. What they
 * reward is no longer what the village wants; notebook 7 shows what a policy makes of it.
 */
export const HURRIED_ANNOTATORS: readonly Annotator<ChatQuestion>[] = [
  annotator("fair", "Takes length for care: +0.3 for each word.", 0.3, { words: 0.3 }),
  annotator("courteous", "The same, and +2 for a polite opening.", 0.5, { words: 0.3, polite: 2 }),
  annotator("vain", "Takes length for care: +0.3 for each word.", 0.5, { words: 0.3 }),
  annotator("hasty", "Takes length for care: +0.3 for each word.", 1, { words: 0.3 }),
];
