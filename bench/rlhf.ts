/**
 * @file What notebook 7 shows beside its own run: RLHF with three seeds, its methods tuned and side by side, and what becomes of a
 * policy that is paid by the word. In pieces of a few minutes; each is kept in `.course/bench/rlhf` and not made again.
 *
 *     npx tsx bench/rlhf.ts            all that is missing, then bench/results/rlhf.json and rlhf-control.json
 *     npx tsx bench/rlhf.ts survey-1-2 one piece; their names are below
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { deserialize, serialize } from "node:v8";
import { loadAlmanac } from "../datasets/src/almanac";
import { type ChatQuestion, loadChat } from "../datasets/src/chat";
import { loadPreferences } from "../datasets/src/preferences";
import { rankResponses, responseEncoder, surveyCeiling, surveyedPairs } from "../lib/src/ask-annotators";
import { bestOfKL, expectedBestOf } from "../lib/src/best-of-n";
import {
  ALIGNMENT,
  corpusTokens,
  firstSurveys,
  improveFurther,
  learnRewards,
  secondSurveys,
} from "../lib/src/chain-aligned";
import { tuned } from "../lib/src/chain-tuned";
import { askAll } from "../lib/src/chat";
import { trainDpo } from "../lib/src/dpo";
import { evaluateProbes } from "../lib/src/evaluate";
import { copyGPT, createGPT, type GPT, loadWeights, type Weights, weightsOf } from "../lib/src/gpt";
import { drawCandidates, type JudgeOptions, judgePolicy, type PolicyReport, winRate } from "../lib/src/policy-report";
import { createRandom } from "../lib/src/random";
import { createRewardModel, type RewardModel, rewardAccuracy, trainRewardModel } from "../lib/src/reward";
import { optimizePolicy, type PolicyOptions, type PolicyRun } from "../lib/src/rlhf";
import { readSafetensors, writeSafetensors } from "../lib/src/safetensors";
import { ready, tf } from "../lib/src/tf";
import { encodePairs } from "../lib/src/token-pairs";
import { keep, writeAside } from "./keep";

const FOLDER = path.join(__dirname, "..", ".course", "bench", "rlhf");

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

const SEEDS = [1, 2, 3];
const almanac = loadAlmanac();
const chat = loadChat(almanac);
const preferences = loadPreferences(almanac, chat);
const heldOut = preferences.prompts("held out", 1000, createRandom("bench"));
const clozes = almanac.probes.clozes.filter(({ kind }) => kind === "fact");

/** The tuned model, and what it did with the held-out prompts. */
async function start() {
  await ready();
  const { model, tokenizer, manifest } = await tuned(almanac, chat);
  const name = `tuned-${manifest.weightsHash.slice(0, 8)}`;
  if (!existsSync(fileOf(name))) {
    const judged = await judgePolicy(model, tokenizer, { judge: preferences, prompts: heldOut, seed: "baseline" });
    keepJson(name, judged.rewards);
  }
  return { model, tokenizer, corpus: almanac, preferences, baseline: readJson<number[]>(name) };
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
    klNats: round4(klNats),
    trueReward: round4(report.trueReward),
    goodFaithReward: round4(report.goodFaithReward),
    ...(report.proxyReward !== undefined && { proxyReward: round4(report.proxyReward) }),
    winRate: round4(win!.rate),
    winLow: round4(win!.low),
    winHigh: round4(win!.high),
    declines: counts(report.declines),
    declinesUnseen: counts(report.declinesUnseen),
    admits: counts(report.admits),
    right: counts(report.right),
    refusesFair: counts(report.refusesFair),
    polite: round4(report.polite),
    rude: round4(report.rude),
    words: round4(report.words),
  };
}

type Survey = Awaited<ReturnType<typeof rankResponses<ChatQuestion>>>;

/** The tuned model, for comparison. */
async function tunedAlone() {
  const from = await start();
  return measure(from.model, from, { facts: true });
}

/** People rank responses: of the tuned model in round 1, of the first policy too in round 2. */
async function survey(round: 1 | 2, seed: number) {
  const from = await start();
  const options = { ...from, seed, display: "none" as const };
  const surveys =
    round === 1
      ? await firstSurveys(from.model, options)
      : await secondSurveys(from.model, firstOf(seed, from.model), options);
  return { surveys };
}

/** What is kept of a first round. */
function firstOf(seed: number, model: GPT) {
  return { policy: keptModel(`policy-1-${seed}`, model), surveys: surveysOf(1, seed) };
}

/** All surveys that a round learns from. */
function surveysOf(round: 1 | 2, seed: number): Survey[] {
  const ofRound = (r: number): Survey[] => readJson<{ surveys: Survey[] }>(`survey-${r}-${seed}`).surveys;
  return round === 1 ? ofRound(1) : [...ofRound(1), ...ofRound(2)];
}

