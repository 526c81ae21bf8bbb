import assert from "node:assert/strict";
import { test } from "node:test";
import { splitWords } from "../src/bpe";
import { openGguf } from "../src/gguf";
import { BpeTokenizer, tokenizerFromJSON } from "../src/tokenizer";
import { tokenizerFromGguf, VocabularyTokenizer } from "../src/vocabulary-tokenizer";
import { llamaPath, reference } from "./llama-reference";

const tokenizer = tokenizerFromGguf(openGguf(llamaPath).metadata);
const strings = Object.entries(reference.strings);

test("all texts get the ids that the Python package tokenizers gives them", () => {
  assert.ok(strings.length > 25);
  for (const [text, ids] of strings) {
    assert.deepEqual(tokenizer.encode(text, { allowSpecial: true }), ids, JSON.stringify(text));
  }
});

test("every text comes back, unless it has a byte that is not among the tokens", () => {
  for (const [text] of strings) if (text !== "Ȁ") assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
  assert.deepEqual(tokenizer.encode("Ȁ")[0], tokenizer.special["<|endoftext|>"]);
});

test("special tokens are made only where they are allowed", () => {
  const { special } = tokenizer;
  assert.deepEqual(tokenizer.encode("<|im_end|>", { allowSpecial: true }), [special["<|im_end|>"]]);
  assert.ok(!tokenizer.encode("<|im_end|>").includes(special["<|im_end|>"]!));
  assert.equal(
    tokenizer.decode(tokenizer.encode("<|im_start|>user\nowl<|im_end|>", { allowSpecial: true })),
    "<|im_start|>user\nowl<|im_end|>",
  );
  assert.deepEqual(tokenizer.encode("constructor", { allowSpecial: true }), tokenizer.encode("constructor"));
});

test("digits are cut apart, and white space before one stays together", () => {
  assert.deepEqual(splitWords("in 1984,  7", "smollm"), ["in", " ", "1", "9", "8", "4", ",", "  ", "7"]);
});

test("a token is shown as its text, or as bytes where it is no whole character", () => {
  const ids = tokenizer.encode(" the");
  assert.equal(ids.map((id) => tokenizer.token(id)).join(""), " the");
  const [first] = tokenizer.encode("Ω");
  assert.match(tokenizer.token(first!), /^\\x[0-9A-F]{2}$/);
});

test("it agrees with the course's own tokenizer when it is given that one's vocabulary", () => {
  const text = "The owl lives in the old mill by the river; the owls live in 12 mills.";
  const own = BpeTokenizer.train(text.repeat(3), { vocabSize: 300, specialTokens: ["<doc>"], pattern: "gpt2" });
  const standIns = Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return printable ? byte : undefined;
  });
  let next = 256;
  const characters = standIns.map((byte) => String.fromCodePoint(byte ?? next++));
  const asText = (id: number): string =>
    own.special["<doc>"] === id ? "<doc>" : [...own.bytesOf(id)].map((b) => characters[b]).join("");
  const same = new VocabularyTokenizer({
    pattern: "gpt2",
    tokens: Array.from({ length: own.vocabSize }, (_, id) => asText(id)),
    merges: own.merges.map(([left, right]) => `${asText(left)} ${asText(right)}`),
    specialTokens: ["<doc>"],
  });
  for (const sample of [text, "<doc> the river ñ 🦉"]) {
    assert.deepEqual(same.encode(sample, { allowSpecial: true }), own.encode(sample, { allowSpecial: true }));
  }
});

test("the saved form makes the same tokenizer again", () => {
  const again = tokenizerFromJSON(JSON.parse(JSON.stringify(tokenizer)));
  for (const [text, ids] of strings) assert.deepEqual(again.encode(text, { allowSpecial: true }), ids);
  assert.deepEqual(again.special, tokenizer.special);
});

test("a byte without a token is an error where nothing stands for it", () => {
  const small = new VocabularyTokenizer({
    pattern: "gpt2",
    tokens: ["l", "o", "w", "lo", "low"],
    merges: ["l o", "lo w"],
    specialTokens: [],
  });
  assert.deepEqual([small.encode("low"), small.encode("owl")], [[4], [1, 2, 0]]);
  assert.throws(() => small.encode("lot"), /expected bytes that are among the tokens, received "lot"/);
  assert.throws(() => small.token(5), /whole number from 0 to 4/);
});

test("merges and settings that do not fit are named", () => {
  const parts = { pattern: "gpt2" as const, tokens: ["a", "b", "ab"], specialTokens: [] };
  assert.throws(() => new VocabularyTokenizer({ ...parts, merges: ["a xy"] }), /merges\[0\]: expected two parts/);
  assert.throws(() => new VocabularyTokenizer({ ...parts, merges: ["b a"] }), /tokens: expected to have "ba"/);
  const { metadata } = openGguf(llamaPath);
  const other = { ...metadata, "tokenizer.ggml.pre": "qwen2" };
  assert.throws(() => tokenizerFromGguf(other), /words cut as in gpt-2 or smollm, received "gpt2", qwen2/);
});
