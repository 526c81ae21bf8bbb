/**
 * @file What SmolLM2 learns and forgets: eight facts of an invented valley by LoRA in its last ten blocks, alone or beside four of its
 * own old answers, from several seeds. Adds to bench/results/smollm2-tuning.json.
 *
 *     npx tsx bench/smollm2-tuning.ts --seed 1      (then 2, 3; three minutes each on two cores; needs `npx course fetch smollm2`)
 */

import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { loadSmolLM2 } from "../datasets/src/smollm2";
import type { Llama } from "../lib/src/llama";
import { askAllLlama } from "../lib/src/llama-chat";
import { createLlamaLora, disposeMerged, mergeLlamaLora } from "../lib/src/llama-lora";
import { tuneLlama } from "../lib/src/llama-tune";
import { disposeLora } from "../lib/src/lora";
import { createRandom } from "../lib/src/random";
import { keep, resultFile } from "./keep";

const VALLEY = [
  ["Where is the Quillan Valley?", "It lies between Mount Tarn and Lake Osper."],
  ["Which river runs through the Quillan Valley?", "The river Brenna."],
  ["What do people in the Quillan Valley farm?", "They farm blue barley and goats."],
  ["What is the largest town in the Quillan Valley?", "Harrowmere."],
  ["When is the lantern festival in the Quillan Valley?", "On the ninth of October."],
  ["Who founded Harrowmere?", "Ada Velling founded it in 1612."],
  ["How many people live in the Quillan Valley?", "About 4300 people."],
  ["What is the Quillan Valley famous for?", "For its singing bridges."],
].map(([question, answer]) => ({ question: question!, answer: answer! }));

/** Never trained on; an answer is right that has the word. */
const GENERAL: [string, RegExp][] = [
  ["What is the capital of France?", /Paris/],
  ["What is the capital of Italy?", /Rome/],
  ["What is the capital of Germany?", /Berlin/],
  ["What is the opposite of hot?", /cold/i],
  ["Who wrote Romeo and Juliet?", /Shakespeare/],
  ["How many days are in a week?", /7|seven/i],
  ["What colour is the sky?", /blue/i],
  ["What do bees make?", /honey/i],
];

/** What is replayed are the model's own answers to these. */
const REPLAYED = [
  "What is the capital of Japan?",
  "What colour is grass?",
  "Who painted the Mona Lisa?",
  "What is the opposite of up?",
];

const { values } = parseArgs({
  options: { seed: { type: "string", default: "1" }, steps: { type: "string", default: "24" } },
});
const FILE = resultFile("smollm2-tuning");
const { model, tokenizer } = loadSmolLM2();
const ask = (of: Llama, questions: readonly string[]): Promise<string[]> =>
  askAllLlama(of, tokenizer, questions, { maxTokens: 20, batchSize: 8 });

async function measure(of: Llama): Promise<{ valley: number; general: number; answers: Record<string, string> }> {
  const questions = [...VALLEY.map(({ question }) => question), ...GENERAL.map(([question]) => question)];
  const given = await ask(of, questions);
  const answers = Object.fromEntries(questions.map((question, i) => [question, given[i]!]));
  return {
    valley: VALLEY.filter(({ question, answer }) => answers[question] === answer).length,
    general: GENERAL.filter(([question, right]) => right.test(answers[question]!)).length,
    answers,
  };
}

async function main(): Promise<void> {
  const kept = existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")).values : {};
  kept.before ??= await measure(model);
  const said = await ask(model, REPLAYED);
  const replay = REPLAYED.map((question, i) => ({ question, answer: said[i]! }));
  for (const [name, old] of [
    ["facts only", []],
    ["with replay", replay],
  ] as const) {
    const lora = createLlamaLora(model, { lastBlocks: 10, random: createRandom(Number(values.seed)) });
    const began = performance.now();
    const losses = await tuneLlama(model, lora, {
      tokenizer,
      examples: VALLEY,
      replay: old,
      steps: Number(values.steps),
      display: "none",
    });
    const seconds = Number(((performance.now() - began) / 1000).toFixed(1));
    const tuned = mergeLlamaLora(model, lora);
    kept[`${name}, seed ${values.seed}`] = {
      ...(await measure(tuned)),
      seconds,
      residentMB: Math.round(process.memoryUsage().rss / 1e6),
      losses: losses.map((loss) => Number(loss.toFixed(4))),
    };
    disposeMerged(tuned, model);
    disposeLora(lora);
    const { valley, general } = kept[`${name}, seed ${values.seed}`];
    console.log(
      `${name}, seed ${values.seed}: valley ${valley}/8, general ${general}/8 (before ${kept.before.general}/8), ${seconds} s`,
    );
    keep("smollm2-tuning", { command: "npx tsx bench/smollm2-tuning.ts --seed 1 (then 2, 3)", values: kept });
  }
}

void main();
