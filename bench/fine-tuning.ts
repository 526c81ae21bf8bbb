/**
 * @file Fine-tuning the course's model in many ways: what is learned and what is forgotten, over learning rate, epochs,
 * rehearsal, LoRA, seeds, number of examples, and on a foreign text. Kept in bench/results/fine-tuning.json; notebook 6 plots it.
 *
 *     npx tsx bench/fine-tuning.ts [--only seeds,grid,lora,scratch,domain] [--minutes 60] [--fresh]
 *
 * All of it takes about 15 minutes on two cores. What is already in the file is not run again, so it can be done in pieces.
 */

import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Almanac, loadAlmanac } from "../datasets/src/almanac";
import { loadBooks } from "../datasets/src/books";
import { type ChatExample, loadChat } from "../datasets/src/chat";
import { SMALL_CORPUS_CHARACTERS, tryLoadShakespeare } from "../datasets/src/shakespeare";
import { pretrained, type Stage } from "../lib/src/chain";
import { roleTokens } from "../lib/src/chat";
import { exactMatch } from "../lib/src/chat-evaluation";
import { encodeDocuments, sampleBatch } from "../lib/src/dataset";
import { evaluateProbes, meanLoss } from "../lib/src/evaluate";
import { copyGPT, createGPT, disposeGPT, type GPT, parameterCount, weightsOf } from "../lib/src/gpt";
import { createLora, disposeLora, loraParameterCount, mergeLora } from "../lib/src/lora";
import { bitsPerByte } from "../lib/src/loss";
import { createRandom } from "../lib/src/random";
import { FINE_TUNING, fineTune } from "../lib/src/sft";
import { train } from "../lib/src/train";
import type { DomainRun, TuningPlan, TuningResults, TuningRun } from "../lib/src/tuning-results";
import { changeByBlock } from "../lib/src/weight-change";
import { keep, resultFile } from "./keep";

const GROUPS = ["seeds", "grid", "lora", "scratch", "domain"] as const;

/** A run to do, and the rounds after which it is measured (default: at its end). */
type Plan = TuningPlan & { group: (typeof GROUPS)[number]; measuredAfter?: number[] };

const { values } = parseArgs({
  options: {
    only: { type: "string", default: GROUPS.join(",") },
    minutes: { type: "string", default: "600" },
    fresh: { type: "boolean", default: false },
  },
});
const RATES = [3e-4, 1e-3, 3e-3];
const TARGET = resultFile("fine-tuning");
const percent = (share: number): number => Math.round(share * 1000) / 10;

const STANDARD: Omit<Plan, "group"> = {
  start: "pretrained",
  loraRank: 0,
  learningRate: FINE_TUNING.learningRate,
  examples: 9_000,
  epochs: FINE_TUNING.epochs,
  rehearsal: FINE_TUNING.rehearsalWeight,
  seed: 1,
};

/** 2,000 examples, measured after one and three rounds of one lesson, in which the learning rate falls to the end. */
const THREE_ROUNDS = { examples: 2_000, epochs: 3, measuredAfter: [1, 3] };

function plans(): Plan[] {
  const of = (group: Plan["group"], differences: Partial<Plan>[]): Plan[] =>
    differences.map((difference) => ({ ...STANDARD, ...difference, group }));
  const both = [FINE_TUNING.rehearsalWeight, 0];
  return [
    ...of(
      "seeds",
      [1, 2, 3].flatMap((seed) => both.map((rehearsal) => ({ seed, rehearsal }))),
    ),
    ...of(
      "grid",
      [...RATES.map((learningRate) => ({ learningRate, rehearsal: 0 })), { learningRate: 3e-3 }].map((difference) => ({
        ...difference,
        ...THREE_ROUNDS,
      })),
    ),
    ...of(
      "lora",
      [
        { learningRate: 5e-3, rehearsal: 0 },
        { learningRate: 5e-3 },
        { learningRate: 1e-2, rehearsal: 0 },
        { learningRate: 2e-3, rehearsal: 0 },
      ].map((difference) => ({ ...difference, loraRank: 4, ...THREE_ROUNDS })),
    ),
    ...of(
      "scratch",
      [100, 1_000, 9_000].flatMap((examples) =>
        (["pretrained", "random"] as const).map((start) => ({
          ...{ start, examples, rehearsal: 0, steps: 300, epochs: Math.ceil((300 * 16) / examples) + 1 },
        })),
      ),
    ),
  ];
}

