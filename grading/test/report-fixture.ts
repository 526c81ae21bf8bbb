/** A class of learners whose results show everything the pages have to show, and one who tries to run scripts in them. */

import { createRandom } from "@course/lib/random";
import { type Grade, gradesOf } from "../src/class/gradebook";
import type { CaseResult, ExerciseResult, SubmissionResult } from "../src/class/types";
import { exerciseOf, resultOf, submissionOf } from "./store-fixture";

/** Sets `window.ran` if it runs anywhere. */
export const ATTACK =
  `"'><script>window.ran=1</script><img src=x onerror="window.ran=1"><svg onload=window.ran=1>` +
  `</script></pre></title><a href="javascript:window.ran=1">click</a>\u202e`;

const EXERCISES = [
  ["3.1", "Measure the slope", 2, 0.9],
  ["3.2", "One step downhill", 1, 0.95],
  ["3.4", "The largest stable rate", 2, 0.6],
  ["3.5", "A step with momentum", 2, 0.75],
  ["3.6", "A step of AdamW", 3, 0.45],
] as const;

function cases(random: () => number, share: number, text: string): CaseResult[] {
  return ["public-1", "public-2", "held-back-1", "held-back-2"].map((name, i) => {
    const passed = random() < share;
    return {
      name,
      note: ["a whole number", "below zero", "an empty list", "a long list"][i]!,
      hidden: name.startsWith("held"),
      passed,
      call: `step([0.5, 1], [2, -4], 0.1)${text}`,
      message: passed ? "" : `The second number has the wrong sign.${text}`,
      expected: "[0.3, 1.4]",
      received: `[0.3, 0.6]${text}`,
    };
  });
}

function exercise(
  random: () => number,
  [id, title, points, share]: (typeof EXERCISES)[number],
  text: string,
): ExerciseResult {
  if (random() < 0.08) return exerciseOf(id, 0, points, { title, status: "not attempted" });
  const all = cases(random, share, text);
  const earned = (points * all.filter(({ passed }) => passed).length) / all.length;
  const wrong = earned < points;
  const which = random() < 0.6 ? ["sign", "Your step goes uphill: subtract."] : ["no-rate", "The rate is missing."];
  return exerciseOf(id, earned, points, {
    title,
    status: wrong ? "wrong" : "passed",
    cases: all,
    mistakes: wrong ? [which[0]!] : [],
    says: wrong ? [`${which[1]}${text}`] : [],
    told: wrong ? { [which[0]!]: `${which[1]}${text}` } : {},
    source: `function step() {\n  return 1; ${text}\n}`,
  });
}

/** The results of forty learners; the last one is the attacker. */
export function classResults(): SubmissionResult[] {
  const random = createRandom(3);
  return Array.from({ length: 40 }, (_, i) => {
    const text = i === 39 ? ATTACK : "";
    const learner = i === 39 ? `../${ATTACK}` : `learner${String(i).padStart(2, "0")}`;
    const collected = submissionOf(
      learner,
      "03",
      learner,
      i % 9 === 0 ? "2026-10-07T10:00:00.000Z" : "2026-10-01T10:00:00.000Z",
    );
    collected.submission.name = `Learner ${i}${text}`;
    collected.submission.file = `${learner}/03-gradient-descent.ipynb`;
    if (i === 39) collected.findings.push({ id: "tags-ignored", level: "warning", says: `A cell was tagged ${text}` });
    const written = exerciseOf("3.7", 0, 3, {
      title: "Why does it shake?",
      kind: "written",
      status: "to be marked",
      source: `Because the step is too long. ${text}`,
    });
    return resultOf(collected, [...EXERCISES.map((one) => exercise(() => random.uniform(), one, text)), written]);
  });
}

/** Their grades, of a class with a due date. */
export function classGrades(hiddenCases: "hidden" | "visible" = "hidden"): Grade[] {
  const results = classResults();
  const mark = {
    learner: "learner01",
    notebook: "03",
    exercise: "3.7",
    points: 2,
    markedAt: "2026-10-09T00:00:00Z",
    sha256: "old",
  };
  const policy = {
    hiddenCases,
    late: { perDay: 0.1 },
    notebooks: { "03": { due: "2026-10-05T22:00:00.000Z" } },
  };
  return gradesOf(results, [{ ...mark, comment: "Say what happens to the gradient." }], policy);
}
