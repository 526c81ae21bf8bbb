/**
 * @file What a policy does with prompts it was never trained on, judged by the true rubric: does it help, is it honest, does it
 * refuse harm, and do people prefer it to the model it came from? Used by notebooks 7 to 9. Responses are drawn, not
 * greedy: that is what a person would see.
 */

import { promptTokens } from "./chat";
import type { GPT } from "./gpt";
import { createRandom } from "./random";
import { responseLogProbs } from "./response-batch";
import type { RewardModel } from "./reward";
import { divergence } from "./rlhf";
import { type Rollout, rollouts } from "./rollout";
import { type Score, score } from "./scores";
import type { Tokenizer } from "./tokenizer";

/** A question, and what kind it is. */
export interface JudgedPrompt {
  question: string;
  kind: string;
  reference: string;
}

/** What a response does. */
export interface JudgedFeatures {
  /** It says the right thing: the answer, "I do not know" about a stranger, the refusal of harm. */
  right: boolean;
  /** It says that it does not know, rightly or not. */
  admits: boolean;
  /** It refuses, rightly or not. */
  declines: boolean;
  /** How often each opening occurs, anywhere. */
  polite: number;
  rude: number;
  flattering: number;
  words: number;
}

/** Whoever knows what people really want. */
export interface Judge<P extends JudgedPrompt> {
  /** The points of the rubric. */
  reward(prompt: P, response: string): number;
  features(prompt: P, response: string): JudgedFeatures;
  /** What the prompt calls for: an answer, saying "I do not know", or a refusal. */
  callsFor(prompt: P): "answer" | "admission" | "refusal";
}

/** A share with its 95 % interval, where single cases may count half. */
export interface Rate {
  rate: number;
  low: number;
  high: number;
}

/** How a policy did. */
export interface PolicyReport {
  /** Mean points of the rubric, and those of the prompts that call for an answer. */
  trueReward: number;
  goodFaithReward: number;
  /** How often its response was better than the baseline's to the same prompt; ties count half. */
  winRate?: Rate;
  /** Refused harm; of this, verbs that were never refused in training. */
  declines: Score;
  declinesUnseen: Score;
  /** Said "I do not know" of people nobody knows. */
  admits: Score;
  /** Right answers where one was called for, and refusals or "I do not know" instead. */
  right: Score;
  refusesFair: Score;
  polite: number;
  rude: number;
  flattering: number;
  words: number;
  /** Divergence from the reference, nats per response. */
  klNats?: number;
  /** The mean reward of a reward model. */
  proxyReward?: number;
  /** Points of each response, in the order of the prompts: the baseline of other reports. */
  rewards: number[];
  responses: string[];
}

/** Settings of {@link judgePolicy}. */
export interface JudgeOptions<P extends JudgedPrompt> {
  judge: Judge<P>;
  prompts: readonly P[];
  /** Default 5: the same chance for every policy. */
  seed?: number | string;
  /** The points of another policy on the same prompts. */
  baseline?: readonly number[];
  /** What the divergence is measured from. */
  reference?: GPT;
  rewardModel?: RewardModel;
}

/**
 * Draws a response to each prompt and judges it.
 *
 * `(await judgePolicy(model, tokenizer, { judge: preferences, prompts })).admits.accuracy` is 0.53 for the tuned model.
 */
export async function judgePolicy<P extends JudgedPrompt>(
  model: GPT,
  tokenizer: Tokenizer,
  options: JudgeOptions<P>,
): Promise<PolicyReport> {
  const { prompts, seed = 5, reference, rewardModel } = options;
  const drawn = await rollouts(
    model,
    tokenizer,
    prompts.map(({ question }) => promptTokens(tokenizer, question)),
    { random: createRandom(seed) },
  );
  const report = judgeResponses(
    prompts,
    drawn.map(({ text }) => text),
    options,
  );
  if (reference) report.klNats = divergence(drawn, await responseLogProbs(reference, drawn));
  if (rewardModel) report.proxyReward = mean(await rewardModel.rewards(drawn));
  return report;
}

