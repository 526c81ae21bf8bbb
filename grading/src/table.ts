/**
 * @file The format of a case table: what an exercise asks for, how an answer is judged, and what a tutor says to a wrong
 * one. Tables are in `cases/NN.ts` (what a learner may see) and `cases/NN.held-back.ts` (what only a grader runs, and the
 * answers that test the table itself). `check` in the notebooks and a grader read the same tables.
 *
 * Everything a case gives and expects is plain data, so that a case can be sent into a sandbox and the result back.
 */

import type { Comparator } from "./compare";
import type { Plain } from "./plain";

/** All exercises of one notebook, in order. */
export interface CaseTable {
  /** The notebook's number, e.g. `01`. */
  notebook: string;
  exercises: readonly Exercise[];
}

/** An exercise is answered with code or with a prediction. */
export type Exercise = CodeExercise | PredictionExercise;

/** What both kinds of exercise have. */
export interface ExerciseBase {
  /** Notebook and number, e.g. `1.2`. */
  id: string;
  title: string;
  points: number;
  /** How long a learner may expect to need. */
  minutes: number;
}

/** An exercise that is answered with functions (or values) that `check` runs. */
export interface CodeExercise extends ExerciseBase {
  /**
   * What the learner hands over: each name with its signature in words, e.g.
   * `crossEntropy(logits: number[], target: number): number`. Without parentheses it is a value: `learningRate: number`.
   */
  answers: readonly string[];
  /** How results are compared; the default is `exact`. */
  compare?: Comparator;
  /** The cases that `check` runs and shows. The first is the simplest. */
  cases: readonly Case[];
  /** Wrong answers that can be foreseen, the most specific first. */
  mistakes: readonly Mistake[];
  /** A nudge, a plan, and nearly the code. */
  hints: readonly [nudge: string, plan: string, nearly: string];
  /** How an answer is called, if not as `answer(...args)`. */
  call?: Call;
  /** Makes objects of a case's arguments; the answer is called with each of them instead, and the results are a list. */
  opens?: Opens;
  /** Methods of those objects that return nothing and change no property. A sandbox does not wait for them. */
  withoutReply?: readonly string[];
  /** True if answers return promises; `check` then waits for each of them, up to the time limit. */
  async?: boolean;
  /** How long one case may take when it is awaited; 10,000 unless told. */
  timeLimitMs?: number;
  /** True if the answer is meant to change its arguments. */
  changesInput?: boolean;
}

/** One call and what has to come out of it. */
export interface Case {
  /** Which answer is called; may be left out if the exercise has only one. */
  of?: string;
  args: readonly Plain[];
  expected: Plain;
  /** Further results that are right too, e.g. of a second standard variant. */
  alsoRight?: readonly Plain[];
  /** Why the case is there, in a few words: `the last token has no successor`. */
  note?: string;
  /** Overrides the exercise's comparison. */
  compare?: Comparator;
}

/** A wrong answer that can be foreseen, and what a tutor says to it. */
export interface Mistake {
  /** A short name for records and tests, unique in the exercise, e.g. `no-max`. */
  id: string;
  /** One or two sentences to the learner. */
  says: string;
  /** Which answer it concerns; may be left out if the exercise has only one. */
  of?: string;
  /** The mistake as code: whoever returns the same has made it. */
  like?: Foreseen;
  /** The mistake as a property of a result, for those that code cannot repeat. */
  when?: (seen: Seen) => boolean;
}

/** A foreseen wrong answer takes the case's arguments and returns what the mistake would. */
export type Foreseen = (...args: never[]) => unknown;

/** What `when` of a mistake looks at. */
export interface Seen {
  received: Plain;
  expected: Plain;
  args: readonly Plain[];
}

/**
 * Calls an answer in a way of its own, e.g. several times in a row. It runs beside the learner's code, and a grader sends
 * it into the sandbox as source text: it may use nothing from outside itself.
 */
export type Call = (answers: never, args: never) => unknown;

/**
 * Makes the objects that an answer may use and not look into. In a grader they stay outside of the sandbox: of each the
 * answer gets a stand-in with the same methods and properties, all own and enumerable, taking and giving plain data at once.
 */
export type Opens = (...args: never[]) => readonly object[];

/** An exercise that asks for a guess before the result is seen. It counts when a valid guess was made, right or wrong. */
export interface PredictionExercise extends ExerciseBase {
  predict: PredictionKind;
}

