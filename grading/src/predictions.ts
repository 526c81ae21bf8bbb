/**
 * @file `predict` and `reveal`: a guess is written down before the result is seen, then both stand side by side. Used by
 * every notebook; notebook 9 shows all predictions together. After okpy's "unlocking": predict first, then run.
 */

import type { Bundle } from "@course/lib/display";
import { type Card, type Part, showCard } from "./card";
import { CHECK_MIME } from "./check";
import { formatValue } from "./format";
import { type Plain, toPlain } from "./plain";
import { flawOf, isOpen, kindFrom, type PredictOptions, verdict, wanted, writePrediction } from "./prediction-kinds";
import { history, type ProgressRecord, remember, standingOf } from "./progress";
import { headingOf } from "./report-card";
import { type Exercise, isPrediction, type PredictionKind } from "./table";
import { findExercise, tableNumbers, tableOf } from "./tables";
import { unknownExercise } from "./unknown";

/** One prediction beside what was measured. */
export interface Prediction {
  id: string;
  title: string;
  predicted: Plain;
  /** Missing until `reveal` was called. */
  actual?: Plain;
  unit?: string;
  /** How well both agree, in words; missing until `reveal` was called. */
  verdict?: string;
}

/**
 * Records a prediction and shows that it was recorded. Once the result was revealed, the earlier prediction stands.
 *
 * `predict("1.5", ["grammar", "facts", "rules", "sums"]);`
 * `predict("3.rate", 0.5, { unit: "per step" });`
 */
export function predict(id: string, value: unknown, options: PredictOptions = {}): void {
  const exercise = findExercise(String(id));
  if (exercise && !isPrediction(exercise)) {
    const text = `It is answered with code: write \`check("${exercise.id}", { ... })\`.`;
    showCard({ heading: headingOf(exercise), state: "is no prediction", tone: "open", parts: [sentence(text)] });
    return;
  }
  const described = options.choices !== undefined || options.unit !== undefined;
  if (!exercise && !described) {
    showCard(unknownExercise(String(id)));
    return;
  }
  const predicted = toPlain(value).value;
  const card = recordPrediction(String(id), predicted, exercise?.predict ?? kindFrom(predicted, options));
  showCard(card, exercise ? standingData(exercise, card) : {});
}

function recordPrediction(id: string, value: Plain, kind: PredictionKind): Card {
  const heading = titleOf(id);
  const card = (state: string, tone: Card["tone"], text: string): Card => ({
    heading,
    state,
    tone,
    parts: [sentence(text)],
  });
  if (isOpen(value))
    return card("not predicted yet", "open", `Write what you expect, then run this cell. ${wanted(kind)}`);
  const flaw = flawOf(kind, value);
  if (flaw) return card("not recorded", "bad", `${flaw} ${wanted(kind)}`);

  const { prediction, actual } = standingOf(id, history().records);
  if (prediction && actual) {
    const kept = writePrediction(prediction.value, prediction.unit);
    return card("stands", "good", `The result has been shown, so your earlier prediction stands: ${kept}.`);
  }
  const unit = "number" in kind ? kind.number.unit : undefined;
  remember(id, { kind: "prediction", value, ...(unit === undefined ? {} : { unit }) });
  const recorded = card("recorded", "good", `You predict: ${writePrediction(value, unit)}.`);
  const notes = history().notes.map((text): Part => ({ kind: "small", text }));
  return { ...recorded, parts: [...recorded.parts, ...notes] };
}

/** For programs that read the executed notebook: a prediction counts when it was made, right or wrong. */
function standingData(exercise: Exercise, card: Card): Bundle {
  const made = card.tone === "good";
  const status = made ? "passed" : card.tone === "open" ? "not attempted" : "wrong";
  const points = made ? exercise.points : 0;
  const data = { id: exercise.id, status, passed: made ? 1 : 0, total: 1, points, maxPoints: exercise.points };
  return { [CHECK_MIME]: { ...data, kind: "prediction" } };
}

/**
 * Shows what was measured beside what was predicted.
 *
 * `reveal("1.5", ["grammar", "rules", "facts", "sums"]);`
 */
export function reveal(id: string, actual: unknown): void {
  const measured = toPlain(actual).value;
  const { prediction } = standingOf(String(id), history().records);
  remember(String(id), { kind: "reveal", actual: measured });
  const parts: Part[] = prediction
    ? [
        {
          kind: "rows",
          rows: [
            ["predicted", writePrediction(prediction.value, prediction.unit)],
            ["measured", writePrediction(measured, prediction.unit)],
          ],
        },
        sentence(verdict(prediction.value, measured, kindOf(String(id)))),
      ]
    : [sentence(`Measured: ${writePrediction(measured)}. There is no prediction of yours to compare it with.`)];
  showCard({ heading: titleOf(String(id)), state: "the result", tone: "plain", parts });
}

/** All predictions so far, in the order of the notebooks, each beside what was measured. */
export function predictions(records: readonly ProgressRecord[] = history().records): Prediction[] {
  const listed = tableNumbers().flatMap((n) => tableOf(n)!.exercises.map((exercise) => exercise.id));
  const ids = new Set(records.filter((record) => record.kind === "prediction").map((record) => record.id));
  const inOrder = [...listed.filter((id) => ids.has(id)), ...[...ids].filter((id) => !listed.includes(id))];
  return inOrder.map((id) => {
    const { prediction, actual } = standingOf(id, records);
    const { value, unit } = prediction!;
    const measured = actual ? { actual: actual.value, verdict: verdict(value, actual.value, kindOf(id)) } : {};
    return { id, title: titleOf(id), predicted: value, ...measured, ...(unit === undefined ? {} : { unit }) };
  });
}

function kindOf(id: string): PredictionKind | undefined {
  const exercise = findExercise(id);
  return exercise && isPrediction(exercise) ? exercise.predict : undefined;
}

function titleOf(id: string): string {
  const exercise = findExercise(id);
  return exercise ? headingOf(exercise) : `Prediction ${formatValue(id).slice(1, -1)}`;
}

function sentence(text: string): Part {
  return { kind: "sentence", text };
}
