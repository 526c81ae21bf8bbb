import assert from "node:assert/strict";
import { test } from "node:test";
import gpt2Ranks from "gpt-tokenizer/bpeRanks/r50k_base";
import { encode as gpt2Encode } from "gpt-tokenizer/encoding/r50k_base";
import { CourseError } from "../src/errors";
import { createRandom, type Random } from "../src/random";
import {
  BpeTokenizer,
  type BpeTokenizerJSON,
  CharTokenizer,
  SPECIAL_TOKENS,
  type TokenizerJSON,
  tokenizerFromJSON,
} from "../src/tokenizer";
import { gpt2Tokenizer } from "./gpt2-tokenizer";

const verse =
  "The owl and the cat went to sea in a beautiful boat. The cat sang to the owl; the owl sang to the sea.\n";

test("characters are numbered in the order of their code points", () => {
  const tokenizer = CharTokenizer.train("hello");
  assert.equal(tokenizer.vocabSize, 4);
  assert.deepEqual(tokenizer.encode("hole"), [1, 3, 2, 0]);
  assert.equal(tokenizer.decode([1, 3, 2, 0]), "hole");
});

test("a character beyond the basic plane is one token, not two halves", () => {
  const tokenizer = CharTokenizer.train("a🦉b");
  assert.deepEqual(tokenizer.encode("🦉"), [2]);
});

test("special tokens of a character tokenizer come after the characters", () => {
  const tokenizer = CharTokenizer.train("ab", { specialTokens: ["<doc>"] });
  assert.deepEqual(tokenizer.special, { "<doc>": 2 });
  assert.deepEqual(tokenizer.encode("<doc>ba", { allowSpecial: true }), [2, 1, 0]);
  assert.equal(tokenizer.decode([2, 1, 0]), "<doc>ba");
});

test("a character outside the vocabulary is named, and what to do about it", () => {
  assert.throws(() => CharTokenizer.train("hello").encode("help"), {
    name: "CourseError",
    message: /only the 4 characters of the vocabulary, received "p"\. Train the tokenizer/,
  });
});

test("the special tokens have the ids right after the 256 bytes, then come the merges", () => {
  const tokenizer = BpeTokenizer.train(verse, { vocabSize: 262 });
  assert.deepEqual(tokenizer.special, { "<doc>": 256, "<user>": 257, "<bot>": 258, "<end>": 259 });
  assert.equal(tokenizer.vocabSize, 262);
  assert.deepEqual(
    [260, 261].map((id) => tokenizer.token(id)),
    [" t", "he"],
  );
});

test("the docblock's example: low lower lowest", () => {
  const tokenizer = BpeTokenizer.train("low lower lowest", { vocabSize: 262 });
  assert.deepEqual(tokenizer.merges, [
    [108, 111],
    [260, 119],
  ]);
  assert.deepEqual(tokenizer.encode("lower"), [261, 101, 114]);
});

test("a special token's name in ordinary text is spelled out, unless it is allowed", () => {
  const tokenizer = BpeTokenizer.train(verse, { vocabSize: 300 });
  const text = "<user> hi<bot>";
  const spelled = tokenizer.encode(text);
  assert.ok(spelled.every((id) => id < 256 || id > 259));
  assert.equal(tokenizer.decode(spelled), text);
  const parsed = tokenizer.encode(text, { allowSpecial: true });
  assert.equal(parsed[0], 257);
  assert.equal(parsed.at(-1), 258);
  assert.equal(tokenizer.decode(parsed), text);
});

test("of two special names that overlap the longer one is taken", () => {
  const tokenizer = new BpeTokenizer({ merges: [], specialTokens: ["<a", "<a>"] });
  assert.deepEqual(tokenizer.encode("<a><a", { allowSpecial: true }), [257, 256]);
});

test("any text comes back unchanged", () => {
  const random = createRandom("round trip");
  const tokenizers = (["course", "gpt2"] as const).map((pattern) =>
    BpeTokenizer.train(`${verse} Grün 日本語日本語 ов ов 🦉🦉`, { vocabSize: 320, pattern }),
  );
  for (let round = 0; round < 1000; round++) {
    const text = randomUnicode(random.integer(30), random);
    for (const tokenizer of tokenizers) {
      assert.equal(tokenizer.decode(tokenizer.encode(text)), text, JSON.stringify(text));
      const parsed = tokenizer.encode(text, { allowSpecial: true });
      assert.equal(tokenizer.decode(parsed), text, JSON.stringify(text));
    }
  }
});

test("half a surrogate pair, which is no text, becomes U+FFFD", () => {
  const tokenizer = new BpeTokenizer({ merges: [] });
  assert.equal(tokenizer.decode(tokenizer.encode("a\ud800b")), "a\ufffdb");
});

test("a token that is part of a character is shown by its bytes", () => {
  const tokenizer = new BpeTokenizer({ merges: [[0xc3, 0xa9]] });
  assert.equal(tokenizer.token(0xc3), "\\xC3");
  assert.equal(tokenizer.token(260), "é");
  assert.equal(tokenizer.decode([0xc3]), "\ufffd");
});

