/**
 * @file What people prefer: rankings of several responses to one prompt, the pairs that follow from them, how far two people
 * agree, and how well anybody could predict them. Used by notebook 7. Plain data, without TensorFlow; the file that keeps
 * a learner's own rankings is ranking-file.ts. Leaves out stars and grades: people compare more reliably than they grade.
 */

import { assertCount, CourseError } from "./errors";
import type { Random } from "./random";

/** Stands at the end of a response that was cut off, so that whoever judges it can see it. */
export const CUT_OFF = " ...";

/** Several responses to a prompt, put in order by somebody. */
export interface Ranking {
  prompt: string;
  responses: readonly string[];
  /** The place of each response: 1 is the best, equal numbers are a tie. */
  ranks: readonly number[];
  /** Who ranked. */
  annotator: string;
}

/** Two responses of which somebody preferred one. */
export interface PreferencePair {
  prompt: string;
  chosen: string;
  rejected: string;
  annotator: string;
}

/**
 * The pairs in a ranking: each two responses of different rank, the better one first. Ties give none, and neither do
 * two responses with the same words.
 *
 * Ranks `[2, 1, 3]` of the responses a, b, c are three pairs: b over a, a over c, b over c. K responses without ties are
 * K (K - 1) / 2 pairs (Ouyang et al. 2022, arXiv:2203.02155, section 3.5).
 */
export function pairsOf(ranking: Ranking): PreferencePair[] {
  const { prompt, responses, ranks, annotator } = ranking;
  assertRanking(ranking);
  const pairs: PreferencePair[] = [];
  for (let i = 0; i < responses.length; i++) {
    for (let j = i + 1; j < responses.length; j++) {
      if (ranks[i] === ranks[j] || responses[i] === responses[j]) continue;
      const [better, worse] = ranks[i]! < ranks[j]! ? [i, j] : [j, i];
      pairs.push({ prompt, chosen: responses[better]!, rejected: responses[worse]!, annotator });
    }
  }
  return pairs;
}

/** Throws unless there is one rank, a whole number of at least 1, for each of two or more responses. */
export function assertRanking({ prompt, responses, ranks }: Ranking): void {
  assertCount(`responses to "${prompt}"`, responses.length, 2);
  if (ranks.length !== responses.length) {
    throw new CourseError({
      what: `ranks of "${prompt}"`,
      expected: `${responses.length}, one a response`,
      received: `${ranks.length}`,
    });
  }
  for (const rank of ranks) assertCount(`a rank of "${prompt}"`, rank);
}

/** How far two people agree. */
export interface Agreement {
  /** How many pairs of responses both have judged. */
  pairs: number;
  /** The share of them judged alike. */
  share: number;
  /** The same with what chance would give taken away: 0 is chance, 1 is always alike. */
  kappa: number;
}

/**
 * How far two lists of rankings agree on the pairs of responses that both contain: first better, second better, or tie.
 *
 * Ranks `[1, 2, 3]` and `[1, 3, 2]` of the same three responses agree on two pairs of three.
 */
export function agreement(a: readonly Ranking[], b: readonly Ranking[]): Agreement {
  const judgedByB = new Map(b.flatMap(judgements));
  const both = a.flatMap(judgements).filter(([key]) => judgedByB.has(key));
  if (both.length === 0) {
    throw new CourseError({ what: "rankings", expected: "responses that both have ranked", received: "none" });
  }
  const first = both.map(([, judgement]) => judgement);
  const second = both.map(([key]) => judgedByB.get(key)!);
  const alike = first.filter((judgement, i) => judgement === second[i]).length;
  return { pairs: both.length, share: alike / both.length, kappa: cohenKappa(first, second) };
}

