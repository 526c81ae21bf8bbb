/**
 * @file `check("1.2", { nextTokenBatch })`: runs the public cases of an exercise on a learner's answer and shows a card.
 * Used at the end of every exercise of every notebook. A wrong answer never throws, so that the notebook goes on.
 */

import type { Bundle } from "@course/lib/display";
import { type Card, cardBundle, showCard } from "./card";
import { judge, type Report } from "./judge";
import { history, remember, standingOf } from "./progress";
import { reportCard, waitingCard } from "./report-card";
import { type Answers, type MaybeLater, runCases, whenReady } from "./run";
import { type CodeExercise, isPrediction, parseSignature } from "./table";
import { findExercise, heldBackCount } from "./tables";
import { unknownExercise } from "./unknown";

/** The MIME type under which a card says how the exercise stands, for programs that read an executed notebook. */
export const CHECK_MIME = "application/vnd.course.check+json";

/**
 * What `check` returns: nothing. Only under nbgrader, which takes the last value of a cell as the mark, it is the points.
 */
export type CheckValue = number | undefined;

/**
 * Checks the answer to an exercise and shows what came out, case by case.
 *
 * `await check("1.3", { crossEntropy });`
 *
 * Most exercises are judged at once; `await` matters only where answers are asynchronous, and a forgotten one costs
 * nothing but the order of outputs.
 */
export function check(id: string, answers: Answers): MaybeLater<CheckValue> {
  const exercise = findExercise(String(id));
  if (!exercise) return refuse(String(id), unknownExercise(String(id)));
  if (isPrediction(exercise)) {
    return refuse(exercise.id, {
      heading: `Exercise ${exercise.id} · ${exercise.title}`,
      state: "is a prediction",
      tone: "open",
      parts: [{ kind: "sentence", text: `Write \`predict("${exercise.id}", ...)\` instead of \`check\`.` }],
    });
  }
  return checkExercise(exercise, answers);
}

/** Checks the answer to an exercise that was found. */
export function checkExercise(exercise: CodeExercise, answers: Answers): MaybeLater<CheckValue> {
  const mistaken = callMistake(exercise, answers);
  if (mistaken) return refuse(exercise.id, mistaken, exercise.points);

  const outcomes = runCases(exercise, exercise.cases, answers);
  const report = whenReady(outcomes, (all) => judge(exercise, exercise.cases, all));
  if (!(report instanceof Promise)) return finish(exercise, report, showCard);
  const display = showCard(waitingCard(exercise));
  return quiet(
    report.then((done) => finish(exercise, done, (card, data) => display.update(cardBundle(card, data)))),
    `Still checking exercise ${exercise.id}. Write \`await check(...)\` to wait for the result.`,
  );
}

function finish(exercise: CodeExercise, report: Report, put: (card: Card, data: Bundle) => unknown): CheckValue {
  const { id, status, passed, total, points, maxPoints } = report;
  const mistakes = report.mistakes.map((mistake) => mistake.id);
  if (status !== "not attempted") {
    remember(id, { kind: "check", status, passed, total, points, maxPoints, mistakes });
  }
  const { records, notes } = history();
  const card = reportCard(exercise, report, {
    attempts: standingOf(id, records).attempts,
    heldBack: heldBackCount(id),
    notes,
  });
  put(card, { [CHECK_MIME]: { id, status, passed, total, points, maxPoints } });
  return mark(points);
}

function refuse(id: string, card: Card, maxPoints = 0): CheckValue {
  showCard(card, { [CHECK_MIME]: { id, status: "error", passed: 0, total: 0, points: 0, maxPoints } });
  return mark(0);
}

/** nbgrader sets this variable while it validates or grades; without a number it would take silence for full marks. */
function mark(points: number): CheckValue {
  return process.env.NBGRADER_EXECUTION ? points : undefined;
}

/** What is wrong with the call itself: no object, a misspelled name, a result in the place of the function. */
function callMistake(exercise: CodeExercise, answers: Answers): Card | undefined {
  const signatures = exercise.answers.map(parseSignature);
  const call = `check("${exercise.id}", { ${signatures.map((s) => s.name).join(", ")} })`;
  const card = (text: string): Card => ({
    heading: `Exercise ${exercise.id} · ${exercise.title}`,
    state: "could not be checked",
    tone: "open",
    parts: [
      { kind: "sentence", text },
      { kind: "sentence", text: `It is called like this: \`${call}\`` },
    ],
  });
  if (typeof answers === "function") return card("The function has to be in braces, so that its name is known.");
  if (answers === null || typeof answers !== "object") return card("There is no answer in the call.");
  const wanted = signatures.map((s) => s.name);
  const stray = Object.keys(answers).filter((name) => !wanted.includes(name));
  const missing = wanted.filter((name) => !(name in answers));
  if (stray.length > 0 && missing.length > 0) {
    return card(
      `\`${missing[0]}\` is asked for, but \`${stray[0]}\` was handed over. If that is your answer, write \`{ ${missing[0]}: ${stray[0]} }\`.`,
    );
  }
  for (const { name, parameters } of signatures) {
    const answer = answers[name];
    if (parameters && answer !== undefined && typeof answer !== "function") {
      return card(`\`${name}\` has to be the function itself. Hand it over without calling it.`);
    }
  }
  return undefined;
}

/** A promise that says, when it is printed instead of awaited, what to do. */
function quiet<T>(promise: Promise<T>, says: string): Promise<T> {
  return Object.defineProperty(promise, Symbol.for("nodejs.util.inspect.custom"), { value: () => says });
}
