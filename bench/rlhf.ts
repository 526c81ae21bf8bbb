/**
 * @file What notebook 7 shows beside its own run: RLHF with three seeds, its methods tuned and side by side, and what becomes of a
 * policy that is paid by the word. In pieces of a few minutes; each is kept in `.course/bench/rlhf` and not made again.
 *
 *     npx tsx bench/rlhf.ts            all that is missing, then bench/results/rlhf.json
 *     npx tsx bench/rlhf.ts first-2    one piece: first-<seed>, second-<seed>, hack-<seed>, grpo-, ppo-, dpo-<setting>, best
 */

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { loadAlmanac } from "../datasets/src/almanac";
import { type ChatQuestion, loadChat } from "../datasets/src/chat";
import { loadPreferences } from "../datasets/src/preferences";
import { rankResponses, responseEncoder, surveyCeiling, surveyedPairs } from "../lib/src/ask-annotators";
import { bestOfKL, expectedBestOf } from "../lib/src/best-of-n";
import { copyOf, corpusTokens, firstRound, type Round, secondRound } from "../lib/src/chain-aligned";
import { tuned } from "../lib/src/chain-tuned";
import { askAll } from "../lib/src/chat";
import { trainDpo } from "../lib/src/dpo";
import { evaluateProbes } from "../lib/src/evaluate";
import { createGPT, disposeGPT, type GPT, weightsOf } from "../lib/src/gpt";
import { drawCandidates, type JudgeOptions, judgePolicy, type PolicyReport, winRate } from "../lib/src/policy-report";
import type { PreferencePair } from "../lib/src/preferences";
import { createRandom } from "../lib/src/random";
import { createRewardModel, type RewardModel, rewardAccuracy, trainRewardModel } from "../lib/src/reward";
import { optimizePolicy, type PolicyOptions } from "../lib/src/rlhf";
import { readSafetensors, writeSafetensors } from "../lib/src/safetensors";
import { ready, tf } from "../lib/src/tf";
import { encodePairs } from "../lib/src/token-pairs";

const FOLDER = path.join(__dirname, "..", ".course", "bench", "rlhf");
const RESULT = path.join(__dirname, "results", "rlhf.json");
const SEEDS = [1, 2, 3];

/** What is measured of a policy, in shares and points. */
interface Measured {
  step?: number;
  /** Divergence from the tuned model, nats per response. */
  klNats: number;
  trueReward: number;
  goodFaithReward: number;
  proxyReward?: number;
  winRate: number;
  winLow: number;
  winHigh: number;
  declines: number[];
  declinesUnseen: number[];
  admits: number[];
  right: number[];
  refusesFair: number[];
  polite: number;
  rude: number;
  words: number;
  /** Facts as clozes in unseen wordings, and asked as questions: right, of how many. */
  clozeFacts?: number[];
  askedFacts?: number[];
}

const almanac = loadAlmanac();
const chat = loadChat(almanac);
const preferences = loadPreferences(almanac, chat);
const heldOut = preferences.prompts("held out", 400, createRandom("bench"));
const clozes = almanac.probes.clozes.filter(({ kind }) => kind === "fact");

/** The tuned model, and what it did with the held-out prompts. */
async function start() {
  await ready();
  const { model, tokenizer } = await tuned(almanac, chat);
  const own = await judgePolicy(model, tokenizer, { judge: preferences, prompts: heldOut, seed: "baseline" });
  return { model, tokenizer, corpus: almanac, preferences, baseline: own.rewards };
}
type Start = Awaited<ReturnType<typeof start>>;

/** Judges a policy; with `facts` also asks what it still knows. */
async function measure(
  policy: GPT,
  { model, tokenizer, baseline }: Start,
  options: { rewardModel?: RewardModel; facts?: boolean; prompts?: number; step?: number } = {},
): Promise<Measured> {
  const { rewardModel, facts = false, prompts = heldOut.length, step } = options;
  const settings: JudgeOptions<ChatQuestion> = {
    judge: preferences,
    prompts: heldOut.slice(0, prompts),
    baseline: baseline.slice(0, prompts),
    reference: model,
    rewardModel,
    seed: "measured",
  };
  const report = await judgePolicy(policy, tokenizer, settings);
  const measured: Measured = { ...(step !== undefined && { step }), ...inShort(report) };
  if (facts) {
    const { kinds } = await evaluateProbes(policy, tokenizer, { clozes, pairs: [] });
    measured.clozeFacts = [kinds.fact!.correct, kinds.fact!.n];
    measured.askedFacts = await askedFacts(policy, { tokenizer });
  }
  return measured;
}