/** What a ranking says of each two responses, under a key that does not depend on their order. */
function judgements({ prompt, responses, ranks }: Ranking): [string, string][] {
  const order = [...responses.keys()].sort((i, j) => (responses[i]! < responses[j]! ? -1 : 1));
  return order.flatMap((i, n) =>
    order.slice(n + 1).flatMap((j): [string, string][] => {
      if (responses[i] === responses[j]) return [];
      const judgement = ranks[i] === ranks[j] ? "tie" : ranks[i]! < ranks[j]! ? "first" : "second";
      return [[JSON.stringify([prompt, responses[i], responses[j]]), judgement]];
    }),
  );
}

/**
 * Cohen's kappa: the agreement of two judges beyond what chance would give (Cohen 1960, Educational and Psychological
 * Measurement 20).
 *
 *     kappa = (p - e) / (1 - e)      p: share judged alike      e: the sum over the labels of their shares multiplied
 *
 * `cohenKappa(["a", "a", "b", "b"], ["a", "b", "b", "b"])` is 0.5: they agree on 3 of 4, chance would give 1/2.
 */
export function cohenKappa(first: readonly string[], second: readonly string[]): number {
  assertCount("judgements", first.length);
  if (first.length !== second.length) {
    throw new CourseError({ what: "judgements", expected: `${first.length} of each`, received: `${second.length}` });
  }
  const n = first.length;
  const alike = first.filter((label, i) => label === second[i]).length / n;
  const share = (labels: readonly string[], label: string): number => labels.filter((l) => l === label).length / n;
  const byChance = [...new Set(first)].reduce((sum, label) => sum + share(first, label) * share(second, label), 0);
  return byChance === 1 ? 1 : (alike - byChance) / (1 - byChance);
}

/** Somebody who ranks, described so that rankings can be made and predicted. P is what is known of a prompt. */
export interface Annotator<P> {
  name: string;
  /** What they go by, in words. */
  rubric: string;
  /** The same as points for a response. */
  score(prompt: P, response: string): number;
  /** People are not sure: the standard deviation of what chance adds to each score. */
  noise: number;
}

/**
 * One person's ranking of some responses: each gets its score and some noise, and the scores are put in order.
 * Responses with the same words share a rank.
 */
export function rankBy<P extends { question: string }>(
  annotator: Annotator<P>,
  prompt: P,
  responses: readonly string[],
  random: Random,
): Ranking {
  const different = [...new Set(responses)];
  const points = new Map(
    different.map((text) => [text, annotator.score(prompt, text) + annotator.noise * random.normal()]),
  );
  const inOrder = different.sort((a, b) => points.get(b)! - points.get(a)!);
  const ranks = responses.map((text) => inOrder.indexOf(text) + 1);
  return { prompt: prompt.question, responses: [...responses], ranks, annotator: annotator.name };
}

/**
 * The probability that one of the annotators, drawn at random, prefers `a` to `b`: for each of them, two noisy scores
 * differ by a normal number with mean s(a) - s(b) and standard deviation noise sqrt(2).
 */
export function chanceToPrefer<P>(annotators: readonly Annotator<P>[], prompt: P, a: string, b: string): number {
  const chances = annotators.map(({ score, noise }) => {
    const difference = score(prompt, a) - score(prompt, b);
    return noise === 0 ? (Math.sign(difference) + 1) / 2 : normalCdf(difference / (noise * Math.SQRT2));
  });
  return chances.reduce((sum, chance) => sum + chance, 0) / chances.length;
}

/**
 * The share of judgements that the best predictor would get right who knows every annotator's mind but not who judged and
 * not their noise. No reward model can be expected to do better.
 *
 * Pairs of which the better one is preferred with probability 0.9, 0.6 and 0.7 have a ceiling of 0.733.
 */
export function noiseCeiling(chances: readonly number[]): number {
  assertCount("pairs", chances.length);
  return chances.reduce((sum, chance) => sum + Math.max(chance, 1 - chance), 0) / chances.length;
}

/** The share of a normal distribution below x: W. J. Cody's idea, in the form of Abramowitz and Stegun 7.1.26, to 1.5e-7. */
export function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (series * Math.exp(-z * z)) / 2;
  return x < 0 ? tail : 1 - tail;
}