function idOf(plan: Omit<Plan, "group">): string {
  const { start, loraRank, learningRate, examples, epochs, steps, rehearsal, seed } = plan;
  const length = steps ? `${steps} steps` : `${epochs} epochs`;
  const method = loraRank > 0 ? `LoRA ${loraRank}` : start === "random" ? "from scratch" : "full";
  return `${method}, rate ${learningRate}, ${examples} examples, ${length}, rehearsal ${rehearsal}, seed ${seed}`;
}

async function main(): Promise<void> {
  const clock = new Clock(Number(values.minutes));
  const wanted = values.only.split(",");
  const almanac = loadAlmanac();
  const stage = await pretrained(almanac);
  const kept = await load(almanac, stage);
  for (const plan of plans()) {
    if (existsSync(TARGET)) takeIn(kept);
    if (!wanted.includes(plan.group) || kept.runs.some(({ id }) => id.startsWith(idOf(plan)))) continue;
    if (!clock.hasTimeFor(stepsOf(plan), plan.rehearsal > 0)) continue;
    const runs = await clock.time(stepsOf(plan), plan.rehearsal > 0, () => runOne(plan, almanac, stage));
    kept.runs.push(...runs);
    for (const run of runs) console.log(JSON.stringify({ ...run, kinds: undefined, change: undefined }));
    save(kept);
  }
  for (const learningRate of wanted.includes("domain") ? [1e-3, 3e-3] : []) {
    for (const steps of [50, 250]) {
      for (const rehearsal of [0, FINE_TUNING.rehearsalWeight]) {
        const id = `foreign text, rate ${learningRate}, ${steps} steps, rehearsal ${rehearsal}`;
        if (kept.domain.some((run) => run.id === id)) continue;
        if (!clock.hasTimeFor(steps, rehearsal > 0)) continue;
        const run = (): Promise<Omit<DomainRun, "id">> => runDomain({ learningRate, steps, rehearsal }, almanac, stage);
        kept.domain.push({ id, ...(await clock.time(steps, rehearsal > 0, run)) });
        console.log(JSON.stringify(kept.domain.at(-1)));
        save(kept);
      }
    }
  }
}

function stepsOf({ steps, examples, epochs }: Plan): number {
  return steps ?? Math.floor(examples / FINE_TUNING.batchSize) * epochs;
}

/** Begins no run that would not end in time, judged by how long the runs before have taken. */
class Clock {
  private readonly endMs: number;
  /** Per unit of work: a step without rehearsal is one, with it two; to measure a model takes as long as 150. */
  private msPerUnit = 45;

  constructor(minutes: number) {
    this.endMs = performance.now() + minutes * 60_000;
  }

  private units(steps: number, rehearsed: boolean, measurements = 1): number {
    return steps * (rehearsed ? 2 : 1) + 150 * measurements;
  }

  hasTimeFor(steps: number, rehearsed: boolean): boolean {
    const fits = performance.now() + 1.2 * this.msPerUnit * this.units(steps, rehearsed) < this.endMs;
    if (!fits) console.log("a run was left for the next time");
    return fits;
  }

  async time<T>(steps: number, rehearsed: boolean, run: () => Promise<T>): Promise<T> {
    const startMs = performance.now();
    const result = await run();
    this.msPerUnit = (performance.now() - startMs) / this.units(steps, rehearsed);
    return result;
  }
}

