/**
 * @file What may be predicted (an order, a choice, several choices, a number, true or false), whether a value is one,
 * and how it compares with the result. Used by `predict` and `reveal` in every notebook.
 */

import { firstDifference } from "./compare";
import { formatValue, numberText } from "./format";
import type { Plain } from "./plain";
import type { PredictionKind } from "./table";

/** What `predict` may be told when no table describes the prediction. */
export interface PredictOptions {
  /** What may be chosen, or put in order. */
  choices?: readonly string[];
  /** The unit of a number, e.g. `nats`. */
  unit?: string;
}

/** The kind of prediction that the options describe. */
export function kindFrom(value: Plain, { choices, unit }: PredictOptions): PredictionKind {
  if (choices) return Array.isArray(value) ? { order: choices } : { oneOf: choices };
  return { number: unit === undefined ? {} : { unit } };
}

/** True for the placeholder that a notebook starts with: nothing, an empty list, question marks. */
export function isOpen(value: Plain): boolean {
  if (Array.isArray(value)) return value.every((item: Plain) => isOpen(item)); // an empty list is open too
  return value === undefined || value === null || value === "" || value === "?" || Number.isNaN(value);
}

/** The form of a prediction, for somebody who has to write one. */
export function wanted(kind: PredictionKind): string {
  if ("order" in kind) return `Put these in order: ${writePrediction(kind.order)}.`;
  if ("oneOf" in kind) return `Choose one of: ${writePrediction(kind.oneOf)}.`;
  if ("someOf" in kind) return `Make a list of those that apply, out of: ${writePrediction(kind.someOf)}.`;
  if ("trueOrFalse" in kind) return "Write `true` or `false`.";
  const { unit, min, max } = kind.number;
  const range = min === undefined && max === undefined ? "" : ` from ${min ?? "-Infinity"} to ${max ?? "Infinity"}`;
  return `Write a number${range}${unit ? `, in ${unit}` : ""}.`;
}

/** What keeps a value from being a prediction of this kind. */
export function flawOf(kind: PredictionKind, value: Plain): string | undefined {
  const text = formatValue(value);
  if ("order" in kind) return listFlaw(kind.order, value, { all: true });
  if ("someOf" in kind) return listFlaw(kind.someOf, value, { all: false });
  if ("oneOf" in kind) {
    return typeof value === "string" && kind.oneOf.includes(value) ? undefined : `${text} is none of the choices.`;
  }
  if ("trueOrFalse" in kind) return typeof value === "boolean" ? undefined : `${text} is neither.`;
  if (typeof value !== "number" || !Number.isFinite(value)) return `${text} is not a number.`;
  const { min = -Infinity, max = Infinity } = kind.number;
  return value >= min && value <= max ? undefined : `${text} is out of range.`;
}

/** What keeps a value from being a list of the items, of all of them or of some. */
function listFlaw(items: readonly string[], value: Plain, { all }: { all: boolean }): string | undefined {
  if (!Array.isArray(value)) return "This is no list.";
  const given: readonly Plain[] = value;
  const strange = given.find((item) => typeof item !== "string" || !items.includes(item));
  if (strange !== undefined) return `${formatValue(strange)} is none of the items.`;
  const missing = all ? items.find((item) => !given.includes(item)) : undefined;
  if (missing !== undefined) return `${formatValue(missing)} is missing.`;
  return new Set(given).size === given.length ? undefined : "An item occurs twice.";
}

/** How a prediction compares with the result, in a sentence or two. */
export function verdict(predicted: Plain, actual: Plain, kind?: PredictionKind): string {
  if (kind && "someOf" in kind && Array.isArray(predicted) && Array.isArray(actual)) return chosen(predicted, actual);
  if (!firstDifference(predicted, actual, {})) return "Just as predicted.";
  if (Array.isArray(predicted) && Array.isArray(actual)) {
    const right = predicted.filter((item, i) => item === actual[i]).length;
    return `${right} of ${actual.length} ${right === 1 ? "is" : "are"} in the predicted place.`;
  }
  if (typeof predicted === "number" && typeof actual === "number") {
    if (predicted > 0 && actual > 0) return `The result is ${numberText(actual / predicted, 3)} times the prediction.`;
    return `The result differs from the prediction by ${numberText(actual - predicted, 3)}.`;
  }
  return "The result is another one than predicted.";
}

/** How a choice of several compares with the result; their order does not matter. */
function chosen(predicted: readonly Plain[], actual: readonly Plain[]): string {
  const missed = actual.filter((item) => !predicted.includes(item));
  const extra = predicted.filter((item) => !actual.includes(item));
  if (missed.length + extra.length === 0) return "Just as predicted.";
  const sentences = [
    missed.length > 0 ? `Not predicted, but so: ${writePrediction(missed)}.` : "",
    extra.length > 0 ? `Predicted, but not so: ${writePrediction(extra)}.` : "",
  ];
  return sentences.filter(Boolean).join(" ");
}

/** A prediction as a learner would say it: lists without brackets, words without quotes, numbers with their unit. */
export function writePrediction(value: Plain, unit?: string): string {
  const items: readonly Plain[] = Array.isArray(value) ? value : [value];
  const words = items.map((item) => (typeof item === "string" ? formatValue(item).slice(1, -1) : formatValue(item)));
  return `${words.join(", ")}${unit ? ` ${formatValue(unit).slice(1, -1)}` : ""}`;
}
