/**
 * @file Reinforcement learning from a reward: draw responses, have them rewarded, make what was better than expected
 * likelier, and again. Used by notebook 7. The pieces are in rollout.ts, kl.ts, grpo.ts, ppo.ts and policy-step.ts; this
 * is the loop. Leaves out drawing and learning at the same time on different machines.
 */

import { promptTokens } from "./chat";
import { compile } from "./compile";
import { sampleBatch, type Tokens } from "./dataset";
import { assertCount, CourseError } from "./errors";
import { copyGPT, disposeGPT, finalStates, type GPT } from "./gpt";
import { type AdvantageScale, groupAdvantages } from "./grpo";
import { klEstimates } from "./kl";
import { cellSignal, pause } from "./pause";
import { createPolicyStep, type PolicyUpdate, valuesOf } from "./policy-step";
import { tokenAdvantages } from "./ppo";
import { progressBar } from "./progress";
import { createRandom, type Random, type RandomState } from "./random";
import { inBatches, responseLogProbs, takeValues } from "./response-batch";
import { type Rollout, rollouts } from "./rollout";
import { type Tensor, tf, type Variable } from "./tf";
import type { Tokenizer } from "./tokenizer";
import type { SavedOptimizer } from "./update";

/** Settings of {@link optimizePolicy}. P is what is known of a prompt. */
export interface PolicyOptions<P extends { question: string }> {
  tokenizer: Tokenizer;
  /** Some for each step, in turn, from the beginning again when they have run out. */
  prompts: readonly P[];
  /** What each response is worth; `prompts` has the prompt of each. */
  reward: (prompts: readonly P[], responses: readonly Rollout[]) => Promise<number[]> | number[];
  steps: number;
  random: Random;
  /**
   * `grpo`: a response is compared with the others to the same prompt; the leash is a term of the loss.
   * `ppo`: a value head says what was to be expected; the leash is part of the reward of each token (Ouyang et al. 2022).
   */
  algorithm?: "grpo" | "ppo";
  promptsPerStep?: number;
  samplesPerPrompt?: number;
  maxTokens?: number;
  /** What the divergence from the reference costs, per token. Default 0.15. */
  kl?: number;
  learningRate?: number;
  /** Steps in which the learning rate rises. Default 10. */
  warmupSteps?: number;
  /** Updates from the same responses. Default 1 for GRPO, 2 for PPO. */
  updates?: number;
  clip?: number;
  /** Default `batch`. */
  advantageScale?: AdvantageScale;
  /** Text of pretraining, a little of which is read in each update so that it is not forgotten ("ptx" in InstructGPT). */
  rehearsal?: { tokens: Tokens; weight?: number; batchSize?: number; contextLength?: number };
  /** What the policy must stay near. Default: the model as it is at the beginning. */
  reference?: GPT;
  evaluateAt?: readonly number[];
  /** Measures the policy on the way. */
  evaluate?: (step: number, policy: GPT) => Promise<void> | void;
  onStep?: (point: PolicyPoint) => void;
  /** Stops after this step, to go on later: `resume` takes what {@link PolicyRun} kept. GRPO only. */
  until?: number;
  resume?: PolicyRun;
  display?: "auto" | "none";
  signal?: AbortSignal;
}

/** Where a run stands, beside the policy's weights: all that its next step depends on. */
export interface PolicyRun {
  history: PolicyPoint[];
  optimizer: SavedOptimizer;
  random: RandomState;
}

/** What happened in a step. */
export interface PolicyPoint {
  /** 1, 2, 3, ... */
  step: number;
  /** The mean reward of the responses drawn in it. */
  reward: number;
  /** Their estimated divergence from the reference (k3), nats per response. */
  klNats: number;
  /** The mean length of a response, in tokens. */
  tokens: number;
  lossNats: number;
  gradNorm: number;
  elapsedMs: number;
}

/**
 * Optimises a policy toward a reward. The model's weights change; returns what happened in each step.
 *
 * `await optimizePolicy(model, { tokenizer, prompts, reward, steps: 50, random: createRandom(1) });`
 */
export async function optimizePolicy<P extends { question: string }>(
  model: GPT,
  options: PolicyOptions<P>,
): Promise<PolicyPoint[]> {
  return (await runPolicy(model, options)).history;
}