/** A round's reward model, and how good it is on responses to held-out prompts. */
async function reward(round: 1 | 2, seed: number) {
  const from = await start();
  const surveys = surveysOf(round, seed);
  const { rewardModel } = await learnRewards(from.model, surveys, round, { ...from, seed, display: "none" });
  keepReward(`reward-${round}-${seed}`, rewardModel);
  const random = createRandom("held-out rankings"); // the same prompts and responses for each seed
  const { annotators } = preferences;
  const prompts = preferences.prompts("held out", 400, random);
  const asked = await rankResponses([from.model], {
    tokenizer: from.tokenizer,
    prompts,
    annotators,
    random,
    samplesPerPrompt: 4,
    annotatorsPerPrompt: annotators.length, // one each: who happens to judge a prompt moves the accuracy by points
  });
  const encode = responseEncoder(from.tokenizer, from.model.config.contextLength);
  const { accuracy, pairs } = await rewardAccuracy(rewardModel, encodePairs(surveyedPairs([asked]), encode));
  return {
    seed,
    learnedPairs: surveyedPairs(surveys).length,
    heldOutPairs: pairs,
    accuracy: round4(accuracy),
    ceiling: round4(surveyCeiling(asked, annotators)),
  };
}

/** A round's policy, judged on the way and at the end. */
async function policy(round: 1 | 2, seed: number) {
  const from = await start();
  const rewardModel = keptReward(`reward-${round}-${seed}`, from.model);
  const points: Measured[] = [];
  const watched = {
    evaluateAt: round === 1 ? [] : [20, 40],
    evaluate: async (step: number, current: GPT) => {
      points.push(await measure(current, from, { facts: true, prompts: 200, step }));
    },
  };
  const name = `policy-${round}-${seed}`;
  const steps = round === 1 ? ALIGNMENT.firstSteps : ALIGNMENT.secondSteps;
  const begun = existsSync(fileOf(name, "state"))
    ? (deserialize(readFileSync(fileOf(name, "state"))) as { run: PolicyRun; weights: Weights; points: Measured[] })
    : undefined;
  points.push(...(begun?.points ?? []));
  const until = (begun?.run.history.length ?? 0) + 13; // so many steps at a time: a piece is kept after each
  const made = begun ? createGPT(from.model.config, { weights: begun.weights }) : copyGPT(from.model);
  const progress = { steps, until, resume: begun?.run };
  const options = { ...from, seed, display: "none" as const, policy: { ...watched, ...progress } };
  const run = await improveFurther(made, from.model, rewardModel, round, options);
  writeFileSync(fileOf(name, "state"), serialize({ run, weights: weightsOf(made), points }));
  if (run.history.length < steps) return undefined;
  keepModel(name, made);
  return {
    seed,
    seconds: round4(run.history.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0) / 1000),
    history: run.history.map(({ step, reward, klNats }) => ({ step, reward: round4(reward), klNats: round4(klNats) })),
    points,
    end: await measure(made, from, { facts: true, rewardModel }),
  };
}

/**
 * As many steps as in the second round, with its settings, but toward the first reward model: what of the second round's repair
 * is due to new comparisons, and what to optimising longer?
 */
async function control(seed: number) {
  const from = await start();
  const rewardModel = keptReward(`reward-1-${seed}`, from.model);
  const policy = copyGPT(from.model);
  await improveFurther(policy, from.model, rewardModel, 2, { ...from, seed, display: "none" });
  return { seed, end: await measure(policy, from, { facts: true, rewardModel }) };
}

/** A reward model of annotators in a hurry. Likelihood counts for nothing in it: that would be a leash of its own. */
async function hurriedReward(seed: number) {
  const { model, tokenizer } = await start();
  const random = createRandom(`hack ${seed}`);
  const prompts = preferences.prompts("train", 150, random);
  const asked = { tokenizer, prompts, annotators: preferences.hurriedAnnotators, random, samplesPerPrompt: 4 };
  const pairs = surveyedPairs([await rankResponses([model], asked)]);
  const encode = responseEncoder(tokenizer, model.config.contextLength);
  const learning = { random, epochs: 2, learningRate: 5e-4, likelihoodWeight: 0, display: "none" as const };
  const { rewardModel } = await trainRewardModel(model, encodePairs(pairs, encode), learning);
  keepReward(`hurried-${seed}`, rewardModel);
  return { seed, pairs: pairs.length };
}

