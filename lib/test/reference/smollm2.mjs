/**
 * Token ids by llama.cpp for 400 texts, for the test of the tokenizer on SmolLM2's own file.
 *
 *     npm install node-llama-cpp@3.22.1      (in a folder of its own)
 *     node lib/test/reference/smollm2.mjs <folder>/node_modules/node-llama-cpp SmolLM2-135M-Instruct.Q4_1.gguf
 *
 * writes smollm2-tokens.json beside itself: [text, ids] pairs. The texts are made here from a seed: English, code, white space and
 * digits in every arrangement, other scripts, signs. Bytes that the vocabulary lacks are left out: programs differ there.
 */

import { writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const [library, modelPath] = process.argv.slice(2);
const { getLlama } = await import(resolve(library, "dist/index.js"));
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error" });
const model = await llama.loadModel({ modelPath });

let state = 12345;
const random = (n) => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
};
const pick = (list) => list[random(list.length)];
const WORDS = `the of and to in owl river mill goat valley lantern people because Paris capital France don't it's we'll they've I'm you'd
  JavaScript function return const let => {} [] () == != && || "quoted" 'single' <b>bold</b> # Heading - item * star 1. 2) https://example.org/a?b=c&d=e
  user@example.org 3.14 1e-5 0x1F 2024-11-23 12:34 $5.00 50% naïve café résumé Größe Straße señor façade Łódź İstanbul Ελλάδα Москва Київ
  ישראל العربية हिन्दी ไทย 東京 北京市 서울 ありがとう 🦉 👍🏽 👩‍👩‍👧 🇫🇷 “curly” ‘quotes’ … — – • € £ ½ ² № ™ ﬁ ﬂ A̐ é`.split(/\s+/);
const SPACES = [" ", " ", " ", " ", "  ", "   ", "\n", "\n\n", "\t", " \n", "\n ", "\u00a0", "", ""];
const DIGITS = ["1", "22", "333", " 4", "  5", "6 ", "7\n", "8.", "9,0", "-1", "1a", "a1"];
const SENTENCES = [
  "What is the capital of France?",
  "The owl lives in the old mill by the river, doesn't it?",
  "function add(a, b) {\n  return a + b; // 12\n}\n",
  "for (let i = 0; i < 10; i++) console.log(`${i}: ${i ** 2}`);",
  "In 1998, 1,234,567 people (12.5%) moved; 3 of 4 stayed.",
  "  leading and trailing  ",
  "\n\n\n\n",
  "tabs\t\tand\r\nreturns\r\n",
  "ALL CAPS, Title Case, camelCase, snake_case, kebab-case, SCREAMING_SNAKE",
  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  "!!!???...,,,;;;:::---___***",
  "e = mc^2, sum_{i=0}^{n} x_i <= 1/2 * (a+b)",
];
const texts = new Set(SENTENCES);
while (texts.size < 400) {
  let text = "";
  const length = 1 + random(12);
  for (let i = 0; i < length; i++) text += pick(random(5) === 0 ? DIGITS : WORDS) + pick(SPACES);
  texts.add(text);
}
const pairs = [...texts].map((text) => [text, Array.from(model.tokenize(text, false))]);
writeFileSync(join(dirname(fileURLToPath(import.meta.url)), "smollm2-tokens.json"), `${JSON.stringify(pairs)}\n`);
console.log(pairs.length, "texts,", pairs.reduce((sum, [, ids]) => sum + ids.length, 0), "tokens");
process.exit(0);
