/**
 * @file The third link of the chain: the tuned model after it was optimised toward what people prefer. Notebook 7 makes it, round by
 * round; later notebooks call {@link aligned}, which makes it again when it is missing.
 *
 * Two rounds, because one is not enough: the first policy learns to refuse, for the tuned model so seldom refused wrongly
 * that nobody ever ranked a wrong refusal low. The second round asks people about responses of that first policy.
 */

import { rankResponses, responseEncoder, type Surveyed, surveyedPairs } from "./ask-annotators";
import { type Corpus, loadStage, type Stage } from "./chain";
import { type ChatCorpus, chatSheetOf, tuned } from "./chain-tuned";
import { checkpointFolder, saveCheckpoint } from "./checkpoint";
import { encodeDocuments } from "./dataset";
import { createGPT, disposeGPT, type GPT, weightsOf } from "./gpt";
import type { Judge, JudgedPrompt } from "./policy-report";
import type { Annotator } from "./preferences";
import { createRandom, type Random } from "./random";
import { type RewardModel, trainRewardModel } from "./reward";
import { optimizePolicy, type PolicyOptions, type PolicyPoint } from "./rlhf";
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
  tunedPrompts: 100,
  duels: 400,
  secondSteps: 60,
  secondKl: 0.15,
  rewardLearningRate: 7e-4,
  learningRate: 2e-4,
  rehearsalWeight: 0.3,
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

/** A copy of a model that can change without it. */
export function copyOf(model: GPT): GPT {
  return createGPT(model.config, { weights: weightsOf(model) });
}

/** The first round: the tuned model's responses ranked, a reward model, a short optimisation. */
export async function firstRound<P extends JudgedPrompt>(model: GPT, options: RoundOptions<P>): Promise<Round<P>> {
  const { tokenizer, preferences } = options;
  const random = createRandom(`round 1 ${options.seed ?? 1}`);
  const { firstPrompts, samplesPerPrompt, firstSteps: steps, firstKl: kl } = ALIGNMENT;
  const prompts = preferences.prompts("train", part(firstPrompts, options), random);
  const { annotators } = preferences;
  const survey = await rankResponses([model], { tokenizer, prompts, annotators, samplesPerPrompt, random });
  return makePolicy(model, [survey], random, {
    ...options,
    policy: { steps: part(steps, options), kl, ...options.policy },
  });
}

/** The second: the same with responses of the first policy too, from the tuned model again. */
export async function secondRound<P extends JudgedPrompt>(
  model: GPT,
  first: Pick<Round<P>, "policy" | "surveys">,
  options: RoundOptions<P>,
): Promise<Round<P>> {
  const { tokenizer, preferences } = options;
  const { annotators } = preferences;
  const random = createRandom(`round 2 ${options.seed ?? 1}`);
  const { secondPrompts, tunedPrompts, duels, samplesPerPrompt, secondSteps: steps, secondKl: kl } = ALIGNMENT;
  const ask = (models: GPT[], count: number, samples: number): Promise<Surveyed<P>> => {
    const prompts = preferences.prompts("train", part(count, options), random);
    return rankResponses(models, { tokenizer, prompts, annotators, samplesPerPrompt: samples, random });
  };
  const surveys = [
    ...first.surveys,
    await ask([first.policy], secondPrompts, samplesPerPrompt),
    await ask([model], tunedPrompts, samplesPerPrompt),
    await ask([model, first.policy], duels, 1),
  ];
  return makePolicy(model, surveys, random, {
    ...options,
    policy: { steps: part(steps, options), kl, ...options.policy },
  });
}

async function makePolicy<P extends JudgedPrompt>(
  model: GPT,
  surveys: Surveyed<P>[],
  random: Random,
  options: RoundOptions<P>,
): Promise<Round<P>> {
  const { tokenizer, corpus, preferences, display } = options;
  const encode = responseEncoder(tokenizer, model.config.contextLength);
  const pairs = encodePairs(surveyedPairs(surveys), encode);
  const learningRate = ALIGNMENT.rewardLearningRate;
  const { rewardModel, lossNats } = await trainRewardModel(model, pairs, { random, learningRate, display });
  const policy = copyOf(model);
  const steps = options.policy?.steps ?? ALIGNMENT.secondSteps;
  const history = await optimizePolicy(policy, {
    tokenizer,
    prompts: preferences.prompts("train", steps * 8, random),
    reward: (_, responses) => rewardModel.rewards(responses),
    random,
    learningRate: ALIGNMENT.learningRate,
    rehearsal: { tokens: corpusTokens(corpus, tokenizer), weight: ALIGNMENT.rehearsalWeight },
    reference: model,
    display,
    ...options.policy,
    steps,
  });
  return { surveys, rewardModel, rewardLossNats: lossNats, policy, history };
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