/** A policy paid by the word, without a leash or with a strong one. */
async function hack(seed: number, kl: number) {
  const from = await start();
  const { model, tokenizer } = from;
  const rewardModel = keptReward(`hurried-${seed}`, model);
  const random = createRandom(`hack ${seed} ${kl}`);
  const current = copyGPT(model);
  const points: Measured[] = [];
  await optimizePolicy(current, {
    tokenizer,
    prompts: preferences.prompts("train", 320, random),
    reward: (_, responses) => rewardModel.rewards(responses),
    random,
    reference: model,
    steps: 40,
    kl,
    learningRate: 3e-4,
    display: "none",
    evaluateAt: [0, 10, 20, 30, 40],
    evaluate: async (step) => {
      points.push(await measure(current, from, { rewardModel, prompts: 150, step }));
    },
  });
  const shown = heldOut.slice(0, 12);
  const { responses } = await judgePolicy(current, tokenizer, { judge: preferences, prompts: shown, seed: 1 });
  return { seed, kl, points, answers: shown.map(({ question }, i) => [question, responses[i]!]) };
}

/** Settings that were tried for each method, from the reward model and the pairs of seed 1. */
const POLICY_SETTINGS: Record<string, Partial<PolicyOptions<ChatQuestion>>> = {
  "ppo-usual": { algorithm: "ppo", kl: 0.05, learningRate: 2e-4 },
  "ppo-slow": { algorithm: "ppo", kl: 0.15, learningRate: 5e-5 },
  "ppo-middle": { algorithm: "ppo", kl: 0.15, learningRate: 1e-4 },
  "grpo-slow": { kl: 0.15, learningRate: 1e-4 },
};
const DPO_SETTINGS: Record<string, { beta: number; learningRate: number }> = {
  "dpo-usual": { beta: 0.1, learningRate: 1e-4 },
  "dpo-tight": { beta: 0.3, learningRate: 2e-4 },
  "dpo-slow": { beta: 0.1, learningRate: 5e-5 },
  "dpo-tight-slow": { beta: 0.3, learningRate: 5e-5 },
};

async function policyRun(name: string) {
  const from = await start();
  const rewardModel = keptReward("reward-2-1", from.model);
  const random = createRandom(name);
  const policy = copyGPT(from.model);
  const points: Measured[] = [];
  const began = performance.now();
  const history = await optimizePolicy(policy, {
    tokenizer: from.tokenizer,
    prompts: preferences.prompts("train", 480, random),
    reward: (_, responses) => rewardModel.rewards(responses),
    random,
    reference: from.model,
    steps: 60,
    rehearsal: { tokens: corpusTokens(almanac, from.tokenizer), weight: 0.3 },
    display: "none",
    ...POLICY_SETTINGS[name],
    evaluateAt: [10, 20, 40, 60],
    evaluate: async (step) => {
      points.push(await measure(policy, from, { rewardModel, prompts: 200, step }));
    },
  });
  const trainingSeconds = round4(history.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0) / 1000);
  return { name, settings: POLICY_SETTINGS[name], points, trainingSeconds, seconds: seconds(began) };
}

async function dpoRun(name: string) {
  const from = await start();
  const rewardModel = keptReward("reward-2-1", from.model);
  const pairs = surveyedPairs(surveysOf(2, 1));
  const encode = responseEncoder(from.tokenizer, from.model.config.contextLength);
  const policy = copyGPT(from.model);
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
  const rewardModel = keptReward("reward-2-1", from.model);
  const prompts = heldOut.slice(0, 200);
  const { rollouts, proxy } = await drawCandidates(from.model, from.tokenizer, { prompts, n: 16, rewardModel });
  const truth = rollouts.map((drawn, i) => drawn.map(({ text }) => preferences.reward(prompts[i]!, text)));
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const points = [1, 2, 4, 8, 16].map((n) => {
    const best = (values: number[][]): number[] => values.map((row, i) => expectedBestOf(proxy[i]!, row, n));
    const wins = truth.map((row, i) => row.map((value) => winRate([value], [from.baseline[i]!]).rate));
    return {
      n,
      klNats: round4(bestOfKL(n)),
      trueReward: round4(mean(best(truth))),
      proxyReward: round4(mean(best(proxy))),
      winRate: round4(mean(best(wins))),
    };
  });
  return { name: "best", points };
}

/** The pieces of one seed, in their order. */
const piecesOf = (seed: number): [string, () => Promise<unknown>][] => [
  ...([1, 2] as const).flatMap((round): [string, () => Promise<unknown>][] => [
    [`survey-${round}-${seed}`, () => survey(round, seed)],
    [`reward-${round}-${seed}`, () => reward(round, seed)],
    [`policy-${round}-${seed}`, () => policy(round, seed)],
  ]),
  [`control-${seed}`, () => control(seed)],
];

const hackPieces = (seed: number): [string, () => Promise<unknown>][] => [
  [`hurried-${seed}`, () => hurriedReward(seed)],
  [`hack-free-${seed}`, () => hack(seed, 0)],
  [`hack-leashed-${seed}`, () => hack(seed, 0.4)],
];

