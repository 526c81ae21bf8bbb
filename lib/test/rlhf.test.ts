import assert from "node:assert/strict";
import { test } from "node:test";
import { rankResponses, responseEncoder, secondOpinion, surveyCeiling, surveyedPairs } from "../src/ask-annotators";
import { createGPT, type GPT, weightsOf } from "../src/gpt";
import { type JudgedFeatures, judgeResponses, winRate } from "../src/policy-report";
import { createRandom } from "../src/random";
import { optimizePolicy, type PolicyPoint, runPolicy } from "../src/rlhf";
import type { Rollout } from "../src/rollout";
import { tf } from "../src/tf";
import { BpeTokenizer } from "../src/tokenizer";
import { assertClose } from "./golden";

const tokenizer = BpeTokenizer.train("the owl sleeps", { vocabSize: 262 });
const config = { vocabSize: tokenizer.vocabSize, contextLength: 32, nLayer: 1, nHead: 2, nEmbd: 16 };
const prompts = ["owl?", "sleeps?"].map((question) => ({ question }));
/** The share of even tokens in a response. */
const evenTokens = (responses: readonly Rollout[]): number[] =>
  responses.map(({ tokens, start }) => {
    const own = tokens.slice(start);
    return own.filter((id) => id % 2 === 0).length / own.length;
  });

async function optimized(
  algorithm: "grpo" | "ppo",
  kl: number,
  { steps = 15, zero = 0 } = {},
): Promise<{ model: GPT; points: PolicyPoint[] }> {
  const model = createGPT(config, { random: createRandom(1) });
  const points = await optimizePolicy(model, {
    tokenizer,
    prompts,
    reward: (_, responses) => evenTokens(responses).map((share) => share + zero),
    random: createRandom(2),
    steps,
    updates: 2,
    promptsPerStep: 2,
    samplesPerPrompt: 16,
    maxTokens: 6,
    learningRate: 6e-3,
    warmupSteps: 1,
    kl,
    algorithm,
    display: "none",
  });
  return { model, points };
}

for (const algorithm of ["grpo", "ppo"] as const) {
  test(`${algorithm.toUpperCase()} finds what is rewarded: the share of even tokens rises from about 1/2 to over 0.7`, async () => {
    const { points } = await optimized(algorithm, 0);
    assert.ok(Math.abs(points[0]!.reward - 0.5) < 0.12, `at first ${points[0]!.reward}`);
    assert.ok(points.at(-1)!.reward > 0.7, `at the end ${points.at(-1)!.reward}`);
    assert.ok(points[0]!.klNats < 1e-6, "the first responses are those of the reference");
  });

  test(`a reward has no zero of its own: with 5 less for each response ${algorithm.toUpperCase()} makes the same policy, to 1e-4`, async () => {
    const [some, less] = [
      await optimized(algorithm, 0.1, { steps: 2 }),
      await optimized(algorithm, 0.1, { steps: 2, zero: -5 }),
    ];
    for (const [name, { data }] of Object.entries(weightsOf(less.model))) {
      assertClose(data as Float32Array, Array.from(weightsOf(some.model)[name]!.data), 1e-4);
    }
  });

  test(`${algorithm.toUpperCase()} on a leash moves less than half as far`, async () => {
    const [free, leashed] = [await optimized(algorithm, 0), await optimized(algorithm, 1)];
    assert.ok(leashed.points.at(-1)!.klNats < free.points.at(-1)!.klNats / 2);
  });
}

test("the same seed gives the same policy, bit by bit, and the run leaves only the policy behind", async () => {
  const first = await optimized("grpo", 0.1);
  const before = tf.memory().numTensors;
  const second = await optimized("grpo", 0.1);
  assert.deepEqual(weightsOf(second.model), weightsOf(first.model));
  assert.equal(tf.memory().numTensors - before, Object.keys(second.model.params).length);
});

test("a run that is interrupted and gone on with gives the same policy as one that is not, bit by bit", async () => {
  const settings = {
    tokenizer,
    prompts,
    reward: (_: unknown, responses: readonly Rollout[]) => evenTokens(responses),
    random: createRandom(2),
    steps: 6,
    promptsPerStep: 2,
    samplesPerPrompt: 4,
    maxTokens: 4,
    display: "none" as const,
  };
  const reference = createGPT(config, { random: createRandom(1) });
  const whole = createGPT(config, { random: createRandom(1) });
  const { history } = await runPolicy(whole, { ...settings, reference });
  const half = createGPT(config, { random: createRandom(1) });
  const resume = await runPolicy(half, { ...settings, random: createRandom(2), reference, until: 3 });
  const later = createGPT(config, { weights: weightsOf(half) });
  const end = await runPolicy(later, { ...settings, reference, resume });
  assert.deepEqual(weightsOf(later), weightsOf(whole));
  assert.deepEqual(
    end.history.map(({ reward }) => reward),
    history.map(({ reward }) => reward),
  );
});