/** Judges responses that are there already, one for each prompt. */
export function judgeResponses<P extends JudgedPrompt>(
  prompts: readonly P[],
  responses: readonly string[],
  { judge, baseline }: Pick<JudgeOptions<P>, "judge" | "baseline">,
): PolicyReport {
  const rewards = prompts.map((prompt, i) => judge.reward(prompt, responses[i]!));
  const features = prompts.map((prompt, i) => judge.features(prompt, responses[i]!));
  const share = (belongs: (prompt: P) => boolean, does: (f: JudgedFeatures) => boolean): Score => {
    const chosen = features.filter((_, i) => belongs(prompts[i]!));
    return chosen.length === 0
      ? { correct: 0, n: 0, accuracy: Number.NaN, low: 0, high: 1 }
      : score(chosen.filter(does).length, chosen.length);
  };
  const asksFor = (wanted: "answer" | "admission" | "refusal") => (prompt: P) => judge.callsFor(prompt) === wanted;
  return {
    trueReward: mean(rewards),
    goodFaithReward: mean(rewards.filter((_, i) => asksFor("answer")(prompts[i]!))),
    ...(baseline && { winRate: winRate(rewards, baseline) }),
    declines: share(
      (prompt) => asksFor("refusal")(prompt) && prompt.kind !== "unseen verb",
      (f) => f.declines,
    ),
    declinesUnseen: share(
      ({ kind }) => kind === "unseen verb",
      (f) => f.declines,
    ),
    admits: share(asksFor("admission"), (f) => f.admits),
    right: share(asksFor("answer"), (f) => f.right),
    refusesFair: share(asksFor("answer"), (f) => f.admits || f.declines),
    polite: mean(features.map((f) => Number(f.polite > 0))),
    rude: mean(features.map((f) => Number(f.rude > 0))),
    flattering: mean(features.map((f) => Number(f.flattering > 0))),
    words: mean(features.map((f) => f.words)),
    rewards,
    responses: [...responses],
  };
}

/** How often the first list has more points than the second, ties half, with a 95 % interval for the mean over prompts. */
export function winRate(rewards: readonly number[], baseline: readonly number[]): Rate {
  const wins = rewards.map((reward, i) => {
    const lead = reward - baseline[i]!;
    return Math.abs(lead) < 1e-9 ? 0.5 : lead > 0 ? 1 : 0;
  });
  const rate = mean(wins);
  const variance = mean(wins.map((win) => (win - rate) ** 2));
  const half = 1.96 * Math.sqrt(variance / wins.length);
  return { rate, low: Math.max(0, rate - half), high: Math.min(1, rate + half) };
}

/** Responses to prompts with their rewards: what best-of-n chooses from. */
export interface Candidates {
  /** For each prompt its responses. */
  rollouts: Rollout[][];
  /** What the reward model says of them. */
  proxy: number[][];
}

/** Draws `n` responses to each prompt and has a reward model say what they are worth. */
export async function drawCandidates<P extends JudgedPrompt>(
  model: GPT,
  tokenizer: Tokenizer,
  options: { prompts: readonly P[]; n: number; rewardModel: RewardModel; seed?: number | string },
): Promise<Candidates> {
  const { prompts, n, rewardModel, seed = 5 } = options;
  const tokens = prompts.map(({ question }) => promptTokens(tokenizer, question));
  const drawn = await rollouts(model, tokenizer, tokens, { samplesPerPrompt: n, random: createRandom(seed) });
  const rewards = await rewardModel.rewards(drawn);
  const perPrompt = <T>(values: T[]): T[][] => prompts.map((_, i) => values.slice(i * n, (i + 1) * n));
  return { rollouts: perPrompt(drawn), proxy: perPrompt(rewards) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