/** What may be predicted: an order of items, one of several, some of several, a number, or true or false. */
export type PredictionKind =
  | { order: readonly string[] }
  | { oneOf: readonly string[] }
  | { someOf: readonly string[] }
  | { number: { unit?: string; min?: number; max?: number } }
  | { trueOrFalse: true };

/** Per exercise: what a learner does not see. */
export type HeldBackTable = Readonly<Record<string, HeldBack>>;

/** The cases a grader adds, and the answers that test whether the table judges well. */
export interface HeldBack {
  /** Expected values come from a closed form or from another program, never from the solution. */
  cases: readonly Case[];
  /** At least two right answers, written differently. */
  right: readonly Variant[];
  /** At least three wrong answers and what each is told. */
  wrong: readonly WrongVariant[];
}

/** An answer somebody could write. */
export interface Variant {
  /** How it is written, in a few words. */
  how: string;
  answers: Readonly<Record<string, unknown>>;
}

/** A wrong answer, and the `id` of the mistake that has to be named. */
export interface WrongVariant extends Variant {
  told: string;
}

/** True for an exercise that asks for a guess. */
export function isPrediction(exercise: Exercise): exercise is PredictionExercise {
  return "predict" in exercise;
}

/** A signature in words, taken apart. */
export interface Signature {
  name: string;
  /** The names of the parameters; `undefined` if the answer is a value. */
  parameters?: string[];
  text: string;
}

/** Takes a signature apart: `f(a: number[], b: number): number` has the name `f` and the parameters `a` and `b`. */
export function parseSignature(text: string): Signature {
  const name = /^[A-Za-z_$][\w$]*/.exec(text)?.[0] ?? text;
  if (text[name.length] !== "(") return { name, text };
  const parameters: string[] = [];
  let depth = 0;
  let start = name.length + 1;
  for (let i = name.length; i < text.length; i++) {
    const opens = "([{<".includes(text[i]!);
    const closes = ")]}>".includes(text[i]!) && text[i - 1] !== "=";
    if (opens) depth++;
    if (closes) depth--;
    if ((depth === 1 && text[i] === ",") || (depth === 0 && closes)) {
      const parameter = /[A-Za-z_$][\w$]*/.exec(text.slice(start, i))?.[0];
      if (parameter) parameters.push(parameter);
      start = i + 1;
    }
    if (depth === 0 && closes) break;
  }
  return { name, parameters, text };
}

/** The signature of the answer that a case or a mistake concerns. */
export function signatureOf(exercise: CodeExercise, of: string | undefined): Signature {
  const signatures = exercise.answers.map(parseSignature);
  return signatures.find((s) => s.name === of) ?? signatures[0]!;
}

/** Every flaw of a table and what is held back, in sentences; a test asserts that there is none. */
export function tableFlaws(table: CaseTable, heldBack: HeldBackTable): string[] {
  const flaws: string[] = [];
  const ids = table.exercises.map((exercise) => exercise.id);
  for (const [i, exercise] of table.exercises.entries()) {
    const flaw = (sentence: string): number => flaws.push(`${exercise.id}: ${sentence}`);
    if (exercise.id !== `${Number(table.notebook)}.${i + 1}`) flaw(`is number ${i + 1} of notebook ${table.notebook}`);
    if (!(exercise.points > 0) || !(exercise.minutes > 0)) flaw("needs points and minutes");
    if (isPrediction(exercise)) continue;
    const names = exercise.answers.map((text) => parseSignature(text).name);
    const hidden = heldBack[exercise.id];
    const cases = [...exercise.cases, ...(hidden?.cases ?? [])];
    const of = [...cases, ...exercise.mistakes].map((part) => part.of);
    if (of.some((name) => (name === undefined ? names.length > 1 : !names.includes(name)))) {
      flaw(`each case and mistake says which of ${names.join(", ")} it concerns`);
    }
    const mistakes = exercise.mistakes.map((mistake) => mistake.id);
    if (new Set(mistakes).size < mistakes.length) flaw("two mistakes have the same id");
    if (exercise.mistakes.some((mistake) => !mistake.like === !mistake.when)) flaw("a mistake has `like` or `when`");
    if (exercise.cases.length < 2) flaw("needs two public cases or more");
    if (!hidden) flaw("nothing is held back");
    else if (hidden.cases.length < 2) flaw("needs two held-back cases or more");
    else if (hidden.right.length < 2 || hidden.wrong.length < 3) flaw("needs two right and three wrong answers");
  }
  for (const id of Object.keys(heldBack)) if (!ids.includes(id)) flaws.push(`${id}: is held back but not in the table`);
  return flaws;
}