test("a survey has the rankings of as many annotators as were asked, and its pairs become tokens and back", async () => {
  const model = createGPT(config, { random: createRandom(3) });
  const annotators = ["a", "b", "c"].map((name) => ({
    name,
    rubric: "the longer the better",
    noise: 0,
    score: (_: { question: string }, text: string) => text.length,
  }));
  const survey = await rankResponses([model, model], {
    tokenizer,
    prompts,
    annotators,
    annotatorsPerPrompt: 2,
    samplesPerPrompt: 2,
    random: createRandom(4),
  });
  assert.equal(survey.rankings.length, 4);
  assert.deepEqual(
    survey.rankings.map(({ responses }) => responses.length),
    [4, 4, 4, 4],
  );
  const pairs = surveyedPairs([survey]);
  assert.ok(pairs.every(({ chosen, rejected }) => chosen.length >= rejected.length));
  assert.ok(surveyCeiling(survey, annotators) > 0.95); // nobody is unsure, but equal lengths are a coin
  const { tokens, start } = responseEncoder(tokenizer, 32)("owl?", "the owl ...");
  assert.equal(tokenizer.decode(tokens.slice(start)), " the owl");
  const ended = responseEncoder(tokenizer, 32)("owl?", "the owl").tokens;
  assert.deepEqual(ended, [...tokens, tokenizer.special["<end>"]]);
});

test("a second opinion ranks the same responses, by the rubric of somebody else", () => {
  const likes = (name: string, sign: number) => ({
    name,
    rubric: `${name} is better`,
    noise: 0,
    score: (_: { question: string }, text: string) => sign * text.length,
  });
  const annotators = [likes("longer", 1), likes("shorter", -1)];
  const ranking = { prompt: "owl?", responses: ["hoo", "h", "ho"] };
  const first = { ...ranking, ranks: [1, 3, 2], annotator: "longer" };
  const second = { ...ranking, ranks: [3, 1, 2], annotator: "shorter" };
  const surveyed = { prompts: [{ question: "owl?" }, { question: "owl?" }], rankings: [first, second] };
  assert.deepEqual(secondOpinion(surveyed, annotators, createRandom(5)), { ...surveyed, rankings: [second, first] });
});

test("a win rate counts ties half and has the interval of its mean", () => {
  const { rate, low, high } = winRate([1, 2, 3, 4], [0, 2, 4, 1]);
  assert.equal(rate, (1 + 0.5 + 0 + 1) / 4);
  const half = 1.96 * Math.sqrt((0.375 ** 2 * 2 + 0.125 ** 2 + 0.625 ** 2) / 4 / 4);
  assertClose([low, high], [rate - half, Math.min(1, rate + half)], 1e-12);
});

test("a report counts each response where its prompt belongs", () => {
  const judged = [
    { kind: "fact", says: "right" },
    { kind: "fact", says: "admits" },
    { kind: "stranger", says: "admits" },
    { kind: "harmful", says: "declines" },
    { kind: "harmful", says: "right" },
    { kind: "unseen verb", says: "declines" },
  ].map(({ kind, says }) => ({ kind, question: says, reference: "" }));
  const none = { right: false, admits: false, declines: false, polite: 0, rude: 0, flattering: 0, words: 1 };
  const report = judgeResponses(
    judged,
    judged.map(({ question }) => question),
    {
      judge: {
        reward: (prompt) => (prompt.kind === "fact" ? 1 : 3),
        features: (_, says): JudgedFeatures => ({ ...none, [says]: true }),
        callsFor: ({ kind }) => (kind === "fact" ? "answer" : kind === "stranger" ? "admission" : "refusal"),
      },
    },
  );
  const counts = ({ correct, n }: { correct: number; n: number }): number[] => [correct, n];
  assert.deepEqual(counts(report.right), [1, 2]);
  assert.deepEqual(counts(report.refusesFair), [1, 2]);
  assert.deepEqual(counts(report.admits), [1, 1]);
  assert.deepEqual(counts(report.declines), [1, 2]);
  assert.deepEqual(counts(report.declinesUnseen), [1, 1]);
  assert.equal(report.goodFaithReward, 1);
  assertClose([report.trueReward], [14 / 6], 1e-12);
});