async function load(almanac: Almanac, { model, tokenizer, manifest }: Stage): Promise<TuningResults> {
  if (existsSync(TARGET) && !values.fresh) {
    const kept = JSON.parse(readFileSync(TARGET, "utf8")).values as TuningResults;
    if (kept.parent === manifest.weightsHash) return kept;
    console.log("the kept results belong to another pretrained model: beginning anew");
  }
  const { all } = await exactMatch(model, tokenizer, loadChat(almanac).heldOut);
  const probes = await probesOf(model, almanac, { model, tokenizer, manifest }, new Set());
  const { text, bits } = await domainText(model, tokenizer);
  const before = { exactMatch: percent(all.accuracy), ...probes, bitsPerByte: bits };
  console.log(`before: ${JSON.stringify(before)} (${text})`);
  return { parent: manifest.weightsHash, before, runs: [], domain: [] };
}

/** One run, as often as it is measured. */
async function runOne(plan: Plan, almanac: Almanac, stage: Stage): Promise<TuningRun[]> {
  const { measuredAfter, ...made } = plan;
  const { seed, learningRate, epochs, examples, rehearsal, loraRank, start } = made;
  const { model: base, tokenizer } = stage;
  const chat = loadChat(almanac, { examples, seed });
  const before = weightsOf(base);
  const random = createRandom(seed);
  const model = createGPT(base.config, start === "random" ? { random } : { weights: before });
  const tokenRows = Object.values(roleTokens(tokenizer));
  const lora = loraRank > 0 ? createLora(model, { rank: loraRank, tokenRows, random: random.fork("lora") }) : undefined;
  const tokens = encodeDocuments(
    tokenizer,
    almanac.documents.map(({ text }) => text),
  );
  const startMs = performance.now();
  const measure = async ({ step }: { step: number }): Promise<TuningRun> => {
    const rounds = step / Math.floor(examples / FINE_TUNING.batchSize);
    const seconds = Math.round((performance.now() - startMs) / 100) / 10;
    const result = lora ? mergeLora(model, lora) : model;
    const { all, kinds } = await exactMatch(result, tokenizer, questionsFor(plan, almanac));
    const run: TuningRun = {
      ...made,
      id: measuredAfter ? `${idOf(plan)}, after ${rounds}` : idOf(plan),
      epochs: plan.steps ? epochs : rounds,
      steps: step,
      seconds,
      trainedWeights: lora ? loraParameterCount(lora) : parameterCount(base.config),
      questions: all.n,
      exactMatch: percent(all.accuracy),
      kinds: Object.fromEntries(Object.entries(kinds).map(([kind, { accuracy }]) => [kind, percent(accuracy)])),
      ...(await probesOf(result, almanac, stage, chat.neverAsked)),
      change: changeByBlock(before, weightsOf(result)),
    };
    if (lora) disposeGPT(result);
    return run;
  };
  const history = await fineTune<{ run: TuningRun }>(model, {
    tokenizer,
    examples: chat.train,
    epochs,
    learningRate,
    seed,
    ...(plan.steps && { steps: plan.steps }),
    ...(rehearsal > 0 && { rehearsal: { tokens, weight: rehearsal } }),
    lora,
    evaluateAt: (measuredAfter ?? [epochs]).map((rounds) => Math.round((rounds / epochs) * stepsOf(plan))),
    evaluate: async (moment) => ({ run: await measure(moment) }),
    display: "none",
  });
  if (lora) disposeLora(lora);
  disposeGPT(model);
  return history.evaluations.map(({ run }) => run);
}

/** All 440 held-out questions, or where a run is measured several times or there are many runs, every other. */
function questionsFor({ group }: Plan, almanac: Almanac): ChatExample[] {
  const { heldOut } = loadChat(almanac, { examples: 1 });
  return heldOut.filter((_, i) => group === "seeds" || i % 2 === 0);
}

