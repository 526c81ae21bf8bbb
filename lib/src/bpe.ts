/**
 * @file Byte-pair encoding: how a vocabulary is learned from text, and how text is cut with it. Notebook 1 builds it by
 * hand. Only the algorithm is here; `tokenizer.ts` adds special tokens, decoding and the saved form.
 * After Gage (1994), and Sennrich, Haddow and Birch (2016, arXiv:1508.07909), on bytes as in GPT-2 (Radford et al. 2019).
 */

import { assertCount, CourseError } from "./errors";

/** Two neighbouring token ids: `[left, right]`. */
export type Pair = readonly [number, number];

/** A pair and how often it occurs. */
export interface PairCount {
  pair: Pair;
  count: number;
}

/**
 * The rules that cut a text into words before any merge, so that no token reaches across words.
 *
 * - `course`: a run of letters, a single digit or a single other sign, each with the space before it; other white space
 *   one by one.
 * - `gpt2`: the rule of GPT-2: English endings such as `'s` apart, runs of letters, of digits and of other signs.
 * - `smollm`: the rule of SmolLM2: every digit apart, without a space before it, and what is between digits as in `gpt2`.
 *
 * Every character belongs to exactly one word, so that the words put together again are the text.
 */
export const WORD_PATTERNS: Readonly<Record<WordPattern, RegExp>> = {
  course: / ?[\p{L}\p{M}]+| ?\p{N}| ?[^\s\p{L}\p{M}\p{N}]|\s/gu,
  gpt2: /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu,
  smollm: /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+(?![^\s\p{N}])|\s+/gu,
};

/** The name of a rule in {@link WORD_PATTERNS}. */
export type WordPattern = "course" | "gpt2" | "smollm";

const utf8 = new TextEncoder();

/** Cuts a text into words: `splitWords("two goats.")` is `["two", " goats", "."]`. */
export function splitWords(text: string, pattern: WordPattern = "course"): string[] {
  return text.match(WORD_PATTERNS[pattern]) ?? [];
}

/** The UTF-8 bytes of a text, which are the ids that byte-pair encoding starts from: `bytesOf("hé")` is `[104, 195, 169]`. */
export function bytesOf(text: string): number[] {
  return Array.from(utf8.encode(text));
}

/**
 * Counts every pair of neighbours, the most frequent first; of equally frequent pairs the one with the smaller ids.
 *
 * `countPairs([1, 2, 3, 1, 2])` is `[{ pair: [1, 2], count: 2 }, { pair: [2, 3], count: 1 }, { pair: [3, 1], count: 1 }]`.
 */
export function countPairs(ids: readonly number[]): PairCount[] {
  const counts = new Map<string, PairCount>();
  for (let i = 0; i + 1 < ids.length; i++) {
    const pair: Pair = [ids[i]!, ids[i + 1]!];
    const found = counts.get(pair.join());
    if (found) found.count++;
    else counts.set(pair.join(), { pair, count: 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || a.pair[0] - b.pair[0] || a.pair[1] - b.pair[1]);
}

/**
 * Replaces a pair by one new id wherever it stands, from left to right.
 *
 * `mergePair([1, 2, 3, 1, 2], [1, 2], 4)` is `[4, 3, 4]`, and `mergePair([1, 1, 1], [1, 1], 2)` is `[2, 1]`.
 */
export function mergePair(ids: readonly number[], pair: Pair, id: number): number[] {
  const [left, right] = pair;
  const merged: number[] = [];
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] === left && ids[i + 1] === right) {
      merged.push(id);
      i++; // the right one is used up
    } else merged.push(ids[i]!);
  }
  return merged;
}

/** How often each word occurs in the texts. */
export function countWords(texts: Iterable<string>, pattern: WordPattern = "course"): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const word of splitWords(text, pattern)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

/** What {@link learnMerges} needs to know besides the words. */
export interface LearnMergesOptions {
  /** How many merges to learn at most. */
  count: number;
  /** The id of the first merged token; the bytes have 0 to 255. Default 256. */
  firstId?: number;
  /** A pair that occurs less often than this is not merged, and the learning ends. Default 2. */
  minCount?: number;
}

/** A different word of the corpus: its ids so far and how often it occurs. */
interface Word {
  ids: number[];
  count: number;
}

