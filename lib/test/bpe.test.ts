import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import {
  bytesOf,
  countPairs,
  countWords,
  createWordEncoder,
  learnMerges,
  mergePair,
  type Pair,
  splitWords,
  type WordPattern,
} from "../src/bpe";
import { CourseError } from "../src/errors";
import { createRandom } from "../src/random";
import { BpeTokenizer } from "../src/tokenizer";

interface Reference {
  corpus: string;
  samples: string[];
  cases: { pattern: WordPattern; merges: [number, number][]; ids: number[][]; corpusLength: number }[];
}
const reference = JSON.parse(readFileSync(path.join(__dirname, "reference/bpe.json"), "utf8")) as Reference;

test("countPairs counts neighbours, overlapping ones too, the most frequent first and ties by smaller ids", () => {
  assert.deepEqual(countPairs([1, 2, 3, 1, 2]), [
    { pair: [1, 2], count: 2 },
    { pair: [2, 3], count: 1 },
    { pair: [3, 1], count: 1 },
  ]);
  assert.deepEqual(countPairs([7, 7, 7]), [{ pair: [7, 7], count: 2 }]);
  assert.deepEqual(countPairs([5]), []);
});

test("mergePair replaces from left to right and never uses a token twice", () => {
  assert.deepEqual(mergePair([1, 2, 3, 1, 2], [1, 2], 4), [4, 3, 4]);
  assert.deepEqual(mergePair([1, 1, 1], [1, 1], 2), [2, 1]);
  assert.deepEqual(mergePair([], [1, 2], 3), []);
});

test("the example of Wikipedia's article on byte-pair encoding: aaabdaaabac becomes XdXac after three merges", () => {
  let ids = bytesOf("aaabdaaabac");
  const merges: Pair[] = [];
  for (let id = 256; id < 259; id++) {
    const { pair } = countPairs(ids)[0]!;
    merges.push(pair);
    ids = mergePair(ids, pair, id);
  }
  // Z = aa, Y = ab, X = ZY; the article breaks the tie between ab and Za as we do.
  assert.deepEqual(merges, [
    [97, 97],
    [97, 98],
    [256, 257],
  ]);
  assert.deepEqual(ids, [258, 100, 258, 97, 99]);
});

for (const { pattern, merges, ids, corpusLength } of reference.cases) {
  test(`with the ${pattern} pattern, merges are those of Hugging Face's trainer, in the same order`, () => {
    const words = countWords([reference.corpus], pattern);
    assert.deepEqual(learnMerges(words, { count: 400 }), merges);
  });

  test(`with the ${pattern} pattern, ids are those of Hugging Face's encoder`, () => {
    const encodeWord = createWordEncoder(merges);
    const encode = (text: string): number[] => splitWords(text, pattern).flatMap(encodeWord);
    assert.deepEqual(reference.samples.map(encode), ids);
    assert.equal(encode(reference.corpus).length, corpusLength);
  });
}

test("a special token between the bytes and the merges moves the ids of the merges and nothing else", () => {
  const { corpus, cases } = reference;
  const tokenizer = BpeTokenizer.train(corpus, { vocabSize: 256 + 4 + 400 });
  const moved = (id: number): number => (id < 256 ? id : id + 4);
  assert.deepEqual(
    tokenizer.merges,
    cases[0]!.merges.map(([left, right]) => [moved(left), moved(right)]),
  );
});

test("learning ends when no pair occurs twice", () => {
  const words = new Map([
    ["low", 5],
    ["lot", 2],
  ]);
  assert.deepEqual(learnMerges(words, { count: 2 }), [
    [108, 111],
    [256, 119],
  ]);
  assert.equal(learnMerges(new Map([["abcdef", 1]]), { count: 10 }).length, 0);
});

test("the words of any text, put together again, are the text", () => {
  const random = createRandom("words");
  for (let round = 0; round < 500; round++) {
    const text = randomText(random.integer(40), random);
    for (const pattern of ["course", "gpt2"] as const) assert.equal(splitWords(text, pattern).join(""), text);
  }
});

test("in English text the course's words are those of the pattern ` ?[A-Za-z]+| ?[0-9]| ?[^\\sA-Za-z0-9]|\\s`", () => {
  const random = createRandom("ascii");
  for (let round = 0; round < 200; round++) {
    const text = String.fromCharCode(...Array.from({ length: 60 }, () => random.integer(128)));
    assert.deepEqual(splitWords(text), text.match(/ ?[A-Za-z]+| ?[0-9]| ?[^\sA-Za-z0-9]|\s/g));
  }
});

test("merges that cannot have been learned are refused", () => {
  for (const merges of [[[97, 256]], [[-1, 2]], [[1.5, 2]], [[1, 2] as const, [1, 2] as const]] as Pair[][]) {
    assert.throws(() => createWordEncoder(merges), CourseError);
  }
});

test("a cache of one word changes no id", () => {
  const { merges } = reference.cases[0]!;
  const plain = createWordEncoder(merges);
  const forgetful = createWordEncoder(merges, 256, 1);
  for (const word of splitWords(reference.corpus).slice(0, 300)) assert.deepEqual(forgetful(word), plain(word));
});

/** A text of random code points: plain letters, spaces, signs, other scripts, emoji, controls, combining marks. */
function randomText(length: number, random: ReturnType<typeof createRandom>): string {
  const ranges = [
    [0x20, 0x7e],
    [0x61, 0x7a],
    [0x20, 0x20],
    [0x00, 0x1f],
    [0xa0, 0x24f],
    [0x300, 0x36f],
    [0x400, 0x4ff],
    [0x4e00, 0x4fff],
    [0xe000, 0xffff],
    [0x10000, 0x10ffff],
  ] as const;
  let text = "";
  for (let i = 0; i < length; i++) {
    const [from, to] = random.pick(ranges);
    text += String.fromCodePoint(from + random.integer(to - from + 1));
  }
  return text;
}
