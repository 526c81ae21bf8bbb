/**
 * @file What notebooks 5, 8 and 9 ask SmolLM2, kept for readers who have not fetched it. Writes bench/results/smollm2-asked.json.
 *
 *     npx tsx bench/smollm2-asked.ts      (a minute; needs `npx course fetch smollm2`)
 */

import { CONVERSATION, DATED, loadSmolLM2, OPEN_QUESTION, TELLINGS, UNKNOWABLE } from "../datasets/src/smollm2";
import type { ChatMessage } from "../lib/src/chat";
import { hashModel } from "../lib/src/frozen";
import { askAllLlama, askLlama } from "../lib/src/llama-chat";
import { tellAndAsk, useModel, yearProbs } from "../lib/src/llama-probe";
import { createRandom } from "../lib/src/random";
import type { SmolLM2Asked } from "../lib/src/smollm2-results";
import { keep } from "./keep";

const { model, tokenizer } = loadSmolLM2();
const round = (p: number): number => Number(p.toPrecision(4));

async function main(): Promise<void> {
  const hashBefore = hashModel(model);
  const messages: ChatMessage[] = [];
  for (const content of CONVERSATION) {
    messages.push({ role: "user", content });
    messages.push({ role: "bot", content: await askLlama(model, tokenizer, messages) });
  }
  const year = Array.from({ length: 20 }, (_, i) => 2013 + i);
  const values: SmolLM2Asked = {
    hashBefore,
    conversation: messages.filter(({ role }) => role === "bot").map(({ content }) => content),
    tellings: TELLINGS.map((telling) => tellAndAsk(model, tokenizer, telling)),
    unknowable: await askAllLlama(model, tokenizer, UNKNOWABLE, { maxTokens: 24 }),
    years: {
      year,
      asked: yearProbs(model, tokenizer, year).map(round),
      told: yearProbs(model, tokenizer, year, DATED).map(round),
    },
    usage: await useModel(model, tokenizer, {
      telling: TELLINGS[0]!,
      question: OPEN_QUESTION,
      random: createRandom("yesterday"),
    }),
    hashAfter: hashModel(model),
  };
  keep("smollm2-asked", { command: "npx tsx bench/smollm2-asked.ts", values });
}

void main();
