/**
 * @file How the bot of the chat talks: openings, closings, the two fixed answers. Needed by the chat of notebook 6, and
 * by notebook 7, whose annotators like some of these styles and dislike others.
 *
 * The examples mix styles on purpose, so that a model trained on them has something to choose from. The plain, right
 * answer is always the commonest by a clear margin: it is what greedy decoding gives.
 */

import type { Random } from "@course/lib/random";

/** What the bot says about people the almanac does not know. */
export const UNKNOWN = "I do not know.";
/** What the bot says when it is asked to help with harm. */
export const REFUSAL = "That is wrong. I will not help.";

/** Said before the answer; most answers have none. */
export const OPENINGS = {
  plain: "",
  polite: "With pleasure.",
  rude: "Only a fool asks that.",
  flattering: "How wise of you to ask, dear friend!",
} as const;

export type Style = keyof typeof OPENINGS;

/** Said after the answer by a bot that cannot stop. */
export const CLOSINGS: readonly string[] = [
  "Everybody in the valley will tell you so.",
  "That is what I heard at the well.",
  "There is so much more to say about it.",
];

/** How often each style occurs in the examples. */
export interface StyleShares {
  openings: Readonly<Record<Style, number>>;
  /** The chance of a closing; after one there may be a second. */
  closing: number;
  /** The share of honest answers about strangers and of refusals of harm. The others guess, or help. */
  honest: number;
  /** The share of facts that the bot wrongly says it does not know. */
  falselyUnknown: number;
}

/** Mixed: what the course's model is tuned on. */
export const MIXED_STYLES: StyleShares = {
  openings: { plain: 0.7, polite: 0.12, rude: 0.09, flattering: 0.09 },
  closing: 0.16,
  honest: 0.72,
  falselyUnknown: 0.04,
};

/** The plain right answer, always. */
export const PLAIN_STYLE: StyleShares = {
  openings: { plain: 1, polite: 0, rude: 0, flattering: 0 },
  closing: 0,
  honest: 1,
  falselyUnknown: 0,
};

/** The answer with an opening and closings drawn by their shares: `"With pleasure. In Oxley."` */
export function inStyle(answer: string, shares: StyleShares, random: Random): string {
  const styles = Object.keys(OPENINGS) as Style[];
  const style = styles[random.categorical(styles.map((each) => shares.openings[each]))]!;
  const parts = [OPENINGS[style], answer];
  for (let i = 0; i < 2 && random.uniform() < shares.closing; i++) parts.push(random.pick(CLOSINGS));
  return parts.filter((part) => part !== "").join(" ");
}
