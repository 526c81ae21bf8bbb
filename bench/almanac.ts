/**
 * @file The course's model from three seeds, and beside each the model that reads every fact in one wording only: what
 * arrives, when, and how long it takes. Kept in bench/results/almanac.json; notebook 1 shows it beside the reader's run.
 *
 *     npx tsx bench/almanac.ts [--seeds 1,2,3] [--steps 2200]
 */

import { parseArgs } from "node:util";
import { loadAlmanac } from "../datasets/src/almanac";
import { pretrain } from "../lib/src/chain";
import { evaluateProbes } from "../lib/src/evaluate";
import { disposeGPT } from "../lib/src/gpt";
import { BpeTokenizer } from "../lib/src/tokenizer";
import { keep } from "./keep";

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "1,2,3" }, steps: { type: "string", default: "2200" } },
});

const percent = (share: number): number => Math.round(share * 1000) / 10;

async function main(): Promise<void> {
  const steps = Number(values.steps);
  const marks = [0, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1].map((share) => Math.round(share * steps));
  const [ten, one] = [loadAlmanac(), loadAlmanac({ onePerFact: true })];
  const tokenizer = BpeTokenizer.train(ten.text(), { vocabSize: 768 });
  const runs = [];
  for (const seed of values.seeds.split(",").map(Number)) {
    const probesOf = async (model: Parameters<typeof evaluateProbes>[0]) => {
      const { groups, kinds } = await evaluateProbes(model, tokenizer, ten.probes);
      const shares = (scores: typeof groups) =>
        Object.fromEntries(Object.entries(scores).map(([name, { accuracy }]) => [name, percent(accuracy)]));
      return { ...shares(groups), ...shares(kinds) };
    };
    const common = { steps, seed, tokenizer, display: "none" } as const;
    const main = await pretrain(ten, { ...common, evaluateAt: marks, evaluate: ({ model }) => probesOf(model) });
    const parrot = await pretrain(one, { ...common, evaluateAt: [] });
    const asked = (await evaluateProbes(parrot.model, tokenizer, { clozes: one.probes.clozes })).groups;
    runs.push({
      seed,
      minutes: Math.round(main.history.elapsedMs / 600) / 100,
      trainingMinutes: Math.round(main.history.trainingMs / 600) / 100,
      curve: main.history.evaluations,
      oneWording: { asRead: percent(asked["facts as read"]!.accuracy), unseen: percent(asked.facts!.accuracy) },
    });
    console.log(JSON.stringify({ ...runs.at(-1), curve: runs.at(-1)!.curve.at(-1) }));
    disposeGPT(main.model);
    disposeGPT(parrot.model);
  }
  keep("almanac", { command: "npx tsx bench/almanac.ts", values: { steps, almanac: ten.sha256, runs } });
}

void main();