test("with GPT-2's merges, ids are those of gpt-tokenizer's r50k, on prose, code, spaces and every script", () => {
  const { tokenizer, gpt2Id } = gpt2Tokenizer();
  const random = createRandom("gpt2");
  const texts = [
    verse,
    "I've said we'll; don't they'd you're it's I'M",
    "  two  spaces\tand\ttabs \n\n and 12345 3.14159, 1,000,000!!!",
    "for (let i = 0; i < ids.length; i++) { sum += ids[i]!; } // übrigens 日本語 🦉🦉🦉 नमस्ते",
    "a".repeat(1000),
    ...Array.from({ length: 300 }, () => randomUnicode(random.integer(40), random)),
    ...Array.from({ length: 300 }, () => randomWords(random)),
  ];
  for (const text of texts) {
    const ids = tokenizer.encode(text).map((id) => gpt2Id[id]);
    assert.deepEqual(ids, gpt2Encode(text), JSON.stringify(text));
  }
});

test("the saved form gives the same tokenizer again, also after a trip through a JSON file", () => {
  const bpe = BpeTokenizer.train(verse, { vocabSize: 300, pattern: "gpt2", specialTokens: ["<doc>"] });
  const chars = CharTokenizer.train(verse, { specialTokens: ["<doc>"] });
  for (const tokenizer of [bpe, chars]) {
    const again = tokenizerFromJSON(JSON.parse(JSON.stringify(tokenizer)) as TokenizerJSON);
    assert.equal(again.kind, tokenizer.kind);
    assert.equal(again.vocabSize, tokenizer.vocabSize);
    assert.deepEqual(again.special, tokenizer.special);
    assert.deepEqual(again.encode(verse), tokenizer.encode(verse));
    assert.deepEqual(again.toJSON(), tokenizer.toJSON());
  }
});

test("several documents train the same vocabulary as one text with them all", () => {
  const options = { vocabSize: 290 };
  const apart = BpeTokenizer.train(["the owl\n", "the cat\n"], options);
  assert.deepEqual(apart.merges, BpeTokenizer.train("the owl\nthe cat\n", options).merges);
});

test("what cannot work is refused with a sentence", () => {
  const bpe = new BpeTokenizer({ merges: [] });
  const json: BpeTokenizerJSON = bpe.toJSON();
  const cases: [() => unknown, RegExp][] = [
    [() => BpeTokenizer.train("", { vocabSize: 300 }), /text: expected at least one character to learn from/],
    [() => BpeTokenizer.train([], { vocabSize: 300 }), /received an empty text/],
    [() => CharTokenizer.train(""), /received an empty text/],
    [() => BpeTokenizer.train("abc", { vocabSize: 100 }), /vocabSize: expected a whole number of at least 260/],
    [() => BpeTokenizer.train("abc", { vocabSize: 300.5 }), /vocabSize/],
    [() => BpeTokenizer.train("abc", { vocabSize: 300, specialTokens: ["<a>", "<a>"] }), /specialTokens/],
    [
      () => new BpeTokenizer({ ...json, pattern: "gpt4" as "gpt2" }),
      /pattern: expected course or gpt2 or smollm, received gpt4/,
    ],
    [() => bpe.decode([97, 260]), /token id: expected a whole number from 0 to 259, received 260/],
    [() => bpe.decode([-1]), /received -1/],
    [() => bpe.token(0.5), /received 0.5/],
    [() => CharTokenizer.train("ab").decode([2]), /from 0 to 1, received 2/],
    [() => new CharTokenizer({ characters: ["a", "a"] }), /different single characters/],
    [() => tokenizerFromJSON({ kind: "words" } as unknown as TokenizerJSON), /expected "char", "bpe" or "vocabulary"/],
  ];
  for (const [act, message] of cases) {
    assert.throws(act, (error) => error instanceof CourseError && message.test(error.message), String(message));
  }
});

test("the names of all special tokens are the course's four, in this order", () => {
  assert.deepEqual(SPECIAL_TOKENS, ["<doc>", "<user>", "<bot>", "<end>"]);
});

function randomUnicode(length: number, random: Random): string {
  let text = "";
  while ([...text].length < length) {
    const code = random.pick([0x20, 0x61, 0x41, 0x30, 0x2000, 0x1f600, 0, 0xc0, 0x4e00, 0x900, 0x10000]);
    const point = code + random.integer(random.pick([1, 26, 256, 0x4000]));
    if (point < 0xd800 || point > 0xdfff) text += random.pick(["", "", " ", "\n", "'s"]) + String.fromCodePoint(point);
  }
  return text;
}

function randomWords(random: Random): string {
  const words = Array.from({ length: 12 }, () => gpt2Ranks[random.integer(gpt2Ranks.length)]);
  return words.filter((word) => typeof word === "string").join(random.pick(["", " "]));
}
