/**
 * @file Memory outside the model: notes that are searched for each question and put into the context, while the weights stay
 * as they are. Notebook 8; notebook 9 has such a system among its black boxes.
 * Searches by words, with BM25, as most search engines begin. Leaves out search by meaning (embeddings), long documents cut
 * into pieces, and re-ranking. Plain text; knows nothing of TensorFlow.
 */

import { assertCount, CourseError } from "./errors";

/** A note that was found. */
export interface FoundNote {
  text: string;
  /** The number that `add` returned. */
  id: number;
  /** How well it fits; only to be compared with those of the same search. */
  score: number;
}

/** Notes that can be searched, added to and taken away. */
export interface Notes {
  /** Keeps a text; returns its number. `under`: more words to find it by, such as questions that it answers. */
  add(text: string, options?: { under?: string }): number;
  /** Takes a note away, as if it had never been written. */
  remove(id: number): void;
  /** The notes that fit a question best, the best first; none that has no word in common with it. */
  search(question: string, options?: { count?: number }): FoundNote[];
  readonly size: number;
  /** What the notes take, in bytes of UTF-8. */
  readonly bytes: number;
}

/** Words that stand in every kind of sentence and tell nothing about what it is about. */
const STOP_WORDS = new Set(
  "a all an and are as at by can do does for from i in is it of on or the to what where which who".split(" "),
);

/**
 * The words of a text, for search: small letters, no final "s", so that "lives" finds "live", and no words like "the".
 * Simplified: a real search engine knows that "found" is a form of "find", and more words that tell nothing.
 *
 * `wordsOf("Where does Brena live?")` is `["brena", "live"]`.
 */
export function wordsOf(text: string): string[] {
  const words = (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !STOP_WORDS.has(word));
  return words.map((word) => (word.length > 3 ? word.replace(/s$/, "") : word));
}

/**
 * Notes, searched with BM25 (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework", equation 3.15):
 *
 *     score = sum over the words w of the question of  idf(w) f (k1 + 1) / (f + k1 (1 - b + b length / mean length))
 *     idf(w) = ln(1 + (N - n + 0.5) / (n + 0.5))
 *
 * f is how often w stands in the note, n in how many of the N notes it stands. A word that is in every note counts next to
 * nothing, a rare one such as a name much; the second time a word occurs counts less than the first; long notes count less.
 *
 *     const notes = createNotes(["Brena lives in Oxley.", "Tolik lives in Upwell."]);
 *     notes.search("Where does Brena live?")[0].text; // "Brena lives in Oxley."
 */
export function createNotes(texts: readonly string[] = [], options: { k1?: number; b?: number } = {}): Notes {
  const { k1 = 1.2, b = 0.75 } = options;
  const kept = new Map<number, { text: string; counts: Map<string, number>; length: number }>();
  let next = 0;

  const add = (text: string, { under = "" }: { under?: string } = {}): number => {
    const words = wordsOf(`${text} ${under}`);
    if (words.length === 0) {
      throw new CourseError({ what: "note", expected: "a text with a word in it", received: JSON.stringify(text) });
    }
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    kept.set(next, { text, counts, length: words.length });
    return next++;
  };
  for (const text of texts) add(text);

  return {
    add,
    remove(id) {
      if (kept.delete(id)) return;
      throw new CourseError({ what: "note", expected: "the number of a note that is there", received: String(id) });
    },
    search(question, { count = 1 } = {}) {
      assertCount("count", count);
      const N = kept.size;
      const meanLength = [...kept.values()].reduce((sum, { length }) => sum + length, 0) / N;
      const asked = [...new Set(wordsOf(question))].map((word) => {
        const n = [...kept.values()].filter(({ counts }) => counts.has(word)).length;
        return { word, idf: Math.log(1 + (N - n + 0.5) / (n + 0.5)) };
      });
      const found = [...kept].map(([id, { text, counts, length }]) => {
        const score = asked.reduce((sum, { word, idf }) => {
          const f = counts.get(word) ?? 0;
          return sum + (idf * f * (k1 + 1)) / (f + k1 * (1 - b + (b * length) / meanLength));
        }, 0);
        return { text, id, score };
      });
      return found
        .filter(({ score }) => score > 0)
        .sort((x, y) => y.score - x.score || x.id - y.id)
        .slice(0, count);
    },
    get size() {
      return kept.size;
    },
    get bytes() {
      return [...kept.values()].reduce((sum, { text }) => sum + new TextEncoder().encode(text).length, 0);
    },
  };
}

/**
 * The question with the notes in front of it, in the form that the chat of the course was taught: a model that was not taught
 * to read notes does not use them.
 *
 * `withNotes("Where does Brena live?", ["Brena lives in Oxley."])` is `"Note: Brena lives in Oxley. Where does Brena live?"`.
 */
export function withNotes(question: string, notes: readonly string[]): string {
  return notes.length === 0 ? question : `Note: ${notes.join(" ")} ${question}`;
}