/** Every fact asked in each of its wordings, greedily; openings and closings do not count against it. */
async function askedFacts(policy: GPT, { tokenizer }: Pick<Start, "tokenizer">): Promise<number[]> {
  const questions = preferences.factQuestions;
  const answers = await askAll(
    policy,
    tokenizer,
    questions.map(({ question }) => question),
    { batchSize: 64 },
  );
  const right = questions.filter((question, i) => preferences.features(question, answers[i]!).right);
  return [right.length, questions.length];
}

function inShort(report: PolicyReport): Omit<Measured, "step"> {
  const { winRate: win, klNats = 0 } = report;
  const counts = ({ correct, n }: { correct: number; n: number }): number[] => [correct, n];
  return {
    klNats: round(klNats),
    trueReward: round(report.trueReward),
    goodFaithReward: round(report.goodFaithReward),
    ...(report.proxyReward !== undefined && { proxyReward: round(report.proxyReward) }),
    winRate: round(win!.rate),
    winLow: round(win!.low),
    winHigh: round(win!.high),
    declines: counts(report.declines),
    declinesUnseen: counts(report.declinesUnseen),
    admits: counts(report.admits),
    right: counts(report.right),
    refusesFair: counts(report.refusesFair),
    polite: round(report.polite),
    rude: round(report.rude),
    words: round(report.words),
  };
}

type Survey = Awaited<ReturnType<typeof rankResponses<ChatQuestion>>>;

/** The first round with one seed. */
async function first(seed: number) {
  const from = await start();
  const began = performance.now();
  const round = await firstRound(from.model, { ...from, seed, display: "none" });
  const trainedSeconds = seconds(began);
  keepModel(`policy-first-${seed}`, round.policy);
  keepJson(`surveys-first-${seed}`, round.surveys);
  const { heldOut: asked } = await heldOutSurveys(seed, from, round.policy);
  return {
    seed,
    trainedSeconds,
    tuned: await measure(from.model, from, { facts: true }),
    ...(await judged(round, from, { onTuned: asked })),
  };
}

/** The second round, from the first policy of the same seed. */
async function second(seed: number) {
  const from = await start();
  const policy = keptModel(`policy-first-${seed}`, from.model);
  const surveys = readJson<Survey[]>(`surveys-first-${seed}`);
  const began = performance.now();
  const points: Measured[] = [];
  const watched = {
    evaluateAt: [20, 30, 40, 50, 60],
    evaluate: async (step: number, current: GPT) => {
      points.push(await measure(current, from, { facts: true, prompts: 200, step }));
    },
  };
  const options = { ...from, seed, display: "none" as const, policy: watched };
  const round = await secondRound(from.model, { policy, surveys }, options);
  const totalSeconds = seconds(began);
  keepModel(`policy-second-${seed}`, round.policy);
  keepReward(`reward-${seed}`, round.rewardModel);
  keepJson(`pairs-${seed}`, surveyedPairs(round.surveys));
  const { heldOut: onTuned, mixed: onBoth } = await heldOutSurveys(seed, from, policy);
  return { seed, totalSeconds, points, ...(await judged(round, from, { onTuned, onBoth })) };
}

/** Held-out prompts, answered by the tuned model and by it and the first policy together, ranked by the same annotators. */
async function heldOutSurveys(seed: number, { model, tokenizer }: Start, policy: GPT) {
  const random = createRandom(`held-out rankings ${seed}`);
  const prompts = preferences.prompts("held out", 200, random);
  const survey = { tokenizer, prompts, annotators: preferences.annotators, random };
  return {
    heldOut: await rankResponses([model], { ...survey, samplesPerPrompt: 4 }),
    mixed: await rankResponses([model, policy], { ...survey, samplesPerPrompt: 2 }),
  };
}

/** How good a round's reward model and policy are. */
async function judged(
  { rewardModel, surveys, history, policy }: Round<ChatQuestion>,
  from: Start,
  asked: Record<string, Survey>,
) {
  const encode = responseEncoder(from.tokenizer, from.model.config.contextLength);
  const reward: Record<string, unknown> = {};
  for (const [name, survey] of Object.entries(asked)) {
    const pairs = encodePairs(surveyedPairs([survey]), encode);
    const { accuracy } = await rewardAccuracy(rewardModel, pairs);
    const ceiling = round(surveyCeiling(survey, preferences.annotators));
    reward[name] = { pairs: pairs.length, accuracy: round(accuracy), ceiling };
  }
  return {
    pairs: surveyedPairs(surveys).length,
    reward,
    history: history.map(({ step, reward, klNats }) => ({ step, reward: round(reward), klNats: round(klNats) })),
    policy: await measure(policy, from, { facts: true }),
  };
}

