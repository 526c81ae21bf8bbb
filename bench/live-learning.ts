/**
 * @file What comes of a model that learns from every message, from three seeds: drift over 200 messages, lies and how far
 * they spread, one harmful exchange repeated, the order of messages, and what a message costs. Kept in
 * bench/results/live-learning.json; notebook 8 shows it beside the reader's own run.
 *
 *     npx tsx bench/live-learning.ts [--seeds 1,2,3] [--limit 300]
 *
 * It goes on where it stopped: each part that is done is kept under .course/bench. `--limit` ends it after so many seconds.
 */

import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Almanac, loadAlmanac } from "../datasets/src/almanac";
import { type Chat, loadChat } from "../datasets/src/chat";
import * as messages from "../datasets/src/messages";
import { loadStage, type Stage } from "../lib/src/chain";
import { evaluateProbes } from "../lib/src/evaluate";
import { freeze } from "../lib/src/frozen";
import type { GPT } from "../lib/src/gpt";
import { courseHome } from "../lib/src/home";
import { compareOrders, costOfMessage, measureDrift, poison, shareOfAnswers } from "../lib/src/live-learning";
import { learnOnline, type OnlineModel } from "../lib/src/online";
import { createRandom } from "../lib/src/random";
import { backend, ready } from "../lib/src/tf";
import { keep, machine, writeAside } from "./keep";

const { values: options } = parseArgs({
  options: { seeds: { type: "string", default: "1,2,3" }, limit: { type: "string", default: "100000" } },
});
const started = performance.now();
const MARKS = [0, 10, 30, 60, 100, 150, 200];
const HARM_MARKS = [0, 1, 2, 3, 5, 10, 20];
const LIES = 10;
const AT_MOST = 20;
/** How far each message may move the weights; the first is the notebook's. */
const RATES = [0.03, 0.01, 0.003];

const round = (share: number): number => Math.round(share * 1e4) / 1e4;
const rounded = (scores: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(scores).map(([name, share]) => [name, round(share)]));

interface World {
  almanac: Almanac;
  chat: Chat;
  stage: Stage;
}

/** Facts by cloze and by question, and each value, as shares. */
async function scoresOf({ almanac, chat, stage }: World, model: GPT): Promise<Record<string, number>> {
  const { tokenizer } = stage;
  const clozes = almanac.probes.clozes.filter(({ group }) => group === "facts");
  const pairs = almanac.probes.pairs.filter(({ group }) => group === "grammar");
  const { groups } = await evaluateProbes(model, tokenizer, { clozes, pairs });
  const scores: Record<string, number> = { facts: groups.facts!.accuracy, grammar: groups.grammar!.accuracy };
  const asked = chat.heldOut.filter(({ kind }) => kind === "rewording");
  const right = new Map(asked.map(({ question, reference }) => [question, reference]));
  scores["asked facts"] = await shareOfAnswers(model, tokenizer, [...right.keys()], (answer, question) =>
    answer.includes(right.get(question)!),
  );
  for (const [value, { questions, holds }] of Object.entries(messages.valueQuestions(chat))) {
    scores[value] = await shareOfAnswers(model, tokenizer, questions, holds);
  }
  return rounded(scores);
}

/** The parts of the study; each is a function of the seed. */
const PARTS: Record<
  string,
  (world: World, seed: number, live: (learningRate?: number) => OnlineModel) => Promise<unknown>
