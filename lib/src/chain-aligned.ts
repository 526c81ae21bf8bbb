/**
 * @file The third link of the chain: the tuned model after it was optimised toward what people prefer. Notebook 7 makes it, round by
 * round; later notebooks call {@link aligned}, which makes it again when it is missing.
 *
 * Two rounds. The policy of the first, of few steps, refuses too much. The second asks people about its responses, has everything
 * ranked by a second person, and takes more steps.
 */

import { rankResponses, responseEncoder, type Surveyed, secondOpinion, surveyedPairs } from "./ask-annotators";
import { type Corpus, loadStage, type Stage } from "./chain";
import { type ChatCorpus, chatSheetOf, tuned } from "./chain-tuned";
import { checkpointFolder, saveCheckpoint } from "./checkpoint";
import { encodeDocuments } from "./dataset";
import { copyGPT, disposeGPT, type GPT, weightsOf } from "./gpt";
import type { Judge, JudgedPrompt } from "./policy-report";
import type { Annotator } from "./preferences";
import { createRandom, type Random } from "./random";
import { type RewardModel, trainRewardModel } from "./reward";
import { type PolicyOptions, type PolicyPoint, type PolicyRun, runPolicy } from "./rlhf";
import { encodePairs } from "./token-pairs";
import type { Tokenizer } from "./tokenizer";

/** Prompts, people and the rubric: what `loadPreferences()` returns. */
export interface PreferenceSource<P extends JudgedPrompt> extends Judge<P> {
  prompts(side: "train" | "held out", count: number, random: Random): P[];
  readonly annotators: readonly Annotator<P>[];
  readonly sha256: string;
}

/** The name of the aligned model in `.course/checkpoints`. */
export const ALIGNED_STAGE = "07-aligned";

/** How the course's model is aligned. Found by experiment; what else was tried is in notebook 7. */
export const ALIGNMENT = {
  samplesPerPrompt: 4,
  /** Prompts whose responses are ranked in the first round, and the short policy made from them. */
  firstPrompts: 500,
  firstSteps: 30,
  firstKl: 0.1,
  /** In the second: prompts answered by that policy, by the tuned model, and by both, one against the other. */
  secondPrompts: 250,
  tunedPrompts: 250,
  duels: 400,
  secondSteps: 75,
  secondKl: 0.15,
  firstReward: { learningRate: 7e-4 },
  /** The second is never quite sure of a single judgement, and ends with the mean of its weights' second half. */
  secondReward: { learningRate: 3e-4, labelSmoothing: 0.1, averageFrom: 0.5 },
  learningRate: 2e-4,
  rehearsalWeight: 0.35,
} as const;

/** A policy, and what it was made with. */
export interface Round<P> {
  surveys: Surveyed<P>[];
  rewardModel: RewardModel;
  rewardLossNats: number[];
  policy: GPT;
  history: PolicyPoint[];
}

/** Settings of both rounds. */
export interface RoundOptions<P extends JudgedPrompt> {
  tokenizer: Tokenizer;
  corpus: Corpus;
  preferences: PreferenceSource<P>;
  seed?: number | string;
  /** A share of all prompts and steps, for tests. Default 1. */
  effort?: number;
  display?: "auto" | "none";
  /** Other settings of the policy's optimisation. */
  policy?: Partial<PolicyOptions<P>>;
}

/** The first round: the tuned model's responses ranked, a reward model, a short optimisation. */
export async function firstRound<P extends JudgedPrompt>(model: GPT, options: RoundOptions<P>): Promise<Round<P>> {
  return makePolicy(model, await firstSurveys(model, options), 1, options);
}

/** The second: the same with responses of the first policy too, from the tuned model again. */
export async function secondRound<P extends JudgedPrompt>(
  model: GPT,
  first: Pick<Round<P>, "policy" | "surveys">,
  options: RoundOptions<P>,
): Promise<Round<P>> {
  const surveys = [...first.surveys, ...(await secondSurveys(model, first, options))];
  return makePolicy(model, surveys, 2, options);
}

async function makePolicy<P extends JudgedPrompt>(
  model: GPT,
  surveys: Surveyed<P>[],
  round: 1 | 2,
  options: RoundOptions<P>,
): Promise<Round<P>> {
  const { rewardModel, lossNats } = await learnRewards(model, surveys, round, options);
  return { surveys, rewardModel, rewardLossNats: lossNats, ...(await improve(model, rewardModel, round, options)) };
}

/** People rank responses of the tuned model. */
export async function firstSurveys<P extends JudgedPrompt>(
  model: GPT,
  options: RoundOptions<P>,
): Promise<Surveyed<P>[]> {
  const { firstPrompts, samplesPerPrompt } = ALIGNMENT;
  const random = createRandom(`first survey ${options.seed ?? 1}`);
  return [await ask([model], firstPrompts, samplesPerPrompt, random, options)];
}

/**
 * People rank responses of the first policy, some more of the tuned model, and one of each against the other. All of these, and those
 * of the first round, are then ranked by somebody else too.
 */
