/**
 * @file Byte-pair encoding: how a vocabulary is learned from text, and how text is cut with it. Notebook 1 builds it by
 * hand. Only the algorithm is here; `tokenizer.ts` adds special tokens, decoding and the saved form.
 * After Gage (1994), and Sennrich, Haddow and Birch (2016, arXiv:1508.07909), on bytes as in GPT-2 (Radford et al. 2019).
 */

import { assertCount, CourseError } from "./errors";
import { NO_PAIR, PairTable } from "./pair-table";
import { Tournament } from "./tournament";

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
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return Array.from(utf8.encode(text));
    bytes.push(unit); // a character of plain English is one byte, its own number
  }
  return bytes;
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

/** A pair of the corpus, as one number; how often it occurs; the words that have it, or had it once. */
interface CountedPair {
  key: number;
  count: number;
  words: Set<Word>;
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
  const pairs: CountedPair[] = [];
  const byKey = new Map<number, CountedPair>();

  /** Counts the pairs of a word, or takes them away again. */
  function tally(word: Word, direction: 1 | -1): void {
    for (let i = 0; i + 1 < word.ids.length; i++) {
      const key = word.ids[i]! * base + word.ids[i + 1]!;
      let pair = byKey.get(key);
      if (pair === undefined) {
        pair = { key, count: 0, words: new Set() };
        byKey.set(key, pair);
        pairs.push(pair);
      }
      pair.count += direction * word.count;
      if (direction === 1) pair.words.add(word);
    }
  }

  for (const [text, wordCount] of wordCounts) tally({ ids: bytesOf(text), count: wordCount }, 1);
  const merges: Pair[] = [];
  while (merges.length < count) {
    let best: CountedPair = { key: -1, count: 0, words: new Set() };
    for (const pair of pairs) {
      if (pair.count > best.count || (pair.count === best.count && pair.key < best.key)) best = pair;
    }
    if (best.count < minCount) break;
    const pair: Pair = [Math.floor(best.key / base), best.key % base];
    for (const word of best.words) {
      const merged = mergePair(word.ids, pair, firstId + merges.length);
      if (merged.length === word.ids.length) continue; // an earlier merge has taken the pair out of this word
      tally(word, -1);
      word.ids = merged;
      tally(word, 1);
    }
    best.words.clear(); // no word has this pair any more
    merges.push(pair);
  }
  return merges;
}

/**
 * Merges all that can be merged in a word: again and again, of all pairs in it the one that was learned first, from left to
 * right. `mergedId` knows what two ids become; earlier merges have smaller ids. Changes `ids`, and returns what is left of them.
 *
 * With `l` + `o` learned first and `lo` + `w` second (256 and 257), `lower` = `[108, 111, 119, 101, 114]` becomes
 * `[256, _, 119, 101, 114]`, then `[257, _, _, 101, 114]`: the left place of a merge keeps the new id, the right one is left
 * empty, and every place knows its neighbours. After a merge only the two pairs around it are looked up again, and
 * the {@link Tournament} tells the next merge, so that n bytes take a time of about n log n.
 */
function mergeWord(ids: number[], mergedId: PairTable): number[] {
  const end = ids.length;
  const previous: number[] = [];
  const next: number[] = [];
  const possible: number[] = []; // for every place what it and the next one become: the smaller, the sooner
  for (let i = 0; i < end; i++) {
    previous.push(i - 1);
    next.push(i + 1);
    possible.push(i + 1 < end ? mergedId.get(ids[i]!, ids[i + 1]!) : NO_PAIR);
  }
  const merges = new Tournament(possible);
  while (merges.least < NO_PAIR) {
    const id = merges.least;
    const left = merges.indexOfLeast();
    const right = next[left]!;
    const before = previous[left]!;
    const after = next[right]!;
    ids[left] = id;
    ids[right] = EMPTY;
    next[left] = after;
    if (after < end) previous[after] = left;
    merges.set(right, NO_PAIR);
    merges.set(left, after < end ? mergedId.get(id, ids[after]!) : NO_PAIR);
    if (before >= 0) merges.set(before, mergedId.get(ids[before]!, id));
  }
  return ids.filter((id) => id !== EMPTY);
}

/** Stands where a merge has used an id up. */
const EMPTY = -1;

/** Cuts one word: from its bytes to token ids. */
export type WordEncoder = (word: string) => readonly number[];

/**
 * Makes the function that cuts a word with learned merges: of all pairs in it, the one learned first is merged, until
 * none is left. The k-th merge has the id `firstId + k`.
 *
 * With the merges of {@link learnMerges}' example, `lower` becomes `[257, 101, 114]`: `low`, `e`, `r`.
 *
 * A word that was seen before is looked up; at most `cacheSize` words are kept.
 */
export function createWordEncoder(merges: readonly Pair[], firstId = 256, cacheSize = 100_000): WordEncoder {
  const mergedId = new PairTable(merges.length);
  merges.forEach(([left, right], k) => {
    const id = firstId + k;
    if (!isIdBelow(id, left) || !isIdBelow(id, right) || mergedId.get(left, right) !== NO_PAIR) {
      throw new CourseError({
        what: `merges[${k}]`,
        expected: `a new pair of ids below ${id}`,
        received: `[${left}, ${right}]`,
      });
    }
    mergedId.set(left, right, id);
  });

  const cache = new Map<string, readonly number[]>();
  return (word) => {
    const known = cache.get(word);
    if (known) return known;
    const ids = mergeWord(bytesOf(word), mergedId);
    if (cache.size >= cacheSize) cache.clear();
    cache.set(word, ids);
    return ids;
  };
}

function isIdBelow(end: number, id: number): boolean {
  return Number.isInteger(id) && id >= 0 && id < end;
}