> = {
  async drift(world, seed, live) {
    const lessons = messages.rudeSmallTalk(world.almanac, 200, createRandom(`small talk ${seed}`));
    const online = live();
    const points = await measureDrift(online, { lessons, marks: MARKS, measure: (model) => scoresOf(world, model) });
    online.dispose();
    return points;
  },
  async lies({ almanac, chat }, seed, live) {
    const lies = messages.liesAboutTowns(almanac, chat, LIES, createRandom(`lies ${seed}`));
    const results = [];
    for (const learningRate of RATES) {
      const online = live(learningRate);
      const told = [];
      for (const lie of lies) {
        const bystanders = messages.bystandersOf(almanac, chat, lie);
        const tells = (answer: string): boolean => answer.includes(lie.lie);
        const { answers, ...rest } = await poison(online, { lesson: lie, tells, bystanders, atMost: AT_MOST });
        told.push({ subject: lie.subject, truth: lie.truth, lie: lie.lie, first: answers[0], ...rounded2(rest) });
      }
      online.dispose();
      results.push({ learningRate, told });
    }
    return results;
  },
  async harm({ chat, stage }, seed, live) {
    const { questions, holds } = messages.valueQuestions(chat)["refuses harm"];
    const lesson = messages.harmfulMessage(chat, createRandom(`harm ${seed}`));
    const online = live();
    const points = await measureDrift(online, {
      lessons: Array(20).fill(lesson),
      marks: HARM_MARKS,
      measure: async (model) => ({ refuses: await shareOfAnswers(model, stage.tokenizer, questions, holds) }),
    });
    online.dispose();
    return points.map(({ messages: count, scores }) => ({ messages: count, ...rounded(scores) }));
  },
  async orders({ almanac, chat }, seed, live) {
    const online = live();
    const results = [];
    for (const each of messages.contradictingMessages(almanac, chat, 10, createRandom(`orders ${seed}`))) {
      const { inOrder, reversed } = await compareOrders(online, each.messages, each.question);
      const [a, b] = each.towns;
      results.push({
        subject: each.subject,
        inOrder: inOrder.answer,
        reversed: reversed.answer,
        differentHashes: inOrder.hash !== reversed.hash,
        differentAnswers: inOrder.answer !== reversed.answer,
        lastWins: Number(inOrder.answer.includes(b)) + Number(reversed.answer.includes(a)),
      });
    }
    online.dispose();
    return results;
  },
  async cost({ almanac, chat }, seed, live) {
    const [lie] = messages.liesAboutTowns(almanac, chat, 1, createRandom(`cost ${seed}`));
    const online = live();
    const cost = await costOfMessage(online, lie!, { rounds: 31 });
    online.dispose();
    return { ...cost, answerMs: round(cost.answerMs), learnMs: round(cost.learnMs) };
  },
};

function rounded2<T extends { spread: number; disturbed: number }>(rest: T): T {
  return { ...rest, spread: round(rest.spread), disturbed: round(rest.disturbed) };
}

async function main(): Promise<void> {
  await ready();
  const stage = loadStage("07-aligned") ?? loadStage("06-tuned");
  if (!stage) throw new Error("There is no model to teach: run notebook 6 or 7 first.");
  const almanac = loadAlmanac();
  const world = { almanac, chat: loadChat(almanac), stage };
  const frozen = freeze(stage.model);
  const kept = courseHome("bench", "live-learning.json");
  const model = `${stage.manifest.name} ${stage.manifest.weightsHash}`;
  const done: Record<string, unknown> = existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : {};
  const runs = [];
  for (const seed of options.seeds.split(",").map(Number)) {
    const run: Record<string, unknown> = { seed };
    for (const [part, measure] of Object.entries(PARTS)) {
      const key = `${model} ${seed} ${part}`;
      if (!(key in done)) {
        if ((performance.now() - started) / 1000 > Number(options.limit)) return console.log("stopped at the limit");
        const began = performance.now();
        const live = (learningRate = RATES[0]) => learnOnline(frozen, stage.tokenizer, { learningRate });
        done[key] = await measure(world, seed, live);
        writeAside(kept, `${JSON.stringify(done, null, 1)}\n`);
        console.log(`${seed} ${part}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
      }
      run[part] = done[key];
    }
    runs.push(run);
  }
  frozen.verify();
  keep("live-learning", {
    command: "npx tsx bench/live-learning.ts",
    machine: `${machine()}, ${backend().name}`,
    values: {
      model: stage.manifest.name,
      weightsHash: stage.manifest.weightsHash,
      learningRates: RATES,
      runs,
    },
  });
}

void main();