async function probesOf(
  model: GPT,
  almanac: Almanac,
  { tokenizer }: Stage,
  neverAsked: ReadonlySet<string>,
): Promise<Pick<TuningRun, "facts" | "factsNeverAsked" | "grammar" | "heuristics">> {
  const { clozes, pairs } = almanac.probes;
  const asked = clozes
    .filter(({ group }) => group !== "facts as read")
    .map((cloze) =>
      "subject" in cloze && neverAsked.has(cloze.subject) ? { ...cloze, kind: "never asked" } : { ...cloze },
    );
  const { groups, kinds } = await evaluateProbes(model, tokenizer, { clozes: asked, pairs });
  return {
    facts: percent(groups.facts!.accuracy),
    factsNeverAsked: percent((kinds["never asked"] ?? groups.facts!).accuracy),
    grammar: percent(groups.grammar!.accuracy),
    heuristics: percent(groups.heuristics!.accuracy),
  };
}

/** Shakespeare, or where it was not fetched Moby Dick: the tokens to learn and, of the end, the bits a byte. */
async function domainText(
  model: GPT,
  tokenizer: Stage["tokenizer"],
): Promise<{ text: string; tokens: Int32Array; bits: number }> {
  const shakespeare = tryLoadShakespeare({ characters: SMALL_CORPUS_CHARACTERS });
  const whole = shakespeare?.text() ?? loadBooks().mobyDick.text();
  const cut = Math.round(whole.length * 0.95);
  const heldOut = whole.slice(cut);
  const ids = Int32Array.from(tokenizer.encode(heldOut));
  const lossNats = await meanLoss(model, ids, { maxTokens: 16_384 });
  const bits = bitsPerByte(lossNats, { tokens: ids.length, bytes: new TextEncoder().encode(heldOut).length });
  return {
    text: shakespeare ? "Shakespeare" : "Moby Dick",
    tokens: Int32Array.from(tokenizer.encode(whole.slice(0, cut))),
    bits: Math.round(bits * 1000) / 1000,
  };
}

async function runDomain(
  { learningRate, steps, rehearsal }: Pick<DomainRun, "learningRate" | "steps" | "rehearsal">,
  almanac: Almanac,
  stage: Stage,
): Promise<Omit<DomainRun, "id">> {
  const model = copyGPT(stage.model);
  const { tokens } = await domainText(model, stage.tokenizer);
  const old = encodeDocuments(
    stage.tokenizer,
    almanac.documents.map(({ text }) => text),
  );
  await train(model, {
    steps,
    learningRate,
    weightDecay: 0,
    beta2: FINE_TUNING.beta2,
    warmupSteps: FINE_TUNING.warmupSteps,
    finalLearningRate: learningRate / 20,
    batches: (random) => ({
      ...sampleBatch({ tokens, batchSize: 8, contextLength: 64, random }),
      ...(rehearsal > 0 && {
        beside: { batch: sampleBatch({ tokens: old, batchSize: 8, contextLength: 64, random }), weight: rehearsal },
      }),
    }),
    display: "none",
  });
  const { text, bits } = await domainText(model, stage.tokenizer);
  const { facts, grammar } = await probesOf(model, almanac, stage, new Set());
  disposeGPT(model);
  return { text, learningRate, steps, rehearsal, bitsPerByte: bits, facts, grammar };
}

/** Keeps what there is, together with what another run of this program has kept meanwhile. */
function save(kept: TuningResults): void {
  if (existsSync(TARGET)) takeIn(kept);
  keep("fine-tuning", { command: "npx tsx bench/fine-tuning.ts", values: kept });
}

function takeIn(kept: TuningResults): void {
  const there = JSON.parse(readFileSync(TARGET, "utf8")).values as TuningResults;
  if (values.fresh || there.parent !== kept.parent) return;
  kept.runs = together(there.runs, kept.runs);
  kept.domain = together(there.domain, kept.domain);
}

function together<R extends { id: string }>(some: readonly R[], others: readonly R[]): R[] {
  return [...new Map([...some, ...others].map((run) => [run.id, run])).values()];
}

void main();