/** A policy paid by the word: annotators in a hurry, with and without a leash. */
async function hack(seed: number) {
  const from = await start();
  const { model, tokenizer } = from;
  const random = createRandom(`hack ${seed}`);
  const prompts = preferences.prompts("train", 150, random);
  const survey = { tokenizer, prompts, annotators: preferences.hurriedAnnotators, random, samplesPerPrompt: 4 };
  const pairs = surveyedPairs([await rankResponses([model], survey)]);
  const encode = responseEncoder(tokenizer, model.config.contextLength);
  const learning = { random, epochs: 2, learningRate: 5e-4, display: "none" as const };
  const { rewardModel } = await trainRewardModel(model, encodePairs(pairs, encode), learning);
  const runs: Record<string, { points: Measured[]; answers: string[][] }> = {};
  for (const kl of [0, 0.4]) {
    const policy = copyOf(model);
    const points: Measured[] = [];
    await optimizePolicy(policy, {
      tokenizer,
      prompts: preferences.prompts("train", 480, random),
      reward: (_, responses) => rewardModel.rewards(responses),
      random,
      reference: model,
      steps: 60,
      kl,
      learningRate: 3e-4,
      display: "none",
      evaluateAt: [0, 15, 30, 45, 60],
      evaluate: async (step) => {
        points.push(await measure(policy, from, { rewardModel, prompts: 200, step }));
      },
    });
    const shown = heldOut.slice(0, 12);
    const { responses } = await judgePolicy(policy, tokenizer, { judge: preferences, prompts: shown, seed: 1 });
    runs[kl === 0 ? "free" : "leashed"] = {
      points,
      answers: shown.map(({ question }, i) => [question, responses[i]!]),
    };
    disposeGPT(policy);
  }
  return { seed, pairs: pairs.length, ...runs };
}

/** Settings that were tried for each method, from the reward model and the pairs of seed 1. */
const POLICY_SETTINGS: Record<string, Partial<PolicyOptions<ChatQuestion>>> = {
  "grpo-slow": { kl: 0.15, learningRate: 1e-4 },
  "grpo-usual": { kl: 0.15, learningRate: 2e-4 },
  "grpo-loose": { kl: 0.05, learningRate: 2e-4 },
  "ppo-slow": { algorithm: "ppo", kl: 0.05, learningRate: 1e-4 },
  "ppo-usual": { algorithm: "ppo", kl: 0.05, learningRate: 2e-4 },
  "ppo-fast": { algorithm: "ppo", kl: 0.05, learningRate: 4e-4 },
};
const DPO_SETTINGS: Record<string, { beta: number; learningRate: number }> = {
  "dpo-slow": { beta: 0.1, learningRate: 5e-5 },
  "dpo-usual": { beta: 0.1, learningRate: 1e-4 },
  "dpo-fast": { beta: 0.1, learningRate: 2e-4 },
  "dpo-tight": { beta: 0.3, learningRate: 2e-4 },
};

async function policyRun(name: string) {
  const from = await start();
  const rewardModel = keptReward("reward-1", from.model);
  const random = createRandom(name);
  const policy = copyOf(from.model);
  const points: Measured[] = [];
  const began = performance.now();
  const history = await optimizePolicy(policy, {
    tokenizer: from.tokenizer,
    prompts: preferences.prompts("train", 640, random),
    reward: (_, responses) => rewardModel.rewards(responses),
    random,
    reference: from.model,
    steps: 80,
    rehearsal: { tokens: corpusTokens(almanac, from.tokenizer), weight: 0.3 },
    display: "none",
    ...POLICY_SETTINGS[name],
    evaluateAt: [10, 20, 40, 60, 80],
    evaluate: async (step) => {
      points.push(await measure(policy, from, { rewardModel, prompts: 200, step }));
    },
  });
  const trainingSeconds = round(history.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0) / 1000);
  return { name, settings: POLICY_SETTINGS[name], points, trainingSeconds, seconds: seconds(began) };
}

async function dpoRun(name: string) {
  const from = await start();
  const rewardModel = keptReward("reward-1", from.model);
  const pairs = readJson<PreferencePair[]>("pairs-1");
  const encode = responseEncoder(from.tokenizer, from.model.config.contextLength);
  const policy = copyOf(from.model);
  const points: Measured[] = [];
  const evaluate = async (step: number): Promise<void> => {
    points.push(await measure(policy, from, { rewardModel, prompts: 200, step }));
  };
  const began = performance.now();
  const quarter = Math.floor(Math.floor(pairs.length / 16) / 4);
  const settings = { random: createRandom(name), display: "none" as const, evaluateEvery: quarter, evaluate };
  await trainDpo(policy, encodePairs(pairs, encode), { ...DPO_SETTINGS[name], ...settings });
  return { name, settings: DPO_SETTINGS[name], points, seconds: seconds(began) };
}