export async function secondSurveys<P extends JudgedPrompt>(
  model: GPT,
  first: Pick<Round<P>, "policy" | "surveys">,
  options: RoundOptions<P>,
): Promise<Surveyed<P>[]> {
  const { secondPrompts, tunedPrompts, duels, samplesPerPrompt } = ALIGNMENT;
  const random = createRandom(`second survey ${options.seed ?? 1}`);
  const surveys = [
    await ask([first.policy], secondPrompts, samplesPerPrompt, random, options),
    await ask([model], tunedPrompts, samplesPerPrompt, random, options),
    await ask([model, first.policy], duels, 1, random, options),
  ];
  const { annotators } = options.preferences;
  return [...surveys, ...[...first.surveys, ...surveys].map((survey) => secondOpinion(survey, annotators, random))];
}

function ask<P extends JudgedPrompt>(
  models: readonly GPT[],
  count: number,
  samplesPerPrompt: number,
  random: Random,
  options: RoundOptions<P>,
): Promise<Surveyed<P>> {
  const { tokenizer, preferences } = options;
  const { annotators } = preferences;
  const prompts = preferences.prompts("train", part(count, options), random);
  return rankResponses(models, { tokenizer, prompts, annotators, samplesPerPrompt, random });
}

/** A reward model, made from the tuned model and what people said. */
export function learnRewards<P extends JudgedPrompt>(
  model: GPT,
  surveys: readonly Surveyed<P>[],
  round: 1 | 2,
  { tokenizer, seed = 1, display }: RoundOptions<P>,
): Promise<{ rewardModel: RewardModel; lossNats: number[] }> {
  const pairs = encodePairs(surveyedPairs(surveys), responseEncoder(tokenizer, model.config.contextLength));
  const random = createRandom(`reward model ${round} ${seed}`);
  const { firstReward, secondReward } = ALIGNMENT;
  return trainRewardModel(model, pairs, { random, display, ...(round === 1 ? firstReward : secondReward) });
}

/** A policy, made from the tuned model and a reward model. */
export async function improve<P extends JudgedPrompt>(
  model: GPT,
  rewardModel: RewardModel,
  round: 1 | 2,
  options: RoundOptions<P>,
): Promise<{ policy: GPT; history: PolicyPoint[] }> {
  const policy = copyGPT(model);
  return { policy, history: (await improveFurther(policy, model, rewardModel, round, options)).history };
}

/** A step or more of {@link improve} on a policy that is on its way. */
export async function improveFurther<P extends JudgedPrompt>(
  policy: GPT,
  model: GPT,
  rewardModel: RewardModel,
  round: 1 | 2,
  options: RoundOptions<P>,
): Promise<PolicyRun> {
  const { tokenizer, corpus, preferences, seed = 1, display } = options;
  const { firstSteps, firstKl, secondSteps, secondKl, learningRate, rehearsalWeight } = ALIGNMENT;
  const random = createRandom(`policy ${round} ${seed}`);
  const steps = options.policy?.steps ?? part(round === 1 ? firstSteps : secondSteps, options);
  return runPolicy(policy, {
    tokenizer,
    prompts: preferences.prompts("train", steps * 8, random),
    reward: (_, responses) => rewardModel.rewards(responses),
    random,
    learningRate,
    kl: round === 1 ? firstKl : secondKl,
    rehearsal: { tokens: corpusTokens(corpus, tokenizer), weight: rehearsalWeight },
    reference: model,
    display,
    ...options.policy,
    steps,
  });
}

/** The text of pretraining in tokens. */
export function corpusTokens(corpus: Corpus, tokenizer: Tokenizer): Int32Array {
  return encodeDocuments(
    tokenizer,
    corpus.documents.map(({ text }) => text),
  );
}

function part(count: number, { effort = 1 }: { effort?: number }): number {
  return Math.max(8, Math.round(count * effort));
}

/**
 * The aligned model: the one that notebook 7 saved, or a new one, made the same way in about two minutes.
 *
 * `const { model, tokenizer } = await aligned(loadAlmanac(), loadChat(), loadPreferences());`
 */
export async function aligned<P extends JudgedPrompt>(
  corpus: Corpus,
  chat: ChatCorpus,
  preferences: PreferenceSource<P>,
  options: { effort?: number } = {},
): Promise<Stage> {
  const kept = loadStage(ALIGNED_STAGE);
  if (kept) return kept;
  const parent = await tuned(corpus, chat);
  const { model, tokenizer } = parent;
  const settings = { ...options, tokenizer, corpus, preferences };
  const first = await firstRound(model, settings);
  const second = await secondRound(model, first, settings);
  const manifest = await saveAligned({ ...second, tokenizer }, corpus, chat, preferences, parent);
  for (const { rewardModel } of [first, second]) rewardModel.dispose();
  disposeGPT(first.policy);
  return { model: second.policy, tokenizer, manifest };
}

/** Keeps an aligned model as the third link of the chain, with its evaluation sheet and its parent's hash. */
export async function saveAligned(
  made: { policy: GPT; tokenizer: Tokenizer; history: readonly PolicyPoint[] },
  corpus: Corpus,
  chat: ChatCorpus,
  preferences: { readonly sha256: string },
  parent: Stage,
): Promise<Stage["manifest"]> {
  const { policy, tokenizer, history } = made;
  const evaluation = await chatSheetOf(policy, tokenizer, corpus, chat);
  return saveCheckpoint(checkpointFolder(ALIGNED_STAGE), {
    name: ALIGNED_STAGE,
    config: policy.config,
    weights: weightsOf(policy),
    tokenizer,
    steps: history.length,
    settings: { ...ALIGNMENT },
    seed: 1,
    dataHash: preferences.sha256,
    evaluation,
    parent: parent.manifest,
  });
}
