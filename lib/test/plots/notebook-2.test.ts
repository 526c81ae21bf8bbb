import assert from "node:assert/strict";
import { test } from "node:test";
import { logitLensTable } from "../../src/plots";

const vocabulary = [" the", " goat", " Dunmere", " a"];
const readings = [
  {
    after: "embed",
    probs: [
      [0.9, 0.1, 0, 0],
      [0.2, 0.6, 0.1, 0.1],
    ],
  },
  {
    after: "h.0",
    probs: [
      [0.1, 0.8, 0, 0.1],
      [0.1, 0.1, 0.4, 0.4],
    ],
  },
  {
    after: "h.1",
    probs: [
      [0, 1, 0, 0],
      [0, 0.02, 0.98, 0],
    ],
  },
];
const tokens = [" a", " goat"];
const figure = logitLensTable({ readings, tokens, vocabulary, answer: 2 });
const [shades, texts] = figure.data as unknown as [{ z: number[][] }, { text: string[]; x: number[]; y: number[] }];

test("each cell shows the likeliest token and its share, layers upwards, places to the right", () => {
  assert.deepEqual(shades.z, [
    [0.9, 0.6],
    [0.8, 0.4],
    [1, 0.98],
  ]);
  const cell = texts.text[texts.y.findIndex((y, i) => y === 1 && texts.x[i] === 0)];
  assert.equal(cell, "␣goat<br>80%");
});

test("the title says from which layer on the answer is in front, and stays there", () => {
  assert.match(JSON.stringify(figure.layout.title), /“␣Dunmere” is in front from h\.0 on/);
  const late = logitLensTable({ readings: [...readings, readings[0]!], tokens, vocabulary, answer: 2 });
  assert.match(JSON.stringify(late.layout.title), /“␣Dunmere” is not the answer of any last layer/);
});

test("the answer is bold at the last place only, and the summary tells the last place in words", () => {
  assert.equal(texts.text.filter((text) => text.startsWith("<b>")).length, 2);
  assert.match(figure.summary, /after embed “␣goat” 60% \(the answer 10%\); after h\.0 “␣Dunmere” 40%/);
});

test("only the last places are drawn when the text is long", () => {
  const short = logitLensTable({ readings, tokens, vocabulary, last: 1 });
  assert.deepEqual((short.data[0] as unknown as { z: number[][] }).z, [[0.6], [0.4], [0.98]]);
  assert.match(JSON.stringify(short.layout.title), /after each layer/);
});

test("readings that do not fit the text are refused", () => {
  assert.throws(
    () => logitLensTable({ readings, tokens: [" a"], vocabulary }),
    /readings, embed: expected \(1\), received \(2\)/,
  );
  assert.throws(() => logitLensTable({ readings: [], tokens, vocabulary }), /at least one/);
});
