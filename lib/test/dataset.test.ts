import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeDocuments, sampleBatch, sequentialBatches, splitDocuments, splitTokens } from "../src/dataset";
import { CourseError } from "../src/errors";
import { createRandom } from "../src/random";
import { CharTokenizer } from "../src/tokenizer";

const count = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);
const tokenizer = CharTokenizer.train("abc", { specialTokens: ["<doc>"] });

test("every document begins with the start token", () => {
  assert.deepEqual([...encodeDocuments(tokenizer, ["ab", "c"])], [3, 0, 1, 3, 2]);
  assert.deepEqual([...encodeDocuments(tokenizer, ["ab", "c"], { startToken: null })], [0, 1, 2]);
  assert.deepEqual([...encodeDocuments(CharTokenizer.train("abc"), ["ab", "c"])], [0, 1, 2]);
});

test("the name of the start token inside a document is text and begins nothing", () => {
  const letters = CharTokenizer.train("<doc>a", { specialTokens: ["<doc>"] });
  const tokens = encodeDocuments(letters, ["a<doc>a"]);
  assert.equal(tokens.filter((id) => id === letters.special["<doc>"]).length, 1);
});

test("a split by documents keeps every document once, and none in both parts", () => {
  const documents = Array.from({ length: 50 }, (_, i) => `document ${i}`);
  const { train, validation } = splitDocuments(documents, { validationFraction: 0.2, random: createRandom(1) });
  assert.equal(validation.length, 10);
  assert.deepEqual([...train, ...validation].sort(), [...documents].sort());
});

test("a split depends on the seed and on nothing else", () => {
  const documents = count(100);
  const of = (seed: number) => splitDocuments([...documents], { random: createRandom(seed) }).validation;
  assert.deepEqual(of(1), of(1));
  assert.notDeepEqual(of(1), of(2));
});

test("a split of two documents leaves one in each part", () => {
  const { train, validation } = splitDocuments(["a", "b"], { validationFraction: 0.9, random: createRandom(1) });
  assert.deepEqual([train.length, validation.length], [1, 1]);
});

test("a split of tokens cuts once, and with a start token only where a document begins", () => {
  const plain = splitTokens(count(1000));
  assert.deepEqual([plain.train.length, plain.validation.length], [900, 100]);
  const tokens = Int32Array.of(9, 1, 2, 9, 3, 4, 5, 6, 7, 8);
  const { train, validation } = splitTokens(tokens, { validationFraction: 0.3, startId: 9 });
  assert.deepEqual([...train], [9, 1, 2]);
  assert.deepEqual([...validation], [9, 3, 4, 5, 6, 7, 8]);
});

test("targets are the inputs one token further on, in every row", () => {
  const { inputs, targets } = sampleBatch({
    tokens: count(50),
    batchSize: 8,
    contextLength: 5,
    random: createRandom(1),
  });
  assert.equal(inputs.length, 40);
  assert.deepEqual([...targets], [...inputs.map((id) => id + 1)]);
  for (let row = 0; row < 8; row++) {
    const start = inputs[row * 5]!;
    assert.deepEqual([...inputs.subarray(row * 5, row * 5 + 5)], [start, start + 1, start + 2, start + 3, start + 4]);
  }
});

test("drawn windows reach the first and the last place, and no further", () => {
  const starts = new Set<number>();
  const random = createRandom(1);
  for (let i = 0; i < 100; i++) {
    const { inputs } = sampleBatch({ tokens: count(8), batchSize: 1, contextLength: 5, random });
    starts.add(inputs[0]!);
  }
  assert.deepEqual([...starts].sort(), [0, 1, 2]);
});

test("sequential windows cover each target once and leave out less than a window", () => {
  const batches = sequentialBatches({ tokens: count(11), batchSize: 2, contextLength: 3 });
  assert.deepEqual(
    batches.map((batch) => batch.batchSize),
    [2, 1],
  );
  assert.deepEqual(
    batches.flatMap((batch) => [...batch.targets]),
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  assert.deepEqual([...batches[1]!.inputs], [6, 7, 8]);
});

test("16-bit tokens give the same batches as 32-bit ones", () => {
  const options = { batchSize: 2, contextLength: 4 };
  const wide = sampleBatch({ tokens: count(30), ...options, random: createRandom(1) });
  const narrow = sampleBatch({ tokens: Uint16Array.from(count(30)), ...options, random: createRandom(1) });
  assert.deepEqual(narrow, wide);
});

test("what cannot work is refused with a sentence", () => {
  const random = createRandom(1);
  const cases: [() => unknown, RegExp][] = [
    [() => encodeDocuments(tokenizer, []), /documents: expected at least one with a text, received none/],
    [() => encodeDocuments(tokenizer, ["", ""]), /received 2 empty/],
    [
      () => encodeDocuments(CharTokenizer.train("ab"), ["a"], { startToken: "<doc>" }),
      /startToken: .*it has none.*received <doc>/,
    ],
    [() => splitDocuments(["a"], { random }), /at least two to split, received 1/],
    [() => splitDocuments(["a", "b"], { validationFraction: 1, random }), /validationFraction/],
    [() => splitTokens(count(1)), /at least two/],
    [() => splitTokens(Int32Array.of(9, 1, 2), { startId: 9 }), /a document \(token 9\) that begins after the first/],
    [
      () => sampleBatch({ tokens: count(8), batchSize: 1, contextLength: 8, random }),
      /tokens: expected at least 9: .* received 8\. Take a longer text or a shorter contextLength\./,
    ],
    [() => sequentialBatches({ tokens: count(0), batchSize: 1, contextLength: 1 }), /received 0/],
    [() => sampleBatch({ tokens: count(8), batchSize: 0, contextLength: 2, random }), /batchSize/],
    [() => sampleBatch({ tokens: count(8), batchSize: 1, contextLength: 1.5, random }), /contextLength/],
  ];
  for (const [act, message] of cases) {
    assert.throws(act, (error) => error instanceof CourseError && message.test(error.message), String(message));
  }
});
