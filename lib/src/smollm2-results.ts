/**
 * @file What SmolLM2 said and did on our machine, kept for readers who have not fetched it: the results of
 * bench/smollm2-asked.ts and bench/smollm2-tuning.ts. Notebooks 5, 6, 8 and 9.
 */

import type { LessonScore } from "./llama-lesson";
import type { TellingProbs, Usage } from "./llama-probe";
import { type StoredResult, storedResult } from "./results";

/** What it was asked and told. */
export interface SmolLM2Asked {
  hashBefore: string;
  hashAfter: string;
  /** What it answered in the conversation of notebook 5. */
  conversation: string[];
  /** One for each of `TELLINGS`. */
  tellings: TellingProbs[];
  /** What it answered to `UNKNOWABLE`. */
  unknowable: string[];
  /** The probability of each year, when asked which it is, and when told first that it is 2031. */
  years: { year: number[]; asked: number[]; told: number[] };
  /** What became of it by being used, for notebook 9. */
  usage: Usage;
}

/** The kept conversation and figures, with the command that makes them again. */
export function smollm2Asked(): StoredResult<SmolLM2Asked> {
  return storedResult<SmolLM2Asked>("smollm2-asked");
}

/** A lesson and what came of it. */
export interface SmolLM2Lesson extends LessonScore {
  seed: number;
  replay: boolean;
  steps: number;
  seconds: number;
  residentMB: number;
  lossesNats: number[];
}

/** The kept lessons, from several seeds. */
export function smollm2Lessons(): StoredResult<{ before: LessonScore; lessons: SmolLM2Lesson[] }> {
  return storedResult("smollm2-tuning");
}