/** The same, returning also what is needed to go on from here. */
export async function runPolicy<P extends { question: string }>(
  model: GPT,
  options: PolicyOptions<P>,
): Promise<PolicyRun> {
  const {
    tokenizer,
    prompts,
    steps,
    resume,
    until = steps,
    algorithm = "grpo",
    promptsPerStep = 8,
    samplesPerPrompt = 8,
  } = options;
  const { kl = 0.15, learningRate = 2e-4, warmupSteps = 10, clip = 0.2, maxTokens, display } = options;
  const { updates = algorithm === "ppo" ? 2 : 1, signal = cellSignal() } = options;
  for (const [what, count] of Object.entries({ steps, promptsPerStep, samplesPerPrompt, updates })) {
    assertCount(what, count);
  }
  const random = resume ? createRandom(resume.random) : options.random;
  if (prompts.length === 0) throw new CourseError({ what: "prompts", expected: "at least one", received: "none" });
  const reference = options.reference ?? copyGPT(model);
  const critic = algorithm === "ppo" ? createCritic(model) : undefined;
  const step = createPolicyStep(model, {
    kl: critic ? 0 : kl, // PPO's is in the rewards
    clip,
    rehearsalWeight: options.rehearsal?.weight,
    valueHead: critic?.head,
  });
  const history: PolicyPoint[] = [...(resume?.history ?? [])];
  if (resume) step.loadOptimizer(resume.optimizer);
  const bar = progressBar({ label: algorithm.toUpperCase(), total: steps, display });
  try {
    for (let t = history.length; t < Math.min(until, steps) && !signal?.aborted; t++) {
      if (options.evaluateAt?.includes(t)) await options.evaluate?.(t, model);
      const beganMs = performance.now();
      const asked = Array.from(
        { length: promptsPerStep },
        (_, i) => prompts[(t * promptsPerStep + i) % prompts.length]!,
      );
      const responses = await rollouts(
        model,
        tokenizer,
        asked.map(({ question }) => promptTokens(tokenizer, question)),
        { samplesPerPrompt, maxTokens, random, signal },
      );
      const each = asked.flatMap((prompt) => new Array<P>(samplesPerPrompt).fill(prompt));
      const rewards = await options.reward(each, responses);
      const referenceLogProbs = await responseLogProbs(reference, responses);
      const update: PolicyUpdate = {
        responses,
        oldLogProbs: responses.map(({ logProbs }) => logProbs),
        referenceLogProbs,
        rehearsal: rehearse(options, random),
        ...(critic
          ? await critic.advantages(responses, rewards, referenceLogProbs, kl)
          : {
              advantages: groupAdvantages(rewards, {
                groupSize: samplesPerPrompt,
                scale: options.advantageScale ?? "batch",
              }),
            }),
      };
      const rate = learningRate * Math.min(1, (t + 1) / warmupSteps);
      let result = { lossNats: Number.NaN, gradNorm: Number.NaN };
      for (let n = 0; n < updates; n++) result = step.run(update, rate);
      step.sync();
      const point = {
        step: t + 1,
        reward: mean(rewards),
        klNats: divergence(responses, referenceLogProbs),
        tokens: mean(responses.map(({ logProbs }) => logProbs.length)),
        ...result,
        elapsedMs: performance.now() - beganMs,
      };
      history.push(point);
      options.onStep?.(point);
      bar.update(t + 1, `reward ${mean(history.slice(-5).map(({ reward }) => reward)).toFixed(2)}`);
      await pause();
    }
    if (history.length === steps && options.evaluateAt?.includes(steps)) await options.evaluate?.(steps, model);
    bar.finish();
    return { history, optimizer: step.saveOptimizer(), random: random.getState() };
  } finally {
    step.sync();
    step.dispose();
    critic?.dispose();
    if (!options.reference) disposeGPT(reference);
  }
}

/** The mean over responses of the sum over their tokens of k3: nats per response. */
export function divergence(responses: readonly Rollout[], referenceLogProbs: readonly ArrayLike<number>[]): number {
  return mean(
    responses.map(({ logProbs }, i) => klEstimates(logProbs, referenceLogProbs[i]!).k3.reduce((a, b) => a + b, 0)),
  );
}

function rehearse<P extends { question: string }>(
  { rehearsal }: PolicyOptions<P>,
  random: Random,
): PolicyUpdate["rehearsal"] {
  if (!rehearsal) return undefined;
  const { tokens, batchSize = 8, contextLength = 64 } = rehearsal;
  return { ...sampleBatch({ tokens, batchSize, contextLength, random }), batchSize, contextLength };
}

interface Critic {
  head: Variable;
  advantages(
    responses: readonly Rollout[],
    rewards: readonly number[],
    referenceLogProbs: readonly Float32Array[],
    kl: number,
  ): Promise<Pick<PolicyUpdate, "advantages" | "oldValues" | "returns">>;
  dispose(): void;
}

/**
 * PPO's second head, on the policy's own layers. At first it expects 0 of everything, so rewards, which have no zero of their
 * own, are counted from the mean of the first ones (Ouyang et al. 2022, section 3.5). Otherwise it would have to learn that number
 * first, and until then every last token would be blamed for it.
 */
function createCritic(model: GPT): Critic {
  let zero: number | undefined;
  const head = tf.tidy(() => tf.variable(tf.zeros([model.config.nEmbd, 1]))) as Variable;
  const compiled = compile((x: Tensor) => valuesOf(finalStates(model, x), head), { name: "values", splitRows: true });
  return {
    head,
    async advantages(responses, rewards, referenceLogProbs, kl) {
      zero ??= mean(rewards);
      const from = zero;
      const oldValues = await inBatches(model, responses, (batch, members) =>
        tf.tidy(() => {
          const values = compiled(tf.tensor2d(batch.inputs, [batch.batchSize, batch.length], "int32")); // (B, T)
          return takeValues(batch, members, values.dataSync() as Float32Array);
        }),
      );
      const estimates = responses.map(({ logProbs }, i) => {
        const ofTokens = Array.from(logProbs, (logProb, t) => -kl * (logProb - referenceLogProbs[i]![t]!));
        ofTokens[ofTokens.length - 1]! += rewards[i]! - from;
        return tokenAdvantages(ofTokens, Array.from(oldValues[i]!));
      });
      const all = estimates.flatMap(({ advantages }) => advantages);
      const center = mean(all);
      const deviation = Math.sqrt(mean(all.map((advantage) => (advantage - center) ** 2))) + 1e-4;
      return {
        advantages: estimates.map(({ advantages }) => advantages.map((advantage) => (advantage - center) / deviation)),
        returns: estimates.map(({ returns }) => returns),
        oldValues,
      };
    },
    dispose() {
      compiled.dispose();
      head.dispose();
    },
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