/**
 * Learns merges: again and again, the most frequent pair of neighbours becomes a new token.
 * Of equally frequent pairs the one with the smaller left id is taken, then the one with the smaller right id.
 *
 * `learnMerges(new Map([["low", 5], ["lot", 2]]), { count: 2 })` is `[[108, 111], [256, 119]]`: first `l` + `o`, 7 times,
 * then `lo` + `w`, 5 times.
 *
 * Counting everything anew after each merge would be right and slow. A merge changes only the words it occurs in, so the
 * counts are kept, and for each pair the words that have it.
 */
export function learnMerges(wordCounts: ReadonlyMap<string, number>, options: LearnMergesOptions): Pair[] {
  const { count, firstId = 256, minCount = 2 } = options;
  assertCount("count", count, 0);
  const base = firstId + count; // all ids are below it, so left * base + right is a different number for every pair
  const pairCounts = new Map<number, number>();
  const wordsWith = new Map<number, Set<Word>>();

  const add = (word: Word): void => {
    for (let i = 0; i + 1 < word.ids.length; i++) {
      const key = word.ids[i]! * base + word.ids[i + 1]!;
      pairCounts.set(key, (pairCounts.get(key) ?? 0) + word.count);
      const words = wordsWith.get(key);
      if (words) words.add(word);
      else wordsWith.set(key, new Set([word]));
    }
  };
  const remove = (word: Word): void => {
    for (let i = 0; i + 1 < word.ids.length; i++) {
      const key = word.ids[i]! * base + word.ids[i + 1]!;
      const left = pairCounts.get(key)! - word.count;
      if (left > 0) pairCounts.set(key, left);
      else pairCounts.delete(key);
    }
  };

  for (const [text, wordCount] of wordCounts) add({ ids: bytesOf(text), count: wordCount });
  const merges: Pair[] = [];
  while (merges.length < count) {
    let best = -1;
    let bestCount = 0;
    for (const [key, pairCount] of pairCounts) {
      if (pairCount > bestCount || (pairCount === bestCount && key < best)) [best, bestCount] = [key, pairCount];
    }
    if (bestCount < minCount) break;
    const pair: Pair = [Math.floor(best / base), best % base];
    for (const word of wordsWith.get(best)!) {
      const merged = mergePair(word.ids, pair, firstId + merges.length);
      if (merged.length === word.ids.length) continue; // an earlier merge has taken the pair out of this word
      remove(word);
      word.ids = merged;
      add(word);
    }
    wordsWith.delete(best);
    merges.push(pair);
  }
  return merges;
}

/** Cuts one word: from its bytes to token ids. */
export type WordEncoder = (word: string) => number[];

/**
 * Makes the function that cuts a word with learned merges: of all pairs in it, the one learned first is merged, until
 * none is left. The k-th merge has the id `firstId + k`.
 *
 * With the merges of {@link learnMerges}' example, `lower` becomes `[257, 101, 114]`: `low`, `e`, `r`.
 *
 * A word that was seen before is looked up; at most `cacheSize` words are kept.
 */
export function createWordEncoder(merges: readonly Pair[], firstId = 256, cacheSize = 100_000): WordEncoder {
  const base = firstId + merges.length;
  const mergedId = new Map<number, number>();
  merges.forEach(([left, right], k) => {
    const id = firstId + k;
    const valid = (part: number): boolean => Number.isInteger(part) && part >= 0 && part < id;
    if (!valid(left) || !valid(right) || mergedId.has(left * base + right)) {
      throw new CourseError({
        what: `merges[${k}]`,
        expected: `a new pair of ids below ${id}`,
        received: `[${left}, ${right}]`,
      });
    }
    mergedId.set(left * base + right, id);
  });

  const cache = new Map<string, number[]>();
  return (word) => {
    const known = cache.get(word);
    if (known) return known;
    let ids = bytesOf(word);
    for (;;) {
      let first = Infinity; // the id of the earliest merge that is possible
      let at = -1;
      for (let i = 0; i + 1 < ids.length; i++) {
        const id = mergedId.get(ids[i]! * base + ids[i + 1]!);
        if (id !== undefined && id < first) [first, at] = [id, i];
      }
      if (at < 0) break;
      ids = mergePair(ids, [ids[at]!, ids[at + 1]!], first);
    }
    if (cache.size >= cacheSize) cache.clear();
    cache.set(word, ids);
    return ids;
  };
}
