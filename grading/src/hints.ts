/**
 * @file `hint` and `solution`: help in steps. Used by every notebook. How many hints were read is kept, so that a hint goes
 * on where it stopped, also after the kernel was restarted.
 */

import { type Card, type Part, showCard } from "./card";
import { history, remember, standingOf } from "./progress";
import { headingOf } from "./report-card";
import { solutionText } from "./solution-text";
import { type Exercise, isPrediction } from "./table";
import { findExercise } from "./tables";
import { unknownExercise } from "./unknown";

const STEPS = ["a nudge", "a plan", "nearly the code"];

/**
 * Shows the next hint of an exercise: a nudge, then a plan, then nearly the code.
 *
 * `hint("1.2");`
 */
export function hint(id: string): void {
  const exercise = findExercise(String(id));
  showCard(exercise ? hintCard(exercise) : unknownExercise(String(id)));
}

/**
 * Shows one right answer, once there was an attempt.
 *
 * `solution("1.2");`
 */
export function solution(id: string): void {
  const exercise = findExercise(String(id));
  showCard(exercise ? solutionCard(exercise) : unknownExercise(String(id)));
}

function hintCard(exercise: Exercise): Card {
  if (isPrediction(exercise)) {
    return message(exercise, "no hint", "A prediction needs no hint: write down what you think now.");
  }
  const { id, hints } = exercise;
  const level = Math.min(standingOf(id, history().records).hints + 1, hints.length);
  remember(id, { kind: "hint", level });
  const parts: Part[] = hints.slice(0, level).flatMap((text, i): Part[] => {
    const body: Part = { kind: i === hints.length - 1 ? "code" : "sentence", text };
    return [{ kind: "small", text: `${i + 1}. ${STEPS[i]}` }, body];
  });
  const next =
    level < hints.length
      ? `Try again first. The next \`hint("${id}")\` gives ${STEPS[level]}.`
      : `This was the last hint. After an attempt, \`solution("${id}")\` shows one right answer.`;
  parts.push({ kind: "small", text: next });
  return { heading: headingOf(exercise), state: `hint ${level} of ${hints.length}`, tone: "plain", parts };
}

function solutionCard(exercise: Exercise): Card {
  const { id } = exercise;
  if (isPrediction(exercise)) {
    return message(exercise, "no solution", "The answer to a prediction is what the notebook measures further down.");
  }
  if (standingOf(id, history().records).attempts === 0) {
    const text = `An attempt of your own, right or wrong, opens the solution: write one and run \`check\`. \`hint("${id}")\` helps to begin.`;
    return message(exercise, "try it first", text);
  }
  const text = solutionText(id);
  if (text === undefined) {
    return message(
      exercise,
      "not here",
      "This copy of the course comes without solutions. Ask whoever gave it to you.",
    );
  }
  remember(id, { kind: "solution" });
  const parts: Part[] = [
    { kind: "code", text },
    { kind: "small", text: "Yours may look different. What counts is that its cases pass." },
  ];
  return { heading: headingOf(exercise), state: "one right answer", tone: "plain", parts };
}

function message(exercise: Exercise, state: string, text: string): Card {
  return { heading: headingOf(exercise), state, tone: "plain", parts: [{ kind: "sentence", text }] };
}