/** Best of n by the reward model of seed 1, every n from the same sixteen responses. */
async function bestRun() {
  const from = await start();
  const rewardModel = keptReward("reward-1", from.model);
  const prompts = heldOut.slice(0, 200);
  const { rollouts, proxy } = await drawCandidates(from.model, from.tokenizer, { prompts, n: 16, rewardModel });
  const truth = rollouts.map((drawn, i) => drawn.map(({ text }) => preferences.reward(prompts[i]!, text)));
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const points = [1, 2, 4, 8, 16].map((n) => {
    const best = (values: number[][]): number[] => values.map((row, i) => expectedBestOf(proxy[i]!, row, n));
    const wins = truth.map((row, i) => row.map((value) => winRate([value], [from.baseline[i]!]).rate));
    return {
      n,
      klNats: round(bestOfKL(n)),
      trueReward: round(mean(best(truth))),
      proxyReward: round(mean(best(proxy))),
      winRate: round(mean(best(wins))),
    };
  });
  return { name: "best", points };
}

const PIECES: Record<string, () => Promise<unknown>> = {
  ...Object.fromEntries(SEEDS.map((seed) => [`first-${seed}`, () => first(seed)])),
  ...Object.fromEntries(SEEDS.map((seed) => [`second-${seed}`, () => second(seed)])),
  ...Object.fromEntries(SEEDS.map((seed) => [`hack-${seed}`, () => hack(seed)])),
  best: bestRun,
  ...Object.fromEntries(Object.keys(POLICY_SETTINGS).map((name) => [name, () => policyRun(name)])),
  ...Object.fromEntries(Object.keys(DPO_SETTINGS).map((name) => [name, () => dpoRun(name)])),
};

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  for (const name of wanted.length > 0 ? wanted : Object.keys(PIECES)) {
    if (!PIECES[name]) throw new Error(`${name}: expected one of ${Object.keys(PIECES).join(", ")}`);
    if (existsSync(fileOf(name)) && wanted.length === 0) continue;
    keepJson(name, await PIECES[name]());
    console.log(`${name}: ${readFileSync(fileOf(name), "utf8").slice(0, 1500)}`);
    console.log(`${tf.memory().numTensors} tensors`);
  }
  merge();
}

/** All pieces that are there, as the result that the notebook shows. */
function merge(): void {
  const named = (prefix: string): unknown[] =>
    Object.keys(PIECES)
      .filter((name) => name.startsWith(prefix) && existsSync(fileOf(name)))
      .map((name) => readJson(name));
  const result = {
    command: "npx tsx bench/rlhf.ts",
    machine: `${os.availableParallelism()} cores, ${os.cpus()[0]?.model}, Node ${process.version}`,
    values: {
      first: named("first-"),
      second: named("second-"),
      hacking: named("hack-"),
      methods: [...named("best"), ...named("grpo-"), ...named("ppo-"), ...named("dpo-")],
    },
  };
  writeFileSync(`${RESULT}.part`, `${JSON.stringify(result)}\n`);
  renameSync(`${RESULT}.part`, RESULT);
}

const fileOf = (name: string, ending = "json"): string => path.join(FOLDER, `${name}.${ending}`);

function keepJson(name: string, value: unknown): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${fileOf(name)}.part`, JSON.stringify(value));
  renameSync(`${fileOf(name)}.part`, fileOf(name));
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(fileOf(name), "utf8")) as T;
}

function keepModel(name: string, model: GPT): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(fileOf(name, "safetensors"), writeSafetensors(weightsOf(model)));
}

function keptModel(name: string, { config }: GPT): GPT {
  return createGPT(config, { weights: readSafetensors(readFileSync(fileOf(name, "safetensors"))).tensors });
}

function keepReward(name: string, { trunk, head, offset }: RewardModel): void {
  const weights = { shape: [...head.shape], data: head.dataSync() as Float32Array };
  const tensors = { ...weightsOf(trunk), "reward.weight": weights };
  writeFileSync(fileOf(name, "safetensors"), writeSafetensors(tensors, { offset: String(offset) }));
}

function keptReward(name: string, model: GPT): RewardModel {
  const { tensors, metadata } = readSafetensors(readFileSync(fileOf(name, "safetensors")));
  const trunk = createGPT(model.config, { weights: tensors as never });
  const rewardModel = createRewardModel(trunk);
  disposeGPT(trunk);
  const head = tensors["reward.weight"]!;
  tf.tidy(() => rewardModel.head.assign(tf.tensor2d(head.data as Float32Array, head.shape as [number, number])));
  rewardModel.offset = Number(metadata.offset);
  return rewardModel;
}

const round = (value: number): number => Math.round(value * 1e4) / 1e4;
const seconds = (began: number): number => round((performance.now() - began) / 1000);

void main();