const PIECES: Record<string, () => Promise<unknown>> = Object.fromEntries([
  ["tuned", tunedAlone],
  ...piecesOf(1),
  ...hackPieces(1),
  ["best", bestRun],
  ["ppo-usual", () => policyRun("ppo-usual")],
  ["dpo-usual", () => dpoRun("dpo-usual")],
  ...piecesOf(2),
  ...piecesOf(3),
  ...hackPieces(2),
  ...hackPieces(3),
  ...Object.keys(POLICY_SETTINGS).map((name) => [name, () => policyRun(name)]),
  ...Object.keys(DPO_SETTINGS).map((name) => [name, () => dpoRun(name)]),
]);

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  for (const name of wanted.length > 0 ? wanted : Object.keys(PIECES)) {
    if (!PIECES[name]) throw new Error(`${name}: expected one of ${Object.keys(PIECES).join(", ")}`);
    if (existsSync(fileOf(name)) && wanted.length === 0) continue;
    let result: unknown;
    do {
      result = await PIECES[name]();
    } while (result === undefined && !process.env.ONE_PIECE);
    if (result === undefined) return;
    keepJson(name, result);
    console.log(`${name}: ${readFileSync(fileOf(name), "utf8").slice(0, 1500)}`);
    console.log(`${tf.memory().numTensors} tensors`);
  }
  merge();
}

/** The pieces as the results that the notebook shows; a result whose pieces are not all there stays as it was kept. */
function merge(): void {
  const isThere = (name: string): boolean => existsSync(fileOf(name));
  const named = (prefix: string): unknown[] =>
    Object.keys(PIECES)
      .filter((name) => name.startsWith(prefix))
      .map((name) => readJson(name));
  const controlled = SEEDS.filter((seed) =>
    ["policy-1", "policy-2", "control"].every((name) => isThere(`${name}-${seed}`)),
  );
  if (controlled.length > 0) {
    const end = (name: string): unknown => readJson<{ end: unknown }>(name).end;
    const runs = controlled.map((seed) => ({
      seed,
      first: end(`policy-1-${seed}`),
      longer: end(`control-${seed}`),
      second: end(`policy-2-${seed}`),
    }));
    keep("rlhf-control", { command: "npx tsx bench/rlhf.ts", values: { tuned: readJson("tuned"), runs } });
  }
  const missing = Object.keys(PIECES).filter((name) => !isThere(name));
  if (missing.length > 0) {
    console.log(`bench/results/rlhf.json stays: missing are ${missing.join(", ")}`);
    return;
  }
  keep("rlhf", {
    command: "npx tsx bench/rlhf.ts",
    values: {
      tuned: readJson("tuned"),
      rewards: [...named("reward-1"), ...named("reward-2")],
      first: named("policy-1-"),
      second: named("policy-2-"),
      free: named("hack-free-"),
      leashed: named("hack-leashed-"),
      methods: [...named("best"), ...usualGrpo(), ...named("grpo-"), ...named("ppo-"), ...named("dpo-")],
    },
  });
}

/** The second round itself is GRPO at its usual setting. */
function usualGrpo(): unknown[] {
  const { points, end } = readJson<{ points: Measured[]; end: Measured }>("policy-2-1");
  return [{ name: "grpo-usual", points: [...points, end] }];
}

const fileOf = (name: string, ending = "json"): string => path.join(FOLDER, `${name}.${ending}`);

function keepJson(name: string, value: unknown): void {
  writeAside(fileOf(name), JSON.stringify(value));
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

function keepReward(name: string, { trunk, head, likelihoodWeight, offset }: RewardModel): void {
  const numbers = (tensor: typeof head) => ({ shape: [...tensor.shape], data: tensor.dataSync() as Float32Array });
  const own = { "reward.weight": numbers(head), "reward.likelihood": numbers(likelihoodWeight) };
  const tensors = { ...weightsOf(trunk), ...own };
  writeFileSync(fileOf(name, "safetensors"), writeSafetensors(tensors, { offset: String(offset) }));
}

function keptReward(name: string, model: GPT): RewardModel {
  const { tensors, metadata } = readSafetensors(readFileSync(fileOf(name, "safetensors")));
  const { "reward.weight": head, "reward.likelihood": likelihood, ...trunk } = tensors;
  const rewardModel = createRewardModel(model);
  loadWeights(rewardModel.trunk, trunk);
  tf.tidy(() => rewardModel.head.assign(tf.tensor2d(head!.data as Float32Array, head!.shape as [number, number])));
  tf.tidy(() => rewardModel.likelihoodWeight.assign(tf.scalar(likelihood!.data[0]!)));
  rewardModel.offset = Number(metadata.offset);
  return rewardModel;
}

const round4 = (value: number): number => Math.round(value * 1e4) / 1e4;
const seconds = (began: number): number => round4((performance.now() - began) / 1000);

void main();
