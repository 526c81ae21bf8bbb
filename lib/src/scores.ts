/**
 * @file Shares of right answers with the uncertainty of counting, and the evaluation sheet that a checkpoint carries.
 * Used from notebook 1 on, through `evaluate.ts`. Plain numbers, no TensorFlow: what is here can be saved and compared.
 */

import { assertCount, CourseError } from "./errors";

/** How many of `n` questions were answered right. `low` and `high` bound the true share with 95 % confidence. */
export interface Score {
  correct: number;
  n: number;
  accuracy: number;
  low: number;
  high: number;
}

/** The scores of some probes, by kind and by the group that the kind belongs to. */
export interface ProbeScores {
  /** Each kind of question, e.g. `direction`. */
  kinds: Record<string, Score>;
  /** All questions of a group together, e.g. `facts`. A kind with more questions counts for more. */
  groups: Record<string, Score>;
}

/** What one model can do: its loss in each domain of text, and its probe scores. */
export interface EvaluationSheet extends ProbeScores {
  /** Mean loss in nats per token of held-out text, by domain. */
  lossNats: Record<string, number>;
}

/**
 * The score for `correct` out of `n`, with Wilson's interval: all shares p from which the observed one is no further
 * away than z standard errors of p. Unlike the usual plus-minus it stays between 0 and 1 and is honest about 0 and 100 %.
 *
 *     |correct / n - p| <= z sqrt(p (1 - p) / n),  z = 1.96
 *
 * Of 10 answers, 5 right: the true share is from 0.24 to 0.76. Of 20, none right: from 0 to 0.16.
 * After Wilson (1927), Journal of the American Statistical Association 22.
 */
export function score(correct: number, n: number): Score {
  assertCount("n", n);
  assertCount("correct", correct, 0);
  if (correct > n) throw new CourseError({ what: "correct", expected: `at most n (${n})`, received: String(correct) });
  const z = 1.959964; // the standard normal distribution has 95 % between -z and z
  const accuracy = correct / n;
  const center = (accuracy + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((accuracy * (1 - accuracy)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return { correct, n, accuracy, low: correct === 0 ? 0 : center - half, high: correct === n ? 1 : center + half };
}

/** One answered question. */
export interface Answer {
  kind: string;
  group: string;
  correct: boolean;
}

/**
 * Counts answers by kind and by group.
 *
 * Two right answers of kind `color` and a wrong one of kind `town`, all of group `facts`:
 * `kinds.color.accuracy` is 1, `groups.facts.accuracy` is 2/3.
 */
export function tally(answers: readonly Answer[]): ProbeScores {
  const by = (name: (answer: Answer) => string): Record<string, Score> => {
    const counts = new Map<string, { correct: number; n: number }>();
    for (const answer of answers) {
      const count = counts.get(name(answer)) ?? { correct: 0, n: 0 };
      count.n++;
      if (answer.correct) count.correct++;
      counts.set(name(answer), count);
    }
    return Object.fromEntries([...counts].map(([key, { correct, n }]) => [key, score(correct, n)]));
  };
  return { kinds: by((answer) => answer.kind), groups: by((answer) => answer.group) };
}
