/**
 * @file What notebook 2 shows of SmolLM2, kept for readers who have not fetched it. Writes bench/results/smollm2-inside.json.
 *
 *     npx tsx bench/smollm2-inside.ts      (needs `npx course fetch smollm2`)
 */

import { loadSmolLM2 } from "../datasets/src/smollm2";
import { argmaxOf, attentionOf, headName, logitLens } from "../lib/src/inspect";
import { turnsPrompt } from "../lib/src/llama-chat";
import { keep } from "./keep";

/** A question, the beginning of its answer, and the word that comes next. The first is the notebook's example. */
const ASKED = [
  ["What is the capital of France?", "The capital of France is", " Paris"],
  ["What is the opposite of hot?", "The opposite of hot is", " cold"],
  ["Who wrote Romeo and Juliet?", "Romeo and Juliet was written by", " William"],
] as const;

const { model, tokenizer } = loadSmolLM2();
const idsOf = (question: string, begun: string): number[] => [
  ...turnsPrompt(tokenizer, question),
  ...tokenizer.encode(begun),
];
const round = (p: number): number => Number(p.toFixed(4));
const lens = ASKED.map(([question, begun, answer]) => {
  const [right] = tokenizer.encode(answer);
  return logitLens(model, idsOf(question, begun), { last: 1 }).map(({ probs: [p] }) => {
    return { top: tokenizer.token(argmaxOf(p!)), answer: round(p![right!]!) };
  });
});
const ids = idsOf(ASKED[0][0], ASKED[0][1]);
const country = ids.flatMap((id, i) => (tokenizer.token(id) === " France" ? [i] : []));
const heads = attentionOf(model, ids)
  .map((head) => ({ ...head, there: country.reduce((sum, i) => sum + head.weights.at(-1)![i]!, 0) }))
  .sort((a, b) => b.there - a.there)
  .slice(0, 4)
  .map((head) => ({ label: `head ${headName(head)}`, weights: head.weights.map((row) => row.map(round)) }));
keep("smollm2-inside", {
  command: "npx tsx bench/smollm2-inside.ts",
  values: { lens, heads, tokens: ids.map((id) => tokenizer.token(id)) },
});
