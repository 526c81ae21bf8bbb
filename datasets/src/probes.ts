/**
 * @file The two kinds of question that a language model can be asked without talking to it: fill in the blank, and
 * which of two texts is likelier. Needed by notebooks 1, 2, 6, 7 and 8. Only types: lib's `evaluate` scores them.
 */

/**
 * Fill in the blank. It counts only when every token of the answer is the model's first choice.
 *
 * `{ prompt: "The home of Brena is in", answer: " Oxley", kind: "fact", group: "facts" }`: the answer brings its space.
 */
export interface Cloze {
  prompt: string;
  answer: string;
  kind: string;
  group: string;
}

/**
 * Two texts that differ in one respect. It counts when the model finds `good` likelier than `bad`
 * (as in BLiMP, Warstadt and others 2020).
 */
export interface MinimalPair {
  good: string;
  bad: string;
  kind: string;
  group: string;
}

/** What one kind of probe asks, and what somebody gets who knows nothing. */
export interface ProbeKind {
  kind: string;
  group: string;
  /** "cloze" or "pair": which list holds its items. */
  form: "cloze" | "pair";
  /** The share right of a model with random weights: 0 for a cloze over the whole vocabulary, 0.5 for pairs. */
  chance: number;
  /** About what a model gets right that has learned which words can stand here, but not which of them is right. */
  guess: number;
  /** One sentence: what a model must have learned to get these right. */
  asks: string;
  /** Why this kind stays near the guess with the course's model and budget; absent for kinds that arrive. */
  limit?: string;
}
